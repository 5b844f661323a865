#include "server/services/ec2/network/new_interfaces.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/network/security_groups.h"
#include "storage/base/units.h"
#include "storage/metadata/instance_types/instance_type_words.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/network/interface_address_rows.h"
#include "storage/metadata/network/network_interface_permission_rows.h"
#include "storage/metadata/network/security_group_rows.h"
#include "storage/metadata/network/security_group_vpc_association_rows.h"

namespace amilab::ec2 {

namespace {

// Source: VPC User Guide, "Amazon VPC quotas": 5 for each network interface (documented).
constexpr std::size_t kMostInterfaceGroups = 5;

/// Source: AWS's addresses are locally administered ones (observed). This one is made of the
/// interface's id, the last 10 of whose hex digits hang on the seed.
std::string mac_address_of(std::string_view interface_id)
{
    constexpr std::size_t kDigits = 10;
    const auto digits = interface_id.substr(interface_id.size() - kDigits);
    std::string mac = "02";
    for (std::size_t i = 0; i < kDigits; i += 2) {
        mac += ':';
        mac += digits.substr(i, 2);
    }
    return mac;
}

SecurityGroupId usable_group(Session& session, const std::string& text, const LaunchSubnet& subnet)
{
    const auto group = require_group(session, parse_id<SecurityGroupId>(text));
    if (group.vpc_id != subnet.vpc_id &&
        !is_group_associated(session.db(), group.id, subnet.vpc_id)) {
        throw group_of_other_network(group.id, subnet.id);
    }
    return group.id;
}

void require_free_address(Session& session, const std::string& address, const LaunchSubnet& subnet)
{
    refuse_unless_free(use_of_address(session.db(), subnet.id, subnet.cidr_block, address), address,
                       malformed_address);
}

bool is_of_service(NetworkInterfaceType type)
{
    switch (type) {
        case NetworkInterfaceType::kInterface:
        case NetworkInterfaceType::kEfa:
        case NetworkInterfaceType::kEfaOnly:
            return false;
        case NetworkInterfaceType::kNatGateway:
        case NetworkInterfaceType::kVpcEndpoint:
        case NetworkInterfaceType::kInstanceConnectEndpoint:
            return true;
    }
    return true;
}

void add_address(TakenAddresses& taken, const std::string& address)
{
    if (!taken.add_address(address)) {
        throw address_in_use(address);
    }
}

}  // namespace

std::vector<SecurityGroupId> find_groups(Session& session, const std::vector<std::string>& ids,
                                         const LaunchSubnet& subnet)
{
    std::vector<SecurityGroupId> groups;
    for (const auto& text : ids) {
        auto id = usable_group(session, text, subnet);
        if (std::find(groups.begin(), groups.end(), id) == groups.end()) {
            groups.push_back(std::move(id));
        }
        if (groups.size() > kMostInterfaceGroups) {
            throw too_many_groups_of_interface();
        }
    }
    if (ids.empty()) {
        if (const auto group = select_default_security_group(session.db(), subnet.vpc_id)) {
            groups.push_back(group->id);
        }
    }
    return groups;
}

AddressWish address_wish(const std::optional<std::string>& primary,
                         const std::vector<PrivateIpAddressSpecification>& addresses,
                         std::optional<std::int64_t> secondary_count)
{
    AddressWish wish{.primary = primary.value_or(""), .more = secondary_count.value_or(0)};
    for (const auto& one : addresses) {
        if (!is_given(one.private_ip_address)) {
            throw missing_parameter("PrivateIpAddresses.PrivateIpAddress");
        }
        if (!one.primary.value_or(false)) {
            wish.secondary.push_back(*one.private_ip_address);
        } else if (!wish.primary.empty()) {
            throw several_primary_addresses();
        } else {
            wish.primary = *one.private_ip_address;
        }
    }
    if (wish.more > 0 && !wish.secondary.empty()) {
        throw parameters_not_together("secondaryPrivateIpAddressCount", "privateIpAddresses");
    }
    check_count(wish.more, "secondaryPrivateIpAddressCount");
    check_count(static_cast<std::int64_t>(wish.secondary.size()), "privateIpAddresses");
    require_each_address_once(wish);
    return wish;
}

void follow_subnet(AddressWish& addresses, const PrefixWishes& prefixes, const LaunchSubnet& subnet)
{
    if (!subnet.ipv6_native) {
        return;
    }
    if (addresses.names_any() || addresses.more > 0 || prefixes.ipv4.size() > 0) {
        throw no_ipv4_addresses(subnet.id);
    }
    addresses.none = true;
}

void require_each_address_once(const AddressWish& wish)
{
    std::set<std::string> seen{wish.primary};
    for (const auto& address : wish.secondary) {
        if (!seen.insert(address).second) {
            throw address_given_twice(address);
        }
    }
}

void require_free(Session& session, const AddressWish& wish, const LaunchSubnet& subnet)
{
    if (!wish.primary.empty()) {
        require_free_address(session, wish.primary, subnet);
    }
    for (const auto& address : wish.secondary) {
        require_free_address(session, address, subnet);
    }
}

void add_named(TakenAddresses& taken, const AddressWish& addresses, const Ipv6Wish& ipv6,
               const PrefixWishes& prefixes)
{
    if (!addresses.primary.empty()) {
        add_address(taken, addresses.primary);
    }
    for (const auto* named : {&addresses.secondary, &ipv6.named}) {
        for (const auto& address : *named) {
            add_address(taken, address);
        }
    }
    for (const auto* named : {&prefixes.ipv4.named, &prefixes.ipv6.named}) {
        for (const auto& prefix : *named) {
            if (!taken.add_prefix(prefix)) {
                throw address_in_use(prefix);
            }
        }
    }
}

std::vector<std::string> in_order(const AddressWish& wish, std::vector<std::string>&& chosen)
{
    std::vector<std::string> addresses;
    if (wish.none) {
        return addresses;
    }
    auto more = chosen.begin();
    addresses.push_back(wish.primary.empty() ? *more++ : wish.primary);
    addresses.insert(addresses.end(), wish.secondary.begin(), wish.secondary.end());
    std::move(more, chosen.end(), std::back_inserter(addresses));
    return addresses;
}

std::optional<std::vector<std::string>> take_addresses(Session& session, const AddressWish& wish,
                                                       const LaunchSubnet& subnet,
                                                       const TakenAddresses& taken)
{
    if (wish.none) {
        return std::vector<std::string>();
    }
    auto chosen =
        take_private_addresses(session.db(), subnet.id, subnet.cidr_block, wish.chosen(), taken);
    if (static_cast<std::int64_t>(chosen.size()) < wish.chosen()) {
        return std::nullopt;
    }
    return in_order(wish, std::move(chosen));
}

std::optional<std::vector<std::string>> find_addresses(Session& session, const AddressWish& wish,
                                                       const LaunchSubnet& subnet)
{
    if (subnet.ipv6_native && !wish.none) {
        throw no_ipv4_addresses(subnet.id);
    }
    require_free(session, wish, subnet);
    TakenAddresses taken;
    add_named(taken, wish, {}, {});
    return take_addresses(session, wish, subnet, taken);
}

std::vector<std::string> find_secondary_addresses(Session& session, const AddressWish& wish,
                                                  const LaunchSubnet& subnet)
{
    auto addresses = wish.secondary;
    TakenAddresses taken;
    add_named(taken, wish, {}, {});
    auto found =
        take_private_addresses(session.db(), subnet.id, subnet.cidr_block, wish.more, taken);
    if (static_cast<std::int64_t>(found.size()) < wish.more) {
        throw subnet_full(subnet.id);
    }
    addresses.insert(addresses.end(), found.begin(), found.end());
    return addresses;
}

std::string new_public_address(Session& session)
{
    auto address = find_public_address(session.db(), session.ids().next_number("public-ip"));
    if (!address) {
        throw no_public_address();
    }
    return std::move(*address);
}

void set_connection_tracking(NetworkInterfaceRow& row,
                             const ConnectionTrackingSpecificationRequest& wish)
{
    const auto set = [](const auto& said, auto& value) {
        if (said) {
            value = said;
        }
    };
    set(wish.tcp_established_timeout, row.tcp_established_timeout);
    set(wish.udp_stream_timeout, row.udp_stream_timeout);
    set(wish.udp_timeout, row.udp_timeout);
}

NetworkInterfaceId new_interface(Session& session, const NewInterface& wanted)
{
    NetworkInterfaceRow row;
    make_own(session, row);
    row.subnet_id = wanted.subnet.id;
    row.vpc_id = wanted.subnet.vpc_id;
    row.zone = wanted.subnet.zone;
    row.description = wanted.description;
    row.interface_type = wanted.interface_type;
    row.mac_address = mac_address_of(row.id.text());
    row.requester_id = wanted.requester_id;
    if (is_of_service(wanted.interface_type)) {
        row.requester_id = kServiceRequester;
    }
    row.associate_public_ip = wanted.associate_public_ip;
    set_connection_tracking(row, wanted.connection_tracking);
    row.primary_ipv6 = wanted.ipv6.primary;
    row.ipv6_native = wanted.subnet.ipv6_native;
    if (wanted.instance_id) {
        row.instance_id = wanted.instance_id;
        row.attachment_id = session.next_id<NetworkInterfaceAttachmentId>();
        row.network_card_index = wanted.network_card_index;
        row.device_index = wanted.device_index;
        row.ena_srd = wanted.ena.srd;
        row.ena_srd_udp = wanted.ena.srd_udp;
        row.ena_queue_count = wanted.ena.queue_count;
        row.attach_time_ms = whole_seconds(session.now_ms());
        row.delete_on_termination = wanted.delete_on_termination;
    }
    insert_network_interface(session.db(), row, wanted.groups);
    std::int64_t position = 0;
    for (const auto& address : wanted.addresses) {
        const bool has_public = position == 0 && wanted.instance_id && wanted.associate_public_ip;
        insert_interface_address(
            session.db(), row.id, position++, wanted.subnet.id, address,
            has_public ? std::optional(new_public_address(session)) : std::nullopt);
    }
    give_ipv6_addresses(session, row.id, wanted.subnet, wanted.ipv6, wanted.taken);
    give_prefixes(session, row.id, wanted.subnet, wanted.prefixes, wanted.taken);
    store_tags(session, row.id, wanted.tags);
    return row.id;
}

NetworkInterfaceId new_endpoint_interface(Session& session, const NewEndpointInterface& wanted)
{
    const auto addresses = find_addresses(session, wanted.addresses, wanted.subnet);
    if (!addresses) {
        throw subnet_full(wanted.subnet.id);
    }
    require_free(session, wanted.ipv6, wanted.subnet);
    return new_interface(session, {.subnet = wanted.subnet,
                                   .groups = wanted.groups,
                                   .addresses = *addresses,
                                   .tags = {},
                                   .ipv6 = wanted.ipv6,
                                   .description = wanted.description,
                                   .interface_type = wanted.interface_type});
}

NetworkInterfaceRow require_interface(Session& session, const NetworkInterfaceId& id)
{
    auto row = select_network_interface(session.db(), id);
    if (!row || row->owner != session.account() || row->region != session.region()) {
        throw not_found(id);
    }
    return std::move(*row);
}

NetworkInterfaceRow require_unmanaged_interface(Session& session, const NetworkInterfaceId& id)
{
    auto row = require_interface(session, id);
    if (is_requester_managed(row)) {
        throw interface_is_managed(id);
    }
    return row;
}

NetworkInterfaceRow require_attachable_interface(Session& session, const NetworkInterfaceId& id)
{
    auto row = select_network_interface(session.db(), id);
    const bool is_mine = row && row->owner == session.account();
    if (!row || row->region != session.region() ||
        (!is_mine && !may_attach(session.db(), id, session.account()))) {
        throw not_found(id);
    }
    if (is_requester_managed(*row)) {
        throw interface_is_managed(id);
    }
    return std::move(*row);
}

LaunchSubnet subnet_of(Session& session, const NetworkInterfaceRow& row)
{
    auto subnet = select_launch_subnet(session.db(), row.owner, row.region, row.subnet_id);
    if (!subnet) {
        throw not_found(row.subnet_id);
    }
    return std::move(*subnet);
}

NetworkInterfaceRow the_interface(Session& session, const InstanceId& id)
{
    auto interfaces = select_interfaces_of(session.db(), {id.text()});
    if (interfaces.size() != 1) {
        throw several_interfaces(id);
    }
    return std::move(interfaces.front());
}

LaunchSubnet require_launch_subnet(Session& session, const SubnetId& id)
{
    auto subnet = select_launch_subnet(session.db(), session.account(), session.region(), id);
    if (!subnet) {
        throw not_found(id);
    }
    return std::move(*subnet);
}

std::optional<LaunchTypeRow> select_type_of(Session& session, const NetworkInterfaceRow& row)
{
    if (!row.instance_id) {
        return std::nullopt;
    }
    const auto instance = select_instance(session.db(), row.instance_owner.value_or(""), row.region,
                                          *row.instance_id);
    return instance ? select_launch_type(session.db(), instance->instance_type) : std::nullopt;
}

void require_type_suits(const LaunchSubnet& subnet, const LaunchTypeRow& type)
{
    if (subnet.ipv6_native && type.hypervisor == TypeHypervisor::kXen) {
        throw ipv6_alone_not_supported(type.name);
    }
}

void require_addresses_fit(Session& session, const std::vector<NetworkInterfaceRow>& interfaces,
                           const LaunchTypeRow& type)
{
    for (const auto& one : interfaces) {
        if (one.ipv6_native) {
            require_type_suits(subnet_of(session, one), type);
        }
        const std::vector<std::string> id{one.id.text()};
        const auto ipv4 = select_interface_addresses(session.db(), id).size() +
                          count_prefixes(session, one.id, AddressFamily::kIpv4);
        const auto ipv6 = select_interface_ipv6(session.db(), id).size() +
                          count_prefixes(session, one.id, AddressFamily::kIpv6);
        if (static_cast<std::int64_t>(ipv4) > type.addresses_per_interface ||
            static_cast<std::int64_t>(ipv6) > type.ipv6_addresses_per_interface) {
            throw too_many_private_addresses();
        }
    }
}

bool attach_interface(Session& session, const NetworkInterfaceId& id,
                      InterfaceAttachment attachment)
{
    attachment.id = session.next_id<NetworkInterfaceAttachmentId>();
    attachment.attach_time_ms = whole_seconds(session.now_ms());
    return attach_network_interface(session.db(), id, attachment);
}

void discard_interface(Session& session, const NetworkInterfaceId& id)
{
    delete_all_tags(session.db(), id.text());
    delete_network_interface(session.db(), id);
}

}  // namespace amilab::ec2
