#include "server/cli/shell.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "server/cli/environment.h"

namespace amilab::cli {

Shell shell_of(const std::optional<std::string>& name)
{
    const auto wanted = name ? *name : from_environment("SHELL").value_or("sh");
    if (wanted.ends_with("fish")) {
        return Shell::kFish;
    }
    return wanted.ends_with("powershell") || wanted.ends_with("pwsh") ? Shell::kPowerShell
                                                                      : Shell::kSh;
}

std::string quoted(Shell shell, std::string_view text)
{
    std::string all = "'";
    for (const char c : text) {
        switch (shell) {
            case Shell::kSh:
                all += c == '\'' ? "'\\''" : std::string(1, c);
                break;
            case Shell::kFish:
                all += (c == '\'' || c == '\\' ? "\\" : "") + std::string(1, c);
                break;
            case Shell::kPowerShell:
                all += c == '\'' ? "''" : std::string(1, c);
                break;
        }
    }
    return all + "'";
}

std::string set_line(Shell shell, std::string_view name, std::string_view value)
{
    const auto text = quoted(shell, value);
    switch (shell) {
        case Shell::kSh:
            return fmt::format("export {}={}", name, text);
        case Shell::kFish:
            return fmt::format("set -gx {} {}", name, text);
        case Shell::kPowerShell:
            return fmt::format("$env:{} = {}", name, text);
    }
    return {};
}

std::string unset_line(Shell shell, std::string_view name)
{
    return unset_line(shell, std::span(&name, 1));
}

std::string unset_line(Shell shell, std::span<const std::string_view> names)
{
    switch (shell) {
        case Shell::kSh:
            return fmt::format("unset {}", fmt::join(names, " "));
        case Shell::kFish:
            return fmt::format("set -e {}", fmt::join(names, " "));
        case Shell::kPowerShell:
            return fmt::format("$env:{} = $null", fmt::join(names, " = $env:"));
    }
    return {};
}

}  // namespace amilab::cli
