#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/session.h"
#include "server/calls/unknown_keys.h"
#include "server/http/host_rules.h"
#include "server/wire/credential_scope.h"
#include "server/wire/schema.h"

namespace amilab {

/// Who calls, by access keys, and by which names clients may call this server. Safe from any
/// thread.
class CallerRules {
public:
    struct Options {
        /// Whose the calls are whose access key names no account.
        std::string default_account;
        std::string default_region;
        /// Whether such calls are refused instead.
        bool strict_accounts = false;
        std::string listen_address;
        std::vector<std::string> allowed_hosts;
    };

    /// Throws std::runtime_error for a host that is none.
    explicit CallerRules(Options options);

    /// Who signed: the default account where nobody did.
    Caller caller_of(const Settings& settings, const std::optional<wire::CredentialScope>& scope,
                     std::string_view session_token) const;
    /// Whose the calls with this access key are. Empty: nobody's, they are to be refused
    /// (wire::unknown_access_key). The log tells once of a key that names no account.
    std::string account_of(const Settings& settings, const std::string& access_key) const;
    /// As account_of(), of a key that nobody calls with: the log tells nothing.
    std::string account_asked_for(const Settings& settings, const std::string& access_key) const;

    /// Who calls by a URL of S3 with that query, undecoded. Throws ApiError as require_account
    /// does, and for a URL that is presigned for another service.
    Caller presigned_caller(const Settings& settings, std::string_view query) const;
    /// Whether the host of a URL, with or without a port, is this server: what may stand in a Host
    /// header; any address where the server listens on all.
    bool is_own_host(std::string_view authority) const;

private:
    /// Of a key that names its account.
    static std::optional<std::string> named_account(const Settings& settings,
                                                    const std::string& access_key);
    /// Whose the calls are whose keys name none.
    std::string usual_account() const;

    const Options options_;
    const http::HostRules hosts_;
    mutable UnknownKeys unknown_keys_;
};

/// Throws ApiError, in the words of the protocol, where the caller has no account.
void require_account(const Caller& caller, wire::Protocol protocol);

/// Where a query has the token of temporary credentials, as headers have it.
inline constexpr std::string_view kSessionTokenName = "X-Amz-Security-Token";

}  // namespace amilab
