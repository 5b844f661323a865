#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/base/clock.h"

/// Temporary credentials, as the Security Token Service gives them. Nothing is kept of them: their
/// access key says, by what it is signed with, that this server made it, and its session token
/// whose it is and until when. They end with a reset.
namespace amilab {

class Settings;

/// Who of an account calls.
struct Principal {
    /// "assumed-role/Name/session" or "federated-user/Name", as in its ARN; empty: the account's
    /// root user.
    std::string resource;
    /// What GetCallerIdentity calls UserId; empty: the account's root user.
    std::string user_id;

    bool is_root() const { return resource.empty(); }
    bool is_role_session() const { return resource.starts_with("assumed-role/"); }
};

struct IssuedCredentials {
    std::string access_key;
    std::string secret_key;
    std::string session_token;
};

/// Makes credentials of `account`, for `principal`, that end at `expires_ms` of the wall clock.
/// Safe from any thread.
IssuedCredentials issue_credentials(const Settings& settings, std::string_view account,
                                    const Principal& principal, TimeMs expires_ms);

enum class KeyState : std::uint8_t {
    kForeign,  ///< nobody issued it here: its account is found otherwise
    kValid,
    kInvalid,  ///< issued here, and without the token that belongs to it
    kExpired
};

struct ShownCredentials {
    KeyState state = KeyState::kForeign;
    /// Of valid ones.
    std::string account;
    Principal principal;
};

/// What an access key and the session token beside it (empty: none) stand for. Safe from any
/// thread; costs a look at the key's first letters unless it is temporary.
ShownCredentials look_at_credentials(const Settings& settings, std::string_view access_key,
                                     std::string_view token, TimeMs wall_ms);

}  // namespace amilab
