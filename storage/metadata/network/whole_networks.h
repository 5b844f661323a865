#pragma once

#include <string_view>

/// What rules and routes say of everything.
namespace amilab {

inline constexpr std::string_view kAllProtocols = "-1";
inline constexpr std::string_view kAllOfIpv4 = "0.0.0.0/0";
inline constexpr std::string_view kAllOfIpv6 = "::/0";

}  // namespace amilab
