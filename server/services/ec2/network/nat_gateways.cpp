#include "server/services/ec2/network/nat_gateways.h"
#include "server/wire/ec2/network/nat_gateways.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/elastic_addresses.h"
#include "server/services/ec2/network/interface_answers.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/internet_gateway_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: observed at CreateRoute.
ApiError gateway_not_found(const NatGatewayId& id)
{
    return {"InvalidNatGatewayID.NotFound",
            fmt::format("The natGateway ID '{}' does not exist", id.text())};
}

/// Source: of DescribeNatGateways and DeleteNatGateway (code documented, text observed).
ApiError not_listed(const NatGatewayId& id)
{
    return {"NatGatewayNotFound", fmt::format("NatGateway {} was not found", id.text())};
}

/// What the gateway has, by one statement for a page.
std::vector<NatGateway> to_answers(Session& session, std::vector<NatGatewayRow>&& rows)
{
    std::vector<std::string> interfaces;
    for (const auto& row : rows) {
        if (row.interface_id) {
            interfaces.push_back(row.interface_id->text());
        }
    }
    const InterfaceParts parts(session, interfaces);
    const PageTags tags(session, ids_of(rows));
    std::vector<NatGateway> answers;
    for (const auto& row : rows) {
        auto& answer = answers.emplace_back();
        answer.availability_mode = "zonal";
        answer.connectivity_type = text_of(row.connectivity_type);
        answer.create_time = Timestamp{row.create_time_ms};
        answer.delete_time = time_of(row.delete_time_ms);
        if (row.state == NatGatewayState::kFailed) {
            answer.failure_code = row.failure_code;
            answer.failure_message = row.failure_message;
        }
        answer.nat_gateway_id = row.id.text();
        answer.state = text_of(row.state);
        answer.subnet_id = row.subnet_id.text();
        answer.tags = tags.of(row.id.text());
        answer.vpc_id = row.vpc_id.text();
        if (row.interface_id) {
            for (const auto& one : parts.addresses_of(*row.interface_id)) {
                answer.nat_gateway_addresses.push_back(nat_gateway_address(one));
            }
        }
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeNatGateways,
    .ids = {.member = &DescribeNatGatewaysRequest::nat_gateway_ids,
            .check = &check_ids<NatGatewayId>,
            .not_with_page = "NatGatewayIds",
            .before_filters = true,
            .require = &require_listed<kNatGatewayList, NatGatewayId, not_listed>},
    .select = &select_page<kNatGatewayList>,
    .answers = &to_answers,
    .into = &DescribeNatGatewaysResponse::nat_gateways};

/// What of the request needs no state. Source: EC2 API Reference, CreateNatGateway (documented),
/// the texts are assumed.
struct NatGatewayWish {
    ConnectivityType type;
    /// The primary one first; of a private gateway none.
    std::vector<AllocationId> allocations{};
    AddressWish addresses{};
};

void check_private(const CreateNatGatewayRequest& request)
{
    if (is_given(request.allocation_id) || !request.secondary_allocation_ids.empty()) {
        throw invalid_parameter_combination(
            "An Elastic IP address cannot be specified for a private NAT gateway.");
    }
    if (request.secondary_private_ip_address_count &&
        !request.secondary_private_ip_addresses.empty()) {
        throw parameters_not_together("SecondaryPrivateIpAddressCount",
                                      "SecondaryPrivateIpAddresses");
    }
}

void check_public(const CreateNatGatewayRequest& request)
{
    if (!is_given(request.allocation_id)) {
        throw missing_parameter("AllocationId");
    }
    if (request.secondary_private_ip_address_count) {
        throw invalid_parameter_combination(
            "SecondaryPrivateIpAddressCount can be specified for a private NAT gateway only.");
    }
    if (request.secondary_private_ip_addresses.size() > request.secondary_allocation_ids.size()) {
        throw invalid_parameter_combination(
            "Each secondary private IP address requires a secondary allocation ID.");
    }
}

NatGatewayWish check_request(const CreateNatGatewayRequest& request)
{
    NatGatewayWish wish{
        .type = to_word<ConnectivityType>(request.connectivity_type.value_or("public"))};
    wish.addresses.primary = request.private_ip_address.value_or("");
    wish.addresses.secondary = request.secondary_private_ip_addresses;
    if (wish.type == ConnectivityType::kPrivate) {
        check_private(request);
        wish.addresses.more = request.secondary_private_ip_address_count.value_or(0);
    } else {
        check_public(request);
        wish.allocations.push_back(parse_id<AllocationId>(*request.allocation_id));
        for (const auto& id : request.secondary_allocation_ids) {
            wish.allocations.push_back(parse_id<AllocationId>(id));
        }
        wish.addresses.more =
            static_cast<std::int64_t>(request.secondary_allocation_ids.size()) -
            static_cast<std::int64_t>(request.secondary_private_ip_addresses.size());
    }
    require_each_allocation_once(wish.allocations);
    require_each_address_once(wish.addresses);
    if (wish.addresses.count() > kMostNatGatewayAddresses) {
        throw too_many_private_addresses();
    }
    return wish;
}

struct Failure {
    std::string code;
    std::string message;
};

/// Why the gateway fails, which the call that makes it does not tell.
/// Source: EC2 API Reference, NatGateway, failureCode and failureMessage (documented).
std::optional<Failure> find_failure(Session& session, const NatGatewayWish& wish,
                                    const LaunchSubnet& subnet, bool has_room)
{
    if (wish.type == ConnectivityType::kPublic &&
        !has_internet_gateway(session.db(), subnet.vpc_id)) {
        return Failure{
            "Gateway.NotAttached",
            fmt::format("Network {} has no Internet gateway attached", subnet.vpc_id.text())};
    }
    for (const auto& id : wish.allocations) {
        const auto elastic = find_own<kElasticAddressList, &ElasticAddressRow::id>(session, id);
        if (!elastic) {
            return Failure{"InvalidAllocationID.NotFound",
                           fmt::format("Elastic IP address {} could not be associated with this "
                                       "NAT gateway",
                                       id.text())};
        }
        if (elastic->association_id) {
            return Failure{"Resource.AlreadyAssociated",
                           fmt::format("Elastic IP address {} is already associated", id.text())};
        }
    }
    if (!has_room) {
        return Failure{"InsufficientFreeAddressesInSubnet",
                       "Subnet has insufficient free addresses to create this NAT gateway"};
    }
    return std::nullopt;
}

/// Makes the interface that has the gateway's addresses. Source: its description and its type
/// (observed); that a service has made it, and that it is no instance's (documented).
NetworkInterfaceId make_gateway_interface(Session& session, const NatGatewayId& id,
                                          const NatGatewayWish& wish, const LaunchSubnet& subnet,
                                          const std::vector<std::string>& addresses)
{
    const auto made =
        new_interface(session, {.subnet = subnet,
                                .groups = {},
                                .addresses = addresses,
                                .tags = {},
                                .description = "Interface for NAT Gateway " + id.text(),
                                .interface_type = NetworkInterfaceType::kNatGateway});
    set_network_interface<&NetworkInterfaceRow::source_dest_check>(session.db(), made, false);
    for (std::size_t i = 0; i < wish.allocations.size(); ++i) {
        const auto elastic = require_elastic_address(session, wish.allocations[i]);
        give_elastic_address(session, elastic, made, addresses[i]);
    }
    return made;
}

NatGatewayRow make_gateway(Session& session, const NatGatewayWish& wish, const LaunchSubnet& subnet,
                           const std::vector<TagRow>& tags)
{
    const auto addresses = find_addresses(session, wish.addresses, subnet);
    NatGatewayRow row{.vpc_id = subnet.vpc_id,
                      .subnet_id = subnet.id,
                      .connectivity_type = wish.type,
                      .create_time_ms = whole_seconds(session.now_ms())};
    if (auto failure = find_failure(session, wish, subnet, addresses.has_value())) {
        row.failure_code = std::move(failure->code);
        row.failure_message = std::move(failure->message);
    }
    insert_own<kNatGatewayColumns>(session, row, tags);
    if (!row.failure_code) {
        row.interface_id = make_gateway_interface(session, row.id, wish, subnet, *addresses);
        update_nat_gateway(session.db(), row);
    }
    session.schedule(kNatGatewayPending, kNatGatewayMade, row.id.text());
    return row;
}

/// Source: the answer names the elastic addresses and nothing else of the addresses (documented
/// example); of one that will fail too, since only its state tells that (assumed).
CreateNatGatewayResponse created_answer(Session& session, const CreateNatGatewayRequest& request,
                                        const NatGatewayWish& wish, const NatGatewayRow& row)
{
    CreateNatGatewayResponse response{.client_token = request.client_token,
                                      .nat_gateway = to_answers(session, {row}).front()};
    auto& addresses = response.nat_gateway->nat_gateway_addresses;
    for (auto& one : addresses) {
        one = {.allocation_id = one.allocation_id};
    }
    if (addresses.empty()) {
        for (const auto& id : wish.allocations) {
            addresses.push_back({.allocation_id = id.text()});
        }
        addresses.resize(std::max<std::size_t>(addresses.size(), 1));
    }
    return response;
}

// Source: EC2 API Reference, CreateNatGateway (documented): what stands against it is told by the
// gateway's state; a subnet that is not there is refused at once (assumed).
CreateNatGatewayResponse create_nat_gateway(Session& session,
                                            const CreateNatGatewayRequest& request)
{
    const auto subnet_id = parse_id<SubnetId>(request.subnet_id);
    const auto wish = check_request(request);
    const auto tags = parse_tags<NatGatewayId>(request.tag_specifications);
    stop_if_dry_run(request);
    ensure_default_network(session);
    if (const auto made = made_before(session, request.kOperation, request.client_token)) {
        return created_answer(session, request, wish,
                              require_nat_gateway(session, NatGatewayId::trusted(*made)));
    }
    const auto row = make_gateway(session, wish, require_launch_subnet(session, subnet_id), tags);
    remember_token(session, request.kOperation, request.client_token, row.id.text());
    return created_answer(session, request, wish, row);
}

// Source: EC2 API Reference, DescribeNatGateways (documented).
DescribeNatGatewaysResponse describe_nat_gateways(Session& session,
                                                  const DescribeNatGatewaysRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DeleteNatGateway (documented); one that is being deleted is no error
// (assumed).
DeleteNatGatewayResponse delete_nat_gateway(Session& session,
                                            const DeleteNatGatewayRequest& request)
{
    const auto id = parse_id<NatGatewayId>(request.nat_gateway_id);
    stop_if_dry_run(request);
    auto row = find_own<kNatGatewayList, &NatGatewayRow::id>(session, id);
    if (!row || row->state == NatGatewayState::kDeleted) {
        throw not_listed(id);
    }
    if (row->state != NatGatewayState::kDeleting) {
        session.cancel_transitions(id.text());
        row->state = NatGatewayState::kDeleting;
        update_nat_gateway(session.db(), *row);
        session.schedule(kNatGatewayDeleting, kNatGatewayEnded, id.text());
    }
    return {.nat_gateway_id = id.text()};
}

void nat_gateway_made(Session& session, const NatGatewayId& id)
{
    auto row = select_nat_gateway(session.db(), id);
    if (!row || row->state != NatGatewayState::kPending) {
        return;
    }
    const bool failed = row->failure_code.has_value();
    row->state = failed ? NatGatewayState::kFailed : NatGatewayState::kAvailable;
    update_nat_gateway(session.db(), *row);
    if (failed) {
        session.schedule(kNatGatewayDeleted, kNatGatewayGone, id.text());
    }
}

/// Source: its elastic addresses are free again (documented).
void nat_gateway_deleted(Session& session, const NatGatewayId& id)
{
    auto row = select_nat_gateway(session.db(), id);
    if (!row || row->state != NatGatewayState::kDeleting) {
        return;
    }
    const auto interface_id = std::exchange(row->interface_id, std::nullopt);
    row->state = NatGatewayState::kDeleted;
    row->delete_time_ms = whole_seconds(session.now_ms());
    update_nat_gateway(session.db(), *row);
    if (interface_id) {
        discard_interface(session, *interface_id);
    }
    session.schedule(kNatGatewayDeleted, kNatGatewayGone, id.text());
}

void nat_gateway_gone(Session& session, const NatGatewayId& id)
{
    delete_own<kNatGatewayColumns>(session, id);
}

constexpr Operation kOperations[] = {
    write<create_nat_gateway>(kCreateNatGateway),
    read<describe_nat_gateways>(kDescribeNatGateways),
    write<delete_nat_gateway>(kDeleteNatGateway, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<NatGatewayId, gateway_not_found>(kTaggableByOwner<kNatGatewayColumns>),
};

constexpr DueRow kDue[] = {
    when<nat_gateway_made>(kNatGatewayMade),
    when<nat_gateway_deleted>(kNatGatewayEnded),
    when<nat_gateway_gone>(kNatGatewayGone),
};

constexpr Delay kDelays[] = {kNatGatewayPending, kNatGatewayDeleting, kNatGatewayDeleted};

}  // namespace

NatGatewayRow require_nat_gateway(Session& session, const NatGatewayId& id)
{
    return require_own<kNatGatewayList, NatGatewayId, gateway_not_found>(session, id);
}

NatGatewayAddress nat_gateway_address(const InterfaceAddressRow& row)
{
    NatGatewayAddress answer;
    answer.allocation_id = row.allocation_id;
    if (row.association_id) {
        answer.association_id = row.association_id->text();
    }
    answer.is_primary = row.position == 0;
    answer.network_interface_id = row.interface_id.text();
    answer.private_ip = row.address;
    answer.public_ip = row.public_ip;
    answer.status = "succeeded";
    return answer;
}

constinit const Family kNatGateways{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
