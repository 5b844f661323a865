#pragma once

#include <algorithm>
#include <string_view>

#include <boost/json/object.hpp>

namespace amilab::labs {

/// The text under `key`; empty where there is none, or something else than a text.
std::string_view text_of(const boost::json::object& object, std::string_view key);

/// Calls `take` with each line, without its end.
template <class Take>
void each_line(std::string_view text, const Take& take)
{
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        take(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

}  // namespace amilab::labs
