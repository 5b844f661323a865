#include "server/services/ec2/network/security_groups.h"

#include "server/calls/arns.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/wire/ec2/network/security_groups.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/security_group_rows.h"
#include "storage/metadata/network/vpc_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: a default group lets in what comes from itself and lets out everything (documented, VPC
/// User Guide, "Default security groups"); the form of the rules (observed).
SecurityGroup to_security_group(Session& session, const PageTags& tags, const SecurityGroupRow& row)
{
    return {
        .description = row.description,
        .group_id = row.id.text(),
        .group_name = row.name,
        .ip_permissions = {{.ip_protocol = "-1",
                            .user_id_group_pairs = {{.group_id = row.id.text(),
                                                     .user_id = row.owner}}}},
        .ip_permissions_egress = {{.ip_protocol = "-1", .ip_ranges = {{.cidr_ip = "0.0.0.0/0"}}}},
        .owner_id = row.owner,
        .security_group_arn = resource_arn(session, "security-group", row.id.text()),
        .tags = tags.of(row.id.text()),
        .vpc_id = row.vpc_id.text()};
}

/// Adds the groups that the request names by name, in the default VPC. Source: a name may also be
/// an id (documented).
void add_named_groups(Session& session, const DescribeSecurityGroupsRequest& request,
                      ListQuery& wanted)
{
    if (request.group_names.empty()) {
        return;
    }
    const auto vpc = select_default_vpc(session.db(), session.account(), session.region());
    for (const auto& name : request.group_names) {
        auto group = select_security_group_named(session.db(), vpc->id, name);
        if (!group) {
            if (const auto id = SecurityGroupId::from_text(name)) {
                group =
                    select_security_group(session.db(), session.account(), session.region(), *id);
            }
        }
        if (!group) {
            throw group_name_not_found(name, vpc->id);
        }
        wanted.ids.push_back(group->id.text());
    }
}

std::vector<SecurityGroup> to_answers(Session& session, std::vector<SecurityGroupRow>&& rows)
{
    const PageTags tags(session, ids_of(rows));
    std::vector<SecurityGroup> answers;
    for (const auto& row : rows) {
        answers.push_back(to_security_group(session, tags, row));
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeSecurityGroups,
    .ids = {.member = &DescribeSecurityGroupsRequest::group_ids,
            .check = &check_ids<SecurityGroupId>,
            .before_filters = true,
            .require = &require_listed<kSecurityGroupList, SecurityGroupId, not_found>},
    .resolve = &add_named_groups,
    .select = &select_page<kSecurityGroupList>,
    .answers = &to_answers,
    .into = &DescribeSecurityGroupsResponse::security_groups};

}  // namespace

// Source: EC2 API Reference, DescribeSecurityGroups (documented); groups named by id and by name
// are described together (assumed).
DescribeSecurityGroupsResponse describe_security_groups(
    Session& session, const DescribeSecurityGroupsRequest& request)
{
    return describe<kDescribe>(session, request);
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_security_groups, kDefaultNetwork>(kDescribeSecurityGroups),
};

constexpr ResourceKind kKinds[] = {
    kind<SecurityGroupId, not_found>(kTaggableByOwner<kSecurityGroupColumns>),
};

}  // namespace

constinit const Family kSecurityGroups{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
