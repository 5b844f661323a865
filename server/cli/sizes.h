#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace amilab::cli {

/// A whole number of at least 1 that fits a signed 64-bit one.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// How a refusal says what parse_size() takes.
inline constexpr std::string_view kSizeForm =
    "a number of bytes, with KiB, MiB, GiB or TiB behind it or nothing";

/// A number of bytes: such a number, with KiB, MiB, GiB or TiB behind it or nothing.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// What is wrong with the size in --memory-limit; empty when it is right.
std::string check_memory_limit(const std::string& text);

}  // namespace amilab::cli
