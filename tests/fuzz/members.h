#pragma once

#include <functional>
#include <span>

#include "server/wire/schema.h"
#include "tests/fuzz/http_text.h"
#include "tests/fuzz/typed_requests.h"

namespace amilab::fuzz {

/// Reads a request of a json, rest-json or rest-xml service as far as that needs no state.
/// `go_on` is called with one that the schema takes.
void read_members(
    const wire::ServiceSchema& service, std::span<const TypedRequest> requests,
    const HttpText& text,
    const std::function<void(const wire::OperationSchema&, const wire::ParameterNode&)>& go_on);

}  // namespace amilab::fuzz
