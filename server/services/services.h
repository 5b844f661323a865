#pragma once

#include <span>

#include "server/calls/services.h"

namespace amilab {

/// Every service that is served.
std::span<const Service* const> all_services();

}  // namespace amilab
