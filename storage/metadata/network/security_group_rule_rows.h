#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/network/security_group_rows.h"
#include "storage/metadata/network/vpc_peering_connection_rows.h"
#include "storage/metadata/sql/children.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

struct SecurityGroupRuleTag {
    static constexpr std::string_view kPrefix = "sgr";
    static constexpr std::string_view kResourceType = "security-group-rule";
    static constexpr std::string_view kMalformed = "InvalidSecurityGroupRuleId.Malformed";
};
using SecurityGroupRuleId = Id<SecurityGroupRuleTag>;

/// What stands at the other end of a rule.
enum class PeerKind : std::uint8_t { kIpv4, kIpv6, kGroup, kPrefixList };
template <>
inline constexpr auto kWords<PeerKind> = words("ipv4", "ipv6", "group", "prefix-list");

/// The ports of protocols that have none, and all types or codes of ICMP.
inline constexpr std::int64_t kAllPorts = -1;

struct SecurityGroupRuleRow {
    SecurityGroupRuleId id{};
    std::string region{};
    std::string owner{};
    SecurityGroupId group_id{};
    bool is_egress = false;
    /// tcp, udp, icmp, icmpv6, the number of another, or -1: all.
    std::string protocol{};
    std::int64_t from_port = kAllPorts;
    std::int64_t to_port = kAllPorts;
    PeerKind peer_kind = PeerKind::kIpv4;
    /// A block, as its network has it, or the id of a group or a prefix list.
    std::string peer{};
    std::optional<std::string> description{};
    // Of a group of another VPC that is the peer: what connects the two, and whose it is.
    std::optional<std::string> peering_id{};
    std::optional<std::string> peered_owner{};
    std::optional<std::string> peered_vpc_id{};
    /// Read only: the state of the connection, "deleted" once that has gone.
    std::optional<std::string> peering_status{};
    /// Read only: whether the peer is a group that has gone or is no longer connected.
    bool is_stale = false;
};

/// Source: VPC Peering Guide, "Identify and work with stale security group rules" (documented).
inline constexpr auto kIsStaleRule =
    "(r.peer_kind = " + sql_word<PeerKind::kGroup> +
    " AND (NOT EXISTS (SELECT 1 FROM security_group p WHERE p.id = r.peer)"
    " OR (r.peering_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM vpc_peering_connection c"
    " WHERE c.id = r.peering_id AND c.state = " +
    sql_word<VpcPeeringState::kActive> + "))))";

inline constexpr auto kSecurityGroupRuleColumns = columns<SecurityGroupRuleRow>(
    "security_group_rule", "r", text<&SecurityGroupRuleRow::id>("id"),
    text<&SecurityGroupRuleRow::region>("region"), text<&SecurityGroupRuleRow::owner>("owner"),
    text<&SecurityGroupRuleRow::group_id>("group_id"),
    flag<&SecurityGroupRuleRow::is_egress>("is_egress"),
    text<&SecurityGroupRuleRow::protocol>("protocol"),
    integer<&SecurityGroupRuleRow::from_port>("from_port"),
    integer<&SecurityGroupRuleRow::to_port>("to_port"),
    text<&SecurityGroupRuleRow::peer_kind>("peer_kind"), text<&SecurityGroupRuleRow::peer>("peer"),
    text<&SecurityGroupRuleRow::description>("description"),
    text<&SecurityGroupRuleRow::peering_id>("peering_id"),
    text<&SecurityGroupRuleRow::peered_owner>("peered_owner"),
    text<&SecurityGroupRuleRow::peered_vpc_id>("peered_vpc_id"),
    text<&SecurityGroupRuleRow::peering_status>("peering_status")
        .as("iif(r.peering_id IS NULL, NULL, ifnull((SELECT c.state FROM vpc_peering_connection c"
            " WHERE c.id = r.peering_id), 'deleted'))"),
    flag<&SecurityGroupRuleRow::is_stale>("is_stale").as(kIsStaleRule));
inline constexpr FilterColumn kSecurityGroupRuleFilters[] = {
    {"group-id", "group_id"},
    {"security-group-rule-id", "id"},
};
inline constexpr Listing<SecurityGroupRuleRow> kSecurityGroupRuleList{
    .key = "r.id", .columns = kSecurityGroupRuleColumns, .filters = kSecurityGroupRuleFilters};
/// The rules of groups; those that say one thing of several peers stand together.
inline constexpr Children<SecurityGroupRuleRow> kRulesOfGroups{
    .columns = kSecurityGroupRuleColumns,
    .parent = "group_id",
    .order = "is_egress, protocol, from_port, to_port, peer"};

inline constexpr auto kIngressRuleWhere =
    sql("EXISTS (SELECT 1 FROM security_group_rule r WHERE r.group_id = g.id AND r.is_egress = 0"
        " AND ");
inline constexpr auto kEgressRuleWhere =
    sql("EXISTS (SELECT 1 FROM security_group_rule r WHERE r.group_id = g.id AND r.is_egress = 1"
        " AND ");
// As answers have them: no port where the protocol has none.
inline constexpr auto kFromPort =
    sql("iif(r.protocol IN ('tcp', 'udp', 'icmp', 'icmpv6'), CAST(r.from_port AS TEXT), NULL)");
