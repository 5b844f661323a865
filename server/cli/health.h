#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "server/cli/endpoint.h"

namespace amilab::cli {

/// The version of the amilab whose health a text is; nothing: no amilab said it.
std::optional<std::string> version_of_health(std::string_view body);

/// The version of the amilab at `endpoint`; nothing: another program answers there. It is asked
/// what it tells everybody, without a token. Throws NoServer where none of the endpoint's addresses
/// lets it in, each `within` that time, and SilentServer where the rest takes longer.
std::optional<std::string> amilab_version(const ServerEndpoint& endpoint,
                                          std::chrono::milliseconds within);

}  // namespace amilab::cli
