#pragma once

#include <algorithm>
#include <string_view>

namespace amilab {

/// What is between the first and the last character that is none of `blanks`: which ones are
/// blanks is for the format to say that the text is of.
inline std::string_view trimmed(std::string_view text, std::string_view blanks)
{
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

}  // namespace amilab
