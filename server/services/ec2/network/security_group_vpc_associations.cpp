#include "server/services/ec2/network/security_group_vpc_associations.h"
#include "server/wire/ec2/network/security_group_vpc_associations.h"

#include <fmt/format.h>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/security_groups.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/security_group_vpc_association_rows.h"

namespace amilab::ec2 {

namespace {

std::vector<SecurityGroupVpcAssociation> to_answers(
    Session& /*session*/, std::vector<SecurityGroupVpcAssociationRow>&& rows)
{
    std::vector<SecurityGroupVpcAssociation> answers;
    for (const auto& row : rows) {
        auto& answer = answers.emplace_back();
        answer.group_id = row.group_id.text();
        answer.group_owner_id = row.owner;
        answer.state = text_of(AssociationState::kAssociated);
        answer.vpc_id = row.vpc_id.text();
        answer.vpc_owner_id = row.owner;
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeSecurityGroupVpcAssociations,
    .select = &select_page<kSecurityGroupVpcAssociationList>,
    .key = &key_by<&SecurityGroupVpcAssociationRow::id>,
    .answers = &to_answers,
    .into = &DescribeSecurityGroupVpcAssociationsResponse::security_group_vpc_associations};

// Source: EC2 API Reference, AssociateSecurityGroupVpc: not a default group, not the default VPC,
// and a VPC of the same Region (documented); the refusals are assumed, and so is that groups of the
// default VPC may go elsewhere. It is associated at once (assumed).
AssociateSecurityGroupVpcResponse associate_security_group_vpc(
    Session& session, const AssociateSecurityGroupVpcRequest& request)
{
    parse_id<SecurityGroupId>(request.group_id);
    const auto vpc_id = parse_id<VpcId>(request.vpc_id);
    stop_if_dry_run(request);
    const auto group = require_group(session, request.group_id, std::nullopt);
    const auto vpc = require_vpc(session, vpc_id);
    if (group.name == kDefaultGroupName) {
        throw invalid_parameter_value("A default security group cannot be associated with a VPC.");
    }
    if (vpc.is_default) {
        throw invalid_parameter_value(
            "A security group cannot be associated with the default VPC.");
    }
    const SecurityGroupVpcAssociationRow row{
        .id = fmt::format("{}/{}", group.id.text(), vpc.id.text()),
        .region = session.region(),
        .owner = session.account(),
        .group_id = group.id,
        .vpc_id = vpc.id};
    if (group.vpc_id == vpc.id ||
        !insert_unless_there<kSecurityGroupVpcAssociationColumns>(session.db(), row)) {
        throw invalid_parameter_value(
            fmt::format("The security group '{}' is already associated with the VPC '{}'.",
                        group.id.text(), vpc.id.text()));
    }
    return {.state = std::string(text_of(AssociationState::kAssociating))};
}

// Source: EC2 API Reference, DescribeSecurityGroupVpcAssociations (documented).
DescribeSecurityGroupVpcAssociationsResponse describe_security_group_vpc_associations(
    Session& session, const DescribeSecurityGroupVpcAssociationsRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DisassociateSecurityGroupVpc: without interfaces that have it
// (documented), the refusals are assumed.
DisassociateSecurityGroupVpcResponse disassociate_security_group_vpc(
    Session& session, const DisassociateSecurityGroupVpcRequest& request)
{
    parse_id<SecurityGroupId>(request.group_id);
    const auto vpc_id = parse_id<VpcId>(request.vpc_id);
    stop_if_dry_run(request);
    const auto group = require_group(session, request.group_id, std::nullopt);
    const auto vpc = require_vpc(session, vpc_id);
    if (group.vpc_id != vpc.id && is_group_used_in(session.db(), group.id, vpc.id)) {
        throw has_dependent_object(group.id.text());
    }
    if (!delete_group_association(session.db(), group.id, vpc.id)) {
        throw invalid_parameter_value(
            fmt::format("The security group '{}' is not associated with the VPC '{}'.",
                        group.id.text(), vpc.id.text()));
    }
    return {.state = std::string(text_of(AssociationState::kDisassociating))};
}

void choose_vpc(Session& session, const GetSecurityGroupsForVpcRequest& request, ListQuery& wanted)
{
    wanted.among.emplace_back(
        kUsableIn, std::vector{require_vpc(session, parse_id<VpcId>(request.vpc_id)).id.text()});
}

SecurityGroupForVpc to_usable(const UsableGroupRow& row)
{
    SecurityGroupForVpc answer;
    answer.description = row.description;
    answer.group_id = row.id.text();
    answer.group_name = row.name;
    answer.owner_id = row.owner;
    answer.primary_vpc_id = row.primary_vpc_id.text();
    return answer;
}

constexpr DescribeSpec kForVpc{.schema = kGetSecurityGroupsForVpc,
                               .resolve = &choose_vpc,
                               .select = &select_page<kUsableGroupList>,
                               .answers = &answers_with_tags<&to_usable, UsableGroupRow>,
                               .into = &GetSecurityGroupsForVpcResponse::security_group_for_vpcs};

// Source: EC2 API Reference, GetSecurityGroupsForVpc (documented): the VPC's own groups and those
// that are associated with it.
GetSecurityGroupsForVpcResponse get_security_groups_for_vpc(
    Session& session, const GetSecurityGroupsForVpcRequest& request)
{
    return describe<kForVpc>(session, request);
}

constexpr Operation kOperations[] = {
    write<associate_security_group_vpc>(kAssociateSecurityGroupVpc),
    read<describe_security_group_vpc_associations>(kDescribeSecurityGroupVpcAssociations),
    write<disassociate_security_group_vpc>(kDisassociateSecurityGroupVpc),
    read<get_security_groups_for_vpc>(kGetSecurityGroupsForVpc),
};

}  // namespace

constinit const Family kSecurityGroupVpcAssociations{.operations = kOperations};

}  // namespace amilab::ec2
