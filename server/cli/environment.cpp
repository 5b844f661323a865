#include "server/cli/environment.h"

#include <cstdlib>

namespace amilab::cli {

std::optional<std::string> from_environment(const char* name)
{
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace amilab::cli
