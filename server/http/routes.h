#pragma once

#include <span>
#include <string_view>

#include "server/http/message.h"

/// Tables that tell by a request's path and method who answers it.
namespace amilab::http {

/// One path. One that ends with a slash is the beginning of many; the empty one is any.
template <class Handler>
struct Route {
    std::string_view path;
    /// Empty: any method.
    std::span<const std::string_view> methods;
    Handler handle;
};

/// Whether a route of path `route` is meant by a request of `path`.
bool is_route_of(std::string_view route, std::string_view path);

/// Throws HttpError 405, naming the methods that `path` takes (Allow has them too), unless `method`
/// is one of them.
void require_method(std::string_view path, std::string_view method,
                    std::span<const std::string_view> methods);

/// The first of the table that the request means; a null pointer when none is. Throws HttpError 405
/// when that does not take the request's method.
template <class Handler>
const Route<Handler>* find_route(std::span<const Route<Handler>> table, std::string_view path,
                                 std::string_view method)
{
    for (const auto& route : table) {
        if (is_route_of(route.path, path)) {
            require_method(path, method, route.methods);
            return &route;
        }
    }
    return nullptr;
}

}  // namespace amilab::http
