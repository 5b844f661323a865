#include "storage/state/check.h"

#include <fmt/format.h>

#include "server/cli/commands.h"

namespace amilab::cli {

int check(const std::string& directory)
{
    const auto report = check_data_directory(directory);
    for (const auto& problem : report.problems) {
        fmt::print("wrong: {}\n", problem);
    }
    for (const auto& leftover : report.leftovers) {
        fmt::print("the next start mends: {}\n", leftover);
    }
    fmt::print("{}: {} layers, {} files, {} blocks of data; {} wrong, {} left over\n", directory,
               report.layers, report.files, report.data_blocks, report.problems.size(),
               report.leftovers.size());
    return report.problems.empty() ? 0 : 1;
}

}  // namespace amilab::cli
