#include "storage/state/check.h"

#include <cstdio>
#include <exception>

#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/local_server.h"

namespace amilab::cli {

namespace {

constexpr int kDamaged = 1;

/// Nobody is to take for compared what was not: a server writes checksums after the snapshot, and
/// may have been stopped before.
std::string without_checksum(const CheckReport& report)
{
    const auto blocks = report.sealed_blocks - report.compared_blocks;
    return blocks == 0 ? ""
                       : fmt::format(
                             "; {} of snapshots have none, which `amilab serve "
                             "--data-checksums` makes",
                             blocks);
}

int print(const std::string& directory, CheckDepth depth, const CheckReport& report)
{
    for (const auto& problem : report.problems) {
        fmt::print("wrong: {}\n", problem);
    }
    for (const auto& leftover : report.leftovers) {
        fmt::print("the next start mends: {}\n", leftover);
    }
    for (const auto& difference : report.passing) {
        fmt::print("not confirmed: {}\n", difference);
    }
    if (depth == CheckDepth::kData) {
        fmt::print("{} blocks of data were compared with their checksums{}\n",
                   report.compared_blocks, without_checksum(report));
    }
    fmt::print("{}: {} layers, {} files, {} blocks of data; {} wrong, {} left over\n", directory,
               report.layers, report.files, report.data_blocks, report.problems.size(),
               report.leftovers.size());
    return report.problems.empty() ? 0 : kDamaged;
}

}  // namespace

int check(const std::string& directory, bool reads_data)
{
    const auto depth = reads_data ? CheckDepth::kData : CheckDepth::kMaps;
    CheckReport report;
    try {
        report = check_data_directory(directory, depth);
    } catch (const std::exception& error) {
        throw CannotLook(error.what());
    }
    return print(directory, depth, report);
}

}  // namespace amilab::cli
