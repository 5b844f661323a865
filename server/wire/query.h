#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amilab::wire {

/// One parameter of a query string, as it was sent: percent-encoded, and rightly so.
struct QueryParameter {
    std::string key;
    std::string value;
};

/// In order; nothing when the text is no query string.
/// Source: RFC 3986 (documented), and "&" between parameters as forms have it.
std::optional<std::vector<QueryParameter>> split_query(std::string_view query);

/// What percent-encoded text stands for; nothing when it is encoded wrongly.
/// `plus_is_space`: as forms and queries have it.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space = false);

}  // namespace amilab::wire
