#include "server/services/iam/requests.h"

#include <algorithm>

namespace amilab::iam {

void check_name(Checks& checks, const std::optional<std::string>& name, std::string_view path,
                std::int64_t most)
{
    checks.require(name, path);
    if (name) {
        checks.length(*name, path, 1, most);
        checks.characters(*name, path, "_+=,.@-", "[\\w+=,.@-]+");
    }
}

void check_path(Checks& checks, const std::optional<std::string>& path)
{
    checks.length(path.value_or("/"), "path", 1, kLongestPath);
}

void require_path(std::string_view path)
{
    bool fits = path.starts_with('/') && path.ends_with('/');
    for (const char c : path) {
        fits = fits && c > ' ' && c < '\x7f';
    }
    if (!fits) {
        throw ApiError("ValidationError",
                       "The specified value for path is invalid. It must begin and end with / and "
                       "contain only alphanumeric characters and/or / characters.");
    }
}

void check_page(Checks& checks, const std::optional<std::int64_t>& max_items,
                const std::optional<std::string>& marker)
{
    // Source: documented.
    constexpr std::int64_t kLargestPage = 1000;
    constexpr std::int64_t kLongestMarker = 320;
    checks.range(max_items.value_or(1), "maxItems", 1, kLargestPage);
    checks.length(marker.value_or("x"), "marker", 1, kLongestMarker);
}

void check_path_prefix(Checks& checks, const std::optional<std::string>& prefix)
{
    const auto text = prefix.value_or("/");
    checks.length(text, "pathPrefix", 1, kLongestPath);
    const bool fits =
        text.starts_with('/') &&
        std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c <= 0x7F; });
    checks.matches(fits, text, "pathPrefix", "\\u002F[\\u0021-\\u007F]*");
}

}  // namespace amilab::iam
