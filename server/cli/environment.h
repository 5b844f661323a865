#pragma once

#include <optional>
#include <string>

namespace amilab::cli {

/// A variable of the environment. Empty ones are none, as AWS's own tools have it.
std::optional<std::string> from_environment(const char* name);

}  // namespace amilab::cli
