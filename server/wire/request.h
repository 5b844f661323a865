#pragma once

#include "server/wire/parameters.h"

namespace amilab::wire {

/// The typed request that the parameters are. Throws ApiError as `check` does.
template <class Request>
Request parse_request(const ParameterNode& root)
{
    Request request;
    parse(root, request);
    return request;
}

}  // namespace amilab::wire
