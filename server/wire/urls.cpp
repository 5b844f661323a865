#include "server/wire/urls.h"

#include <algorithm>

namespace amilab::wire {

namespace {

/// Printable ASCII without spaces: what a request line may have.
bool is_of_urls(char c)
{
    return c > ' ' && c <= '~';
}

}  // namespace

std::optional<UrlParts> split_url(std::string_view url)
{
    std::string_view rest = url;
    if (rest.starts_with("https://")) {
        rest.remove_prefix(std::string_view("https://").size());
    } else if (rest.starts_with("http://")) {
        rest.remove_prefix(std::string_view("http://").size());
    } else {
        return std::nullopt;
    }
    if (!std::ranges::all_of(rest, is_of_urls)) {
        return std::nullopt;
    }
    rest = rest.substr(0, rest.find('#'));
    const auto end = std::min(rest.find_first_of("/?"), rest.size());
    UrlParts parts{rest.substr(0, end), "/", {}};
    rest.remove_prefix(end);
    const auto question = std::min(rest.find('?'), rest.size());
    if (question > 0) {
        parts.path = rest.substr(0, question);
    }
    parts.query = rest.substr(std::min(question + 1, rest.size()));
    if (parts.authority.empty() || parts.authority.find('@') != std::string_view::npos) {
        return std::nullopt;
    }
    return parts;
}

}  // namespace amilab::wire
