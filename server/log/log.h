#pragma once

#include <string_view>

#include <fmt/core.h>

/// What the program says of its own doings, for people, on stderr. Safe from any thread once it is
/// set up. Until then it goes to standard output, as tests want it.
namespace amilab::log {

enum class Level { kInfo, kWarning, kError };

/// Writes lines of `least` and above to stderr: debug, info, warning, error or off. To be called
/// once, before anything is written.
void set_up(std::string_view least);
/// Writes nothing. To be called instead of set_up.
void set_up_silent();

/// One line, made by `format`'s rules of its arguments, unless the log leaves out that level.
void write(Level level, fmt::string_view format, fmt::format_args arguments);

template <class... Arguments>
void info(fmt::format_string<Arguments...> format, Arguments&&... arguments)
{
    write(Level::kInfo, format, fmt::make_format_args(arguments...));
}

template <class... Arguments>
void warn(fmt::format_string<Arguments...> format, Arguments&&... arguments)
{
    write(Level::kWarning, format, fmt::make_format_args(arguments...));
}

template <class... Arguments>
void error(fmt::format_string<Arguments...> format, Arguments&&... arguments)
{
    write(Level::kError, format, fmt::make_format_args(arguments...));
}

}  // namespace amilab::log
