#include "server/services/ec2/instances/launch_interfaces.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/instance_types/launch_types.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/launch_addresses.h"
#include "server/services/ec2/instances/launch_place.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/interface_cards.h"
#include "server/services/ec2/network/interface_errors.h"
#include "storage/metadata/network/security_group_rows.h"
#include "storage/metadata/network/vpc_rows.h"

namespace amilab::ec2 {

namespace {

using Specification = InstanceNetworkInterfaceSpecification;

/// Source: observed.
void refuse_with_interfaces(bool is_given, std::string_view what)
{
    if (is_given) {
        throw invalid_parameter_combination(fmt::format(
            "Network interfaces and an instance-level {} may not be specified on the same request",
            what));
    }
}

/// Source: the texts about device indexes are observed, which code they have in part. Each network
/// card has device indexes of its own (observed).
void check_device_indexes(const std::vector<Specification>& interfaces)
{
    std::set<std::pair<std::int64_t, std::int64_t>> indexes;
    for (const auto& one : interfaces) {
        if (!one.device_index) {
            throw invalid_parameter_value("Each network interface requires a device index.");
        }
        if (*one.device_index < 0) {
            throw invalid_parameter_value("A device index must not be negative.");
        }
        if (!indexes.emplace(one.network_card_index.value_or(0), *one.device_index).second) {
            throw invalid_parameter_value("Each network interface requires a unique device index.");
        }
    }
    if (!indexes.contains({0, 0})) {
        throw invalid_parameter_value(
            "When specifying network interfaces, you must include a device at index 0.");
    }
}

AddressWish wish_of(const Specification& one)
{
    return address_wish(one.private_ip_address, one.private_ip_addresses,
                        one.secondary_private_ip_address_count);
}

Ipv6Wish ipv6_wish_of(const Specification& one)
{
    return ipv6_wish(one.ipv6_addresses, one.ipv6_address_count, one.primary_ipv6);
}

/// Source: what "applies only if creating a network interface" (documented), the text is assumed.
void check_existing(const Specification& one, const RunInstancesRequest& request)
{
    const bool is_new = is_given(one.subnet_id) || one.description || !one.groups.empty() ||
                        is_given(one.private_ip_address) || !one.private_ip_addresses.empty() ||
                        one.secondary_private_ip_address_count || one.ipv6_address_count ||
                        !one.ipv6_addresses.empty() || one.ipv4_prefix_count ||
                        !one.ipv4_prefixes.empty() || one.ipv6_prefix_count ||
                        !one.ipv6_prefixes.empty() || one.connection_tracking_specification ||
                        one.primary_ipv6.value_or(false);
    if (is_new) {
        throw invalid_parameter_combination(
            "A network interface may not specify both a network interface ID and what a new one "
            "would have");
    }
    if (one.associate_public_ip_address.value_or(false)) {
        throw invalid_parameter_combination(
            "The associatePublicIPAddress parameter cannot be specified for a network interface "
            "with an ID.");
    }
    // Source: DeleteOnTermination is for new interfaces alone (documented).
    if (one.delete_on_termination.value_or(false)) {
        throw invalid_parameter_combination(
            "A network interface with an ID may not be deleted on termination.");
    }
    if (request.max_count > 1) {
        throw invalid_parameter_combination(
            "A network interface ID may not be specified for several instances.");
    }
}

void check_new(const Specification& one, const RunInstancesRequest& request)
{
    const bool names_any = wish_of(one).names_any() || !ipv6_wish_of(one).named.empty() ||
                           !one.ipv4_prefixes.empty() || !one.ipv6_prefixes.empty();
    if (names_any && request.max_count > 1) {
        throw invalid_parameter_combination(
            "A private IP address may not be specified for several instances.");
    }
}

/// Source: "The associatePublicIPAddress parameter cannot be specified when launching with multiple
/// network interfaces" (observed); device index 0 alone (documented).
void check_public_addresses(const std::vector<Specification>& interfaces)
{
    const bool is_asked = std::any_of(interfaces.begin(), interfaces.end(), [](const auto& one) {
        return one.associate_public_ip_address.value_or(false);
    });
    if (is_asked && interfaces.size() > 1) {
        throw invalid_parameter_combination(
            "The associatePublicIPAddress parameter cannot be specified when launching with "
            "multiple network interfaces.");
    }
}

/// Holds the wishes against the place of the interface. Source: no public address in an IPv6-only
/// subnet (documented: it has no IPv4 ones), the refusal is assumed.
void follow_place(LaunchInterface& wanted)
{
    const auto& subnet = wanted.subnets.front();
    follow_subnet(wanted.addresses, wanted.prefixes, subnet);
    if (subnet.ipv6_native && wanted.associate_public_ip.value_or(false)) {
        throw no_ipv4_addresses(subnet.id);
    }
}

/// The one that a launch has when it names none.
LaunchInterface plain_interface(Session& session, const RunInstancesRequest& request,
                                const LaunchTypeRow& type)
{
    LaunchInterface plain{.subnets = choose_subnets(session, request, type)};
    plain.groups = find_groups(session, group_ids(session, request), plain.subnets.front());
    plain.addresses.primary = request.private_ip_address.value_or("");
    plain.ipv6 =
        ipv6_wish(request.ipv6_addresses, request.ipv6_address_count, request.enable_primary_ipv6);
    follow_place(plain);
    return plain;
}

EnaSettings ena_of(const Specification& one)
{
    EnaSettings settings{.queue_count = one.ena_queue_count};
    set_ena_srd(settings, one.ena_srd_specification);
    return settings;
}

LaunchInterface existing_interface(Session& session, const Specification& one,
                                   const LaunchTypeRow& type)
{
    const auto id = parse_id<NetworkInterfaceId>(*one.network_interface_id);
    const auto row = require_attachable_interface(session, id);
    if (row.instance_id) {
        throw interface_in_use(id);
    }
    if (is_given(one.interface_type) && *one.interface_type != text_of(row.interface_type)) {
        throw invalid_parameter_combination(fmt::format(
            "The network interface '{}' is not of the type {}", id.text(), *one.interface_type));
    }
    require_addresses_fit(session, {row}, type);
    return {.network_card_index = one.network_card_index.value_or(0),
            .device_index = *one.device_index,
            .interface_type = row.interface_type,
            .existing = id,
            .subnets = {subnet_of(session, row)},
            .delete_on_termination = false,
            .ena = ena_of(one)};
}

LaunchInterface new_interface_of(Session& session, const Specification& one,
                                 const std::vector<LaunchSubnet>& defaults)
{
    LaunchInterface wanted{.network_card_index = one.network_card_index.value_or(0),
                           .device_index = *one.device_index,
                           .interface_type = parse_interface_type(one.interface_type),
                           .subnets = defaults,
                           .description = one.description.value_or(""),
                           .addresses = wish_of(one),
                           .ipv6 = ipv6_wish_of(one),
                           .prefixes = prefix_wishes(one),
                           .delete_on_termination = one.delete_on_termination.value_or(true),
                           .associate_public_ip = one.associate_public_ip_address,
                           .connection_tracking = one.connection_tracking_specification.value_or(
                               ConnectionTrackingSpecificationRequest{})};
    wanted.ena = ena_of(one);
    settle_addresses(wanted.interface_type, wanted.addresses, wanted.ipv6, wanted.prefixes);
    if (is_given(one.subnet_id)) {
        wanted.subnets = {require_launch_subnet(session, parse_id<SubnetId>(*one.subnet_id))};
    }
    wanted.groups = find_groups(session, one.groups, wanted.subnets.front());
    follow_place(wanted);
    return wanted;
}

/// Where new interfaces are that name no subnet.
std::vector<LaunchSubnet> default_subnets(Session& session, const RunInstancesRequest& request,
                                          const LaunchTypeRow& type)
{
    const bool is_needed = std::any_of(
        request.network_interfaces.begin(), request.network_interfaces.end(), [](const auto& one) {
            return !is_given(one.subnet_id) && !is_given(one.network_interface_id);
        });
    return is_needed ? choose_subnets(session, request, type) : std::vector<LaunchSubnet>();
}

void require_room(Session& session, const std::vector<LaunchInterface>& interfaces,
                  const LaunchTypeRow& type)
{
    std::vector<InterfacePlace> places;
    for (const auto& one : interfaces) {
        places.push_back({one.network_card_index, one.device_index, one.interface_type, one.ena});
    }
    require_cards_fit(session, places, type);
    for (const auto& one : interfaces) {
        require_type_suits(one.subnets.front(), type);
        const auto ipv4 = one.addresses.count() + one.prefixes.ipv4.size();
        const auto ipv6 = one.ipv6.count_in(one.subnets.front()) + one.prefixes.ipv6.size();
        if (ipv4 > type.addresses_per_interface || ipv6 > type.ipv6_addresses_per_interface) {
            throw too_many_private_addresses();
        }
    }
}

/// Source: an instance and its interfaces are in one zone (documented), the text is assumed.
void require_one_zone(const std::vector<LaunchInterface>& interfaces)
{
    const auto& zone = interfaces.front().subnets.front().zone;
    for (const auto& one : interfaces) {
        if (one.subnets.front().zone != zone) {
            throw invalid_parameter_combination(
                "All network interfaces of an instance must be in the same availability zone.");
        }
    }
}

void require_free_addresses(Session& session, const std::vector<LaunchInterface>& interfaces)
{
    for (const auto& one : interfaces) {
        if (!one.existing) {
            const auto& subnet = one.subnets.front();
            require_free(session, one.addresses, subnet);
            require_free(session, one.ipv6, subnet);
            require_free(session, one.prefixes, subnet, one.addresses.secondary_count(),
                         one.ipv6.count_in(subnet));
        }
    }
    named_addresses(interfaces);
}

void require_each_once(const std::vector<LaunchInterface>& interfaces)
{
    std::set<NetworkInterfaceId> seen;
    for (const auto& one : interfaces) {
        if (one.existing && !seen.insert(*one.existing).second) {
            throw interface_in_use(*one.existing);
        }
    }
}

}  // namespace

void check_interfaces(const RunInstancesRequest& request)
{
    const auto& interfaces = request.network_interfaces;
    const bool is_address_named =
        is_given(request.private_ip_address) || !request.ipv6_addresses.empty();
    if (is_address_named && request.max_count > 1) {
        throw invalid_parameter_combination(
            "A private IP address may not be specified for several instances.");
    }
    // Source: observed.
    if (is_given(request.subnet_id) && !request.security_groups.empty()) {
        throw invalid_parameter_combination(
            "The parameter groupName cannot be used with the parameter subnet");
    }
    if (interfaces.empty()) {
        return;
    }
    refuse_with_interfaces(is_given(request.subnet_id), "subnet ID");
    refuse_with_interfaces(is_given(request.private_ip_address), "private IP address");
    refuse_with_interfaces(request.ipv6_address_count || !request.ipv6_addresses.empty(),
                           "IPv6 addresses");
    refuse_with_interfaces(request.enable_primary_ipv6.value_or(false), "primary IPv6 address");
    refuse_with_interfaces(!request.security_group_ids.empty() || !request.security_groups.empty(),
                           "security groups");
    check_device_indexes(interfaces);
    check_public_addresses(interfaces);
    for (const auto& one : interfaces) {
        if (is_given(one.network_interface_id)) {
            check_existing(one, request);
        } else {
            check_new(one, request);
        }
    }
}

std::vector<std::string> group_ids(Session& session, const RunInstancesRequest& request)
{
    auto ids = request.security_group_ids;
    if (request.security_groups.empty()) {
        return ids;
    }
    const auto vpc = select_default_vpc(session.db(), session.account(), session.region());
    for (const auto& name : request.security_groups) {
        const auto group =
            vpc ? select_security_group_named(session.db(), vpc->id, name) : std::nullopt;
        if (!group) {
            throw vpc ? group_name_not_found(name, vpc->id) : no_default_vpc();
        }
        ids.push_back(group->id.text());
    }
    return ids;
}

std::vector<LaunchInterface> plan_interfaces(Session& session, const RunInstancesRequest& request,
                                             const LaunchTypeRow& type)
{
    std::vector<LaunchInterface> interfaces;
    if (request.network_interfaces.empty()) {
        interfaces.push_back(plain_interface(session, request, type));
    }
    const auto defaults = default_subnets(session, request, type);
    for (const auto& one : request.network_interfaces) {
        interfaces.push_back(is_given(one.network_interface_id)
                                 ? existing_interface(session, one, type)
                                 : new_interface_of(session, one, defaults));
    }
    std::sort(interfaces.begin(), interfaces.end(), [](const auto& one, const auto& other) {
        return std::pair(one.network_card_index, one.device_index) <
               std::pair(other.network_card_index, other.device_index);
    });
    require_room(session, interfaces, type);
    require_each_once(interfaces);
    require_one_zone(interfaces);
    if (!request.network_interfaces.empty()) {
        require_offered(session, type, interfaces.front().subnets.front().zone);
    }
    require_free_addresses(session, interfaces);
    return interfaces;
}

}  // namespace amilab::ec2
