#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

/// A client token, and what the call that brought it was and made.
struct ClientTokenRow {
    std::string owner{};
    std::string region{};
    std::string operation{};
    std::string token{};
    std::string fingerprint{};
    std::string resource_id{};
    /// When it is forgotten; nothing while that is not known.
    std::optional<TimeMs> ends_ms{};
};

/// What a launch's token is kept by as its operation; of one in a zone "RunInstances/us-east-1a".
inline constexpr auto kLaunchOperation = sql("RunInstances");

std::optional<ClientTokenRow> select_client_token(Database& db, std::string_view owner,
                                                  std::string_view region,
                                                  std::string_view operation,
                                                  std::string_view token);
void insert_client_token(Database& db, const ClientTokenRow& row);
/// The token that launched the instance ends then. Nothing when there was none.
void end_launch_token(Database& db, const InstanceId& id, TimeMs ends_ms);
/// Removes those that end by `now_ms`, at most 1,000 of them. A launch of which instances live ends
/// with them: its token has no end again.
void delete_ended_tokens(Database& db, TimeMs now_ms);
/// When the first ends of which that is known.
std::optional<TimeMs> read_earliest_token_end_ms(Database& db);

}  // namespace amilab
