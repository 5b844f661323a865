#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Values of requests, as clients send them.
namespace amilab {

/// Clients send empty strings for what they leave out.
inline bool is_given(const std::optional<std::string>& text)
{
    return text && !text->empty();
}

inline void drop_empty(std::optional<std::string>& text)
{
    if (!is_given(text)) {
        text.reset();
    }
}

/// The parts between separators; one more than there are of these.
inline std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

/// Of ASCII.
constexpr bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Whether the text has letters, digits and these marks alone.
constexpr bool has_only(std::string_view text, std::string_view marks)
{
    return std::ranges::all_of(text, [&](char c) {
        return is_letter_or_digit(c) || marks.find(c) != std::string_view::npos;
    });
}

}  // namespace amilab
