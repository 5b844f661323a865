#include "server/services/ec2/network/asked_rules.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/security_groups.h"
#include "storage/metadata/network/security_group_rows.h"

namespace amilab::ec2 {

namespace {

constexpr std::string_view kAllProtocols = "-1";
constexpr std::size_t kMostCharacters = 255;

/// Of a number that IANA has given: 0 to 255.
std::optional<int> protocol_number(std::string_view text)
{
    int number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    return is_number && number >= 0 && number <= 255 ? std::optional(number) : std::nullopt;
}

/// Source: tcp, udp, icmp, icmpv6, a number, or -1 (documented); numbers of those four are told by
/// their names (observed); the refusal is observed.
std::string protocol_of(const std::optional<std::string>& asked)
{
    if (!is_given(asked)) {
        throw missing_parameter("IpProtocol");
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
template <auto make_network>
std::string canonical_block(const std::optional<std::string>& asked, std::string_view parameter)
{
    if (!is_given(asked)) {
        throw missing_parameter(parameter);
    }
    boost::system::error_code error;
    const auto network = make_network(*asked, error);
    // What stands behind a per cent sign is of one machine's interfaces.
    if (error || asked->find('%') != std::string::npos) {
        throw invalid_parameter_value(fmt::format("CIDR block {} is malformed", *asked));
    }
    return network.canonical().to_string();
}
constexpr auto make_v4 = [](const std::string& text, boost::system::error_code& error) {
    return boost::asio::ip::make_network_v4(text, error);
};
constexpr auto make_v6 = [](const std::string& text, boost::system::error_code& error) {
    return boost::asio::ip::make_network_v6(text, error);
};

/// Source: only a group of the caller's may be a peer, for there is no peering here; that pairs
/// without a group miss its id is assumed.
AskedRule pair_rule(const Session& session, const UserIdGroupPair& pair)
{
    AskedRule rule{.row = {.peer_kind = PeerKind::kGroup}};
    if (is_given(pair.group_id)) {
        rule.row.peer = parse_id<SecurityGroupId>(*pair.group_id).text();
        rule.row.peer_vpc_id = pair.vpc_id;
    } else if (is_given(pair.group_name)) {
        rule.group_name = *pair.group_name;
    } else {
        throw missing_parameter("GroupId");
    }
    if (is_given(pair.user_id) && *pair.user_id != session.account()) {
        throw in_other_networks();
    }
    return rule;
}

/// The peers of a permission, each with its description.
std::vector<AskedRule> peers_of(const Session& session, const IpPermission& permission)
{
    std::vector<AskedRule> rules;
    const auto add = [&](AskedRule rule, const std::optional<std::string>& description) {
        check_rule_description(description);
        rule.row.description = description;
        rules.push_back(std::move(rule));
    };
    for (const auto& range : permission.ip_ranges) {
        add({.row = {.peer_kind = PeerKind::kIpv4,
                     .peer = canonical_block<make_v4>(range.cidr_ip, "CidrIp")}},
            range.description);
    }
    for (const auto& range : permission.ipv6_ranges) {
        add({.row = {.peer_kind = PeerKind::kIpv6,
                     .peer = canonical_block<make_v6>(range.cidr_ipv6, "CidrIpv6")}},
            range.description);
    }
    for (const auto& pair : permission.user_id_group_pairs) {
        add(pair_rule(session, pair), pair.description);
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

/// Source: a name is of the default VPC's groups (documented).
SecurityGroupRow peer_group(Session& session, const AskedRule& rule)
{
    if (!rule.group_name.empty()) {
        return require_group(session, {}, rule.group_name);
    }
    const auto id = SecurityGroupId::trusted(rule.row.peer);
    const auto found = select_security_group(session.db(), session.account(), session.region(), id);
    if (!found) {
        throw not_found(id);
    }
    return *found;
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
        case PeerKind::kGroup:
            permission.user_id_group_pairs.push_back(
                {.description = rule.description, .group_id = rule.peer, .user_id = rule.owner});
            return;
    }
}

bool says_the_same(const SecurityGroupRuleRow& one, const SecurityGroupRuleRow& other)
{
    return one.protocol == other.protocol && one.from_port == other.from_port &&
           one.to_port == other.to_port;
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
    return text.size() <= kMostCharacters && std::ranges::all_of(text, [&](char character) {
               return (character >= 'a' && character <= 'z') ||
                      (character >= 'A' && character <= 'Z') ||
                      (character >= '0' && character <= '9') ||
                      kOthers.find(character) != std::string_view::npos;
           });
}

void check_rule_description(const std::optional<std::string>& description)
{
    if (description && !is_plain_text(*description)) {
        throw invalid_parameter_value(
            "Invalid rule description. Valid descriptions are strings less than 256 characters"
            " from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
    }
}

std::vector<AskedRule> asked_rules(const Session& session,
                                   const std::vector<IpPermission>& permissions)
{
    std::vector<AskedRule> rules;
    for (const auto& permission : permissions) {
        SecurityGroupRuleRow said{.protocol = protocol_of(permission.ip_protocol)};
        set_ports(said, permission);
        for (auto& rule : peers_of(session, permission)) {
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
        if (rule.row.peer_kind == PeerKind::kGroup) {
            const auto peer = peer_group(session, rule);
            const auto asked_vpc = rule.row.peer_vpc_id.value_or(group.vpc_id.text());
            if (peer.vpc_id != group.vpc_id || asked_vpc != group.vpc_id.text()) {
                throw in_other_networks();
            }
            rule.row.peer = peer.id.text();
            rule.row.peer_vpc_id = peer.vpc_id.text();
        }
        rule.row.group_id = group.id;
        rule.row.is_egress = is_egress;
        rows.push_back(std::move(rule.row));
    }
    return rows;
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