inline constexpr auto kToPort =
    sql("iif(r.protocol IN ('tcp', 'udp', 'icmp', 'icmpv6'), CAST(r.to_port AS TEXT), NULL)");
template <PeerKind kKind>
inline constexpr auto kPeerOf = "iif(r.peer_kind = " + sql_word<kKind> + ", r.peer, NULL)";
inline constexpr auto kPeerGroupName =
    sql("(SELECT p.name FROM security_group p WHERE p.id = r.peer)");
inline constexpr auto kPeerGroupOwner =
    sql("ifnull(r.peered_owner, (SELECT p.owner FROM security_group p WHERE p.id = r.peer))");
inline constexpr FilterColumn kSecurityGroupFilters[] = {
    {"description", "description"},
    {"egress.ip-permission.cidr", kPeerOf<PeerKind::kIpv4>, kEgressRuleWhere, ")"},
    {"egress.ip-permission.from-port", kFromPort, kEgressRuleWhere, ")"},
    {"egress.ip-permission.group-id", kPeerOf<PeerKind::kGroup>, kEgressRuleWhere, ")"},
    {"egress.ip-permission.group-name", kPeerGroupName, kEgressRuleWhere, ")"},
    {"egress.ip-permission.ipv6-cidr", kPeerOf<PeerKind::kIpv6>, kEgressRuleWhere, ")"},
    {"egress.ip-permission.prefix-list-id", kPeerOf<PeerKind::kPrefixList>, kEgressRuleWhere, ")"},
    {"egress.ip-permission.protocol", "r.protocol", kEgressRuleWhere, ")"},
    {"egress.ip-permission.to-port", kToPort, kEgressRuleWhere, ")"},
    {"egress.ip-permission.user-id", kPeerGroupOwner, kEgressRuleWhere, ")"},
    {"group-id", "id"},
    {"group-name", "name"},
    {"ip-permission.cidr", kPeerOf<PeerKind::kIpv4>, kIngressRuleWhere, ")"},
    {"ip-permission.from-port", kFromPort, kIngressRuleWhere, ")"},
    {"ip-permission.group-id", kPeerOf<PeerKind::kGroup>, kIngressRuleWhere, ")"},
    {"ip-permission.group-name", kPeerGroupName, kIngressRuleWhere, ")"},
    {"ip-permission.ipv6-cidr", kPeerOf<PeerKind::kIpv6>, kIngressRuleWhere, ")"},
    {"ip-permission.prefix-list-id", kPeerOf<PeerKind::kPrefixList>, kIngressRuleWhere, ")"},
    {"ip-permission.protocol", "r.protocol", kIngressRuleWhere, ")"},
    {"ip-permission.to-port", kToPort, kIngressRuleWhere, ")"},
    {"ip-permission.user-id", kPeerGroupOwner, kIngressRuleWhere, ")"},
    {"owner-id", "owner"},
    {"vpc-id", "vpc_id"},
};
inline constexpr Listing<SecurityGroupRow> kSecurityGroupList{
    .key = "g.id", .columns = kSecurityGroupColumns, .filters = kSecurityGroupFilters};

/// Groups with rules that are stale.
inline constexpr auto kHasStaleRule =
    "EXISTS (SELECT 1 FROM security_group_rule r WHERE r.group_id = g.id AND " + kIsStaleRule + ")";
inline constexpr Listing<SecurityGroupRow> kStaleGroupList{
    .where = kHasStaleRule, .key = "g.id", .columns = kSecurityGroupColumns};

/// What a group's rules of one direction count for: at most so many of each.
struct RuleCounts {
    std::int64_t ipv4 = 0;
    std::int64_t ipv6 = 0;
};
/// A rule that names a group counts for both, and so does one that names a prefix list: as many
/// times as that may have entries.
RuleCounts count_rules(Database& db, const SecurityGroupId& group, bool is_egress);

/// The rule of that group which says what `like` says, whatever its description.
std::optional<SecurityGroupRuleRow> select_rule_like(Database& db,
                                                     const SecurityGroupRuleRow& like);
std::optional<SecurityGroupRuleRow> select_rule(Database& db, const SecurityGroupId& group,
                                                const SecurityGroupRuleId& id);
/// Makes room for another rule that says what this one does, until update_rule() tells what this
/// one is to say.
void set_rule_aside(Database& db, const SecurityGroupRuleId& id);
/// Puts what the row says in place of what the rule of its id says. False when another rule of the
/// group says it.
bool update_rule(Database& db, const SecurityGroupRuleRow& row);
void describe_rule(Database& db, const SecurityGroupRuleId& id,
                   const std::optional<std::string>& description);

/// Whether an interface has the group, a rule of another group of its VPC names it, or a further
/// VPC uses it.
bool is_group_used(Database& db, const SecurityGroupId& id);

/// A VPC that an active peering connection leads to, with rules that name the group.
struct GroupReference {
    std::string group_id{};
    std::string referencing_vpc_id{};
    std::string peering_id{};
};
std::vector<GroupReference> select_group_references(Database& db,
                                                    const std::vector<std::string>& groups);

}  // namespace amilab
