#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace amilab::cli {

/// Where a server listens that nobody told otherwise.
inline constexpr std::string_view kDefaultEndpoint = "http://127.0.0.1:4566";

/// How a command finds a running server, and what it shows it.
struct ServerAccess {
    std::optional<std::string> endpoint;            ///< an http:// URL; see ControlClient
    std::optional<std::string> control_token_file;  ///< see read_control_token
};

/// The control token: the one line of `file`, else AMILAB_CONTROL_TOKEN; nothing when neither is
/// given. Throws std::runtime_error, which never says the token, when the file cannot be read and
/// for what cannot be one: an empty variable in a script must not mean that none is wanted.
std::optional<std::string> read_control_token(const std::optional<std::string>& file);
/// The control token, where `file` is what --control-token-file names. A wrong one is a
/// WrongOption.
std::optional<std::string> control_token_of_option(const std::optional<std::string>& file);

/// What to add where a server refused a command's key: which one it was, and which is right.
/// `access_key`: what AWS_ACCESS_KEY_ID is.
std::string advice_on_key(const std::optional<std::string>& access_key);

}  // namespace amilab::cli
