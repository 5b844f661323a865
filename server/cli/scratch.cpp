#include "server/cli/scratch.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

namespace amilab::cli {

namespace fs = std::filesystem;

Scratch::Scratch(const std::string& parent)
    : path_((parent.empty() ? fs::temp_directory_path() : fs::path(parent)) / "amilab-XXXXXX")
{
    if (mkdtemp(path_.data()) == nullptr) {
        throw std::runtime_error(
            fmt::format("cannot create a folder {}: {}", path_, std::strerror(errno)));
    }
    removed_.emplace(path_);
}

Scratch::~Scratch()
{
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

}  // namespace amilab::cli
