#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/cli/commands.h"
#include "server/control/access.h"
#include "server/http/server.h"

namespace amilab::cli {

/// Where a server listens, and who may do what there.
struct Doors {
    http::Endpoint api;
    std::optional<http::Endpoint> nbd;  ///< over TCP
    ControlAccess control;
    /// Who else than this machine gets in, and how far; a line each.
    std::vector<std::string> warnings;
};

/// Throws a std::exception with a sentence for the user: an address that is none, a control token
/// that is none, or beside one NBD over TCP, which would get around it.
Doors plan_doors(const ServeOptions& options);

}  // namespace amilab::cli
