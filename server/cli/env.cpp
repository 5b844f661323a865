#include <string>
#include <string_view>

#include <fmt/format.h>

#include "server/cli/client_environment.h"
#include "server/cli/commands.h"
#include "server/cli/running_servers.h"
#include "server/cli/server_access.h"
#include "server/cli/shell.h"

namespace amilab::cli {

namespace {

std::string_view how_to_use(Shell shell)
{
    switch (shell) {
        case Shell::kSh:
            return "eval \"$(amilab env)\"";
        case Shell::kFish:
            return "amilab env | source";
        case Shell::kPowerShell:
            return "amilab env | Out-String | Invoke-Expression";
    }
    return {};
}

/// That of the only server that `amilab start` began, else the usual one.
std::string default_endpoint()
{
    auto servers = running_servers();
    std::erase_if(servers, [](const auto& one) { return !one.is_there(); });
    return servers.size() == 1 ? servers.front().endpoint : std::string(kDefaultEndpoint);
}

}  // namespace

int env(const EnvOptions& options)
{
    const auto shell = shell_of(options.shell);
    const auto endpoint = options.endpoint ? *options.endpoint : default_endpoint();
    for (const auto& [name, value] : client_variables(endpoint, options.account, options.region)) {
        fmt::print("{}\n", set_line(shell, name, value));
    }
    for (const auto name : misleading_variables()) {
        fmt::print("{}\n", unset_line(shell, name));
    }
    fmt::print("# {}\n", how_to_use(shell));
    return 0;
}

}  // namespace amilab::cli
