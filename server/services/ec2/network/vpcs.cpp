#include "server/services/ec2/network/vpcs.h"

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/wire/ec2/network/vpcs.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/vpc_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: what a default VPC's answer holds (observed).
Vpc to_vpc(const PageTags& tags, const VpcRow& row)
{
    return {
        .block_public_access_states = BlockPublicAccessStates{"off"},
        .cidr_block = row.cidr_block,
        .cidr_block_association_set = {{.association_id = row.cidr_association_id,
                                        .cidr_block = row.cidr_block,
                                        .cidr_block_state = VpcCidrBlockState{"associated", {}}}},
        .dhcp_options_id = row.dhcp_options_id,
        .instance_tenancy = "default",
        .is_default = row.is_default,
        .owner_id = row.owner,
        .state = "available",
        .tags = tags.of(row.id.text()),
        .vpc_id = row.id.text()};
}

std::vector<Vpc> to_answers(Session& session, std::vector<VpcRow>&& rows)
{
    const PageTags tags(session, ids_of(rows));
    std::vector<Vpc> answers;
    for (const auto& row : rows) {
        answers.push_back(to_vpc(tags, row));
    }
    return answers;
}

constexpr DescribeSpec kDescribe{.schema = kDescribeVpcs,
                                 .ids = {.member = &DescribeVpcsRequest::vpc_ids,
                                         .check = &check_ids<VpcId>,
                                         .before_filters = true,
                                         .require = &require_listed<kVpcList, VpcId, not_found>},
                                 .select = &select_page<kVpcList>,
                                 .answers = &to_answers,
                                 .into = &DescribeVpcsResponse::vpcs};

}  // namespace

// Source: EC2 API Reference, DescribeVpcs (documented); ids together with MaxResults are taken
// (assumed: the documentation forbids it elsewhere, not here).
DescribeVpcsResponse describe_vpcs(Session& session, const DescribeVpcsRequest& request)
{
    return describe<kDescribe>(session, request);
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_vpcs, kDefaultNetwork>(kDescribeVpcs),
};

constexpr ResourceKind kKinds[] = {
    kind<VpcId, not_found>(kTaggableByOwner<kVpcColumns>),
};

}  // namespace

constinit const Family kVpcs{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
