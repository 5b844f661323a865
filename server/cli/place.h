#pragma once

#include <optional>
#include <string>

#include "server/cli/control_client.h"

namespace amilab::cli {

/// For whom a command acts at a server, which decides what is left open.
struct Place {
    std::optional<std::string> account;
    std::optional<std::string> access_key;  ///< whose is its owner's place, unless `account` is set
    std::optional<std::string> region;
};

/// The place as parameters of a route of the control API.
ControlClient::Parameters parameters_of(const Place& place);

}  // namespace amilab::cli
