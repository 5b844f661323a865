#include "tests/server/services/ec2/network/network_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

TrialTable trials()
{
    TrialTable table;
    table["DescribeSubnets"] =
        describe_operation(filter_trials("availability-zone", "us-east-1b") + page_trials() +
                           changes("SubnetId.1", "{subnet}"));
    table["DescribeVpcs"] = describe_operation(
        filter_trials("is-default", "true") + same("MaxResults", "5") +
        refused("NextToken", "bm90IG91cnM=") + refused("VpcId.1", "vpc-0123456789abcdef0"));
    return table;
}

constexpr WithoutEffect kWithoutEffect[] = {
    {"DescribeVpcs MaxResults", "there is one VPC, the smallest page has five"},
};

}  // namespace

void add_network(World& world)
{
    world.set_id("vpc", world.must("DescribeVpcs").text("vpcSet/item/vpcId"));
    world.set_id("subnet", world
                               .must("DescribeSubnets", {{"Filter.1.Name", "availability-zone"},
                                                         {"Filter.1.Value.1", "us-east-1b"}})
                               .text("subnetSet/item/subnetId"));
    world.set_id("group",
                 world.must("DescribeSecurityGroups").text("securityGroupInfo/item/groupId"));
    world.set_id("group_name", "default");
}

constinit const TrialSet kNetworkTrials{
    .trials = trials, .without_effect = kWithoutEffect, .add_to_world = add_network};

}  // namespace amilab::test
