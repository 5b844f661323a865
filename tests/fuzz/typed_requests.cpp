#include "tests/fuzz/typed_requests.h"

#include <algorithm>

namespace amilab::fuzz {

const TypedRequest* find(std::span<const TypedRequest> requests,
                         const wire::OperationSchema& operation)
{
    const auto found = std::find_if(
        requests.begin(), requests.end(),
        [&](const TypedRequest& request) { return request.operation.name == operation.name; });
    return found == requests.end() ? nullptr : &*found;
}

}  // namespace amilab::fuzz
