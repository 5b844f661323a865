#include <optional>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "server/cli/client_environment.h"
#include "server/cli/commands.h"
#include "server/cli/running_servers.h"
#include "server/cli/server_access.h"
#include "server/cli/shell.h"

namespace amilab::cli {

namespace {

std::string how_to_use(Shell shell, const std::optional<unsigned>& port)
{
    const auto command = port ? fmt::format("amilab env {}", *port) : "amilab env";
    switch (shell) {
        case Shell::kSh:
            return fmt::format("eval \"$({})\"", command);
        case Shell::kFish:
            return command + " | source";
        case Shell::kPowerShell:
            return command + " | Out-String | Invoke-Expression";
    }
    return {};
}

/// That of the server that `amilab start` began, at this port or as the only one; the usual one
/// where none was begun. Throws std::runtime_error where it takes a port to tell them apart.
std::string endpoint_of_started(const std::optional<unsigned>& port)
{
    auto servers = servers_that_run();
    if (port) {
        std::erase_if(servers, [&](const auto& one) { return one.port != *port; });
        if (servers.empty()) {
            throw none_on_port(*port);
        }
    }
    if (servers.size() > 1) {
        throw std::runtime_error(fmt::format(
            "servers run on the ports {}; name one: `amilab env PORT`", ports_of(servers)));
    }
    return servers.empty() ? std::string(kDefaultEndpoint) : servers.front().endpoint;
}

}  // namespace

int env(const EnvOptions& options)
{
    const auto shell = shell_of(options.shell);
    const auto endpoint = options.endpoint ? *options.endpoint : endpoint_of_started(options.port);
    for (const auto& [name, value] : client_variables(endpoint, options.account, options.region)) {
        fmt::print("{}\n", set_line(shell, name, value));
    }
    for (const auto name : misleading_variables()) {
        fmt::print("{}\n", unset_line(shell, name));
    }
    fmt::print("# {}\n", how_to_use(shell, options.port));
    return 0;
}

}  // namespace amilab::cli
