#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/control_client.h"

namespace amilab::cli {

int status(const ServerAccess& server)
{
    auto client = client_of(server);
    fmt::print("{}: {}", client.url(), client.request("GET", "/_amilab/health"));
    return 0;
}

int reset(const ServerAccess& server)
{
    auto client = client_of(server);
    client.request("POST", "/_amilab/reset");
    fmt::print("{}: reset\n", client.url());
    return 0;
}

}  // namespace amilab::cli
