#pragma once

#include <string>

#include "server/wire/parameters.h"

namespace amilab {

/// A call's parameters as the log shows them, in one line: `ImageId="ami-..." UserData=(24 bytes)`.
/// Of what AWS's models mark as sensitive only the length is told, signatures and tokens of
/// sessions not even that; long values and long lists end early.
/// Source: `sensitive` in the service models (documented), top-level `Value` for all operations.
std::string shown_parameters(const wire::Parameters& parameters);

}  // namespace amilab
