#pragma once

#include <optional>
#include <string>

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

}  // namespace amilab
