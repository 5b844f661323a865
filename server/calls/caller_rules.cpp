#include "server/calls/caller_rules.h"

#include <utility>

#include "server/log/log.h"
#include "server/wire/types.h"
#include "server/wire/wire_errors.h"
#include "storage/state/settings.h"

namespace amilab {

CallerRules::CallerRules(Options options)
    : options_(std::move(options)),
      hosts_(options_.listen_address, options_.allowed_hosts),
      unknown_keys_(options_.strict_accounts ? std::string() : options_.default_account)
{
}

Caller CallerRules::caller_of(const Settings& settings,
                              const std::optional<wire::CredentialScope>& scope,
                              std::string_view session_token) const
{
    if (!scope) {
        return {options_.default_account, options_.default_region, ""};
    }
    auto shown = look_at_credentials(settings, scope->access_key, session_token, Clock::wall_ms());
    auto account = shown.state == KeyState::kForeign ? account_of(settings, scope->access_key)
                                                     : std::move(shown.account);
    const bool names_region = !scope->region.empty();
    return {std::move(account), names_region ? scope->region : options_.default_region,
            scope->access_key,  std::move(shown.principal),
            shown.state,        names_region};
}

std::optional<std::string> CallerRules::named_account(const Settings& settings,
                                                      const std::string& access_key)
{
    if (wire::is_account_id(access_key)) {
        return access_key;
    }
    return settings.access_keys().account_of(access_key);
}

std::string CallerRules::usual_account() const
{
    return options_.strict_accounts ? std::string() : options_.default_account;
}

std::string CallerRules::account_of(const Settings& settings, const std::string& access_key) const
{
    if (auto account = named_account(settings, access_key)) {
        return std::move(*account);
    }
    if (const auto line = unknown_keys_.meet(access_key)) {
        log::warn("{}", *line);
    }
    return usual_account();
}

std::string CallerRules::account_asked_for(const Settings& settings,
                                           const std::string& access_key) const
{
    return named_account(settings, access_key).value_or(usual_account());
}

Caller CallerRules::presigned_caller(const Settings& settings, std::string_view query) const
{
    auto scope = wire::scope_from_query(query);
    if (!scope) {
        scope = wire::scope_from_old_query(query);
    }
    // Source: code and text observed.
    if (scope && scope->service != "s3") {
        throw ApiError("AuthorizationQueryParametersError",
                       "Error parsing the X-Amz-Credential parameter; incorrect service. This "
                       "endpoint belongs to \"s3\".");
    }
    const auto token = wire::value_in_query(query, kSessionTokenName);
    auto caller = caller_of(settings, scope, token.value_or(""));
    require_account(caller, wire::Protocol::kRestXml);
    return caller;
}

bool CallerRules::is_own_host(std::string_view authority) const
{
    if (hosts_.allows(authority)) {
        return true;
    }
    const auto host = http::host_of(authority);
    if (!hosts_.listens_everywhere() || !host) {
        return false;
    }
    boost::system::error_code error;
    boost::asio::ip::make_address(std::string(*host), error);
    return !error;
}

void require_account(const Caller& caller, wire::Protocol protocol)
{
    if (!caller.account.empty()) {
        return;
    }
    switch (caller.key) {
        case KeyState::kExpired:
            throw wire::session_token_expired(protocol);
        case KeyState::kInvalid:
            throw wire::session_token_invalid(protocol);
        case KeyState::kForeign:
        case KeyState::kValid:
            break;
    }
    throw wire::unknown_access_key();
}

}  // namespace amilab
