#pragma once

#include <functional>

#include "server/wire/schema.h"

namespace amilab::fuzz {

/// Whatever comes, it is read or refused: a refusal is the client's fault, and its answer a
/// document that the protocol's clients can read.
void expect_read_or_refused(const wire::ServiceSchema& service, const std::function<void()>& read);

}  // namespace amilab::fuzz
