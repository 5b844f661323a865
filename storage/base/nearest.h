#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace amilab {

/// Of `known` the word that somebody who typed `typed` most likely meant; nothing when none is
/// near.
std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> known);

}  // namespace amilab
