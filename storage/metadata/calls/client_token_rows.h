#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata/sql/database.h"

namespace amilab {

/// What the call that brought a client token was, and what it made.
struct ClientTokenRow {
    std::string fingerprint;
    std::string resource_id;
};

std::optional<ClientTokenRow> select_client_token(Database& db, std::string_view owner,
                                                  std::string_view region,
                                                  std::string_view operation,
                                                  std::string_view token);
void insert_client_token(Database& db, std::string_view owner, std::string_view region,
                         std::string_view operation, std::string_view token,
                         const ClientTokenRow& row);

}  // namespace amilab
