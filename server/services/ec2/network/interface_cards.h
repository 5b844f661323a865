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
    EnaSettings ena{};

    bool has_ena_settings() const { return ena.srd.value_or(false) || ena.queue_count; }
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
/// interfaces as the type and each card take, one EFA of a card, as many EFAs as the type has, none
/// of them EFA-only as the primary interface. The text of types without EFAs is observed of an
/// attachment, codes and the other texts are assumed. "ENA Express" and "ENA queues": of types that
/// support them, a power of two, within what a card has for one interface and for all; a card takes
/// some interfaces more then (documented, codes and texts assumed; that one number is enough for
/// that too).
void require_cards_fit(Session& session, const std::vector<InterfacePlace>& places,
                       const LaunchTypeRow& type);

/// Throws unless the settings of the adapter can be those of `row`, which is changed and not stored
/// yet, beside the other interfaces of its instance.
void require_ena_fits(Session& session, const NetworkInterfaceRow& row);

/// Sets what a request says of ENA Express. Throws InvalidParameterCombination for UDP without it.
/// Source: EC2 API Reference, EnaSrdUdpSpecification: ENA Express is to be enabled first
/// (documented); without it UDP has it no more (assumed).
void set_ena_srd(EnaSettings& settings, std::optional<bool> enabled,
                 std::optional<bool> udp_enabled);
template <class Specification>
void set_ena_srd(EnaSettings& settings, const std::optional<Specification>& said)
{
    if (said) {
        const auto& udp = said->ena_srd_udp_specification;
        set_ena_srd(settings, said->ena_srd_enabled, udp ? udp->ena_srd_udp_enabled : std::nullopt);
    }
}

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
/// Throws besides for an interface that has IPv6 addresses alone. Source: assumed.
void require_takes_ipv4(const NetworkInterfaceRow& row);

}  // namespace amilab::ec2
