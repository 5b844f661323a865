#include "server/services/ec2/network/subnets.h"

#include "server/calls/arns.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/wire/ec2/network/subnets.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/subnet_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: what a default subnet's answer holds (observed).
Subnet to_subnet(Session& session, const PageTags& tags, const SubnetRow& row)
{
    return {.assign_ipv6_address_on_creation = false,
            .availability_zone = row.zone,
            .availability_zone_id = row.zone_id,
            .available_ip_address_count = row.available_addresses,
            .block_public_access_states = BlockPublicAccessStates{"off"},
            .cidr_block = row.cidr_block,
            .default_for_az = row.default_for_zone,
            .enable_dns64 = false,
            .ipv6_native = false,
            .map_customer_owned_ip_on_launch = false,
            .map_public_ip_on_launch = row.map_public_ip_on_launch,
            .owner_id = row.owner,
            .private_dns_name_options_on_launch =
                PrivateDnsNameOptionsOnLaunch{.enable_resource_name_dns_aaaa_record = false,
                                              .enable_resource_name_dns_a_record = false,
                                              .hostname_type = "ip-name"},
            .state = "available",
            .subnet_arn = resource_arn(session, "subnet", row.id.text()),
            .subnet_id = row.id.text(),
            .tags = tags.of(row.id.text()),
            .vpc_id = row.vpc_id.text()};
}

std::vector<Subnet> to_answers(Session& session, std::vector<SubnetRow>&& rows)
{
    const PageTags tags(session, ids_of(rows));
    std::vector<Subnet> answers;
    for (const auto& row : rows) {
        answers.push_back(to_subnet(session, tags, row));
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeSubnets,
    .ids = {.member = &DescribeSubnetsRequest::subnet_ids,
            .check = &check_ids<SubnetId>,
            .before_filters = true,
            .require = &require_listed<kSubnetList, SubnetId, not_found>},
    .select = &select_page<kSubnetList>,
    .answers = &to_answers,
    .into = &DescribeSubnetsResponse::subnets};

}  // namespace

// Source: EC2 API Reference, DescribeSubnets (documented).
DescribeSubnetsResponse describe_subnets(Session& session, const DescribeSubnetsRequest& request)
{
    return describe<kDescribe>(session, request);
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_subnets, kDefaultNetwork>(kDescribeSubnets),
};

constexpr ResourceKind kKinds[] = {
    kind<SubnetId, not_found>(kTaggableByOwner<kSubnetColumns>),
};

}  // namespace

constinit const Family kSubnets{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
