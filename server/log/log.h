#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/core.h>

/// What the program says of its own doings, for people, on stderr. Safe from any thread once it is
/// set up. Until then it goes to standard output, as tests want it.
namespace amilab::log {

enum class Level { kDebug, kInfo, kWarning, kError };

/// Writes lines of `least` and above to stderr: debug, info, warning, error or off. To be called
/// once, before anything is written.
void set_up(std::string_view least);
/// Writes nothing. To be called instead of set_up.
void set_up_silent();

/// Whether lines of that level are written: what is dear to make for one had better ask.
bool writes(Level level);

/// `text` as one column of a line: printable ASCII without spaces, other bytes as \xNN, at most 128
/// of them; "-" when it is empty.
std::string as_word(std::string_view text);
/// `text` between quotes, with no byte in it that ends a line or tells a terminal anything; what is
/// behind the first `most_bytes` is left out.
std::string as_text(std::string_view text, std::size_t most_bytes);

/// One line, made by `format`'s rules of its arguments, unless the log leaves out that level.
void write(Level level, fmt::string_view format, fmt::format_args arguments);

template <class... Arguments>
void debug(fmt::format_string<Arguments...> format, Arguments&&... arguments)
{
    write(Level::kDebug, format, fmt::make_format_args(arguments...));
}

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
