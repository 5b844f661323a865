#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata/sql/database.h"

namespace amilab {

/// A client token, and what the call that brought it was and made.
struct ClientTokenRow {
    std::string owner{};
    std::string region{};
    std::string operation{};
    std::string token{};
    std::string fingerprint{};
    std::string resource_id{};
};

std::optional<ClientTokenRow> select_client_token(Database& db, std::string_view owner,
                                                  std::string_view region,
                                                  std::string_view operation,
                                                  std::string_view token);
void insert_client_token(Database& db, const ClientTokenRow& row);

}  // namespace amilab
