#include "server/calls/idempotency.h"

#include <fmt/format.h>

#include "server/calls/errors.h"
#include "server/calls/request_values.h"
#include "storage/base/units.h"
#include "storage/metadata/calls/client_token_rows.h"

namespace amilab {

std::optional<std::string> made_before(Session& session, std::string_view operation,
                                       const std::optional<std::string>& client_token,
                                       std::size_t most_characters)
{
    if (!client_token || client_token->empty()) {
        return std::nullopt;
    }
    if (client_token->size() > most_characters) {
        throw invalid_value(*client_token, "clientToken",
                            fmt::format("It may have {} characters at most.", most_characters));
    }
    const auto row = select_client_token(session.db(), session.account(), session.region(),
                                         operation, *client_token);
    if (!row) {
        return std::nullopt;
    }
    if (row->fingerprint != session.fingerprint()) {
        throw idempotent_parameter_mismatch();
    }
    return row->resource_id;
}

TimeMs token_end_ms(const Session& session)
{
    const auto end_ms = session.now_ms() + kDayMs;
    return (end_ms + kMinuteMs - 1) / kMinuteMs * kMinuteMs;
}

void remember_token(Session& session, std::string_view operation,
                    const std::optional<std::string>& client_token, std::string_view resource_id,
                    TokenEnd end)
{
    if (!is_given(client_token)) {
        return;
    }
    ClientTokenRow row{.owner = session.account(),
                       .region = session.region(),
                       .operation = std::string(operation),
                       .token = *client_token,
                       .fingerprint = session.fingerprint(),
                       .resource_id = std::string(resource_id)};
    if (end == TokenEnd::kInADay) {
        row.ends_ms = token_end_ms(session);
    }
    insert_client_token(session.db(), row);
}

}  // namespace amilab
