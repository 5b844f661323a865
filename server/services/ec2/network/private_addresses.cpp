#include "server/services/ec2/network/private_addresses.h"
#include "server/wire/ec2/network/private_addresses.h"

#include <algorithm>
#include <map>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/network/interface_cards.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/instances/launch_rows.h"
#include "storage/metadata/network/interface_address_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: the limit is the instance type's (documented); a free interface has none here
/// (assumed).
void require_ipv4_room(Session& session, const NetworkInterfaceRow& row, std::size_t more)
{
    const auto type = select_type_of(session, row);
    const auto has = select_interface_addresses(session.db(), {row.id.text()}).size() +
                     count_prefixes(session, row.id, AddressFamily::kIpv4);
    if (type && static_cast<std::int64_t>(has + more) > type->addresses_per_interface) {
        throw too_many_private_addresses();
    }
}

/// The other interfaces that have some of the addresses, by address. Throws for one that may not
/// move. Source: a primary one stays where it is (documented), one of a prefix and what a service
/// manages do as well (assumed).
std::map<std::string, NetworkInterfaceId> find_holders(Session& session,
                                                       const NetworkInterfaceRow& row,
                                                       const std::vector<std::string>& addresses)
{
    std::map<std::string, NetworkInterfaceId> holders;
    for (const auto& address : addresses) {
        const auto holder = select_interface_with_address(session.db(), row.subnet_id, address);
        if (!holder) {
            continue;
        }
        const auto has = select_interface_addresses(session.db(), {holder->text()});
        const bool may_move = std::ranges::any_of(
            has, [&](const auto& one) { return one.address == address && one.position != 0; });
        if (*holder == row.id || !may_move ||
            is_requester_managed(*select_network_interface(session.db(), *holder))) {
            throw address_in_use(address);
        }
        holders.emplace(address, *holder);
    }
    return holders;
}

/// The wish without the addresses that others have.
AddressWish without(AddressWish wish, const std::map<std::string, NetworkInterfaceId>& holders)
{
    std::erase_if(wish.secondary,
                  [&](const std::string& address) { return holders.contains(address); });
    return wish;
}

/// Source: EC2 API Reference, AssignPrivateIpAddresses: one of the two (documented).
AddressWish secondary_wish(const AssignPrivateIpAddressesRequest& request)
{
    std::vector<PrivateIpAddressSpecification> named;
    for (const auto& address : request.private_ip_addresses) {
        named.push_back({.primary = false, .private_ip_address = address});
    }
    return address_wish(std::nullopt, named, request.secondary_private_ip_address_count);
}

// Source: EC2 API Reference, AssignPrivateIpAddresses (documented).
AssignPrivateIpAddressesResponse assign_private_ip_addresses(
    Session& session, const AssignPrivateIpAddressesRequest& request)
{
    const auto id = parse_id<NetworkInterfaceId>(request.network_interface_id);
    const auto wish = secondary_wish(request);
    const PrefixWishes prefixes{
        .ipv4 = prefix_wish(request.ipv4_prefixes, request.ipv4_prefix_count, "ipv4")};
    if (wish.count() == 1 && prefixes.ipv4.size() == 0) {
        throw missing_parameter("PrivateIpAddresses or SecondaryPrivateIpAddressCount");
    }
    const auto row = require_unmanaged_interface(session, id);
    require_takes_ipv4(row);
    const auto subnet = require_launch_subnet(session, row.subnet_id);
    std::map<std::string, NetworkInterfaceId> holders;
    if (request.allow_reassignment.value_or(false)) {
        holders = find_holders(session, row, wish.secondary);
    }
    require_free(session, without(wish, holders), subnet);
    require_free(session, prefixes, subnet, wish.count() - 1);
    const auto addresses = find_secondary_addresses(session, wish, subnet);
    require_ipv4_room(session, row,
                      addresses.size() + static_cast<std::size_t>(prefixes.ipv4.size()));
    AssignPrivateIpAddressesResponse answer;
    for (const auto& address : addresses) {
        const auto holder = holders.find(address);
        if (holder == holders.end()) {
            add_interface_address(session.db(), id, row.subnet_id, address);
        } else {
            move_interface_address(session.db(), holder->second, id, address);
        }
        answer.assigned_private_ip_addresses.push_back({.private_ip_address = address});
    }
    for (const auto& prefix : give_prefixes(session, id, subnet, prefixes).ipv4) {
        answer.assigned_ipv4_prefixes.push_back({.ipv4_prefix = prefix});
    }
    answer.network_interface_id = id.text();
    return answer;
}

/// Source: secondary addresses of this interface alone (documented); the texts are assumed.
void require_secondary(const std::vector<InterfaceAddressRow>& addresses, const std::string& wanted)
{
    const auto at = std::find_if(addresses.begin(), addresses.end(),
                                 [&](const auto& one) { return one.address == wanted; });
    if (at == addresses.end()) {
        throw address_not_of_interface(wanted);
    }
    if (at->position == 0) {
        throw primary_address_stays(wanted);
    }
}

// Source: EC2 API Reference, UnassignPrivateIpAddresses (documented).
UnassignPrivateIpAddressesResponse unassign_private_ip_addresses(
    Session& session, const UnassignPrivateIpAddressesRequest& request)
{
    const auto id = parse_id<NetworkInterfaceId>(request.network_interface_id);
    if (request.private_ip_addresses.empty() && request.ipv4_prefixes.empty()) {
        throw missing_parameter("PrivateIpAddress");
    }
    require_unmanaged_interface(session, id);
    const auto has = select_interface_addresses(session.db(), {id.text()});
    for (const auto& address : request.private_ip_addresses) {
        require_secondary(has, address);
    }
    for (const auto& address : request.private_ip_addresses) {
        delete_interface_address(session.db(), id, address);
    }
    take_prefixes(session, id, request.ipv4_prefixes);
    return {};
}

constexpr Operation kOperations[] = {
    write<assign_private_ip_addresses>(kAssignPrivateIpAddresses),
    write<unassign_private_ip_addresses>(kUnassignPrivateIpAddresses, {.frees_space = true}),
};

}  // namespace

constinit const Family kPrivateAddresses{.operations = kOperations};

}  // namespace amilab::ec2
