#include "server/services/ec2/network/security_groups.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/algorithm/string/trim.hpp>

#include "server/calls/arns.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/common/page_rows.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/network/asked_rules.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/wire/ec2/network/security_groups.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/security_group_rule_rows.h"
#include "storage/metadata/network/vpc_cidr_block_rows.h"
#include "storage/metadata/network/vpc_rows.h"
#include "storage/metadata/network/whole_networks.h"

namespace amilab::ec2 {

namespace {

// Source: "VPC security groups per Region: 2,500" (documented).
constexpr std::int64_t kMostGroups = 2500;

std::string group_arn(const Session& session, const SecurityGroupId& id)
{
    return resource_arn(session, "security-group", id.text());
}

// Source: "The security group 'x' already exists for VPC 'vpc-...'" (observed).
ApiError group_name_taken(std::string_view name, const VpcId& vpc)
{
    return {"InvalidGroup.Duplicate",
            fmt::format("The security group '{}' already exists for VPC '{}'", name, vpc.text())};
}

ApiError default_group_stays(const SecurityGroupRow& group)
{
    return {"CannotDelete",
            fmt::format("the specified group: \"{}\" name: \"{}\" cannot be deleted by a user",
                        group.id.text(), group.name)};
}

/// Throws InvalidParameterValue unless it may be a group's `what`. Source: the text of a
/// description (observed), of a name (assumed).
void check_plain(std::string_view text, std::string_view parameter, std::string_view what)
{
    if (text.empty()) {
        throw missing_parameter(parameter);
    }
    check_ascii(text, parameter, text.size());
    if (!is_plain_text(text)) {
        throw invalid_parameter_value(fmt::format(
            "Invalid security group {0}. Valid {0}s are strings less than 256 characters from the"
            " following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{{}}!$*",
            what));
    }
}

/// Source: which names there may be is documented; the refusals of sg- and of default are observed.
void check_group_name(const std::string& name)
{
    check_plain(name, "GroupName", "name");
    if (has_id_prefix(name, SecurityGroupTag::kPrefix)) {
        throw invalid_parameter_value(
            fmt::format("Value ({}) for parameter GroupName is invalid. Group names may not be in"
                        " the format sg-*.",
                        name));
    }
    if (name == kDefaultGroupName) {
        throw invalid_parameter_value("Cannot use reserved security group name: default");
    }
}

bool is_space(char c)
{
    return c == ' ';
}

VpcRow default_vpc(Session& session)
{
    auto vpc = select_default_vpc(session.db(), session.account(), session.region());
    if (!vpc) {
        throw no_default_vpc();
    }
    return std::move(*vpc);
}

VpcId vpc_of_new(Session& session, const std::optional<VpcId>& asked)
{
    return asked ? require_vpc(session, *asked).id : default_vpc(session).id;
}

/// Source: a name may also be an id (documented of DescribeSecurityGroups).
SecurityGroupRow require_group_named(Session& session, const std::string& name)
{
    const auto vpc = default_vpc(session);
    if (auto group = select_security_group_named(session.db(), vpc.id, name)) {
        return std::move(*group);
    }
    if (const auto id = SecurityGroupId::from_text(name)) {
        if (auto group = find_own<kSecurityGroupList, &SecurityGroupRow::id>(session, *id)) {
            return std::move(*group);
        }
    }
    throw group_name_not_found(name, vpc.id);
}

/// A rule of all protocols, as each new group has some.
void insert_wide_rule(Session& session, const SecurityGroupId& group, bool is_egress, PeerKind kind,
                      const std::string& peer)
{
    SecurityGroupRuleRow row{.group_id = group,
                             .is_egress = is_egress,
                             .protocol = std::string(kAllProtocols),
                             .peer_kind = kind,
                             .peer = peer};
    insert_own<kSecurityGroupRuleColumns>(session, row, {});
}

/// Source: a new group lets out all to anywhere and lets in nothing (documented), by IPv6 too where
/// its VPC has a block of it (observed: Terraform revokes both).
void insert_first_rules(Session& session, const SecurityGroupRow& group)
{
    insert_wide_rule(session, group.id, true, PeerKind::kIpv4, std::string(kAllOfIpv4));
    if (has_ipv6_block(session.db(), group.vpc_id)) {
        insert_wide_rule(session, group.id, true, PeerKind::kIpv6, std::string(kAllOfIpv6));
    }
}

// Source: EC2 API Reference, CreateSecurityGroup (documented). Spaces at the end of a name are
// trimmed (documented, VPC User Guide, "Security groups").
CreateSecurityGroupResponse create_security_group(Session& session,
                                                  const CreateSecurityGroupRequest& request)
{
    const auto name = boost::algorithm::trim_right_copy_if(request.group_name, is_space);
    check_group_name(name);
    check_plain(request.description, "GroupDescription", "description");
    const auto vpc =
        is_given(request.vpc_id) ? std::optional(parse_id<VpcId>(*request.vpc_id)) : std::nullopt;
    const auto tags = parse_tags<SecurityGroupId>(request.tag_specifications);
    stop_if_dry_run(request);
    ensure_default_network(session);
    SecurityGroupRow row{
        .vpc_id = vpc_of_new(session, vpc), .name = name, .description = request.description};
    if (!insert_own<kSecurityGroupColumns>(session, row, tags)) {
        throw group_name_taken(row.name, row.vpc_id);
    }
    if (count_own<kSecurityGroupList>(session) > kMostGroups) {
        throw too_many_in_region("SecurityGroupLimitExceeded", kMostGroups, "security groups");
    }
    insert_first_rules(session, row);
    return {.group_id = row.id.text(),
            .security_group_arn = group_arn(session, row.id),
            .tags = tags_of(session, row.id.text())};
}

void delete_group(Session& session, const SecurityGroupId& id)
{
    for (const auto& rule : select_children<kRulesOfGroups>(session.db(), {id.text()})) {
        delete_own<kSecurityGroupRuleColumns>(session, rule.id);
    }
    delete_own<kSecurityGroupColumns>(session, id);
}

// Source: EC2 API Reference, DeleteSecurityGroup (documented); that the default group's refusal
// comes before that of others' use is assumed.
DeleteSecurityGroupResponse delete_security_group(Session& session,
                                                  const DeleteSecurityGroupRequest& request)
{
    if (is_given(request.group_id)) {
        parse_id<SecurityGroupId>(*request.group_id);
    }
    stop_if_dry_run(request);
    const auto group = require_group(session, request.group_id, request.group_name);
    if (group.name == kDefaultGroupName) {
        throw default_group_stays(group);
    }
    if (is_group_used(session.db(), group.id)) {
        throw has_dependent_object(group.id.text());
    }
    delete_group(session, group.id);
    return {.group_id = group.id.text(), .return_value = true};
}

constexpr auto kGroupOf = [](const SecurityGroupRuleRow& rule) -> const SecurityGroupId& {
    return rule.group_id;
};

/// Source: the form of the rules (observed).
std::vector<SecurityGroup> to_answers(Session& session, std::vector<SecurityGroupRow>&& rows)
{
    const auto ids = ids_of(rows);
    const PageTags tags(session, ids);
    const auto all_rules = select_children<kRulesOfGroups>(session.db(), ids);
    std::vector<SecurityGroup> answers;
    for (const auto& row : rows) {
        const auto rules = rows_of(all_rules, row.id, kGroupOf);
        answers.push_back({.description = row.description,
                           .group_id = row.id.text(),
                           .group_name = row.name,
                           .ip_permissions = permissions_of(rules, false),
                           .ip_permissions_egress = permissions_of(rules, true),
                           .owner_id = row.owner,
                           .security_group_arn = group_arn(session, row.id),
                           .tags = tags.of(row.id.text()),
                           .vpc_id = row.vpc_id.text()});
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeSecurityGroups,
    .ids = {.member = &DescribeSecurityGroupsRequest::group_ids,
            .check = &check_ids<SecurityGroupId>,
            .not_with_page = "securityGroupIdSet",
            .before_filters = true,
            .require = &require_listed<kSecurityGroupList, SecurityGroupId, not_found>},
    .resolve = &add_named<&DescribeSecurityGroupsRequest::group_names, require_group_named>,
    .select = &select_page<kSecurityGroupList>,
    .answers = &to_answers,
    .into = &DescribeSecurityGroupsResponse::security_groups};

// Source: EC2 API Reference, DescribeSecurityGroups (documented); groups named by id and by name
// are described together (assumed).
DescribeSecurityGroupsResponse describe_security_groups(
    Session& session, const DescribeSecurityGroupsRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DescribeSecurityGroupReferences (documented): VPCs on the other side
// of a peering connection, an active one (assumed).
DescribeSecurityGroupReferencesResponse describe_security_group_references(
    Session& session, const DescribeSecurityGroupReferencesRequest& request)
{
    const auto ids = parse_ids<SecurityGroupId>(request.group_id);
    stop_if_dry_run(request);
    for (const auto& id : ids) {
        require_group(session, id);
    }
    DescribeSecurityGroupReferencesResponse response;
    for (auto& one : select_group_references(session.db(), request.group_id)) {
        response.security_group_reference_set.push_back(
            {.group_id = std::move(one.group_id),
             .referencing_vpc_id = std::move(one.referencing_vpc_id),
             .vpc_peering_connection_id = std::move(one.peering_id)});
    }
    return response;
}

void add_vpc(Session& /*session*/, const DescribeStaleSecurityGroupsRequest& request,
             ListQuery& wanted)
{
    wanted.among.push_back({"vpc_id", {parse_id<VpcId>(request.vpc_id).text()}});
}

void find_vpc(Session& session, const DescribeStaleSecurityGroupsRequest& request,
              ListQuery& /*wanted*/)
{
    require_vpc(session, VpcId::trusted(request.vpc_id));
}

StaleSecurityGroup to_stale_answer(const SecurityGroupRow& row,
                                   const std::vector<SecurityGroupRuleRow>& rules)
{
    StaleSecurityGroup answer{.description = row.description,
                              .group_id = row.id.text(),
                              .group_name = row.name,
                              .vpc_id = row.vpc_id.text()};
    for (const auto& rule : rules) {
        if (!rule.is_stale) {
            continue;
        }
        auto& into =
            rule.is_egress ? answer.stale_ip_permissions_egress : answer.stale_ip_permissions;
        into.push_back({.from_port = rule.from_port,
                        .ip_protocol = rule.protocol,
                        .to_port = rule.to_port,
                        .user_id_group_pairs = {group_pair(rule)}});
    }
    return answer;
}

std::vector<StaleSecurityGroup> to_stale_answers(Session& session,
                                                 std::vector<SecurityGroupRow>&& rows)
{
    const auto rules = select_children<kRulesOfGroups>(session.db(), ids_of(rows));
    std::vector<StaleSecurityGroup> answers;
    for (const auto& row : rows) {
        answers.push_back(to_stale_answer(row, rows_of(rules, row.id, kGroupOf)));
    }
    return answers;
}

constexpr DescribeSpec kDescribeStale{
    .schema = kDescribeStaleSecurityGroups,
    .refine = &add_vpc,
    .resolve = &find_vpc,
    .select = &select_page<kStaleGroupList>,
    .answers = &to_stale_answers,
    .into = &DescribeStaleSecurityGroupsResponse::stale_security_group_set};

// Source: EC2 API Reference, DescribeStaleSecurityGroups (documented).
DescribeStaleSecurityGroupsResponse describe_stale_security_groups(
    Session& session, const DescribeStaleSecurityGroupsRequest& request)
{
    return describe<kDescribeStale>(session, request);
}

}  // namespace

void make_default_group(Session& session, const VpcId& vpc)
{
    SecurityGroupRow row{.vpc_id = vpc,
                         .name = std::string(kDefaultGroupName),
                         .description = "default VPC security group"};
    insert_own<kSecurityGroupColumns>(session, row, {});
    insert_wide_rule(session, row.id, false, PeerKind::kGroup, row.id.text());
    insert_first_rules(session, row);
}

void let_default_group_out(Session& session, const VpcId& vpc)
{
    const auto group = select_default_security_group(session.db(), vpc);
    auto rules = select_children<kRulesOfGroups>(session.db(), {group->id.text()});
    std::erase_if(rules, [](const auto& rule) { return !rule.is_egress; });
    if (rules.size() == 1 && rules.front().protocol == kAllProtocols &&
        rules.front().peer == kAllOfIpv4) {
        insert_wide_rule(session, group->id, true, PeerKind::kIpv6, std::string(kAllOfIpv6));
    }
}

SecurityGroupRow require_group(Session& session, const SecurityGroupId& id)
{
    return require_own<kSecurityGroupList, SecurityGroupId, not_found>(session, id);
}

SecurityGroupRow require_group(Session& session, const std::optional<std::string>& id,
                               const std::optional<std::string>& name)
{
    if (is_given(id) && is_given(name)) {
        throw parameters_not_together("GroupId", "GroupName");
    }
    if (is_given(id)) {
        return require_group(session, parse_id<SecurityGroupId>(*id));
    }
    if (!is_given(name)) {
        throw missing_parameter("GroupId");
    }
    ensure_default_network(session);
    return require_group_named(session, *name);
}

namespace {

constexpr Operation kOperations[] = {
    write<create_security_group>(kCreateSecurityGroup),
    read<describe_security_groups, kDefaultNetwork>(kDescribeSecurityGroups),
    write<delete_security_group>(kDeleteSecurityGroup, {.frees_space = true}),
    read<describe_security_group_references, kDefaultNetwork>(kDescribeSecurityGroupReferences),
    read<describe_stale_security_groups, kDefaultNetwork>(kDescribeStaleSecurityGroups),
};

constexpr ResourceKind kKinds[] = {
    kind<SecurityGroupId, not_found>(kTaggableByOwner<kSecurityGroupColumns>),
};

}  // namespace

constinit const Family kSecurityGroups{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
