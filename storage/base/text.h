#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace amilab {

/// What is between the first and the last character that is none of `blanks`: which ones are
/// blanks is for the format to say that the text is of.
inline std::string_view trimmed(std::string_view text, std::string_view blanks)
{
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// For a message: one line of printable ASCII, without bytes that a terminal could obey.
inline std::string printable(std::string text)
{
    std::replace_if(
        text.begin(), text.end(), [](char byte) { return byte < 0x20 || byte > 0x7e; }, '?');
    return text;
}

/// For a line on a terminal: what ends none and what the terminal would not obey, letters of any
/// alphabet as they are.
inline std::string one_line(std::string text)
{
    constexpr unsigned char kDelete = 0x7f;
    std::replace_if(
        text.begin(), text.end(), [](unsigned char byte) { return byte < ' ' || byte == kDelete; },
        '?');
    return text;
}

}  // namespace amilab
