#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace amilab::cli {

/// Milliseconds: a whole number with ms, s, m, h or d behind it or, being milliseconds, nothing,
/// and a minus before it for times past. Nothing for any other text, and beyond a thousand years.
std::optional<std::int64_t> parse_duration(std::string_view text);

/// What is wrong with a duration; empty when it is right.
std::string check_duration(const std::string& text);

/// The longest unit in which it is a whole number: "90s", "5m", "0".
std::string duration_text(std::int64_t milliseconds);

}  // namespace amilab::cli
