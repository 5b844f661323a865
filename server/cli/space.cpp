#include <string_view>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/cli/answers.h"
#include "server/cli/commands.h"
#include "server/cli/local_server.h"
#include "server/control/paths.h"
#include "server/wire/types.h"
#include "storage/base/text.h"

namespace amilab::cli {

namespace {

std::string mebibytes(const boost::json::value& bytes)
{
    return fmt::format("{:.1f}", static_cast<double>(bytes.to_number<std::uint64_t>()) / (1 << 20));
}

std::string text_at(const boost::json::value& row, std::string_view key)
{
    return one_line(std::string(row.at(key).as_string()));
}

std::string account_of(const boost::json::value& row)
{
    auto account = text_at(row, "account");
    require_of_amilab(wire::is_account_id(account));
    return account;
}

void print_disks(const boost::json::array& disks)
{
    fmt::print("{:<24} {:<14} {:<16} {:>12} {:>12} {:>12}\n", "MiB", "account", "region", "logical",
               "own", "shared");
    for (const auto& disk : disks) {
        fmt::print("{:<24} {:<14} {:<16} {:>12} {:>12} {:>12}\n", text_at(disk, "id"),
                   account_of(disk), text_at(disk, "region"), mebibytes(disk.at("logical_bytes")),
                   mebibytes(disk.at("own_bytes")), mebibytes(disk.at("shared_bytes")));
    }
}

void print_accounts(const boost::json::array& accounts)
{
    fmt::print("{:<24} {:<14} {:<16} {:>12} {:>12} {:>12}\n", "MiB of accounts", "rows", "disks",
               "logical", "held", "shared");
    for (const auto& account : accounts) {
        fmt::print("{:<24} {:<14} {:<16} {:>12} {:>12} {:>12}\n", account_of(account),
                   account.at("rows").as_int64(), account.at("disks").as_int64(),
                   mebibytes(account.at("logical_bytes")), mebibytes(account.at("held_bytes")),
                   mebibytes(account.at("shared_bytes")));
    }
}

}  // namespace

int space(const SpaceOptions& options)
{
    Target target(options.server, options.data, Target::Missing::kRefuse);
    const auto path = options.account ? fmt::format("{}?account={}", kSpacePath, *options.account)
                                      : std::string(kSpacePath);
    auto& client = target.client();
    read_answer(client.url(), kSpacePath, client.request("GET", path),
                [](const boost::json::value& answer) {
                    const auto allocated = mebibytes(answer.at("allocated_bytes"));
                    print_disks(answer.at("disks").as_array());
                    print_accounts(answer.at("accounts").as_array());
                    fmt::print("allocated, each layer once: {} MiB\n", allocated);
                });
    return 0;
}

}  // namespace amilab::cli
