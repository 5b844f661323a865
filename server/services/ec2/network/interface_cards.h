#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/calls/session.h"
#include "server/services/ec2/network/interface_ipv6.h"
#include "server/services/ec2/network/interface_prefixes.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "storage/metadata/instances/launch_rows.h"
#include "storage/metadata/network/network_interface_rows.h"

/// Network cards of instances, and the types of interfaces that they take.
namespace amilab::ec2 {

/// Where on an instance an interface is, and what it is.
struct InterfacePlace {
    std::int64_t network_card_index = 0;
    std::int64_t device_index = 0;
    NetworkInterfaceType type = NetworkInterfaceType::kInterface;

    bool is_primary() const { return network_card_index == 0 && device_index == 0; }
    bool is_efa() const
    {
        return type == NetworkInterfaceType::kEfa || type == NetworkInterfaceType::kEfaOnly;
    }
};
/// Of one that is attached.
InterfacePlace place_of(const NetworkInterfaceRow& row);

/// Throws unless instances of the type may have all of these at once.
/// Source: EC2 User Guide, "Network cards" and "Elastic Fabric Adapter" (documented): as many
/// interfaces as each card takes, one EFA of a card, as many EFAs as the type has, none of them
/// EFA-only as the primary interface. The text of types without EFAs is observed of an attachment,
/// codes and the other texts are assumed.
void require_cards_fit(Session& session, const std::vector<InterfacePlace>& places,
                       const LaunchTypeRow& type);

/// The type of interface that a request names; an interface where it names none. Throws
/// InvalidParameterValue, and UnsupportedOperation for trunks and branches.
/// Source: EC2 API Reference, CreateNetworkInterface, InterfaceType (documented).
NetworkInterfaceType parse_interface_type(const std::optional<std::string>& word);

/// Lets an EFA-only interface have no addresses. Throws InvalidParameterCombination where the
/// request wants some for it.
/// Source: EFA-only interfaces do not support IP addresses (documented), the refusal is assumed.
void settle_addresses(NetworkInterfaceType type, AddressWish& addresses, Ipv6Wish& ipv6,
                      const PrefixWishes& prefixes);
/// Throws InvalidParameterCombination for an EFA-only interface.
void require_takes_addresses(const NetworkInterfaceRow& row);

}  // namespace amilab::ec2
