#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/calls/session.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "server/wire/ec2/instances/launches.h"
#include "storage/metadata/instances/launch_place_rows.h"
#include "storage/metadata/instances/launch_rows.h"
#include "storage/metadata/network/network_interface_rows.h"

/// The network interfaces of a launch.
namespace amilab::ec2 {

/// What each instance of a launch has at one device index.
struct LaunchInterface {
    std::int64_t network_card_index = 0;
    std::int64_t device_index = 0;
    NetworkInterfaceType interface_type = NetworkInterfaceType::kInterface;
    /// One that is there already: nothing below but the subnet and the flag says anything then.
    std::optional<NetworkInterfaceId> existing{};
    /// Where it may be, the best first; never none.
    std::vector<LaunchSubnet> subnets{};
    std::vector<SecurityGroupId> groups{};
    std::string description{};
    AddressWish addresses{};
    Ipv6Wish ipv6{};
    PrefixWishes prefixes{};
    bool delete_on_termination = true;
    /// Nothing: as the subnet has it.
    std::optional<bool> associate_public_ip{};
    ConnectionTrackingSpecificationRequest connection_tracking{};
    /// Of one that is there already too.
    EnaSettings ena{};
};

/// Refuses what needs no state to be wrong.
/// Source: EC2 API Reference, RunInstances (documented).
void check_interfaces(const RunInstancesRequest& request);

/// The ids of the groups that the request names in either way. Throws for a name that is none.
/// Source: names are for the default VPC (documented); that both may be given is assumed.
std::vector<std::string> group_ids(Session& session, const RunInstancesRequest& request);

/// The interfaces that the request asks for, in the order of their network cards and device
/// indexes; one, when it names none. Throws when the type has no room for them, or one cannot be
/// had.
std::vector<LaunchInterface> plan_interfaces(Session& session, const RunInstancesRequest& request,
                                             const LaunchTypeRow& type);

}  // namespace amilab::ec2
