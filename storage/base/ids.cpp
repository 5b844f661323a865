#include "storage/base/ids.h"

#include <algorithm>

namespace amilab {

bool has_id_prefix(std::string_view text, std::string_view prefix)
{
    return text.starts_with(prefix) && text.size() > prefix.size() && text[prefix.size()] == '-';
}

bool has_id_shape(std::string_view text, std::string_view prefix)
{
    if (!has_id_prefix(text, prefix)) {
        return false;
    }
    const auto digits = text.substr(prefix.size() + 1);
    return (digits.size() == 8 || digits.size() == 17) &&
           std::all_of(digits.begin(), digits.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace amilab
