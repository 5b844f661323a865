#include "server/cli/descriptor.h"

#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>

namespace amilab::cli {

Descriptor::~Descriptor()
{
    if (number_ > STDERR_FILENO) {
        close(number_);
    }
}

void throw_errno(std::string_view what, const std::string& file)
{
    throw std::runtime_error(fmt::format("cannot {} {}: {}", what, file, std::strerror(errno)));
}

}  // namespace amilab::cli
