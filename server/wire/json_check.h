#pragma once

#include "server/wire/parameters.h"
#include "server/wire/schema.h"

namespace amilab::wire {

/// `check` for the json protocols. Throws ApiError unless the members are a request of the
/// operation. A value of the wrong type is the answer at once (SerializationException), then a
/// member that is unknown (ValidationException) or not offered (UnsupportedOperationException);
/// else all constraints that fail, together (ValidationException). Source: observed; refusing
/// unknown members is amilab's own. Generated `parse` functions call it.
void json_check(const ParameterNode& root, const OperationSchema& operation);

}  // namespace amilab::wire
