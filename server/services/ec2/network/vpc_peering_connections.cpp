#include "server/services/ec2/network/vpc_peering_connections.h"
#include "server/wire/ec2/network/vpc_peering_connections.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/common/partition_regions.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/vpc_cidr_blocks.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/vpc_cidr_block_rows.h"
#include "storage/metadata/network/vpc_rows.h"

namespace amilab::ec2 {

namespace {

// Source: quotas of each VPC: 25 requests, 50 active ones that AWS raises to 125 (documented, VPC
// User Guide, "Amazon VPC quotas").
constexpr std::int64_t kMostRequests = 25;
constexpr std::int64_t kMostActive = 125;

constexpr std::string_view kMultipathMode = "always-on";

// Source: the code is documented, the text observed of other resources.
ApiError peering_not_found(const VpcPeeringConnectionId& id)
{
    return {"InvalidVpcPeeringConnectionID.NotFound",
            fmt::format("The vpcPeeringConnection ID '{}' does not exist", id.text())};
}

// Source: observed.
ApiError not_acceptable(const VpcPeeringConnectionId& id)
{
    return {"InvalidStateTransition",
            fmt::format("VpcPeeringConnectionID {} is not in the correct state for the request.",
                        id.text())};
}

// Source: observed.
ApiError not_deletable(const VpcPeeringConnectionRow& row)
{
    return {"InvalidStateTransition",
            fmt::format("Invalid state transition for {}, attempted to transition from {} to "
                        "deleting",
                        row.id.text(), text_of(row.state))};
}

// Source: the codes are documented, the texts assumed.
ApiError already_peered(const VpcId& one, const VpcId& other)
{
    return {"VpcPeeringConnectionAlreadyExists",
            fmt::format("A VPC peering connection between {} and {} already exists.", one.text(),
                        other.text())};
}
ApiError too_many_requests(const VpcId& vpc)
{
    return {"OutstandingVpcPeeringConnectionLimitExceeded",
            fmt::format("The maximum number of VPC peering connection requests of {} has been "
                        "reached.",
                        vpc.text())};
}
ApiError too_many_active(const VpcId& vpc)
{
    return {"ActiveVpcPeeringConnectionPerVpcLimitExceeded",
            fmt::format("The maximum number of active VPC peering connections of {} has been "
                        "reached.",
                        vpc.text())};
}

enum class Side : std::uint8_t { kRequester, kAccepter };

/// One of the two VPCs as answers have it.
struct SideView {
    const VpcId& vpc;
    const std::string& owner;
    const std::string& region;
    const std::optional<std::string>& block;
    bool dns;
    bool multipath;
};

SideView view_of(const VpcPeeringConnectionRow& row, Side side)
{
    if (side == Side::kRequester) {
        return {row.requester_vpc_id, row.owner,         row.region,
                row.requester_block,  row.requester_dns, row.requester_multipath};
    }
    return {row.accepter_vpc_id, row.accepter_owner, row.accepter_region,
            row.accepter_block,  row.accepter_dns,   row.accepter_multipath};
}

/// Source: what an answer says of classic links, and that it says nothing of the mode where
/// multipath resilience is off (documented); that it is told between regions alone (assumed).
template <class Options>
Options options_of(const SideView& side, bool is_of_one_region)
{
    Options options;
    options.allow_dns_resolution_from_remote_vpc = side.dns;
    options.allow_egress_from_local_classic_link_to_remote_vpc = false;
    options.allow_egress_from_local_vpc_to_remote_classic_link = false;
    if (!is_of_one_region) {
        options.allow_multipath_resilience = side.multipath;
    }
    if (side.multipath) {
        options.multipath_resilience_mode = kMultipathMode;
    }
    return options;
}

/// Source: blocks and options of the requester's VPC always, of the other one while the connection
/// is active (documented, and its example).
VpcPeeringConnectionVpcInfo to_side(const VpcPeeringConnectionRow& row, Side which,
                                    const std::vector<VpcCidrBlockRow>& more)
{
    const auto side = view_of(row, which);
    VpcPeeringConnectionVpcInfo info;
    info.owner_id = side.owner;
    info.region = side.region;
    info.vpc_id = side.vpc.text();
    if (!side.block) {
        return info;
    }
    info.cidr_block = side.block;
    info.cidr_block_set.push_back({side.block});
    for (const auto& one : children_of(more, &VpcCidrBlockRow::vpc_id, side.vpc.text())) {
        if (one.family == AddressFamily::kIpv4) {
            info.cidr_block_set.push_back({one.cidr_block});
        } else {
            info.ipv6_cidr_block_set.push_back({one.cidr_block});
        }
    }
    info.peering_options =
        options_of<VpcPeeringConnectionOptionsDescription>(side, row.is_of_one_region());
    return info;
}

/// Source: documented.
std::string_view multipath_status(const VpcPeeringConnectionRow& row)
{
    if (row.requester_multipath != row.accepter_multipath) {
        return "pending";
    }
    return row.requester_multipath ? "enabled" : "disabled";
}

std::vector<VpcPeeringConnection> to_answers(Session& session,
                                             std::vector<VpcPeeringConnectionRow>&& rows)
{
    std::set<std::string> vpcs;
    for (const auto& row : rows) {
        vpcs.insert({row.requester_vpc_id.text(), row.accepter_vpc_id.text()});
    }
    const auto more = select_children<kBlocksOfVpcs>(session.db(), {vpcs.begin(), vpcs.end()});
    const PageTags tags(session, ids_of(rows));
    std::vector<VpcPeeringConnection> answers;
    for (const auto& row : rows) {
        auto& answer = answers.emplace_back();
        answer.requester_vpc_info = to_side(row, Side::kRequester, more);
        answer.accepter_vpc_info = to_side(row, Side::kAccepter, more);
        answer.expiration_time = time_of(row.expiration_time_ms);
        answer.status = VpcPeeringConnectionStateReason{.code = std::string(text_of(row.state)),
                                                        .message = row.message};
        answer.tags = tags.of(row.id.text());
        answer.vpc_peering_connection_id = row.id.text();
        if (!row.is_of_one_region()) {
            answer.multipath_resilience_status = multipath_status(row);
        }
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeVpcPeeringConnections,
    .ids =
        {.member = &DescribeVpcPeeringConnectionsRequest::vpc_peering_connection_ids,
         .check = &check_ids<VpcPeeringConnectionId>,
         .not_with_page = "VpcPeeringConnectionIds",
         .before_filters = true,
         .require =
             &require_listed<kVpcPeeringConnectionList, VpcPeeringConnectionId, peering_not_found>},
    .select = &select_page<kVpcPeeringConnectionList>,
    .answers = &to_answers,
    .into = &DescribeVpcPeeringConnectionsResponse::vpc_peering_connections};

VpcPeeringConnection answer_of(Session& session, const VpcPeeringConnectionId& id)
{
    return to_answers(session, {require_vpc_peering_connection(session, id)}).front();
}

/// Throws unless what is said of multipath resilience goes together. Source: between regions alone,
/// and a mode only where it is allowed (documented), the texts are assumed.
template <class Options>
void check_multipath(const Options& options, bool is_of_one_region)
{
    if (options.allow_multipath_resilience.value_or(false) && is_of_one_region) {
        throw invalid_parameter_combination(
            "AllowMultipathResilience is supported only for inter-Region VPC peering "
            "connections.");
    }
    if (options.multipath_resilience_mode && !options.allow_multipath_resilience.value_or(false)) {
        throw invalid_parameter_dependency("MultipathResilienceMode", "AllowMultipathResilience");
    }
}

/// What of a request needs no state.
VpcPeeringConnectionRow wished(Session& session, const CreateVpcPeeringConnectionRequest& request)
{
    VpcPeeringConnectionRow row{.requester_vpc_id = parse_id<VpcId>(request.vpc_id),
                                .accepter_vpc_id = parse_id<VpcId>(request.peer_vpc_id),
                                .accepter_owner = session.account(),
                                .accepter_region = session.region(),
                                .state = VpcPeeringState::kInitiatingRequest};
    if (is_given(request.peer_owner_id)) {
        row.accepter_owner = *request.peer_owner_id;
        if (!wire::is_account_id(row.accepter_owner)) {
            throw invalid_value(row.accepter_owner, "peerOwnerId", "It is not an account ID.");
        }
    }
    if (is_given(request.peer_region)) {
        row.accepter_region = *request.peer_region;
        if (!is_region_of_partition(session, row.accepter_region)) {
            throw invalid_value(row.accepter_region, "peerRegion", "Invalid region.");
        }
    }
    if (const auto& options = request.requester_peering_connection_options) {
        check_multipath(*options, row.accepter_region == session.region());
        row.requester_multipath = options->allow_multipath_resilience.value_or(false);
    }
    return row;
}

// Source: EC2 API Reference, CreateVpcPeeringConnection (documented): what stands against it, but
// limits, is told by the connection's state.
CreateVpcPeeringConnectionResponse create_vpc_peering_connection(
    Session& session, const CreateVpcPeeringConnectionRequest& request)
{
    auto row = wished(session, request);
    const auto tags = parse_tags<VpcPeeringConnectionId>(request.tag_specifications);
    stop_if_dry_run(request);
    ensure_default_network(session);
    require_vpc(session, row.requester_vpc_id);
    if (are_vpcs_peered(session.db(), row.requester_vpc_id, row.accepter_vpc_id,
                        session.now_ms())) {
        throw already_peered(row.requester_vpc_id, row.accepter_vpc_id);
    }
    if (count_open_vpc_peerings(session.db(), row.requester_vpc_id, session.now_ms()) >=
        kMostRequests) {
        throw too_many_requests(row.requester_vpc_id);
    }
    row.expiration_time_ms = whole_seconds(session.due_ms(kVpcPeeringPending));
    insert_own<kVpcPeeringConnectionColumns>(session, row, tags);
    insert_vpc_peering_viewer(session.db(), row.id, session.account(), session.region());
    session.schedule(kVpcPeeringInitiating, kVpcPeeringInitiated, row.id.text());
    return {.vpc_peering_connection = answer_of(session, row.id)};
}

// Source: EC2 API Reference, DescribeVpcPeeringConnections (documented).
DescribeVpcPeeringConnectionsResponse describe_vpc_peering_connections(
    Session& session, const DescribeVpcPeeringConnectionsRequest& request)
{
    return describe<kDescribe>(session, request);
}

template <class Block>
bool any_overlap(const std::vector<Block>& some, const std::vector<Block>& others)
{
    return std::ranges::any_of(some, [&](const Block& one) {
        return std::ranges::any_of(others, [&](const Block& other) { return one.overlaps(other); });
    });
}

/// Whether both VPCs are there, and apart. Source: no matching or overlapping blocks of either
/// family (documented).
bool can_peer(Session& session, const VpcPeeringConnectionRow& row)
{
    const auto requester = select_own<kVpcList, &VpcRow::id>(session.db(), row.owner, row.region,
                                                             row.requester_vpc_id);
    const auto accepter = select_own<kVpcList, &VpcRow::id>(
        session.db(), row.accepter_owner, row.accepter_region, row.accepter_vpc_id);
    return requester && accepter &&
           !any_overlap(ipv4_blocks_of(session, *requester), ipv4_blocks_of(session, *accepter)) &&
           !any_overlap(ipv6_blocks_of(session, *requester), ipv6_blocks_of(session, *accepter));
}

/// The connection, unless it has gone or is in another state by now.
std::optional<VpcPeeringConnectionRow> find_in_state(Session& session,
                                                     const VpcPeeringConnectionId& id,
                                                     VpcPeeringState state)
{
    auto row = select_vpc_peering_connection(session.db(), id, session.now_ms());
    return row && row->state == state ? std::move(row) : std::nullopt;
}

void set_state(Session& session, VpcPeeringConnectionRow& row, VpcPeeringState state)
{
    row.state = state;
    update_vpc_peering_connection(session.db(), row);
}

/// How long a connection is seen by the account, and by the other one; it is forgotten then.
void see_until(Session& session, const VpcPeeringConnectionRow& row, const SeenUntil& until)
{
    set_vpc_peering_seen_until(session.db(), row.id, until);
    for (const auto& end_ms : {until.by_account_ms, until.by_others_ms}) {
        session.schedule_at(*end_ms, kVpcPeeringUnseen, row.id.text());
    }
}

/// Ends the connection in that state. Source: who did it sees it for two hours, the other account
/// for two days, one that failed its requester alone for two hours (documented).
void end_connection(Session& session, VpcPeeringConnectionRow& row, VpcPeeringState state,
                    const std::string& by)
{
    session.cancel_transitions(row.id.text());
    row.ended_by = by;
    set_state(session, row, state);
    see_until(session, row,
              {.account = by,
               .by_account_ms = session.due_ms(kVpcPeeringSeenByEnder),
               .by_others_ms = session.due_ms(kVpcPeeringSeenByOther)});
}

/// Source: both accounts see a request that has expired for two days (documented).
void vpc_peering_initiated(Session& session, const VpcPeeringConnectionId& id)
{
    auto row = find_in_state(session, id, VpcPeeringState::kInitiatingRequest);
    if (!row) {
        return;
    }
    if (!can_peer(session, *row)) {
        end_connection(session, *row, VpcPeeringState::kFailed, row->owner);
        return;
    }
    insert_vpc_peering_viewer(session.db(), id, row->accepter_owner, row->accepter_region);
    set_state(session, *row, VpcPeeringState::kPendingAcceptance);
    const auto seen_ms = *row->expiration_time_ms + session.delay_ms(kVpcPeeringSeenByOther);
    see_until(session, *row, {.by_account_ms = seen_ms, .by_others_ms = seen_ms});
}

void vpc_peering_provisioned(Session& session, const VpcPeeringConnectionId& id)
{
    if (auto row = find_in_state(session, id, VpcPeeringState::kProvisioning)) {
        set_state(session, *row, VpcPeeringState::kActive);
    }
}

void vpc_peering_deleted(Session& session, const VpcPeeringConnectionId& id)
{
    if (auto row = find_in_state(session, id, VpcPeeringState::kDeleting)) {
        end_connection(session, *row, VpcPeeringState::kDeleted,
                       row->ended_by.value_or(row->owner));
    }
}

void vpc_peering_unseen(Session& session, const VpcPeeringConnectionId& id)
{
    for (const auto& account : forget_vpc_peering(session.db(), id, session.now_ms())) {
        delete_tags_of(session.db(), account, {id.text()});
    }
}

/// The request that the caller is to answer. Throws unless the caller is the one who was asked, in
/// its region, and nobody has answered yet. Source: observed.
VpcPeeringConnectionRow require_request(Session& session, const VpcPeeringConnectionId& id,
                                        std::string_view verb, std::string_view where)
{
    auto row = require_vpc_peering_connection(session, id);
    if (session.account() != row.accepter_owner) {
        throw operation_not_permitted(
            fmt::format("User ({}) cannot {} peering {}", session.account(), verb, row.id.text()));
    }
    if (session.region() != row.accepter_region) {
        throw operation_not_permitted(fmt::format(
            "Incorrect region ({}) specified for this request. VPC peering connection {} must be "
            "{} in region {}",
            session.region(), row.id.text(), where, row.accepter_region));
    }
    if (row.state != VpcPeeringState::kPendingAcceptance) {
        throw not_acceptable(id);
    }
    return row;
}

// Source: EC2 API Reference, AcceptVpcPeeringConnection (documented): allowing multipath resilience
// is accepted with it.
AcceptVpcPeeringConnectionResponse accept_vpc_peering_connection(
    Session& session, const AcceptVpcPeeringConnectionRequest& request)
{
    const auto id = parse_id<VpcPeeringConnectionId>(request.vpc_peering_connection_id);
    stop_if_dry_run(request);
    auto row = require_request(session, id, "accept", "accepted");
    for (const auto& vpc : {row.requester_vpc_id, row.accepter_vpc_id}) {
        if (count_active_vpc_peerings(session.db(), vpc) >= kMostActive) {
            throw too_many_active(vpc);
        }
    }
    session.cancel_transitions(id.text());
    set_vpc_peering_seen_until(session.db(), id, {});
    row.accepter_multipath = row.requester_multipath;
    set_state(session, row, VpcPeeringState::kProvisioning);
    session.schedule(kVpcPeeringProvisioning, kVpcPeeringProvisioned, id.text());
    return {.vpc_peering_connection = answer_of(session, id)};
}

// Source: EC2 API Reference, RejectVpcPeeringConnection (documented).
RejectVpcPeeringConnectionResponse reject_vpc_peering_connection(
    Session& session, const RejectVpcPeeringConnectionRequest& request)
{
    const auto id = parse_id<VpcPeeringConnectionId>(request.vpc_peering_connection_id);
    stop_if_dry_run(request);
    auto row = require_request(session, id, "reject", "accepted or rejected");
    end_connection(session, row, VpcPeeringState::kRejected, session.account());
    return {.return_value = true};
}

// Source: EC2 API Reference, DeleteVpcPeeringConnection: either account an active one, the
// requester a request (documented); that one which is being deleted may be deleted again is
// assumed.
DeleteVpcPeeringConnectionResponse delete_vpc_peering_connection(
    Session& session, const DeleteVpcPeeringConnectionRequest& request)
{
    const auto id = parse_id<VpcPeeringConnectionId>(request.vpc_peering_connection_id);
    stop_if_dry_run(request);
    auto row = require_vpc_peering_connection(session, id);
    if (row.state == VpcPeeringState::kDeleting) {
        return {.return_value = true};
    }
    if (row.state == VpcPeeringState::kPendingAcceptance && row.owner != session.account()) {
        throw operation_not_permitted(
            fmt::format("User ({}) cannot delete peering {}", session.account(), id.text()));
    }
    if (!row.is_standing()) {
        throw not_deletable(row);
    }
    if (row.is_of_one_region()) {
        end_connection(session, row, VpcPeeringState::kDeleted, session.account());
        return {.return_value = true};
    }
    session.cancel_transitions(id.text());
    row.ended_by = session.account();
    set_state(session, row, VpcPeeringState::kDeleting);
    session.schedule(kVpcPeeringDeleting, kVpcPeeringDeleted, id.text());
    return {.return_value = true};
}

/// Throws unless the caller may set the options of that side. Source: each owner, in the region of
/// its VPC (documented), the texts are assumed.
void require_side(const Session& session, const VpcPeeringConnectionRow& row, Side which)
{
    const auto side = view_of(row, which);
    const auto* const name = which == Side::kRequester ? "requester" : "accepter";
    if (session.account() != side.owner) {
        throw operation_not_permitted(
            fmt::format("User ({}) cannot modify {} peering options of {}", session.account(), name,
                        row.id.text()));
    }
    if (session.region() != side.region) {
        throw operation_not_permitted(
            fmt::format("Incorrect region ({}) specified for this request. The {} peering options "
                        "of {} must be modified in region {}",
                        session.region(), name, row.id.text(), side.region));
    }
}

using SideOptions = std::optional<PeeringConnectionOptionsRequest>;

void check_options(const Session& session, const VpcPeeringConnectionRow& row, Side side,
                   const SideOptions& options)
{
    if (options) {
        require_side(session, row, side);
        check_multipath(*options, row.is_of_one_region());
    }
}

void set_options(const SideOptions& options, bool& dns, bool& multipath)
{
    if (options) {
        dns = options->allow_dns_resolution_from_remote_vpc.value_or(dns);
        multipath = options->allow_multipath_resilience.value_or(multipath);
    }
}

// Source: EC2 API Reference, ModifyVpcPeeringConnectionOptions (documented); the refusal of one
// that is not active is observed.
ModifyVpcPeeringConnectionOptionsResponse modify_vpc_peering_connection_options(
    Session& session, const ModifyVpcPeeringConnectionOptionsRequest& request)
{
    const auto id = parse_id<VpcPeeringConnectionId>(request.vpc_peering_connection_id);
    const auto& requester = request.requester_peering_connection_options;
    const auto& accepter = request.accepter_peering_connection_options;
    if (!requester && !accepter) {
        throw missing_parameter("AccepterPeeringConnectionOptions");
    }
    stop_if_dry_run(request);
    auto row = require_vpc_peering_connection(session, id);
    check_options(session, row, Side::kRequester, requester);
    check_options(session, row, Side::kAccepter, accepter);
    if (row.state != VpcPeeringState::kActive) {
        throw operation_not_permitted(fmt::format(
            "Peering {} is not active. Peering options can be added only to active peerings.",
            id.text()));
    }
    set_options(requester, row.requester_dns, row.requester_multipath);
    set_options(accepter, row.accepter_dns, row.accepter_multipath);
    update_vpc_peering_connection(session.db(), row);
    ModifyVpcPeeringConnectionOptionsResponse response;
    if (requester) {
        response.requester_peering_connection_options = options_of<PeeringConnectionOptions>(
            view_of(row, Side::kRequester), row.is_of_one_region());
    }
    if (accepter) {
        response.accepter_peering_connection_options = options_of<PeeringConnectionOptions>(
            view_of(row, Side::kAccepter), row.is_of_one_region());
    }
    return response;
}

constexpr Operation kOperations[] = {
    write<create_vpc_peering_connection>(kCreateVpcPeeringConnection),
    write<accept_vpc_peering_connection>(kAcceptVpcPeeringConnection),
    write<reject_vpc_peering_connection>(kRejectVpcPeeringConnection),
    write<delete_vpc_peering_connection>(kDeleteVpcPeeringConnection, {.frees_space = true}),
    read<describe_vpc_peering_connections>(kDescribeVpcPeeringConnections),
    write<modify_vpc_peering_connection_options>(kModifyVpcPeeringConnectionOptions),
};

constexpr ResourceKind kKinds[] = {
    kind<VpcPeeringConnectionId, peering_not_found>(kTaggableVpcPeeringConnection),
};

constexpr DueRow kDue[] = {
    when<vpc_peering_initiated>(kVpcPeeringInitiated),
    when<vpc_peering_provisioned>(kVpcPeeringProvisioned),
    when<vpc_peering_deleted>(kVpcPeeringDeleted),
    when<vpc_peering_unseen>(kVpcPeeringUnseen),
};

constexpr Delay kDelays[] = {kVpcPeeringInitiating, kVpcPeeringPending,     kVpcPeeringProvisioning,
                             kVpcPeeringDeleting,   kVpcPeeringSeenByEnder, kVpcPeeringSeenByOther};

}  // namespace

VpcPeeringConnectionRow require_vpc_peering_connection(Session& session,
                                                       const VpcPeeringConnectionId& id)
{
    auto rows = select_page<kVpcPeeringConnectionList>(session.db(), {.owner = session.account(),
                                                                      .region = session.region(),
                                                                      .ids = {id.text()},
                                                                      .now_ms = session.now_ms()});
    if (rows.empty()) {
        throw peering_not_found(id);
    }
    return std::move(rows.front());
}

void end_vpc_peering_requests(Session& session, const VpcId& vpc)
{
    for (const auto& id : select_open_vpc_peerings(session.db(), vpc)) {
        if (auto row = select_vpc_peering_connection(session.db(), id, session.now_ms())) {
            end_connection(session, *row, VpcPeeringState::kDeleted, session.account());
        }
    }
}

constinit const Family kVpcPeeringConnections{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
