#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/network/security_group_rows.h"
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
enum class PeerKind : std::uint8_t { kIpv4, kIpv6, kGroup };
template <>
inline constexpr auto kWords<PeerKind> = words("ipv4", "ipv6", "group");

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
    /// A block, as its network has it, or a group's id.
    std::string peer{};
    std::optional<std::string> description{};
    /// Read only: of a group that is the peer.
    std::optional<std::string> peer_vpc_id{};
};

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
    text<&SecurityGroupRuleRow::peer_vpc_id>("peer_vpc_id")
        .as("(SELECT p.vpc_id FROM security_group p WHERE p.id = r.peer)"));
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
    sql("(SELECT p.owner FROM security_group p WHERE p.id = r.peer)");
inline constexpr FilterColumn kSecurityGroupFilters[] = {
    {"description", "description"},
    {"egress.ip-permission.cidr", kPeerOf<PeerKind::kIpv4>, kEgressRuleWhere, ")"},
    {"egress.ip-permission.from-port", kFromPort, kEgressRuleWhere, ")"},
    {"egress.ip-permission.group-id", kPeerOf<PeerKind::kGroup>, kEgressRuleWhere, ")"},
    {"egress.ip-permission.group-name", kPeerGroupName, kEgressRuleWhere, ")"},
    {"egress.ip-permission.ipv6-cidr", kPeerOf<PeerKind::kIpv6>, kEgressRuleWhere, ")"},
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
    {"ip-permission.protocol", "r.protocol", kIngressRuleWhere, ")"},
    {"ip-permission.to-port", kToPort, kIngressRuleWhere, ")"},
    {"ip-permission.user-id", kPeerGroupOwner, kIngressRuleWhere, ")"},
    {"owner-id", "owner"},
    {"vpc-id", "vpc_id"},
};
inline constexpr Listing<SecurityGroupRow> kSecurityGroupList{
    .key = "g.id", .columns = kSecurityGroupColumns, .filters = kSecurityGroupFilters};

/// Groups with rules that name a group which has gone.
inline constexpr auto kHasStaleRule =
    "EXISTS (SELECT 1 FROM security_group_rule r WHERE r.group_id = g.id AND r.peer_kind = " +
    sql_word<PeerKind::kGroup> +
    " AND NOT EXISTS (SELECT 1 FROM security_group p WHERE p.id = r.peer))";
inline constexpr Listing<SecurityGroupRow> kStaleGroupList{
    .where = kHasStaleRule, .key = "g.id", .columns = kSecurityGroupColumns};

/// What a group's rules of one direction count for: at most so many of each.
struct RuleCounts {
    std::int64_t ipv4 = 0;
    std::int64_t ipv6 = 0;
};
/// A rule that names a group counts for both.
RuleCounts count_rules(Database& db, const SecurityGroupId& group, bool is_egress);

/// The rule of that group which says what `like` says, whatever its description.
std::optional<SecurityGroupRuleRow> select_rule_like(Database& db,
                                                     const SecurityGroupRuleRow& like);
std::optional<SecurityGroupRuleRow> select_rule(Database& db, const SecurityGroupId& group,
                                                const SecurityGroupRuleId& id);
/// Puts what the row says in place of what the rule of its id says. False when another rule of the
/// group says it.
bool update_rule(Database& db, const SecurityGroupRuleRow& row);
void describe_rule(Database& db, const SecurityGroupRuleId& id,
                   const std::optional<std::string>& description);

/// Those of the group's rules that name a group which has gone.
std::vector<SecurityGroupRuleRow> select_stale_rules(Database& db, const SecurityGroupId& group);

/// Whether an instance has the group, or a rule of another group names it.
bool is_group_used(Database& db, const SecurityGroupId& id);

}  // namespace amilab
