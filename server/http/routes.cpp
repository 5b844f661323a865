#include "server/http/routes.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace amilab::http {

bool is_route_of(std::string_view route, std::string_view path)
{
    return route.empty() || route.ends_with('/') ? path.starts_with(route) : path == route;
}

void require_method(std::string_view path, std::string_view method,
                    std::span<const std::string_view> methods)
{
    if (!methods.empty() && std::find(methods.begin(), methods.end(), method) == methods.end()) {
        // Source: RFC 9110, 15.5.6 (documented): a 405 has an Allow header.
        throw HttpError(
            405,
            fmt::format("{} does not take {}; use {}", path, method, fmt::join(methods, " or ")),
            {{"Allow", fmt::format("{}", fmt::join(methods, ", "))}});
    }
}

}  // namespace amilab::http
