#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/calls/session.h"
#include "server/services/ec2/network/interface_ipv6.h"
#include "server/services/ec2/network/interface_prefixes.h"
#include "server/wire/ec2/shared.h"
#include "storage/metadata/instances/launch_place_rows.h"
#include "storage/metadata/instances/launch_rows.h"
#include "storage/metadata/network/network_interface_rows.h"
#include "storage/metadata/tags/tag_rows.h"

/// The maker of network interfaces.
namespace amilab::ec2 {

/// The security groups of these ids, without repetitions; the network's default group when there
/// are none. Throws unless they are the caller's, of the subnet's network, and not too many for an
/// interface.
std::vector<SecurityGroupId> find_groups(Session& session, const std::vector<std::string>& ids,
                                         const LaunchSubnet& subnet);

/// The private addresses that a request asks for.
struct AddressWish {
    /// Empty: whichever is free.
    std::string primary{};
    std::vector<std::string> secondary{};
    /// More that are free.
    std::int64_t more = 0;
    /// Of an EFA-only interface, which has no address at all, and of one with IPv6 alone.
    bool none = false;

    std::int64_t count() const
    {
        return none ? 0 : 1 + static_cast<std::int64_t>(secondary.size()) + more;
    }
    std::int64_t secondary_count() const { return none ? 0 : count() - 1; }
    /// How many of them are not named.
    std::int64_t chosen() const { return none ? 0 : more + (primary.empty() ? 1 : 0); }
    bool names_any() const { return !primary.empty() || !secondary.empty(); }
};

/// What of one interface says which addresses it has. Throws for two primary ones, for an address
/// that is there twice, and where one is said in two ways.
/// Source: EC2 API Reference, CreateNetworkInterface (documented).
AddressWish address_wish(const std::optional<std::string>& primary,
                         const std::vector<PrivateIpAddressSpecification>& addresses,
                         std::optional<std::int64_t> secondary_count);

/// Lets an interface of a subnet that has IPv6 addresses alone have no other ones. Throws
/// InvalidParameterValue where some are wished for. Source: an IPv6-only subnet has no IPv4
/// addresses (documented), code and text are assumed.
void follow_subnet(AddressWish& addresses, const PrefixWishes& prefixes,
                   const LaunchSubnet& subnet);

/// Throws for an address that is there twice.
void require_each_address_once(const AddressWish& wish);

/// Throws for addresses that the subnet does not have, or that are not free.
void require_free(Session& session, const AddressWish& wish, const LaunchSubnet& subnet);

/// Adds to what a call takes what the wishes for one interface name, which require_free() took.
/// Throws InvalidIPAddress.InUse for an address that is there already, or that is of a prefix.
/// Source: a prefix's addresses are all its interface's (documented), the refusal is assumed.
void add_named(TakenAddresses& taken, const AddressWish& addresses, const Ipv6Wish& ipv6,
               const PrefixWishes& prefixes);

/// The addresses of one interface, the primary one first; none is chosen of `taken`, which has what
/// the wish names. Nothing when the subnet has no more.
std::optional<std::vector<std::string>> take_addresses(Session& session, const AddressWish& wish,
                                                       const LaunchSubnet& subnet,
                                                       const TakenAddresses& taken);

/// The addresses of an interface for which a call names and chooses nothing else. Throws as
/// require_free() does, and for a subnet that has IPv6 addresses alone. Nothing when the subnet has
/// no more.
std::optional<std::vector<std::string>> find_addresses(Session& session, const AddressWish& wish,
                                                       const LaunchSubnet& subnet);

/// One interface's addresses, the primary one first: those that the wish names, and `chosen`, as
/// many as it does not name.
std::vector<std::string> in_order(const AddressWish& wish, std::vector<std::string>&& chosen);

/// The secondary addresses of one interface: those that are named, which are free, and more. Throws
/// when the subnet has no more.
std::vector<std::string> find_secondary_addresses(Session& session, const AddressWish& wish,
                                                  const LaunchSubnet& subnet);

/// A public address of Amazon's that nobody has. Throws when none is left.
std::string new_public_address(Session& session);

/// Sets what is said of how long idle flows are tracked. Source: EC2 API Reference,
/// ConnectionTrackingSpecificationRequest (documented).
void set_connection_tracking(NetworkInterfaceRow& row,
                             const ConnectionTrackingSpecificationRequest& wish);

/// What is known of an interface before it is there.
struct NewInterface {
    const LaunchSubnet& subnet;
    const std::vector<SecurityGroupId>& groups;
    /// The primary one first.
    const std::vector<std::string>& addresses;
    const std::vector<TagRow>& tags;
    /// That require_free() took.
    Ipv6Wish ipv6{};
    /// That require_free() took.
    PrefixWishes prefixes{};
    /// What the call names: nothing of it is chosen.
    TakenAddresses taken{};
    std::string description{};
    /// Of another one than kInterface and those of EFAs a service has made it.
    NetworkInterfaceType interface_type = NetworkInterfaceType::kInterface;
    /// Who asked for it by itself.
    std::optional<std::string> requester_id{};
    /// The instance that it comes with.
    std::optional<InstanceId> instance_id{};
    std::int64_t network_card_index = 0;
    std::int64_t device_index = 0;
    bool delete_on_termination = false;
    EnaSettings ena{};
    /// Whether it has a public address of Amazon's while its instance runs.
    bool associate_public_ip = false;
    /// What is not said of idle flows is the instance type's.
    ConnectionTrackingSpecificationRequest connection_tracking{};
};

/// Makes the interface with its addresses, groups and tags.
NetworkInterfaceId new_interface(Session& session, const NewInterface& wanted);

/// What an endpoint wants of its interface.
struct NewEndpointInterface {
    const LaunchSubnet& subnet;
    const std::vector<SecurityGroupId>& groups;
    std::string description{};
    NetworkInterfaceType interface_type{};
    AddressWish addresses{};
    Ipv6Wish ipv6{};
};
/// Makes the interface of an endpoint. Throws when the subnet has no more addresses, or those are
/// not free.
NetworkInterfaceId new_endpoint_interface(Session& session, const NewEndpointInterface& wanted);

/// The caller's interface. Throws when there is none.
NetworkInterfaceRow require_interface(Session& session, const NetworkInterfaceId& id);
/// The caller's interface, which no service manages. Throws AuthFailure for one of those.
NetworkInterfaceRow require_unmanaged_interface(Session& session, const NetworkInterfaceId& id);
/// The interface, when it is the caller's or its owner lets the caller attach it. Throws as for one
/// that is not there for others, and AuthFailure for those of services.
/// Source: EC2 API Reference, CreateNetworkInterfacePermission, INSTANCE-ATTACH (documented).
NetworkInterfaceRow require_attachable_interface(Session& session, const NetworkInterfaceId& id);
/// The subnet of an interface, whoever has it.
LaunchSubnet subnet_of(Session& session, const NetworkInterfaceRow& row);
/// The interface that is meant when a call names an instance alone. Throws unless it has just one.
/// Source: an instance with several is refused (observed).
NetworkInterfaceRow the_interface(Session& session, const InstanceId& id);

/// The caller's subnet. Throws when there is none.
LaunchSubnet require_launch_subnet(Session& session, const SubnetId& id);
/// The type of the instance that it is attached to, if it is.
std::optional<LaunchTypeRow> select_type_of(Session& session, const NetworkInterfaceRow& row);

/// Throws unless instances of the type may be in the subnet. Source: EC2 User Guide, "Subnets":
/// those of the Nitro System alone in IPv6-only ones (documented), code and text are assumed.
void require_type_suits(const LaunchSubnet& subnet, const LaunchTypeRow& type);

/// Throws unless instances of the type may have interfaces with as many addresses and prefixes of
/// each family, and with IPv6 alone as require_type_suits() has it. Source: the limits are the
/// type's (documented), the code is that of AssignPrivateIpAddresses (assumed).
void require_addresses_fit(Session& session, const std::vector<NetworkInterfaceRow>& interfaces,
                           const LaunchTypeRow& type);

/// Attaches one that is free, by a new id and from now on; it stays when its instance goes
/// (documented). False when the instance has an interface at that index of the network card.
bool attach_interface(Session& session, const NetworkInterfaceId& id,
                      InterfaceAttachment attachment);

/// Deletes the interface and its tags; its addresses are free.
void discard_interface(Session& session, const NetworkInterfaceId& id);

}  // namespace amilab::ec2
