#include "server/cli/doors.h"

#include <utility>

#include <fmt/format.h>

#include "server/cli/server_access.h"
#include "server/cli/wrong_option.h"

namespace amilab::cli {

namespace {

ControlAccess control_access(const ServeOptions& options, const http::Endpoint& api,
                             const std::optional<std::string>& token)
{
    if (token) {
        return ControlAccess(*token);
    }
    return ControlAccess(api.is_loopback() || options.control_open
                             ? ControlAccess::From::kAnywhere
                             : ControlAccess::From::kLoopback);
}

std::string who_controls(const ServeOptions& options, bool has_token)
{
    if (has_token) {
        return "; the control API wants the control token";
    }
    return options.control_open
               ? ", and use the control API: reset, clock, accounts, import, export"
               : "; the control API answers this machine alone (--control-token-file and "
                 "--control-open change that)";
}

std::vector<std::string> warnings_of(const ServeOptions& options, const Doors& doors,
                                     bool has_token)
{
    std::vector<std::string> warnings;
    if (!doors.api.is_loopback()) {
        warnings.push_back(fmt::format(
            "whoever reaches {} from another machine may call all services, as any account{}",
            doors.api.address, who_controls(options, has_token)));
    }
    if (doors.nbd && !doors.nbd->is_loopback()) {
        warnings.push_back(fmt::format(
            "whoever reaches {} from another machine reads and writes by NBD the disks of all "
            "accounts",
            doors.nbd->address));
    }
    return warnings;
}

}  // namespace

Doors plan_doors(const ServeOptions& options)
{
    const auto token = control_token_of_option(options.control_token_file);
    Doors doors{.api = http::Endpoint::parse(options.listen),
                .nbd = std::nullopt,
                .control = ControlAccess(),
                .warnings = {}};
    if (options.nbd) {
        if (token && !options.nbd_open) {
            throw WrongOption(
                "--nbd asks nobody for the control token; use --nbd-unix PATH, or --nbd-open too "
                "for whoever reaches the port");
        }
        doors.nbd = http::Endpoint::parse(*options.nbd);
    }
    doors.control = control_access(options, doors.api, token);
    doors.warnings = warnings_of(options, doors, token.has_value());
    return doors;
}

}  // namespace amilab::cli
