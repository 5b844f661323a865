#include "server/services/ec2/network/elastic_addresses.h"
#include "server/wire/ec2/network/elastic_addresses.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/border_groups.h"
#include "server/services/ec2/network/interface_cards.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/network/elastic_address_rows.h"
#include "storage/metadata/network/interface_address_rows.h"
#include "storage/metadata/network/internet_gateway_rows.h"
#include "storage/metadata/network/ipv4_block.h"
#include "storage/metadata/network/vpc_rows.h"

namespace amilab::ec2 {

namespace {

// Source: "Amazon VPC quotas": 5 Elastic IP addresses per Region (documented).
constexpr std::int64_t kMostAddresses = 5;

ApiError association_not_found(const AddressAssociationId& id)
{
    return {"InvalidAssociationID.NotFound",
            fmt::format("The association ID '{}' does not exist", id.text())};
}

/// The caller's address of that association. What it is associated with is no column of its own.
ElasticAddressRow require_associated(Session& session, const AddressAssociationId& id)
{
    auto found = select_page<kElasticAddressList>(session.db(),
                                                  {.owner = session.account(),
                                                   .region = session.region(),
                                                   .among = {{"a.association_id", {id.text()}}}});
    if (found.empty()) {
        throw association_not_found(id);
    }
    return std::move(found.front());
}

ElasticAddressRow require_public_ip(Session& session, const std::string& public_ip)
{
    return require_own<kElasticAddressList, &ElasticAddressRow::public_ip, address_not_found>(
        session, public_ip);
}

Address to_answer(const ElasticAddressRow& row)
{
    Address answer;
    answer.allocation_id = row.id.text();
    answer.domain = "vpc";
    answer.network_border_group = row.region;
    answer.public_ip = row.public_ip;
    answer.public_ipv4_pool = "amazon";
    if (row.association_id) {
        answer.association_id = row.association_id->text();
        answer.network_interface_id = row.interface_id->text();
        answer.network_interface_owner_id = row.interface_owner;
        answer.private_ip_address = row.private_ip;
        answer.instance_id = row.instance_id ? row.instance_id->text() : "";
    }
    return answer;
}
constexpr auto to_answers = &answers_with_tags<&to_answer, ElasticAddressRow>;

constexpr DescribeSpec kDescribe{
    .schema = kDescribeAddresses,
    .ids = {.member = &DescribeAddressesRequest::allocation_ids,
            .check = &check_ids<AllocationId>,
            .before_filters = true,
            .require = &require_listed<kElasticAddressList, AllocationId, not_found>},
    .resolve = &add_named<&DescribeAddressesRequest::public_ips, require_public_ip>,
    .select = &select_page<kElasticAddressList>,
    .answers = to_answers,
    .into = &DescribeAddressesResponse::addresses};

/// The address that the caller gave up, and has again. Source: EC2 API Reference, AllocateAddress,
/// Address: unless another account has it meanwhile (documented); AuthFailure is documented of
/// ReleaseAddress, the other codes and the texts are assumed.
std::string recovered_address(Session& session, const std::string& address)
{
    auto& db = session.db();
    if (may_recover_address(db, session.account(), session.region(), address)) {
        return address;
    }
    const auto owner = select_address_owner(db, address);
    if (!owner) {
        throw address_not_found(address);
    }
    throw *owner == session.account()
        ? address_in_use(address)
        : auth_failure(fmt::format("The address '{}' does not belong to you.", address));
}

// Source: EC2 API Reference, AllocateAddress (documented); that an address that is recovered has
// another id is assumed, that it has no tags documented.
AllocateAddressResponse allocate_address(Session& session, const AllocateAddressRequest& request)
{
    const auto tags = parse_tags<AllocationId>(request.tag_specifications);
    check_border_group(session, request.network_border_group, "networkBorderGroup");
    if (is_given(request.address) && !parse_ipv4(*request.address)) {
        throw invalid_value(*request.address, "address");
    }
    stop_if_dry_run(request);
    require_room_for_address(session);
    ElasticAddressRow row{.public_ip = is_given(request.address)
                                           ? recovered_address(session, *request.address)
                                           : new_public_address(session)};
    forget_released_address(session.db(), row.public_ip);
    insert_own<kElasticAddressColumns>(session, row, tags);
    return {.allocation_id = row.id.text(),
            .domain = "vpc",
            .network_border_group = session.region(),
            .public_ip = row.public_ip,
            .public_ipv4_pool = "amazon"};
}

// Source: EC2 API Reference, DescribeAddresses (documented).
DescribeAddressesResponse describe_addresses(Session& session,
                                             const DescribeAddressesRequest& request)
{
    return describe<kDescribe>(session, request);
}

/// The one interface of the instance. Source: a pending or running one, or one that is stopped
/// (observed: "The pending instance ... is not in a valid state for this operation").
NetworkInterfaceRow interface_of(Session& session, const InstanceId& id)
{
    const auto instance = select_instance(session.db(), session.account(), session.region(), id);
    if (!instance) {
        throw not_found(id);
    }
    if (instance->state == InstanceStateName::kPending ||
        instance->state == InstanceStateName::kShuttingDown ||
        instance->state == InstanceStateName::kTerminated) {
        throw invalid_instance(text_of(instance->state), id);
    }
    return the_interface(session, id);
}

/// What the request gives the address to.
NetworkInterfaceRow wished_interface(Session& session, const AssociateAddressRequest& request)
{
    if (is_given(request.network_interface_id)) {
        return require_unmanaged_interface(
            session, parse_id<NetworkInterfaceId>(*request.network_interface_id));
    }
    return interface_of(session, parse_id<InstanceId>(*request.instance_id));
}

/// Of the interface, the private address that is named, or the primary one.
InterfaceAddressRow wished_private_address(Session& session, const NetworkInterfaceRow& row,
                                           const std::optional<std::string>& named)
{
    require_takes_ipv4(row);
    auto addresses = select_interface_addresses(session.db(), {row.id.text()});
    const auto at = std::find_if(addresses.begin(), addresses.end(), [&](const auto& one) {
        return is_given(named) ? one.address == *named : one.position == 0;
    });
    if (at == addresses.end()) {
        throw address_not_of_interface(*named);
    }
    return std::move(*at);
}

/// Source: what a NAT gateway has stays with it (observed).
void refuse_if_managed(Session& session, const ElasticAddressRow& row)
{
    if (row.interface_id) {
        require_unmanaged_interface(session, *row.interface_id);
    }
}

/// Source: Gateway.NotAttached (documented, "Error codes for the Amazon EC2 API"), the text is
/// observed.
void require_reachable(Session& session, const NetworkInterfaceRow& row)
{
    if (!has_internet_gateway(session.db(), row.vpc_id)) {
        throw ApiError(
            "Gateway.NotAttached",
            fmt::format("Network {} is not attached to any internet gateway", row.vpc_id.text()));
    }
}

/// Throws when the request names an address by itself and by an id: `kind` is of which.
/// Source: observed of ReleaseAddress, of others assumed.
template <class Request>
void refuse_both_names(const Request& request, const std::optional<std::string>& id,
                       std::string_view kind)
{
    if (is_given(request.public_ip) && is_given(id)) {
        throw invalid_parameter_combination(
            fmt::format("You may specify public IP or {} id, but not both in the same call", kind));
    }
}

void check_association(const AssociateAddressRequest& request)
{
    refuse_both_names(request, request.allocation_id, "allocation");
    if (!is_given(request.allocation_id)) {
        throw is_given(request.public_ip) ? invalid_parameter_combination(
                                                "You must specify an allocation id when mapping an "
                                                "address to a VPC instance")
                                          : missing_parameter("AllocationId");
    }
    // Source: "You can specify either the instance ID or the network interface ID, but not both"
    // (documented), the texts are assumed.
    if (is_given(request.instance_id) == is_given(request.network_interface_id)) {
        throw is_given(request.instance_id)
            ? parameters_not_together("instanceId", "networkInterfaceId")
            : missing_parameter("InstanceId or NetworkInterfaceId");
    }
}

// Source: EC2 API Reference, AssociateAddress: the address moves by itself unless that is
// forbidden, and Amazon's own is given up (documented).
AssociateAddressResponse associate_address(Session& session, const AssociateAddressRequest& request)
{
    check_association(request);
    const auto id = parse_id<AllocationId>(*request.allocation_id);
    stop_if_dry_run(request);
    const auto row = require_elastic_address(session, id);
    const auto to = wished_interface(session, request);
    const auto address = wished_private_address(session, to, request.private_ip_address);
    refuse_if_managed(session, row);
    require_reachable(session, to);
    if (row.interface_id == to.id && row.private_ip == address.address) {
        return {.association_id = row.association_id->text()};
    }
    if (!request.allow_reassociation.value_or(true)) {
        if (row.association_id) {
            throw already_associated(id.text(), *row.association_id);
        }
        if (address.association_id) {
            throw already_associated(to.id.text(), *address.association_id);
        }
    }
    disassociate_elastic_address(session.db(), id);
    return {.association_id = give_elastic_address(session, row, to.id, address.address).text()};
}

/// Source: "When you disassociate the Elastic IP address from your instance, it receives a new
/// public IP address" (documented), where it had one of Amazon's (assumed).
void renew_public_address(Session& session, const InstanceId& id)
{
    const auto instance = select_instance(session.db(), session.account(), session.region(), id);
    const auto interfaces = select_interfaces_of(session.db(), {id.text()});
    if (!instance || instance->state != InstanceStateName::kRunning || interfaces.size() != 1 ||
        !interfaces.front().associate_public_ip) {
        return;
    }
    const auto& of = interfaces.front().id;
    if (!select_interface_addresses(session.db(), {of.text()}).front().public_ip) {
        set_public_address(session.db(), of, new_public_address(session));
    }
}

void disassociate(Session& session, const ElasticAddressRow& row)
{
    disassociate_elastic_address(session.db(), row.id);
    if (row.instance_id) {
        renew_public_address(session, *row.instance_id);
    }
}

// Source: EC2 API Reference, DisassociateAddress (documented); the text of one by its address is
// observed.
DisassociateAddressResponse disassociate_address(Session& session,
                                                 const DisassociateAddressRequest& request)
{
    refuse_both_names(request, request.association_id, "association");
    if (!is_given(request.association_id)) {
        throw is_given(request.public_ip)
            ? invalid_parameter_value(
                  "You must specify an association id when unmapping an "
                  "address from a VPC instance")
            : missing_parameter("AssociationId");
    }
    const auto id = parse_id<AddressAssociationId>(*request.association_id);
    stop_if_dry_run(request);
    const auto row = require_associated(session, id);
    refuse_if_managed(session, row);
    disassociate(session, row);
    return {};
}

/// Whether to release the address takes it from what it is associated with. Source: so it does in
/// the default VPC (documented); not from a NAT gateway (assumed).
bool goes_at_release(Session& session, const ElasticAddressRow& row)
{
    const auto interface = require_interface(session, *row.interface_id);
    const auto vpc = find_own<kVpcList, &VpcRow::id>(session, interface.vpc_id);
    return vpc && vpc->is_default && !is_requester_managed(interface);
}

// Source: EC2 API Reference, ReleaseAddress: another network border group than the address's is
// InvalidAddress.NotFound (documented); the texts are observed, of other addresses.
ReleaseAddressResponse release_address(Session& session, const ReleaseAddressRequest& request)
{
    refuse_both_names(request, request.allocation_id, "allocation");
    if (!is_given(request.allocation_id)) {
        throw is_given(request.public_ip)
            ? invalid_parameter_value(
                  "You must specify an allocation id when releasing a VPC "
                  "elastic IP address")
            : missing_parameter("AllocationId");
    }
    const auto id = parse_id<AllocationId>(*request.allocation_id);
    stop_if_dry_run(request);
    const auto row = require_elastic_address(session, id);
    if (is_given(request.network_border_group) && *request.network_border_group != row.region) {
        throw address_not_found(row.public_ip);
    }
    if (row.association_id) {
        if (!goes_at_release(session, row)) {
            throw address_in_use(row.public_ip);
        }
        disassociate(session, row);
    }
    delete_own<kElasticAddressColumns>(session, id);
    note_released_address(session.db(), row, session.now_ms());
    return {};
}

constexpr Operation kOperations[] = {
    write<allocate_address>(kAllocateAddress),
    write<associate_address>(kAssociateAddress),
    read<describe_addresses>(kDescribeAddresses),
    write<disassociate_address>(kDisassociateAddress),
    write<release_address>(kReleaseAddress, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<AllocationId, not_found>(kTaggableByOwner<kElasticAddressColumns>),
};

}  // namespace

ApiError address_not_found(const std::string& public_ip)
{
    return {"InvalidAddress.NotFound", fmt::format("Address '{}' not found.", public_ip)};
}

// Source: the code is documented, the text observed.
void require_room_for_address(Session& session)
{
    if (count_own<kElasticAddressList>(session) >= kMostAddresses) {
        throw ApiError("AddressLimitExceeded", "The maximum number of addresses has been reached.");
    }
}

ElasticAddressRow require_elastic_address(Session& session, const AllocationId& id)
{
    return require_own<kElasticAddressList, AllocationId, not_found>(session, id);
}

void require_each_allocation_once(const std::vector<AllocationId>& ids)
{
    std::set<AllocationId> seen;
    for (const auto& id : ids) {
        if (!seen.insert(id).second) {
            throw address_given_twice(id.text());
        }
    }
}

AddressAssociationId give_elastic_address(Session& session, const ElasticAddressRow& elastic,
                                          const NetworkInterfaceId& interface_id,
                                          const std::string& address)
{
    auto association = session.next_id<AddressAssociationId>();
    associate_elastic_address(session.db(), elastic, association, interface_id, address);
    return association;
}

constinit const Family kElasticAddresses{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
