#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/calls/session.h"
#include "server/services/ec2/instances/launch_interfaces.h"
#include "storage/metadata/network/taken_addresses.h"

/// Which addresses and prefixes the interfaces of a launch get.
namespace amilab::ec2 {

/// A LaunchInterface whose place is chosen.
struct PlacedInterface {
    const LaunchInterface& wanted;
    LaunchSubnet subnet;
    /// Of each instance; empty for an interface that is there already.
    std::vector<std::vector<std::string>> addresses{};
    /// IPv4 prefixes of each instance, beside those that the launch names.
    std::vector<std::vector<std::string>> prefixes{};
};

/// What the launch names for its interfaces. Throws InvalidIPAddress.InUse for an address that is
/// there twice, or that is of a prefix beside it.
TakenAddresses named_addresses(const std::vector<LaunchInterface>& interfaces);

/// Chooses the interfaces' places, with addresses for as many instances as there is room for, but
/// not more than `most`. Throws when those are fewer than `least`.
/// Source: the largest possible number above the minimum (documented, RunInstances, MaxCount).
std::vector<PlacedInterface> place_interfaces(Session& session,
                                              const std::vector<LaunchInterface>& interfaces,
                                              std::int64_t least, std::int64_t most);

/// Gives the instance its interfaces: of each the addresses at `index`.
void add_interfaces(Session& session, const InstanceId& instance,
                    const std::vector<PlacedInterface>& interfaces, std::size_t index,
                    const std::vector<TagRow>& tags);

}  // namespace amilab::ec2
