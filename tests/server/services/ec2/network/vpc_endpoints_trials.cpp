#include "tests/server/services/ec2/network/vpc_endpoints_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

constexpr const char* kS3 = "com.amazonaws.us-east-1.s3";
constexpr const char* kDynamoDb = "com.amazonaws.us-east-1.dynamodb";
constexpr const char* kEc2 = "com.amazonaws.us-east-1.ec2";
constexpr const char* kSsm = "com.amazonaws.us-east-1.ssm";

/// What an endpoint with interfaces takes, on top of a request for a gateway.
Parameters by_interface()
{
    return {{"VpcId", "{named_vpc}"}, {"ServiceName", kSsm}, {"VpcEndpointType", "Interface"}};
}

TrialTable trials()
{
    const Parameters configured =
        merged(by_interface(), {{"SubnetConfiguration.1.SubnetId", "{named_subnet}"},
                                {"SubnetConfiguration.1.Ipv4", "10.60.1.77"}});
    const Parameters of_interface{{"VpcEndpointId", "{interface_endpoint}"}};
    TrialTable table;
    table["CreateVpcEndpoint"] = {
        {{"VpcId", "{own_vpc}"}, {"ServiceName", kS3}},
        token_trial() + changes("VpcId", "{own_vpc_2}") + changes("ServiceName", kDynamoDb) +
            std::vector<Trial>{{"VpcEndpointType", by_interface()}} +
            changes("PolicyDocument", "{}") + changes("RouteTableId.1", "{free_table}") +
            changes("SubnetId.1", "{named_subnet}", by_interface()) +
            changes("SecurityGroupId.1", "{named_group}", by_interface()) +
            changes("PrivateDnsEnabled", "false", by_interface()) +
            changes("SubnetConfiguration.1.SubnetId", "{named_subnet_2}", by_interface()) +
            changes("SubnetConfiguration.1.Ipv4", "10.60.1.78", configured) +
            tag_trials("vpc-endpoint")};
    table["DescribeVpcEndpoints"] =
        describe_operation(filter_trials("vpc-endpoint-type", "Interface") + page_trials() +
                           changes("VpcEndpointId.1", "{gateway_endpoint}"));
    table["DeleteVpcEndpoints"] =
        either_of("VpcEndpointId.1", "{gateway_endpoint}", "{gateway_endpoint_2}");
    table["ModifyVpcEndpoint"] = {
        {{"VpcEndpointId", "{gateway_endpoint}"}},
        changes("VpcEndpointId", "{gateway_endpoint_2}", {{"ResetPolicy", "true"}}) +
            changes("ResetPolicy", "true") + changes("PolicyDocument", "{}") +
            changes("AddRouteTableId.1", "{free_table}") +
            changes("RemoveRouteTableId.1", "{endpoint_table}") +
            changes("AddSubnetId.1", "{named_subnet_2}", of_interface) +
            changes("RemoveSubnetId.1", "{named_subnet}", of_interface) +
            changes("AddSecurityGroupId.1", "{named_group_3}", of_interface) +
            changes("RemoveSecurityGroupId.1", "{named_group}", of_interface) +
            changes("PrivateDnsEnabled", "false", of_interface) +
            changes("SubnetConfiguration.1.SubnetId", "{named_subnet_2}", of_interface) +
            changes("SubnetConfiguration.1.Ipv4", "10.60.1.79",
                    merged(of_interface, {{"SubnetConfiguration.1.SubnetId", "{named_subnet}"}}))};
    table["DescribeVpcEndpointServices"] = describe_operation(
        filter_trials("service-type", "Gateway") + page_trials() + changes("ServiceName.1", kS3));
    return table;
}

std::vector<Telling> tellings()
{
    const Parameters named{{"VpcEndpointId.1", "{}"}};
    return {{"vpc_endpoint", "id", "DescribeVpcEndpoints", named},
            {"vpc_endpoint_route_table", "endpoint_id", "DescribeVpcEndpoints", named},
            {"vpc_endpoint_subnet", "endpoint_id", "DescribeVpcEndpoints", named},
            {"vpc_endpoint_group", "endpoint_id", "DescribeVpcEndpoints", named}};
}

std::string make_table(World& world)
{
    return world.must("CreateRouteTable", {{"VpcId", "{own_vpc}"}}).text("routeTable/routeTableId");
}

void add_gateways(World& world)
{
    world.set_id("free_table", make_table(world));
    for (int number = 1; number <= World::kOfEach; ++number) {
        Parameters request{{"VpcId", "{own_vpc}"},
                           {"ServiceName", kS3},
                           {"PolicyDocument", R"({"Statement":[]})"}};
        if (number <= 2) {
            const auto table = World::numbered("endpoint_table", number);
            world.set_id(table, make_table(world));
            request.emplace_back("RouteTableId.1", "{" + table + "}");
        }
        world.set_id(World::numbered("gateway_endpoint", number),
                     world.must("CreateVpcEndpoint", request).text("vpcEndpoint/vpcEndpointId"));
    }
}

void add_named_vpc(World& world)
{
    world.set_id("named_vpc",
                 world.must("CreateVpc", {{"CidrBlock", "10.60.0.0/16"}}).text("vpc/vpcId"));
    world.must("ModifyVpcAttribute",
               {{"VpcId", "{named_vpc}"}, {"EnableDnsHostnames.Value", "true"}});
    for (int number = 1; number <= 3; ++number) {
        const auto last = std::to_string(number);
        world.set_id(World::numbered("named_subnet", number),
                     world
                         .must("CreateSubnet",
                               {{"VpcId", "{named_vpc}"},
                                {"CidrBlock", "10.60." + last + ".0/24"},
                                {"AvailabilityZone", std::string("us-east-1") + "abc"[number - 1]}})
                         .text("subnet/subnetId"));
        world.set_id(World::numbered("named_group", number),
                     world
                         .must("CreateSecurityGroup", {{"GroupName", "named " + last},
                                                       {"GroupDescription", "of endpoints"},
                                                       {"VpcId", "{named_vpc}"}})
                         .text("groupId"));
    }
}

void add_to_world(World& world)
{
    add_gateways(world);
    add_named_vpc(world);
    world.set_id("interface_endpoint",
                 world
                     .must("CreateVpcEndpoint", {{"VpcId", "{named_vpc}"},
                                                 {"ServiceName", kEc2},
                                                 {"VpcEndpointType", "Interface"},
                                                 {"SubnetId.1", "{named_subnet}"},
                                                 {"SecurityGroupId.1", "{named_group}"},
                                                 {"SecurityGroupId.2", "{named_group_2}"}})
                     .text("vpcEndpoint/vpcEndpointId"));
}

}  // namespace

constinit const TrialSet kVpcEndpointsTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_to_world};

}  // namespace amilab::test
