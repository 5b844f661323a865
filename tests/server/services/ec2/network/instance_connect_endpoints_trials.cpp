#include "tests/server/services/ec2/network/instance_connect_endpoints_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

TrialTable trials()
{
    TrialTable table;
    table["CreateInstanceConnectEndpoint"] = {
        {{"SubnetId", "{connect_subnet}"}},
        // A VPC has one: a second call without a token is refused.
        changes("ClientToken", "once") + changes("SubnetId", "{connect_subnet_2}") +
            changes("SecurityGroupId.1", "{connect_subnet_group}") +
            changes("PreserveClientIp", "true") + refused("IpAddressType", "dualstack") +
            tag_trials("instance-connect-endpoint")};
    table["DescribeInstanceConnectEndpoints"] =
        describe_operation(filter_trials("instance-connect-endpoint-id", "{connect_endpoint}") +
                           changes("MaxResults", "2") + refused("NextToken", "bm90IG91cnM=") +
                           changes("InstanceConnectEndpointId.1", "{connect_endpoint}"));
    table["ModifyInstanceConnectEndpoint"] = {
        {{"InstanceConnectEndpointId", "{connect_endpoint}"}, {"PreserveClientIp", "false"}},
        changes("InstanceConnectEndpointId", "{connect_endpoint_2}") +
            changes("SecurityGroupId.1", "{connect_group}") + changes("PreserveClientIp", "true")};
    table["DeleteInstanceConnectEndpoint"] =
        either_of("InstanceConnectEndpointId", "{connect_endpoint}", "{connect_endpoint_2}");
    return table;
}

std::vector<Telling> tellings()
{
    return {{"instance_connect_endpoint",
             "id",
             "DescribeInstanceConnectEndpoints",
             {{"InstanceConnectEndpointId.1", "{}"}}}};
}

std::string make_group(World& world, const std::string& vpc)
{
    return world
        .must("CreateSecurityGroup",
              {{"GroupName", "connect"}, {"GroupDescription", "of endpoints"}, {"VpcId", vpc}})
        .text("groupId");
}

/// A subnet of a VPC of its own, whose id is under the name of the subnet and "_vpc".
void add_subnet(World& world, const std::string& name, int number)
{
    const auto begin = "10.8" + std::to_string(number);
    world.set_id(name + "_vpc",
                 world.must("CreateVpc", {{"CidrBlock", begin + ".0.0/16"}}).text("vpc/vpcId"));
    world.set_id(name, world
                           .must("CreateSubnet", {{"VpcId", "{" + name + "_vpc}"},
                                                  {"CidrBlock", begin + ".0.0/24"}})
                           .text("subnet/subnetId"));
}

void add_to_world(World& world)
{
    for (int number = 1; number <= 3; ++number) {
        const auto subnet = World::numbered("ended_subnet", number);
        add_subnet(world, subnet, number);
        world.set_id(World::numbered("connect_endpoint", number),
                     world.must("CreateInstanceConnectEndpoint", {{"SubnetId", "{" + subnet + "}"}})
                         .text("instanceConnectEndpoint/instanceConnectEndpointId"));
    }
    world.set_id("connect_group", make_group(world, "{ended_subnet_vpc}"));
    add_subnet(world, "connect_subnet", 4);
    add_subnet(world, "connect_subnet_2", 5);
    world.set_id("connect_subnet_group", make_group(world, "{connect_subnet_vpc}"));
}

}  // namespace

constinit const TrialSet kInstanceConnectEndpointsTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_to_world};

}  // namespace amilab::test
