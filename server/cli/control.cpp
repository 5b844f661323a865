#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/cli/commands.h"
#include "server/cli/control_client.h"

namespace amilab::cli {

int status(const ServerAccess& server)
{
    auto client = client_of(server);
    fmt::print("{}: {}", client.url(), client.request("GET", "/_amilab/health"));
    return 0;
}

int reset(const ResetOptions& options)
{
    auto client = client_of(options.server);
    if (!options.account) {
        client.request("POST", "/_amilab/reset");
        fmt::print("{}: reset\n", client.url());
        return 0;
    }
    client.request("POST", "/_amilab/reset",
                   boost::json::serialize(boost::json::object{{"account", *options.account}}));
    fmt::print("{}: reset account {}\n", client.url(), *options.account);
    return 0;
}

}  // namespace amilab::cli
