#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/network/security_group_rows.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// Peering connections: a VPC asks another one, of whatever account and region, for a way between
/// the two.
namespace amilab {

struct VpcPeeringConnectionTag {
    static constexpr std::string_view kPrefix = "pcx";
    static constexpr std::string_view kResourceType = "vpc-peering-connection";
    static constexpr std::string_view kMalformed = "InvalidVpcPeeringConnectionId.Malformed";
};
using VpcPeeringConnectionId = Id<VpcPeeringConnectionTag>;

enum class VpcPeeringState : std::uint8_t {
    kInitiatingRequest,
    kPendingAcceptance,
    kActive,
    kDeleted,
    kRejected,
    kFailed,
    kExpired,
    kProvisioning,
    kDeleting
};
template <>
inline constexpr auto kWords<VpcPeeringState> = words("initiating-request", "pending-acceptance",
                                                      "active", "deleted", "rejected", "failed",
                                                      "expired", "provisioning", "deleting");

struct VpcPeeringConnectionRow {
    VpcPeeringConnectionId id{};
    /// Of the VPC that asks.
    std::string region{};
    std::string owner{};
    VpcId requester_vpc_id{};
    VpcId accepter_vpc_id{};
    std::string accepter_owner{};
    std::string accepter_region{};
    VpcPeeringState state{};
    /// The account that deleted or rejected it.
    std::optional<std::string> ended_by{};
    /// When a request ends that nobody accepts; told of requests alone.
    std::optional<TimeMs> expiration_time_ms{};
    bool requester_dns = false;
    bool accepter_dns = false;
    bool requester_multipath = false;
    bool accepter_multipath = false;
    // Read only, as answers and filters have them.
    std::string message{};
    std::optional<std::string> requester_block{};
    std::optional<std::string> accepter_block{};

