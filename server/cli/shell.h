#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Lines that shells take.
namespace amilab::cli {

enum class Shell { kSh, kFish, kPowerShell };

/// What a name means; without one what SHELL means.
Shell shell_of(const std::optional<std::string>& name);

/// In single quotes, between which the shell takes everything as it is but what is replaced.
std::string quoted(Shell shell, std::string_view text);

/// Lines that set or unset a variable of the environment, without their end.
std::string set_line(Shell shell, std::string_view name, std::string_view value);
std::string unset_line(Shell shell, std::string_view name);
/// A line that unsets all of several variables; there is one at least.
std::string unset_line(Shell shell, std::span<const std::string_view> names);

}  // namespace amilab::cli
