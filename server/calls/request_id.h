#pragma once

#include <string>

namespace amilab {

/// A new random request id. Safe from any thread.
std::string make_request_id();

}  // namespace amilab
