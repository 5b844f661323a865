#include "server/services/ec2/network/nat_gateway_addresses.h"
#include "server/wire/ec2/network/nat_gateway_addresses.h"

#include <algorithm>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/network/elastic_addresses.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/network/nat_gateways.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/interface_address_rows.h"

namespace amilab::ec2 {

namespace {

/// The caller's gateway of that type, available. Source: for which type each call is (documented),
/// codes and texts are assumed.
NatGatewayRow require_available(Session& session, const NatGatewayId& id, ConnectivityType type)
{
    auto row = require_nat_gateway(session, id);
    if (row.connectivity_type != type) {
        throw invalid_parameter_value("The operation is for " + std::string(text_of(type)) +
                                      " NAT gateways only.");
    }
    if (row.state != NatGatewayState::kAvailable) {
        throw incorrect_state(id.text(), row.state);
    }
    return row;
}

std::vector<InterfaceAddressRow> addresses_of(Session& session, const NatGatewayRow& row)
{
    return select_interface_addresses(session.db(), {row.interface_id->text()});
}

/// The addresses with that state, which is what they are in while the call is at work.
/// Source: the states (documented); what they are in is over at once (assumed).
template <class Keep>
std::vector<NatGatewayAddress> answers_of(const std::vector<InterfaceAddressRow>& rows,
                                          std::string_view status, Keep keep)
{
    std::vector<NatGatewayAddress> answers;
    for (const auto& row : rows) {
        if (keep(row)) {
            answers.push_back(nat_gateway_address(row));
            answers.back().status = status;
        }
    }
    return answers;
}

bool has(const std::vector<std::string>& texts, const std::string& text)
{
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

/// Gives the gateway's interface more private addresses, and tells which.
std::vector<std::string> add_addresses(Session& session, const NatGatewayRow& row,
                                       const AddressWish& wish)
{
    const auto has_already = static_cast<std::int64_t>(addresses_of(session, row).size());
    if (has_already + wish.count() - 1 > kMostNatGatewayAddresses) {
        throw too_many_private_addresses();
    }
    const auto subnet = require_launch_subnet(session, row.subnet_id);
    require_free(session, wish, subnet);
    auto addresses = find_secondary_addresses(session, wish, subnet);
    for (const auto& address : addresses) {
        add_interface_address(session.db(), *row.interface_id, row.subnet_id, address);
    }
    return addresses;
}

std::vector<ElasticAddressRow> free_elastic_addresses(Session& session,
                                                      const std::vector<AllocationId>& ids)
{
    std::vector<ElasticAddressRow> found;
    for (const auto& id : ids) {
        auto row = require_elastic_address(session, id);
        if (row.association_id) {
            throw already_associated(id.text(), *row.association_id);
        }
        found.push_back(std::move(row));
    }
    return found;
}

// Source: EC2 API Reference, AssociateNatGatewayAddress (documented): each elastic address stands
// for a private one, named or not.
AssociateNatGatewayAddressResponse associate_nat_gateway_address(
    Session& session, const AssociateNatGatewayAddressRequest& request)
{
    const auto id = parse_id<NatGatewayId>(request.nat_gateway_id);
    const auto allocations = parse_ids<AllocationId>(request.allocation_ids);
    require_each_allocation_once(allocations);
    if (request.private_ip_addresses.size() > allocations.size()) {
        throw invalid_parameter_combination("Each private IP address requires an allocation ID.");
    }
    stop_if_dry_run(request);
    const auto row = require_available(session, id, ConnectivityType::kPublic);
    const auto elastic = free_elastic_addresses(session, allocations);
    AddressWish wish{.secondary = request.private_ip_addresses};
    wish.more = static_cast<std::int64_t>(elastic.size() - wish.secondary.size());
    require_each_address_once(wish);
    const auto addresses = add_addresses(session, row, wish);
    for (std::size_t i = 0; i < elastic.size(); ++i) {
        give_elastic_address(session, elastic[i], *row.interface_id, addresses[i]);
    }
    return {.nat_gateway_addresses =
                answers_of(addresses_of(session, row), "associating",
                           [&](const auto& one) { return has(addresses, one.address); }),
            .nat_gateway_id = id.text()};
}

/// Throws unless all of the secondary ones are there. Source: the primary one stays (documented),
/// code and text are assumed.
void require_secondary(const std::vector<NatGatewayAddress>& found, std::size_t wanted)
{
    const bool is_primary = std::any_of(
        found.begin(), found.end(), [](const auto& one) { return one.is_primary.value_or(false); });
    if (is_primary || found.size() != wanted) {
        throw invalid_parameter_value(is_primary
                                          ? "The primary address of a NAT gateway stays with it."
                                          : "Some of the addresses are not the NAT gateway's.");
    }
}

void remove_addresses(Session& session, const NatGatewayRow& row,
                      const std::vector<NatGatewayAddress>& addresses)
{
    for (const auto& one : addresses) {
        delete_interface_address(session.db(), *row.interface_id, *one.private_ip);
    }
}

// Source: EC2 API Reference, DisassociateNatGatewayAddress (documented): the private address goes
// too; that nothing is left to be drained is ours.
DisassociateNatGatewayAddressResponse disassociate_nat_gateway_address(
    Session& session, const DisassociateNatGatewayAddressRequest& request)
{
    const auto id = parse_id<NatGatewayId>(request.nat_gateway_id);
    parse_ids<AddressAssociationId>(request.association_ids);
    stop_if_dry_run(request);
    const auto row = require_available(session, id, ConnectivityType::kPublic);
    auto found = answers_of(addresses_of(session, row), "disassociating", [&](const auto& one) {
        return one.association_id && has(request.association_ids, one.association_id->text());
    });
    require_secondary(found, request.association_ids.size());
    remove_addresses(session, row, found);
    return {.nat_gateway_addresses = std::move(found), .nat_gateway_id = id.text()};
}

// Source: EC2 API Reference, AssignPrivateNatGatewayAddress (documented): one of the two.
AssignPrivateNatGatewayAddressResponse assign_private_nat_gateway_address(
    Session& session, const AssignPrivateNatGatewayAddressRequest& request)
{
    const auto id = parse_id<NatGatewayId>(request.nat_gateway_id);
    const AddressWish wish{.secondary = request.private_ip_addresses,
                           .more = request.private_ip_address_count.value_or(0)};
    if (wish.more > 0 && !wish.secondary.empty()) {
        throw parameters_not_together("PrivateIpAddresses", "PrivateIpAddressCount");
    }
    if (wish.count() == 1) {
        throw missing_parameter("PrivateIpAddresses or PrivateIpAddressCount");
    }
    require_each_address_once(wish);
    stop_if_dry_run(request);
    const auto row = require_available(session, id, ConnectivityType::kPrivate);
    const auto addresses = add_addresses(session, row, wish);
    return {.nat_gateway_addresses =
                answers_of(addresses_of(session, row), "assigning",
                           [&](const auto& one) { return has(addresses, one.address); }),
            .nat_gateway_id = id.text()};
}

// Source: EC2 API Reference, UnassignPrivateNatGatewayAddress (documented).
UnassignPrivateNatGatewayAddressResponse unassign_private_nat_gateway_address(
    Session& session, const UnassignPrivateNatGatewayAddressRequest& request)
{
    const auto id = parse_id<NatGatewayId>(request.nat_gateway_id);
    stop_if_dry_run(request);
    const auto row = require_available(session, id, ConnectivityType::kPrivate);
    auto found = answers_of(addresses_of(session, row), "unassigning", [&](const auto& one) {
        return has(request.private_ip_addresses, one.address);
    });
    require_secondary(found, request.private_ip_addresses.size());
    remove_addresses(session, row, found);
    return {.nat_gateway_addresses = std::move(found), .nat_gateway_id = id.text()};
}

constexpr Operation kOperations[] = {
    write<associate_nat_gateway_address>(kAssociateNatGatewayAddress),
    write<disassociate_nat_gateway_address>(kDisassociateNatGatewayAddress),
    write<assign_private_nat_gateway_address>(kAssignPrivateNatGatewayAddress),
    write<unassign_private_nat_gateway_address>(kUnassignPrivateNatGatewayAddress),
};

}  // namespace

constinit const Family kNatGatewayAddresses{.operations = kOperations};

}  // namespace amilab::ec2
