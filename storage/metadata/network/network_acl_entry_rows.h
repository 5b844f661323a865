#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/base/vocabulary.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/network/vpc_cidr_block_rows.h"
#include "storage/metadata/sql/children.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

enum class RuleAction : std::uint8_t { kAllow, kDeny };
template <>
inline constexpr auto kWords<RuleAction> = words("allow", "deny");

/// The rule that denies what no other has decided; every ACL has it, and nobody changes it.
/// Source: EC2 API Reference, DescribeNetworkAcls, sample answer (documented).
inline constexpr std::int64_t kLastRuleNumber = 32767;
/// The one of IPv6, which the ACLs of VPCs with IPv6 have. Source: observed.
inline constexpr std::int64_t kLastIpv6RuleNumber = 32768;

struct NetworkAclEntryRow {
    std::string network_acl_id{};
    bool egress = false;
    std::int64_t rule_number = 0;
    /// A number, or -1 for all.
    std::string protocol{};
    RuleAction rule_action = RuleAction::kAllow;
    std::optional<std::string> cidr_block{};
    std::optional<std::string> ipv6_cidr_block{};
    std::optional<std::int64_t> icmp_type{};
    std::optional<std::int64_t> icmp_code{};
    std::optional<std::int64_t> port_from{};
    std::optional<std::int64_t> port_to{};
};

inline constexpr auto kNetworkAclEntryColumns = columns<NetworkAclEntryRow>(
    "network_acl_entry", "e", text<&NetworkAclEntryRow::network_acl_id>("network_acl_id"),
    flag<&NetworkAclEntryRow::egress>("egress"),
    integer<&NetworkAclEntryRow::rule_number>("rule_number"),
    text<&NetworkAclEntryRow::protocol>("protocol"),
    text<&NetworkAclEntryRow::rule_action>("rule_action"),
    text<&NetworkAclEntryRow::cidr_block>("cidr_block"),
    text<&NetworkAclEntryRow::ipv6_cidr_block>("ipv6_cidr_block"),
    integer<&NetworkAclEntryRow::icmp_type>("icmp_type"),
    integer<&NetworkAclEntryRow::icmp_code>("icmp_code"),
    integer<&NetworkAclEntryRow::port_from>("port_from"),
    integer<&NetworkAclEntryRow::port_to>("port_to"));
inline constexpr Children<NetworkAclEntryRow> kEntriesOfNetworkAcls{
    .columns = kNetworkAclEntryColumns, .parent = "network_acl_id", .order = "egress, rule_number"};

/// Inserts the family's last rule of each direction, unless it is there.
void insert_last_rules(Database& db, const NetworkAclId& acl, AddressFamily family);
/// Inserts IPv6's last rules into all ACLs of the VPC.
void insert_last_ipv6_rules(Database& db, const VpcId& vpc);
/// Entries of a direction, the last rules aside.
std::int64_t count_network_acl_entries(Database& db, const NetworkAclId& acl, bool egress);
/// False when there is none.
bool delete_network_acl_entry_row(Database& db, const NetworkAclId& acl, bool egress,
                                  std::int64_t rule_number);

}  // namespace amilab
