#pragma once

#include <string_view>

namespace amilab {

/// Whether a secret is what somebody showed for it. Takes as long wherever the two begin to differ;
/// how long a secret is, is none. Safe from any thread.
bool is_same_secret(std::string_view secret, std::string_view shown);

}  // namespace amilab
