#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/cli/control_client.h"
#include "server/cli/endpoint.h"
#include "server/cli/place.h"
#include "server/labs/disk.h"

namespace amilab::cli {

/// Writes what `send` sends of an extents stream into a new sparse file. Throws std::runtime_error,
/// where there is one of that name too.
void write_extents(const std::string& name,
                   const std::function<void(const ControlClient::Sink&)>& send);

/// The disk of a volume, which only the control API reads, in a scratch file that goes with it.
/// Throws labs::LookFault: what that says.
std::unique_ptr<labs::LabDisk> open_volume(const ServerEndpoint& endpoint,
                                           const std::optional<std::string>& token,
                                           const Place& place, const std::string& id);

}  // namespace amilab::cli
