#include "server/services/ec2/network/ipv6_addresses.h"
#include "server/wire/ec2/network/ipv6_addresses.h"

#include <algorithm>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/network/interface_cards.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/network/interface_ipv6.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/instance_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: the limit is the instance type's (documented); a free interface has none here
/// (assumed), the refusal is that of private addresses (assumed).
void require_ipv6_room(Session& session, const NetworkInterfaceRow& row, std::int64_t more)
{
    const auto type = select_type_of(session, row);
    const auto has =
        static_cast<std::int64_t>(select_interface_ipv6(session.db(), {row.id.text()}).size() +
                                  count_prefixes(session, row.id, AddressFamily::kIpv6));
    if (type && has + more > type->ipv6_addresses_per_interface) {
        throw too_many_private_addresses();
    }
}

// Source: EC2 API Reference, AssignIpv6Addresses (documented): one of the two.
AssignIpv6AddressesResponse assign_ipv6_addresses(Session& session,
                                                  const AssignIpv6AddressesRequest& request)
{
    const auto id = parse_id<NetworkInterfaceId>(request.network_interface_id);
    const auto wish = ipv6_wish(request.ipv6_addresses, request.ipv6_address_count);
    const auto count =
        wish.named.empty() ? wish.count.value_or(0) : static_cast<std::int64_t>(wish.named.size());
    const PrefixWishes prefixes{
        .ipv6 = prefix_wish(request.ipv6_prefixes, request.ipv6_prefix_count, "ipv6")};
    if (count == 0 && prefixes.ipv6.size() == 0) {
        throw missing_parameter("Ipv6Addresses or Ipv6AddressCount");
    }
    const auto row = require_unmanaged_interface(session, id);
    require_takes_addresses(row);
    const auto subnet = require_launch_subnet(session, row.subnet_id);
    require_free(session, prefixes, subnet, 0, count);
    require_ipv6_room(session, row, count + prefixes.ipv6.size());
    AssignIpv6AddressesResponse answer{.network_interface_id = id.text()};
    if (count > 0) {
        require_free(session, wish, subnet);
        answer.assigned_ipv6_addresses = give_ipv6_addresses(session, id, subnet, wish);
    }
    answer.assigned_ipv6_prefixes = give_prefixes(session, id, subnet, prefixes).ipv6;
    return answer;
}

// Source: EC2 API Reference, UnassignIpv6Addresses (documented); the primary one stays as long as
// the interface is attached (documented); the refusals are those of private addresses (assumed).
UnassignIpv6AddressesResponse unassign_ipv6_addresses(Session& session,
                                                      const UnassignIpv6AddressesRequest& request)
{
    const auto id = parse_id<NetworkInterfaceId>(request.network_interface_id);
    auto wish = ipv6_wish(request.ipv6_addresses, std::nullopt);
    if (wish.named.empty() && request.ipv6_prefixes.empty()) {
        throw missing_parameter("Ipv6Addresses");
    }
    const auto row = require_unmanaged_interface(session, id);
    const auto has = select_interface_ipv6(session.db(), {id.text()});
    for (const auto& address : wish.named) {
        if (std::none_of(has.begin(), has.end(),
                         [&](const auto& one) { return one.address == address; })) {
            throw address_not_of_interface(address);
        }
        if (row.primary_ipv6 && address == has.front().address) {
            throw primary_address_stays(address);
        }
    }
    for (const auto& address : wish.named) {
        delete_interface_ipv6(session.db(), id, address);
    }
    take_prefixes(session, id, request.ipv6_prefixes);
    return {.network_interface_id = id.text(),
            .unassigned_ipv6_addresses = std::move(wish.named),
            .unassigned_ipv6_prefixes = request.ipv6_prefixes};
}

constexpr Operation kOperations[] = {
    write<assign_ipv6_addresses>(kAssignIpv6Addresses),
    write<unassign_ipv6_addresses>(kUnassignIpv6Addresses, {.frees_space = true}),
};

}  // namespace

constinit const Family kIpv6Addresses{.operations = kOperations};

}  // namespace amilab::ec2
