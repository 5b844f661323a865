#include "server/ec2/idempotency.h"

#include "server/ec2/errors.h"
#include "storage/metadata/client_token_rows.h"

namespace amilab::ec2 {

namespace {

// Source: EC2 API Reference, "Ensuring idempotency" (documented).
constexpr std::size_t kMostTokenCharacters = 64;

}  // namespace

std::optional<std::string> made_before(Session& session, std::string_view operation,
                                       const std::optional<std::string>& client_token)
{
    if (!client_token || client_token->empty()) {
        return std::nullopt;
    }
    if (client_token->size() > kMostTokenCharacters) {
        throw invalid_value(*client_token, "clientToken", "It may have 64 characters at most.");
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

void remember_token(Session& session, std::string_view operation,
                    const std::optional<std::string>& client_token, std::string_view resource_id)
{
    if (client_token && !client_token->empty()) {
        insert_client_token(session.db(), session.account(), session.region(), operation,
                            *client_token, {session.fingerprint(), std::string(resource_id)});
    }
}

}  // namespace amilab::ec2
