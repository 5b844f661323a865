#pragma once

#include <optional>
#include <string_view>

namespace amilab::wire {

/// The parts of a URL as they stand in it.
struct UrlParts {
    /// The host, with the port where it has one.
    std::string_view authority;
    /// Begins with a slash; "/" where the URL has none.
    std::string_view path;
    std::string_view query;
};

/// A URL of http or https without its fragment; nothing for any other text, and for one that names
/// a user.
std::optional<UrlParts> split_url(std::string_view url);

}  // namespace amilab::wire
