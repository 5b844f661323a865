#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/cli/commands.h"
#include "server/cli/local_server.h"

namespace amilab::cli {

namespace {

std::string mebibytes(const boost::json::value& bytes)
{
    return fmt::format("{:.1f}", static_cast<double>(bytes.to_number<std::uint64_t>()) / (1 << 20));
}

}  // namespace

int space(const SpaceOptions& options)
{
    Target target(options.server, options.data, Target::Missing::kRefuse);
    const auto answer = boost::json::parse(target.client().request("GET", "/_amilab/space"));
    fmt::print("{:<24} {:<14} {:>14} {:>12} {:>12}\n", "MiB", "region", "logical", "own", "shared");
    for (const auto& disk : answer.at("disks").as_array()) {
        fmt::print("{:<24} {:<14} {:>14} {:>12} {:>12}\n", disk.at("id").as_string().c_str(),
                   disk.at("region").as_string().c_str(), mebibytes(disk.at("logical_bytes")),
                   mebibytes(disk.at("own_bytes")), mebibytes(disk.at("shared_bytes")));
    }
    fmt::print("allocated, each layer once: {} MiB\n", mebibytes(answer.at("allocated_bytes")));
    return 0;
}

}  // namespace amilab::cli
