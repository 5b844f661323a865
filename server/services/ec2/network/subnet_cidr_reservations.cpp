#include "server/services/ec2/network/subnet_cidr_reservations.h"
#include "server/wire/ec2/network/subnet_cidr_reservations.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/subnets.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/subnet_cidr_reservation_rows.h"

namespace amilab::ec2 {

namespace {

// Source: the code is documented, the text assumed.
ApiError reservation_not_found(const SubnetCidrReservationId& id)
{
    return {"InvalidSubnetCidrReservationID.NotFound",
            fmt::format("The subnet CIDR reservation ID '{}' does not exist", id.text())};
}

// Source: assumed.
ApiError reservation_conflicts(std::string_view block)
{
    return {"InvalidCidr.Conflict",
            fmt::format("The CIDR '{}' conflicts with another subnet CIDR reservation", block)};
}

SubnetCidrReservation to_answer(const SubnetCidrReservationRow& row)
{
    return {.cidr = row.cidr,
            .description = row.description,
            .owner_id = row.owner,
            .reservation_type = std::string(text_of(row.type)),
            .subnet_cidr_reservation_id = row.id.text(),
            .subnet_id = row.subnet_id.text()};
}
constexpr auto to_answers = &answers_with_tags<&to_answer, SubnetCidrReservationRow>;

/// The block as its network has it. Source: of VPCs' blocks (documented), assumed here.
std::string parse_block(const std::string& cidr)
{
    return is_ipv6_text(cidr) ? parse_cidr_block<Ipv6Block>(cidr, "cidr").text()
                              : parse_cidr_block<Ipv4Block>(cidr, "cidr").text();
}

/// Throws unless the block is a part of the subnet's that has no reservation yet. Source: within
/// the subnet, and apart (documented, VPC User Guide, "Subnet CIDR reservations").
template <class Block>
void require_room(const std::string& cidr, const std::optional<std::string>& of_subnet,
                  const ReservedBlocks<Block>& reserved)
{
    const auto block = *Block::from_text(cidr);
    if (!of_subnet || !Block::from_text(*of_subnet)->contains(block)) {
        throw invalid_value(cidr, "cidr", "It is not within the subnet.");
    }
    if (reserved.overlapping(block) != nullptr) {
        throw reservation_conflicts(cidr);
    }
}

// Source: EC2 API Reference, CreateSubnetCidrReservation (documented); addresses that are in use
// stay with their interfaces (documented).
CreateSubnetCidrReservationResponse create_subnet_cidr_reservation(
    Session& session, const CreateSubnetCidrReservationRequest& request)
{
    SubnetCidrReservationRow row{.subnet_id = parse_id<SubnetId>(request.subnet_id),
                                 .cidr = parse_block(request.cidr),
                                 .type = to_word<ReservationType>(request.reservation_type),
                                 .description = request.description};
    drop_empty(row.description);
    check_ascii(request.description.value_or(""), "Description");
    const auto tags = parse_tags<SubnetCidrReservationId>(request.tag_specifications);
    stop_if_dry_run(request);
    ensure_default_network(session);
    const auto subnet = require_subnet_row(session, row.subnet_id);
    if (is_ipv6_text(row.cidr)) {
        require_room(row.cidr, subnet.ipv6_cidr_block,
                     select_reserved_ipv6(session.db(), subnet.id));
    } else {
        require_room(row.cidr, subnet.ipv6_native ? std::nullopt : std::optional(subnet.cidr_block),
                     select_reserved_ipv4(session.db(), subnet.id));
    }
    insert_own<kSubnetCidrReservationColumns>(session, row, tags);
    return {.subnet_cidr_reservation = to_answers(session, {row}).front()};
}

void choose_subnet(Session& /*session*/, const GetSubnetCidrReservationsRequest& request,
                   ListQuery& wanted)
{
    wanted.among.push_back({"c.subnet_id", {parse_id<SubnetId>(request.subnet_id).text()}});
}

void find_subnet(Session& session, const GetSubnetCidrReservationsRequest& request,
                 ListQuery& /*wanted*/)
{
    require_subnet_row(session, SubnetId::trusted(request.subnet_id));
}

constexpr DescribeSpec kGet{
    .schema = kGetSubnetCidrReservations,
    .refine = &choose_subnet,
    .resolve = &find_subnet,
    .select = &select_page<kSubnetCidrReservationList>,
    .answers = to_answers,
    .into = &GetSubnetCidrReservationsResponse::subnet_ipv4_cidr_reservations};

// Source: EC2 API Reference, GetSubnetCidrReservations (documented); a page has both families
// (assumed).
GetSubnetCidrReservationsResponse get_subnet_cidr_reservations(
    Session& session, const GetSubnetCidrReservationsRequest& request)
{
    auto response = describe<kGet>(session, request);
    auto& ipv4 = response.subnet_ipv4_cidr_reservations;
    const auto ipv6 = std::ranges::stable_partition(ipv4, [](const SubnetCidrReservation& one) {
        return !is_ipv6_text(one.cidr.value_or(""));
    });
    std::ranges::move(ipv6, std::back_inserter(response.subnet_ipv6_cidr_reservations));
    ipv4.erase(ipv6.begin(), ipv6.end());
    return response;
}

// Source: EC2 API Reference, DeleteSubnetCidrReservation (documented).
DeleteSubnetCidrReservationResponse delete_subnet_cidr_reservation(
    Session& session, const DeleteSubnetCidrReservationRequest& request)
{
    const auto id = parse_id<SubnetCidrReservationId>(request.subnet_cidr_reservation_id);
    stop_if_dry_run(request);
    const auto row =
        require_own<kSubnetCidrReservationList, SubnetCidrReservationId, reservation_not_found>(
            session, id);
    DeleteSubnetCidrReservationResponse response{.deleted_subnet_cidr_reservation =
                                                     to_answers(session, {row}).front()};
    delete_own<kSubnetCidrReservationColumns>(session, id);
    return response;
}

constexpr Operation kOperations[] = {
    write<create_subnet_cidr_reservation>(kCreateSubnetCidrReservation),
    read<get_subnet_cidr_reservations, kDefaultNetwork>(kGetSubnetCidrReservations),
    write<delete_subnet_cidr_reservation>(kDeleteSubnetCidrReservation, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<SubnetCidrReservationId, reservation_not_found>(
        kTaggableByOwner<kSubnetCidrReservationColumns>),
};

}  // namespace

constinit const Family kSubnetCidrReservations{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