    bool is_of_one_region() const { return region == accepter_region; }
    /// Whether it waits to be accepted, or was accepted and has not ended.
    bool is_standing() const
    {
        return state == VpcPeeringState::kPendingAcceptance ||
               state == VpcPeeringState::kProvisioning || state == VpcPeeringState::kActive;
    }
};

// A request expires by the clock alone, so that both accounts see it at once.
inline constexpr auto kVpcPeeringState =
    "iif(p.state = " + sql_word<VpcPeeringState::kPendingAcceptance> +
    " AND p.expiration_time_ms <= $now, " + sql_word<VpcPeeringState::kExpired> + ", p.state)";
/// Source: of failed, initiating, pending and active ones observed; of others assumed.
inline constexpr auto kVpcPeeringMessage =
    "CASE " + kVpcPeeringState + " WHEN " + sql_word<VpcPeeringState::kInitiatingRequest> +
    " THEN 'Initiating Request to ' || p.accepter_owner WHEN " +
    sql_word<VpcPeeringState::kPendingAcceptance> +
    " THEN 'Pending Acceptance by ' || p.accepter_owner WHEN " +
    sql_word<VpcPeeringState::kDeleted> + " THEN 'Deleted by ' || p.ended_by WHEN " +
    sql_word<VpcPeeringState::kRejected> + " THEN 'Rejected by ' || p.ended_by WHEN " +
    sql_word<VpcPeeringState::kFailed> +
    " THEN 'Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range' WHEN " +
    sql_word<VpcPeeringState::kProvisioning> + " THEN 'Provisioning' WHEN " +
    sql_word<VpcPeeringState::kDeleting> + " THEN 'Deleting' WHEN " +
    sql_word<VpcPeeringState::kExpired> + " THEN 'Expired' ELSE 'Active' END";
inline constexpr auto kVpcPeeringExpiration =
    "iif(p.state IN (" + sql_word<VpcPeeringState::kInitiatingRequest> + ", " +
    sql_word<VpcPeeringState::kPendingAcceptance> + "), p.expiration_time_ms, NULL)";
/// Source: of the accepter's VPC only while the connection is active (documented).
inline constexpr auto kAccepterBlock = "iif(p.state = " + sql_word<VpcPeeringState::kActive> +
                                       ", (SELECT v.cidr_block FROM vpc v"
                                       " WHERE v.id = p.accepter_vpc_id), NULL)";

inline constexpr auto kVpcPeeringConnectionColumns = columns<VpcPeeringConnectionRow>(
    "vpc_peering_connection", "p", text<&VpcPeeringConnectionRow::id>("id"),
    text<&VpcPeeringConnectionRow::region>("region"),
    text<&VpcPeeringConnectionRow::owner>("owner"),
    text<&VpcPeeringConnectionRow::requester_vpc_id>("requester_vpc_id"),
    text<&VpcPeeringConnectionRow::accepter_vpc_id>("accepter_vpc_id"),
    text<&VpcPeeringConnectionRow::accepter_owner>("accepter_owner"),
    text<&VpcPeeringConnectionRow::accepter_region>("accepter_region"),
    text<&VpcPeeringConnectionRow::state>("state").read_as(kVpcPeeringState),
    text<&VpcPeeringConnectionRow::ended_by>("ended_by"),
    time<&VpcPeeringConnectionRow::expiration_time_ms>("expiration_time_ms")
        .read_as(kVpcPeeringExpiration),
    flag<&VpcPeeringConnectionRow::requester_dns>("requester_dns"),
    flag<&VpcPeeringConnectionRow::accepter_dns>("accepter_dns"),
    flag<&VpcPeeringConnectionRow::requester_multipath>("requester_multipath"),
    flag<&VpcPeeringConnectionRow::accepter_multipath>("accepter_multipath"),
    text<&VpcPeeringConnectionRow::message>("message").as(kVpcPeeringMessage),
    text<&VpcPeeringConnectionRow::requester_block>("requester_block")
        .as("(SELECT v.cidr_block FROM vpc v WHERE v.id = p.requester_vpc_id)"),
    text<&VpcPeeringConnectionRow::accepter_block>("accepter_block").as(kAccepterBlock));
/// Source: EC2 API Reference, DescribeVpcPeeringConnections (documented).
inline constexpr FilterColumn kVpcPeeringConnectionFilters[] = {
    {"accepter-vpc-info.cidr-block", "accepter_block"},
    {"accepter-vpc-info.owner-id", "accepter_owner"},
    {"accepter-vpc-info.vpc-id", "accepter_vpc_id"},
    {"expiration-time", "expiration_time_ms"},
    {"requester-vpc-info.cidr-block", "requester_block"},
    {"requester-vpc-info.owner-id", "owner"},
    {"requester-vpc-info.vpc-id", "requester_vpc_id"},
    {"status-code", "state"},
    {"status-message", "message"},
    {"vpc-peering-connection-id", "id"},
};
/// The connections that an account sees in a region.
inline constexpr Listing<VpcPeeringConnectionRow> kVpcPeeringConnectionList{
    .from = "vpc_peering_viewer s JOIN vpc_peering_connection p ON p.id = s.peering_id",
    .where = "(s.seen_until_ms IS NULL OR s.seen_until_ms > $now)",
    .key = "s.peering_id",
    .owner = "s.owner",
    .region = "s.region",
    .columns = kVpcPeeringConnectionColumns,
    .filters = kVpcPeeringConnectionFilters};

inline constexpr std::string_view kTaggableVpcPeeringConnection =
    "SELECT 1 FROM vpc_peering_viewer WHERE peering_id = $id AND region = $region AND owner ="
    " $viewer";

/// The connection as it stands at that time, whoever sees it.
std::optional<VpcPeeringConnectionRow> select_vpc_peering_connection(
    Database& db, const VpcPeeringConnectionId& id, TimeMs now_ms);
/// Sets the connection's state, who ended it, and the options of both sides.
void update_vpc_peering_connection(Database& db, const VpcPeeringConnectionRow& row);

/// Lets an account see the connection in a region.
void insert_vpc_peering_viewer(Database& db, const VpcPeeringConnectionId& id,
                               std::string_view owner, std::string_view region);
/// How long who sees the connection does so: that account, and any other.
struct SeenUntil {
    std::string_view account{};
    std::optional<TimeMs> by_account_ms{};
    std::optional<TimeMs> by_others_ms{};
};
void set_vpc_peering_seen_until(Database& db, const VpcPeeringConnectionId& id,
                                const SeenUntil& until);
/// Accounts that see the connection no more forget it, and are told; without any left that sees it
/// the connection goes.
std::vector<std::string> forget_vpc_peering(Database& db, const VpcPeeringConnectionId& id,
                                            TimeMs now_ms);

/// Whether a connection between the two, asked for by whichever, has not ended.
bool are_vpcs_peered(Database& db, const VpcId& one, const VpcId& other, TimeMs now_ms);
/// Of the requests that the VPC has made: how many are open.
std::int64_t count_open_vpc_peerings(Database& db, const VpcId& requester, TimeMs now_ms);
/// Whether a connection that was accepted has not ended.
bool is_vpc_peered(Database& db, const VpcId& vpc);
std::int64_t count_active_vpc_peerings(Database& db, const VpcId& vpc);
/// The open requests that the VPC made or was asked by.
std::vector<VpcPeeringConnectionId> select_open_vpc_peerings(Database& db, const VpcId& vpc);

/// A group on the other side of an active connection.
struct PeeredGroup {
    std::string owner{};
    VpcId vpc_id{};
    VpcPeeringConnectionId peering_id{};
};
/// The group of that id in a VPC of the same region to which the VPC has an active connection.
std::optional<PeeredGroup> select_peered_group(Database& db, const VpcId& vpc,
                                               const SecurityGroupId& id);

}  // namespace amilab
