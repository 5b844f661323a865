#include "server/services/ec2/network/asked_rules.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/managed_prefix_lists.h"
#include "server/services/ec2/network/security_groups.h"
#include "storage/metadata/network/ipv4_block.h"
#include "storage/metadata/network/ipv6_block.h"
#include "storage/metadata/network/security_group_rule_rows.h"
#include "storage/metadata/network/whole_networks.h"

namespace amilab::ec2 {

namespace {

constexpr std::size_t kMostDescriptionCharacters = 255;

/// Of a number that IANA has given: 0 to 255.
std::optional<int> protocol_number(std::string_view text)
{
    int number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    return is_number && number >= 0 && number <= 255 ? std::optional(number) : std::nullopt;
}

/// Source: tcp, udp, icmp, icmpv6, a number, or -1 (documented); numbers of those four are told by
/// their names (observed), "all" by -1, as the AWS CLI sends it (assumed); the refusals are
/// observed.
std::string protocol_of(const std::optional<std::string>& asked)
{
    if (!is_given(asked)) {
        throw invalid_parameter_value(
            "Invalid value 'null' for protocol. VPC security group rules must specify protocols "
            "explicitly.");
    }
    constexpr std::pair<int, std::string_view> kNamed[] = {
        {1, "icmp"}, {6, "tcp"}, {17, "udp"}, {58, "icmpv6"}};
    const auto text = boost::algorithm::to_lower_copy(*asked);
    const auto number = protocol_number(text);
    for (const auto& [of_name, name] : kNamed) {
        if (text == name || number == of_name) {
            return std::string(name);
        }
    }
    if (number) {
        return std::to_string(*number);
    }
    if (text == "all") {
        return std::string(kAllProtocols);
    }
    if (text != kAllProtocols) {
        throw invalid_parameter_value(
            fmt::format("Invalid value '{}' for IP protocol. Unknown protocol.", *asked));
    }
    return text;
}

ApiError ports_missing(std::string_view protocols)
{
    return invalid_parameter_value(fmt::format(
        "Invalid value 'Must specify both from and to ports with {}.' for portRange.", protocols));
}

/// Source: the refusals are observed, that of a range that ends before it begins is assumed.
void check_ports(std::int64_t from, std::int64_t to)
{
    constexpr std::int64_t kLastPort = 65535;
    for (const auto port : {from, to}) {
        if (port < 0 || port > kLastPort) {
            throw ApiError("InvalidPermission.Malformed",
                           fmt::format("TCP/UDP port ({}) out of range", port));
        }
    }
    if (from > to) {
        throw invalid_parameter_value(fmt::format("Invalid TCP/UDP port range ({}:{})", from, to));
    }
}

/// Source: -1 is all types or all codes, and all types have all codes (documented); "ICMP code
/// (65535) out of range" (observed).
void check_types(std::int64_t type, std::int64_t code)
{
    constexpr std::int64_t kLast = 255;
    for (const auto& [what, value] : {std::pair{"type", type}, std::pair{"code", code}}) {
        if (value < kAllPorts || value > kLast) {
            throw invalid_parameter_value(fmt::format("ICMP {} ({}) out of range", what, value));
        }
    }
    if (type == kAllPorts && code != kAllPorts) {
        throw invalid_parameter_value(
            fmt::format("ICMP code ({}) is not allowed when the ICMP type is -1", code));
    }
}

/// Source: tcp, udp and icmp must say a range, icmpv6 may, others have all ports whatever the
/// request says (documented).
void set_ports(SecurityGroupRuleRow& row, const IpPermission& permission)
{
    const bool is_icmp = row.protocol == "icmp" || row.protocol == "icmpv6";
    if (!has_ports(row.protocol)) {
        return;
    }
    if (!permission.from_port || !permission.to_port) {
        if (row.protocol == "icmpv6" && !permission.from_port && !permission.to_port) {
            return;
        }
        throw ports_missing(is_icmp ? "ICMP" : "TCP/UDP");
    }
    row.from_port = *permission.from_port;
    row.to_port = *permission.to_port;
    is_icmp ? check_types(row.from_port, row.to_port) : check_ports(row.from_port, row.to_port);
}

/// The block as its network has it. Source: 100.68.0.18/18 is 100.68.0.0/18 (documented); the
/// refusal is observed.
template <class Block>
std::string canonical_block(const std::optional<std::string>& asked, std::string_view parameter)
{
    if (!is_given(asked)) {
        throw missing_parameter(parameter);
    }
    const auto block = Block::from_text(*asked);
    if (!block) {
        throw invalid_parameter_value(fmt::format("CIDR block {} is malformed", *asked));
    }
    return block->text();
}

AskedRule pair_rule(const UserIdGroupPair& pair)
{
    AskedRule rule{.row = {.peer_kind = PeerKind::kGroup}};
    if (is_given(pair.group_id)) {
        rule.row.peer = parse_id<SecurityGroupId>(*pair.group_id).text();
    } else if (is_given(pair.group_name)) {
        rule.group_name = *pair.group_name;
    } else {
        throw source_group_missing();
    }
    if (is_given(pair.vpc_peering_connection_id)) {
        rule.peering_id = parse_id<VpcPeeringConnectionId>(*pair.vpc_peering_connection_id).text();
    }
    rule.user_id = pair.user_id;
    rule.vpc_id = pair.vpc_id;
    drop_empty(rule.user_id);
    drop_empty(rule.vpc_id);
    return rule;
}

/// The peers of a permission, each with its description.
std::vector<AskedRule> peers_of(const IpPermission& permission)
{
    std::vector<AskedRule> rules;
    const auto add = [&](AskedRule rule, const std::optional<std::string>& description) {
        check_rule_description(description);
        rule.row.description = description;
        rules.push_back(std::move(rule));
    };
    for (const auto& range : permission.ip_ranges) {
        add({.row = {.peer_kind = PeerKind::kIpv4,
                     .peer = canonical_block<Ipv4Block>(range.cidr_ip, "CidrIp")}},
            range.description);
    }
    for (const auto& range : permission.ipv6_ranges) {
        add({.row = {.peer_kind = PeerKind::kIpv6,
                     .peer = canonical_block<Ipv6Block>(range.cidr_ipv6, "CidrIpv6")}},
            range.description);
    }
    for (const auto& list : permission.prefix_list_ids) {
        if (!is_given(list.prefix_list_id)) {
            throw missing_parameter("PrefixListId");
        }
        add({.row = {.peer_kind = PeerKind::kPrefixList,
                     .peer = parse_id<ManagedPrefixListId>(*list.prefix_list_id).text()}},
            list.description);
    }
    for (const auto& pair : permission.user_id_group_pairs) {
        add(pair_rule(pair), pair.description);
    }
    return rules;
}

auto said_by(const AskedRule& rule)
{
    return std::tie(rule.row.protocol, rule.row.from_port, rule.row.to_port, rule.row.peer,
                    rule.group_name);
}

void refuse_twice(const std::vector<AskedRule>& rules)
{
    std::set<decltype(said_by(rules.front()))> said;
    for (const auto& rule : rules) {
        if (!said.insert(said_by(rule)).second) {
            throw invalid_parameter_value("The same permission must not appear multiple times");
        }
    }
}

void add_peer(IpPermission& permission, const SecurityGroupRuleRow& rule)
{
    switch (rule.peer_kind) {
        case PeerKind::kIpv4:
            permission.ip_ranges.push_back({.cidr_ip = rule.peer, .description = rule.description});
            return;
        case PeerKind::kIpv6:
            permission.ipv6_ranges.push_back(
                {.cidr_ipv6 = rule.peer, .description = rule.description});
            return;
        case PeerKind::kPrefixList:
            permission.prefix_list_ids.push_back(
                {.description = rule.description, .prefix_list_id = rule.peer});
            return;
        case PeerKind::kGroup:
            permission.user_id_group_pairs.push_back(group_pair(rule));
            permission.user_id_group_pairs.back().description = rule.description;
            return;
    }
}

bool says_the_same(const SecurityGroupRuleRow& one, const SecurityGroupRuleRow& other)
{
    return one.protocol == other.protocol && one.from_port == other.from_port &&
           one.to_port == other.to_port;
}

/// Whether the request names the group by what it says of it.
bool is_asked(const AskedRule& rule, std::string_view owner, std::string_view vpc,
              const std::string& peering)
{
    return rule.user_id.value_or(std::string(owner)) == owner &&
           rule.vpc_id.value_or(std::string(vpc)) == vpc &&
           rule.peering_id.value_or(peering) == peering;
}

/// A group of another VPC as the rule's peer, if the two are connected. Source: of the same region;
/// of another account with its number (documented, VPC Peering Guide, "Update your security groups
/// to reference peer security groups").
bool find_peered(Session& session, const SecurityGroupRow& group, AskedRule& rule)
{
    const auto found =
        select_peered_group(session.db(), group.vpc_id, SecurityGroupId::trusted(rule.row.peer));
    const auto& owner = rule.user_id ? *rule.user_id : session.account();
    if (!found || found->owner != owner ||
        !is_asked(rule, owner, found->vpc_id.text(), found->peering_id.text())) {
        return false;
    }
    rule.row.peered_owner = found->owner;
    rule.row.peered_vpc_id = found->vpc_id.text();
    rule.row.peering_id = found->peering_id.text();
    rule.row.peering_status = text_of(VpcPeeringState::kActive);
    return true;
}

/// Looks up the group that is to be the peer. Source: a name is of the default VPC's groups
/// (documented); a rule that is there is named by its group even where nothing connects the two
/// any more (assumed: stale rules are revoked so).
void find_group(Session& session, const SecurityGroupRow& group, AskedRule& rule)
{
    auto& row = rule.row;
    if (!rule.group_name.empty()) {
        row.peer = require_group(session, {}, rule.group_name).id.text();
    }
    const auto own = find_own<kSecurityGroupList, &SecurityGroupRow::id>(
        session, SecurityGroupId::trusted(row.peer));
    if (own && own->vpc_id == group.vpc_id &&
        is_asked(rule, session.account(), own->vpc_id.text(), {})) {
        return;
    }
    if (find_peered(session, group, rule)) {
        return;
    }
    if (const auto there = select_rule_like(session.db(), row); there && there->peering_id) {
        row.peering_id = there->peering_id;
        row.peered_owner = there->peered_owner;
        row.peered_vpc_id = there->peered_vpc_id;
        return;
    }
    throw own || rule.user_id.value_or(session.account()) != session.account()
        ? in_other_networks()
        : not_found(SecurityGroupId::trusted(row.peer));
}

std::string told_icmp(std::int64_t type_or_code)
{
    return type_or_code == kAllPorts ? "ALL" : std::to_string(type_or_code);
}

}  // namespace

bool has_ports(std::string_view protocol)
{
    constexpr std::string_view kWith[] = {"tcp", "udp", "icmp", "icmpv6"};
    return std::ranges::find(kWith, protocol) != std::end(kWith);
}

bool is_plain_text(std::string_view text)
{
    constexpr std::string_view kOthers = " ._-:/()#,@[]+=&;{}!$*";
    return text.size() <= kMostDescriptionCharacters && has_only(text, kOthers);
}

void check_rule_description(const std::optional<std::string>& description)
{
    if (description && !is_plain_text(*description)) {
        throw invalid_parameter_value(
            "Invalid rule description. Valid descriptions are strings less than 256 characters"
            " from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
    }
}

std::vector<AskedRule> asked_rules(const std::vector<IpPermission>& permissions)
{
    std::vector<AskedRule> rules;
    for (const auto& permission : permissions) {
        SecurityGroupRuleRow said{.protocol = protocol_of(permission.ip_protocol)};
        set_ports(said, permission);
        for (auto& rule : peers_of(permission)) {
            rule.row.protocol = said.protocol;
            rule.row.from_port = said.from_port;
            rule.row.to_port = said.to_port;
            rules.push_back(std::move(rule));
        }
    }
    refuse_twice(rules);
    return rules;
}

std::vector<SecurityGroupRuleRow> find_peers(Session& session, const SecurityGroupRow& group,
                                             bool is_egress, std::vector<AskedRule> asked)
{
    std::vector<SecurityGroupRuleRow> rows;
    rows.reserve(asked.size());
    for (auto& rule : asked) {
        rule.row.group_id = group.id;
        rule.row.is_egress = is_egress;
        if (rule.row.peer_kind == PeerKind::kGroup) {
            find_group(session, group, rule);
        }
        if (rule.row.peer_kind == PeerKind::kPrefixList) {
            require_prefix_list(session, ManagedPrefixListId::trusted(rule.row.peer));
        }
        rows.push_back(std::move(rule.row));
    }
    return rows;
}

UserIdGroupPair group_pair(const SecurityGroupRuleRow& rule)
{
    UserIdGroupPair pair{.group_id = rule.peer, .user_id = rule.peered_owner.value_or(rule.owner)};
    if (rule.peering_id) {
        pair.vpc_id = rule.peered_vpc_id;
        pair.vpc_peering_connection_id = rule.peering_id;
        pair.peering_status = rule.peering_status;
    }
    return pair;
}

std::string told_rule(const SecurityGroupRuleRow& row)
{
    const auto protocol =
        row.protocol == kAllProtocols ? "ALL" : boost::algorithm::to_upper_copy(row.protocol);
    std::string ports;
    if (row.protocol == "tcp" || row.protocol == "udp") {
        ports = fmt::format(", from port: {}, to port: {}", row.from_port, row.to_port);
    } else if (has_ports(row.protocol)) {
        ports =
            fmt::format(", type: {}, code: {}", told_icmp(row.from_port), told_icmp(row.to_port));
    }
    return fmt::format("peer: {}, {}{}, ALLOW", row.peer, protocol, ports);
}

std::vector<IpPermission> permissions_of(const std::vector<SecurityGroupRuleRow>& rules,
                                         bool is_egress)
{
    std::vector<IpPermission> permissions;
    const SecurityGroupRuleRow* before = nullptr;
    for (const auto& rule : rules) {
        if (rule.is_egress != is_egress) {
            continue;
        }
        if (before == nullptr || !says_the_same(*before, rule)) {
            auto& permission = permissions.emplace_back();
            permission.ip_protocol = rule.protocol;
            if (has_ports(rule.protocol)) {
                permission.from_port = rule.from_port;
                permission.to_port = rule.to_port;
            }
        }
        add_peer(permissions.back(), rule);
        before = &rule;
    }
    return permissions;
}

}  // namespace amilab::ec2
