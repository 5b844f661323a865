#include "server/services/ec2/network/security_group_rules.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/asked_rules.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/managed_prefix_lists.h"
#include "server/services/ec2/network/security_groups.h"
#include "server/wire/ec2/network/security_group_rules.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/security_group_rule_rows.h"
#include "storage/metadata/network/vpc_rows.h"

namespace amilab::ec2 {

namespace {

// Source: "Inbound or outbound rules per security group: 60", for IPv4 and IPv6 each (documented).
constexpr std::int64_t kMostRules = 60;

enum class Direction : std::uint8_t { kIngress, kEgress };

constexpr bool is_out(Direction direction)
{
    return direction == Direction::kEgress;
}

// Source: observed.
ApiError rule_is_there(const SecurityGroupRuleRow& row)
{
    return {"InvalidPermission.Duplicate",
            fmt::format("the specified rule \"{}\" already exists", told_rule(row))};
}

// Source: observed.
ApiError rule_is_not_there()
{
    return {"InvalidPermission.NotFound",
            "The specified rule does not exist in this security group."};
}

ApiError too_many_rules()
{
    return {"RulesPerSecurityGroupLimitExceeded",
            "The maximum number of rules per security group has been reached."};
}

/// Checks the shape of a group's id before the dry run; whether it is there comes later.
template <class Request>
void check_group(const Request& request)
{
    if constexpr (requires { request.group_name; }) {
        if (!is_given(request.group_id)) {
            return;
        }
        parse_id<SecurityGroupId>(*request.group_id);
    } else {
        parse_id<SecurityGroupId>(request.group_id);
    }
}

template <class Request>
SecurityGroupRow group_of(Session& session, const Request& request)
{
    if constexpr (requires { request.group_name; }) {
        return require_group(session, request.group_id, request.group_name);
    } else {
        return require_group(session, request.group_id, {});
    }
}

/// Source: with nothing but a source group, full access by ICMP, UDP and TCP (documented).
std::vector<IpPermission> full_access(const UserIdGroupPair& pair)
{
    constexpr std::int64_t kLastPort = 65535;
    return {
        {.from_port = 0, .ip_protocol = "tcp", .to_port = kLastPort, .user_id_group_pairs = {pair}},
        {.from_port = 0, .ip_protocol = "udp", .to_port = kLastPort, .user_id_group_pairs = {pair}},
        {.from_port = kAllPorts,
         .ip_protocol = "icmp",
         .to_port = kAllPorts,
         .user_id_group_pairs = {pair}}};
}

/// What the older form says by parameters of the request's own. Source: a source group goes with
/// neither a block, nor a protocol, nor ports (documented of RevokeSecurityGroupIngress).
template <class Request>
std::vector<IpPermission> flat_permissions(const Request& request)
{
    if (is_given(request.source_security_group_name)) {
        if (is_given(request.cidr_ip)) {
            throw parameters_not_together("SourceSecurityGroupName", "CidrIp");
        }
        if (is_given(request.ip_protocol) || request.from_port || request.to_port) {
            throw parameters_not_together("SourceSecurityGroupName", "IpProtocol");
        }
        UserIdGroupPair pair{.group_name = request.source_security_group_name};
        if constexpr (requires { request.source_security_group_owner_id; }) {
            pair.user_id = request.source_security_group_owner_id;
        }
        return full_access(pair);
    }
    if constexpr (requires { request.source_security_group_owner_id; }) {
        if (is_given(request.source_security_group_owner_id)) {
            throw source_group_missing();
        }
    }
    if (!is_given(request.ip_protocol) && !is_given(request.cidr_ip) && !request.from_port &&
        !request.to_port) {
        return {};
    }
    IpPermission permission{.from_port = request.from_port,
                            .ip_protocol = request.ip_protocol,
                            .to_port = request.to_port};
    if (is_given(request.cidr_ip)) {
        permission.ip_ranges = {{.cidr_ip = request.cidr_ip}};
    }
    return {permission};
}

/// The permissions of a request in either form. Source: not both (assumed); that the older form
/// wants a source, as IpPermissions do not, is observed of AuthorizeSecurityGroupIngress.
template <class Request>
std::vector<IpPermission> permissions_in(const Request& request)
{
    if constexpr (requires { request.cidr_ip; }) {
        auto flat = flat_permissions(request);
        if (!flat.empty() && !request.ip_permissions.empty()) {
            throw parameters_not_together("IpPermissions", "IpProtocol");
        }
        if (!flat.empty() && flat.front().ip_ranges.empty() &&
            flat.front().user_id_group_pairs.empty()) {
            throw ApiError("MissingParameter",
                           "Missing source specification: include source security group or CIDR "
                           "information")
                .of_parameter("CidrIp");
        }
        if (!flat.empty()) {
            return flat;
        }
    }
    return request.ip_permissions;
}

/// Tells the block or the prefix list that is the rule's peer; of a group each answer tells
/// otherwise.
template <class Rule>
void tell_block(Rule& rule, const SecurityGroupRuleRow& row)
{
    if (row.peer_kind == PeerKind::kIpv4) {
        rule.cidr_ipv4 = row.peer;
    } else if (row.peer_kind == PeerKind::kIpv6) {
        rule.cidr_ipv6 = row.peer;
    } else if (row.peer_kind == PeerKind::kPrefixList) {
        rule.prefix_list_id = row.peer;
    }
}

SecurityGroupRule to_rule(const Session& session, const SecurityGroupRuleRow& row)
{
    SecurityGroupRule rule{
        .description = row.description,
        .from_port = row.from_port,
        .group_id = row.group_id.text(),
        .group_owner_id = row.owner,
        .ip_protocol = row.protocol,
        .is_egress = row.is_egress,
        .security_group_rule_arn = resource_arn(session, "security-group-rule", row.id.text()),
        .security_group_rule_id = row.id.text(),
        .to_port = row.to_port};
    tell_block(rule, row);
    if (row.peer_kind == PeerKind::kGroup) {
        rule.referenced_group_info =
            ReferencedSecurityGroup{.group_id = row.peer,
                                    .peering_status = row.peering_status,
                                    .user_id = row.peered_owner.value_or(row.owner),
                                    .vpc_id = row.peered_vpc_id,
                                    .vpc_peering_connection_id = row.peering_id};
    }
    return rule;
}

std::vector<SecurityGroupRule> to_answers(Session& session,
                                          std::vector<SecurityGroupRuleRow>&& rows)
{
    const PageTags tags(session, ids_of(rows));
    std::vector<SecurityGroupRule> answers;
    for (const auto& row : rows) {
        answers.push_back(to_rule(session, row));
        answers.back().tags = tags.of(row.id.text());
    }
    return answers;
}

/// How many rules it counts for. Source: a prefix list counts as many as it may have entries
/// (documented); here of both families (assumed).
std::int64_t weight_of(Session& session, const SecurityGroupRuleRow& row)
{
    return row.peer_kind == PeerKind::kPrefixList
               ? require_prefix_list(session, ManagedPrefixListId::trusted(row.peer)).max_entries
               : 1;
}

bool are_too_many(const RuleCounts& counts)
{
    return std::max(counts.ipv4, counts.ipv6) > kMostRules;
}

/// Throws unless the group has room for the rules beside those that it has.
void require_room(Session& session, const SecurityGroupId& group, Direction direction,
                  const std::vector<SecurityGroupRuleRow>& more)
{
    auto counts = count_rules(session.db(), group, is_out(direction));
    for (const auto& row : more) {
        const auto weight = weight_of(session, row);
        counts.ipv4 += row.peer_kind != PeerKind::kIpv6 ? weight : 0;
        counts.ipv6 += row.peer_kind != PeerKind::kIpv4 ? weight : 0;
    }
    if (are_too_many(counts)) {
        throw too_many_rules();
    }
}

/// Source: a rule that is there is refused before too many are (assumed).
void insert_rules(Session& session, std::vector<SecurityGroupRuleRow>& rows,
                  const std::vector<TagRow>& tags)
{
    for (auto& row : rows) {
        if (!insert_own<kSecurityGroupRuleColumns>(session, row, tags)) {
            throw rule_is_there(row);
        }
    }
}

void refuse_those_there(Session& session, const std::vector<SecurityGroupRuleRow>& rows)
{
    for (const auto& row : rows) {
        if (select_rule_like(session.db(), row)) {
            throw rule_is_there(row);
        }
    }
}

// Source: EC2 API Reference, AuthorizeSecurityGroupIngress and Egress (documented); without any
// rule the call succeeds and adds none (observed).
template <Direction kDirection, class Response, class Request>
Response authorize(Session& session, const Request& request)
{
    check_group(request);
    const auto permissions = permissions_in(request);
    if (permissions.empty()) {
        throw missing_parameter("IpPermissions");
    }
    auto asked = asked_rules(permissions);
    const auto tags = parse_tags<SecurityGroupRuleId>(request.tag_specifications);
    stop_if_dry_run(request);
    const auto group = group_of(session, request);
    if (asked.size() > 2 * kMostRules) {
        throw too_many_rules();
    }
    auto rows = find_peers(session, group, is_out(kDirection), std::move(asked));
    refuse_those_there(session, rows);
    require_room(session, group.id, kDirection, rows);
    insert_rules(session, rows, tags);
    auto answers = to_answers(session, std::move(rows));
    for (auto& one : answers) {
        one.tags = unless_empty(std::move(*one.tags));
    }
    return {.return_value = true, .security_group_rules = std::move(answers)};
}

AuthorizeSecurityGroupIngressResponse authorize_security_group_ingress(
    Session& session, const AuthorizeSecurityGroupIngressRequest& request)
{
    return authorize<Direction::kIngress, AuthorizeSecurityGroupIngressResponse>(session, request);
}

AuthorizeSecurityGroupEgressResponse authorize_security_group_egress(
    Session& session, const AuthorizeSecurityGroupEgressRequest& request)
{
    return authorize<Direction::kEgress, AuthorizeSecurityGroupEgressResponse>(session, request);
}

/// The rule of that id, of that group and direction.
SecurityGroupRuleRow require_rule(Session& session, const SecurityGroupRow& group,
                                  const SecurityGroupRuleId& id)
{
    auto rule = select_rule(session.db(), group.id, id);
    if (!rule) {
        throw not_found(id);
    }
    return std::move(*rule);
}

SecurityGroupRuleRow require_rule(Session& session, const SecurityGroupRow& group,
                                  const SecurityGroupRuleId& id, Direction direction)
{
    auto rule = require_rule(session, group, id);
    if (rule.is_egress != is_out(direction)) {
        throw not_found(id);
    }
    return rule;
}

RevokedSecurityGroupRule to_revoked(const SecurityGroupRuleRow& row)
{
    RevokedSecurityGroupRule rule{.description = row.description,
                                  .from_port = row.from_port,
                                  .group_id = row.group_id.text(),
                                  .ip_protocol = row.protocol,
                                  .is_egress = row.is_egress,
                                  .security_group_rule_id = row.id.text(),
                                  .to_port = row.to_port};
    tell_block(rule, row);
    if (row.peer_kind == PeerKind::kGroup) {
        rule.referenced_group_id = row.peer;
    }
    return rule;
}

/// What becomes of the rules that a request to revoke names.
struct Revocation {
    std::vector<SecurityGroupRuleRow> found{};
    /// What the group does not have.
    std::vector<SecurityGroupRuleRow> unknown{};
};

Revocation find_revoked(Session& session, std::vector<SecurityGroupRuleRow>&& asked)
{
    Revocation revocation;
    for (auto& row : asked) {
        if (auto found = select_rule_like(session.db(), row)) {
            revocation.found.push_back(std::move(*found));
        } else {
            row.owner = session.account();
            row.description.reset();
            revocation.unknown.push_back(std::move(row));
        }
    }
    return revocation;
}

/// Source: in a default VPC the answer names what was not revoked, in another the call fails
/// (documented).
void refuse_unknown(Session& session, const SecurityGroupRow& group, const Revocation& revocation)
{
    if (revocation.unknown.empty()) {
        return;
    }
    const auto vpc = find_own<kVpcList, &VpcRow::id>(session, group.vpc_id);
    if (!vpc || !vpc->is_default) {
        throw rule_is_not_there();
    }
}

template <class Response>
Response revoke_found(Session& session, Revocation&& revocation, Direction direction)
{
    Response response{.return_value = true};
    for (const auto& row : revocation.found) {
        delete_own<kSecurityGroupRuleColumns>(session, row.id);
        response.revoked_security_group_rules.push_back(to_revoked(row));
    }
    response.unknown_ip_permissions = permissions_of(revocation.unknown, is_out(direction));
    return response;
}

Revocation find_by_ids(Session& session, const SecurityGroupRow& group,
                       const std::vector<SecurityGroupRuleId>& ids, Direction direction)
{
    Revocation revocation;
    for (const auto& id : std::set(ids.begin(), ids.end())) {
        revocation.found.push_back(require_rule(session, group, id, direction));
    }
    return revocation;
}

// Source: EC2 API Reference, RevokeSecurityGroupIngress and Egress (documented); that ids go with
// no permissions is assumed.
template <Direction kDirection, class Response, class Request>
Response revoke(Session& session, const Request& request)
{
    check_group(request);
    const auto ids = parse_ids<SecurityGroupRuleId>(request.security_group_rule_ids);
    const auto permissions = permissions_in(request);
    if (!ids.empty() && !permissions.empty()) {
        throw parameters_not_together("SecurityGroupRuleIds", "IpPermissions");
    }
    if (ids.empty() && permissions.empty()) {
        throw missing_parameter("IpPermissions");
    }
    auto asked = asked_rules(permissions);
    stop_if_dry_run(request);
    const auto group = group_of(session, request);
    auto revocation =
        ids.empty() ? find_revoked(session,
                                   find_peers(session, group, is_out(kDirection), std::move(asked)))
                    : find_by_ids(session, group, ids, kDirection);
    refuse_unknown(session, group, revocation);
    return revoke_found<Response>(session, std::move(revocation), kDirection);
}

RevokeSecurityGroupIngressResponse revoke_security_group_ingress(
    Session& session, const RevokeSecurityGroupIngressRequest& request)
{
    return revoke<Direction::kIngress, RevokeSecurityGroupIngressResponse>(session, request);
}

RevokeSecurityGroupEgressResponse revoke_security_group_egress(
    Session& session, const RevokeSecurityGroupEgressRequest& request)
{
    return revoke<Direction::kEgress, RevokeSecurityGroupEgressResponse>(session, request);
}

/// Throws for a value of the filter group-id that is no group's.
/// Source: observed; that patterns are not judged is assumed.
void check_group_filters(Session& /*session*/, const DescribeSecurityGroupRulesRequest& /*request*/,
                         ListQuery& wanted)
{
    for (const auto& filter : wanted.filters) {
        if (filter.name != "group-id" || has_wildcards(filter)) {
            continue;
        }
        for (const auto& value : filter.values) {
            if (!SecurityGroupId::from_text(value)) {
                throw ApiError(std::string(SecurityGroupTag::kMalformed),
                               fmt::format("The security group ID '{}' is malformed", value));
            }
        }
    }
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeSecurityGroupRules,
    .ids = {.member = &DescribeSecurityGroupRulesRequest::security_group_rule_ids,
            .check = &check_ids<SecurityGroupRuleId>,
            .before_filters = true,
            .require = &require_listed<kSecurityGroupRuleList, SecurityGroupRuleId, not_found>},
    .refine = &check_group_filters,
    .select = &select_page<kSecurityGroupRuleList>,
    .answers = &to_answers,
    .into = &DescribeSecurityGroupRulesResponse::security_group_rules};

// Source: EC2 API Reference, DescribeSecurityGroupRules (documented); that ids take no MaxResults,
// and the text, is observed.
DescribeSecurityGroupRulesResponse describe_security_group_rules(
    Session& session, const DescribeSecurityGroupRulesRequest& request)
{
    if (!request.security_group_rule_ids.empty() && request.max_results) {
        throw invalid_parameter_combination(
            "The parameter 'securityGroupRuleIds' may not be used in combination with "
            "'maxResults'.")
            .of_parameter("SecurityGroupRuleIds");
    }
    return describe<kDescribe>(session, request);
}

/// What an update says a rule is to be. Source: exactly one peer (documented), refused as assumed.
AskedRule changed_rule(const SecurityGroupRuleUpdate& update)
{
    if (!update.security_group_rule) {
        throw missing_parameter("SecurityGroupRule");
    }
    const auto& to = *update.security_group_rule;
    IpPermission permission{
        .from_port = to.from_port, .ip_protocol = to.ip_protocol, .to_port = to.to_port};
    if (is_given(to.cidr_ipv4)) {
        permission.ip_ranges = {{.cidr_ip = to.cidr_ipv4, .description = to.description}};
    }
    if (is_given(to.cidr_ipv6)) {
        permission.ipv6_ranges = {{.cidr_ipv6 = to.cidr_ipv6, .description = to.description}};
    }
    if (is_given(to.referenced_group_id)) {
        permission.user_id_group_pairs = {
            {.description = to.description, .group_id = to.referenced_group_id}};
    }
    if (is_given(to.prefix_list_id)) {
        permission.prefix_list_ids = {
            {.description = to.description, .prefix_list_id = to.prefix_list_id}};
    }
    auto rules = asked_rules({permission});
    if (rules.size() != 1) {
        throw invalid_parameter_combination(
            "Exactly one of CidrIpv4, CidrIpv6, PrefixListId and ReferencedGroupId must be"
            " specified.");
    }
    return std::move(rules.front());
}

SecurityGroupRuleRow changed_row(Session& session, const SecurityGroupRow& group,
                                 const SecurityGroupRuleId& id, AskedRule&& to)
{
    const auto was = require_rule(session, group, id);
    if (was.peer == to.row.peer) {
        to.user_id = was.peered_owner;
    }
    auto row = std::move(find_peers(session, group, was.is_egress, {std::move(to)}).front());
    row.id = id;
    return row;
}

/// Gives the rules what they are to say all at once, so that one may take over what another says.
void change_rules(Session& session, const SecurityGroupId& group,
                  const std::vector<SecurityGroupRuleRow>& rows)
{
    for (const auto& row : rows) {
        set_rule_aside(session.db(), row.id);
    }
    std::set<Direction> changed;
    for (const auto& row : rows) {
        if (!update_rule(session.db(), row)) {
            throw rule_is_there(row);
        }
        changed.insert(row.is_egress ? Direction::kEgress : Direction::kIngress);
    }
    for (const auto direction : changed) {
        require_room(session, group, direction, {});
    }
}

// Source: EC2 API Reference, ModifySecurityGroupRules (documented): what an update leaves out has
// gone from the rule (assumed); all take effect at once (assumed).
ModifySecurityGroupRulesResponse modify_security_group_rules(
    Session& session, const ModifySecurityGroupRulesRequest& request)
{
    check_group(request);
    std::vector<std::pair<SecurityGroupRuleId, AskedRule>> changes;
    for (const auto& update : request.security_group_rules) {
        changes.emplace_back(parse_id<SecurityGroupRuleId>(update.security_group_rule_id),
                             changed_rule(update));
    }
    stop_if_dry_run(request);
    const auto group = group_of(session, request);
    std::vector<SecurityGroupRuleRow> rows;
    for (auto& [id, to] : changes) {
        rows.push_back(changed_row(session, group, id, std::move(to)));
    }
    change_rules(session, group.id, rows);
    return {.return_value = true};
}

/// The rules that a request describes anew, each with its description, or with none.
std::vector<SecurityGroupRuleRow> redescribed(
    Session& session, const std::vector<SecurityGroupRuleDescription>& descriptions,
    const SecurityGroupRow& group, Direction direction, std::vector<AskedRule>&& asked)
{
    std::vector<SecurityGroupRuleRow> rows;
    for (const auto& said : descriptions) {
        const auto id = SecurityGroupRuleId::trusted(said.security_group_rule_id.value_or(""));
        auto row = require_rule(session, group, id, direction);
        row.description = said.description;
        rows.push_back(std::move(row));
    }
    for (const auto& said : find_peers(session, group, is_out(direction), std::move(asked))) {
        auto row = select_rule_like(session.db(), said);
        if (!row) {
            throw rule_is_not_there();
        }
        row->description = said.description;
        rows.push_back(std::move(*row));
    }
    return rows;
}

void check_descriptions(const std::vector<SecurityGroupRuleDescription>& descriptions)
{
    for (const auto& said : descriptions) {
        if (!is_given(said.security_group_rule_id)) {
            throw missing_parameter("SecurityGroupRuleId");
        }
        parse_id<SecurityGroupRuleId>(*said.security_group_rule_id);
        check_rule_description(said.description);
    }
}

// Source: EC2 API Reference, UpdateSecurityGroupRuleDescriptionsIngress and Egress (documented);
// the refusals are assumed.
template <Direction kDirection, class Response, class Request>
Response update_descriptions(Session& session, const Request& request)
{
    check_group(request);
    const auto& descriptions = request.security_group_rule_descriptions;
    check_descriptions(descriptions);
    if (request.ip_permissions.empty() && descriptions.empty()) {
        throw missing_parameter("IpPermissions");
    }
    if (!request.ip_permissions.empty() && !descriptions.empty()) {
        throw parameters_not_together("IpPermissions", "SecurityGroupRuleDescriptions");
    }
    auto asked = asked_rules(request.ip_permissions);
    stop_if_dry_run(request);
    const auto group = group_of(session, request);
    for (const auto& row :
         redescribed(session, descriptions, group, kDirection, std::move(asked))) {
        describe_rule(session.db(), row.id, row.description);
    }
    return {.return_value = true};
}

UpdateSecurityGroupRuleDescriptionsIngressResponse update_security_group_rule_descriptions_ingress(
    Session& session, const UpdateSecurityGroupRuleDescriptionsIngressRequest& request)
{
    return update_descriptions<Direction::kIngress,
                               UpdateSecurityGroupRuleDescriptionsIngressResponse>(session,
                                                                                   request);
}

UpdateSecurityGroupRuleDescriptionsEgressResponse update_security_group_rule_descriptions_egress(
    Session& session, const UpdateSecurityGroupRuleDescriptionsEgressRequest& request)
{
    return update_descriptions<Direction::kEgress,
                               UpdateSecurityGroupRuleDescriptionsEgressResponse>(session, request);
}

constexpr Operation kOperations[] = {
    write<authorize_security_group_ingress>(kAuthorizeSecurityGroupIngress),
    write<authorize_security_group_egress>(kAuthorizeSecurityGroupEgress),
    write<revoke_security_group_ingress>(kRevokeSecurityGroupIngress, {.frees_space = true}),
    write<revoke_security_group_egress>(kRevokeSecurityGroupEgress, {.frees_space = true}),
    read<describe_security_group_rules, kDefaultNetwork>(kDescribeSecurityGroupRules),
    write<modify_security_group_rules>(kModifySecurityGroupRules),
    write<update_security_group_rule_descriptions_ingress>(
        kUpdateSecurityGroupRuleDescriptionsIngress),
    write<update_security_group_rule_descriptions_egress>(
        kUpdateSecurityGroupRuleDescriptionsEgress),
};

constexpr ResourceKind kKinds[] = {
    kind<SecurityGroupRuleId, not_found>(kTaggableByOwner<kSecurityGroupRuleColumns>),
};

}  // namespace

bool has_too_many_rules(Session& session, const SecurityGroupId& group)
{
    return are_too_many(count_rules(session.db(), group, false)) ||
           are_too_many(count_rules(session.db(), group, true));
}

constinit const Family kSecurityGroupRules{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
