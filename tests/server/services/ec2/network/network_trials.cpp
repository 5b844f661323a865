#include "tests/server/services/ec2/network/network_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

void add_vpcs(TrialTable& table)
{
    table["CreateVpc"] = {
        {{"CidrBlock", "10.90.0.0/16"}},
        changes("CidrBlock", "10.91.0.0/16") + changes("InstanceTenancy", "dedicated") +
            changes("AmazonProvidedIpv6CidrBlock", "true") +
            refused("Ipv6CidrBlockNetworkBorderGroup", "us-east-1") + tag_trials("vpc")};
    table["DescribeVpcs"] = describe_operation(filter_trials("is-default", "true") + page_trials() +
                                               changes("VpcId.1", "{vpc}"));
    table["DeleteVpc"] = either_of("VpcId", "{own_vpc_5}", "{own_vpc_6}");
    table["DescribeVpcAttribute"] = {
        {{"VpcId", "{vpc}"}, {"Attribute", "enableDnsHostnames"}},
        changes("VpcId", "{own_vpc}") + changes("Attribute", "enableDnsSupport")};
    table["ModifyVpcAttribute"] = {
        {{"VpcId", "{own_vpc}"}},
        changes("VpcId", "{own_vpc_2}", {{"EnableDnsHostnames.Value", "true"}}) +
            changes("EnableDnsHostnames.Value", "true") +
            changes("EnableDnsSupport.Value", "false") +
            changes("EnableNetworkAddressUsageMetrics.Value", "true")};
    table["CreateDefaultVpc"] = describe_operation({});
}

void add_subnets(TrialTable& table)
{
    table["CreateSubnet"] = {
        {{"VpcId", "{own_vpc}"}, {"CidrBlock", "10.0.64.0/24"}},
        changes("VpcId", "{own_vpc_2}") + changes("CidrBlock", "10.0.65.0/24") +
            changes("AvailabilityZone", "us-east-1c") + changes("AvailabilityZoneId", "use1-az1") +
            changes("Ipv6CidrBlock", "{ipv6_block_6}", {{"VpcId", "{ipv6_vpc}"}}) +
            changes(
                "Ipv6Native", "true",
                {{"VpcId", "{ipv6_vpc}"}, {"CidrBlock", ""}, {"Ipv6CidrBlock", "{ipv6_block_6}"}}) +
            tag_trials("subnet")};
    table["DescribeSubnets"] =
        describe_operation(filter_trials("availability-zone", "us-east-1b") + page_trials() +
                           changes("SubnetId.1", "{subnet}"));
    table["DeleteSubnet"] = either_of("SubnetId", "{plain_subnet}", "{plain_subnet_2}");
    table["ModifySubnetAttribute"] = {
        {{"SubnetId", "{own_subnet}"}},
        changes("SubnetId", "{own_subnet_2}", {{"MapPublicIpOnLaunch.Value", "true"}}) +
            changes("MapPublicIpOnLaunch.Value", "true") +
            changes("EnableResourceNameDnsARecordOnLaunch.Value", "true") +
            changes("EnableResourceNameDnsAAAARecordOnLaunch.Value", "true") +
            changes("PrivateDnsHostnameTypeOnLaunch", "resource-name") +
            changes("EnableDns64.Value", "true") +
            changes("AssignIpv6AddressOnCreation.Value", "true", {{"SubnetId", "{ipv6_subnet}"}})};
    table["CreateDefaultSubnet"] = {
        {},
        refused("AvailabilityZone", "us-east-1a") + refused("AvailabilityZoneId", "use1-az1") +
            refused("Ipv6Native", "true", {{"AvailabilityZone", "us-east-1a"}})};
}

void add_gateways(TrialTable& table)
{
    table["CreateInternetGateway"] = {{}, tag_trials("internet-gateway")};
    table["DescribeInternetGateways"] =
        describe_operation(filter_trials("attachment.vpc-id", "{vpc}") + page_trials() +
                           changes("InternetGatewayId.1", "{gateway}"));
    table["DeleteInternetGateway"] = either_of("InternetGatewayId", "{gateway_2}", "{gateway_3}");
    table["AttachInternetGateway"] = {
        {{"InternetGatewayId", "{gateway_2}"}, {"VpcId", "{own_vpc_2}"}},
        changes("InternetGatewayId", "{gateway_3}") + changes("VpcId", "{own_vpc_3}")};
    table["DetachInternetGateway"] = {
        {{"InternetGatewayId", "{gateway}"}, {"VpcId", "{own_vpc}"}},
        refused("InternetGatewayId", "{gateway_2}") + refused("VpcId", "{own_vpc_2}")};
}

/// What a route to 0.0.0.0/0 or the like may lead to in place of a gateway.
std::vector<Trial> target_trials()
{
    return changes("NatGatewayId", "{nat_gateway}", {{"GatewayId", ""}}) +
           refused("EgressOnlyInternetGatewayId", "{egress_only_gateway}", {{"GatewayId", ""}}) +
           refused("NetworkInterfaceId", "{interface}", {{"GatewayId", ""}}) +
           refused("InstanceId", "i-0123456789abcdef0", {{"GatewayId", ""}}) +
           changes("VpcPeeringConnectionId", "{peering}", {{"GatewayId", ""}});
}

void add_route_tables(TrialTable& table)
{
    table["CreateRouteTable"] = {
        {{"VpcId", "{own_vpc}"}},
        changes("VpcId", "{own_vpc_2}") + token_trial() + tag_trials("route-table")};
    table["DescribeRouteTables"] =
        describe_operation(filter_trials("vpc-id", "{own_vpc_2}") + page_trials() +
                           changes("RouteTableId.1", "{route_table}"));
    table["DeleteRouteTable"] = either_of("RouteTableId", "{route_table}", "{route_table_2}");
    table["AssociateRouteTable"] = {
        {{"RouteTableId", "{route_table}"}, {"SubnetId", "{own_subnet}"}},
        changes("RouteTableId", "{route_table_2}") + changes("SubnetId", "{own_subnet_2}") +
            refused("GatewayId", "igw-0123456789abcdef0", {{"SubnetId", ""}})};
    table["DisassociateRouteTable"] =
        either_of("AssociationId", "{route_association}", "{route_association_2}");
    table["ReplaceRouteTableAssociation"] = {
        {{"AssociationId", "{route_association}"}, {"RouteTableId", "{route_table_2}"}},
        changes("AssociationId", "{route_association_2}") +
            changes("RouteTableId", "{route_table}")};
    table["CreateRoute"] = {
        {{"RouteTableId", "{route_table}"},
         {"DestinationCidrBlock", "192.168.0.0/16"},
         {"GatewayId", "{gateway}"}},
        changes("RouteTableId", "{route_table_2}") +
            changes("DestinationCidrBlock", "192.168.0.0/17") +
            changes("DestinationIpv6CidrBlock", "::/0", {{"DestinationCidrBlock", ""}}) +
            changes("DestinationPrefixListId", "{prefix_list}", {{"DestinationCidrBlock", ""}}) +
            refused("GatewayId", "{gateway_2}") + target_trials()};
    table["ReplaceRoute"] = {{{"RouteTableId", "{route_table}"},
                              {"DestinationCidrBlock", "0.0.0.0/0"},
                              {"GatewayId", "{gateway}"}},
                             refused("RouteTableId", "rtb-0123456789abcdef0") +
                                 refused("DestinationCidrBlock", "10.9.0.0/16") +
                                 refused("DestinationIpv6CidrBlock", "::/0") +
                                 refused("DestinationPrefixListId", "{prefix_list}") +
                                 refused("GatewayId", "{gateway_2}") + target_trials() +
                                 refused("LocalTarget", "true")};
    table["DeleteRoute"] = {
        {{"RouteTableId", "{route_table}"}, {"DestinationCidrBlock", "0.0.0.0/0"}},
        changes("RouteTableId", "{route_table_2}") +
            refused("DestinationCidrBlock", "10.0.0.0/16") +
            refused("DestinationIpv6CidrBlock", "::/0") +
            refused("DestinationPrefixListId", "{prefix_list}")};
}

Parameters acl_entry(const Parameters& more = {})
{
    return merged({{"NetworkAclId", "{acl}"},
                   {"Egress", "false"},
                   {"RuleNumber", "200"},
                   {"Protocol", "6"},
                   {"RuleAction", "allow"},
                   {"CidrBlock", "10.0.0.0/8"},
                   {"PortRange.From", "80"},
                   {"PortRange.To", "80"}},
                  more);
}

/// What the two calls that say a whole entry have alike.
std::vector<Trial> entry_trials(const std::string& other_rule)
{
    const Parameters ping{{"Protocol", "1"}, {"Icmp.Type", "8"}, {"Icmp.Code", "-1"}};
    return changes("NetworkAclId", "{acl_2}") + changes("Egress", "true") +
           changes("RuleNumber", other_rule) + changes("Protocol", "17") +
           changes("RuleAction", "deny") + changes("CidrBlock", "10.0.0.0/9") +
           refused("Ipv6CidrBlock", "2001:db8::/32") + changes("PortRange.From", "79") +
           changes("PortRange.To", "81") + changes("Icmp.Type", "0", ping) +
           changes("Icmp.Code", "0", ping);
}

void add_acls(TrialTable& table)
{
    table["CreateNetworkAcl"] = {
        {{"VpcId", "{own_vpc}"}},
        changes("VpcId", "{own_vpc_2}") + token_trial() + tag_trials("network-acl")};
    table["DescribeNetworkAcls"] =
        describe_operation(filter_trials("vpc-id", "{own_vpc_2}") + page_trials() +
                           changes("NetworkAclId.1", "{acl}"));
    table["DeleteNetworkAcl"] = either_of("NetworkAclId", "{acl}", "{acl_2}");
    table["ReplaceNetworkAclAssociation"] = {
        {{"AssociationId", "{acl_association}"}, {"NetworkAclId", "{acl}"}},
        changes("AssociationId", "{acl_association_2}") + changes("NetworkAclId", "{acl_2}")};
    table["CreateNetworkAclEntry"] = {acl_entry(), entry_trials("201")};
    table["ReplaceNetworkAclEntry"] = {acl_entry({{"RuleNumber", "100"}}), entry_trials("101")};
    table["DeleteNetworkAclEntry"] = {
        {{"NetworkAclId", "{acl}"}, {"Egress", "false"}, {"RuleNumber", "100"}},
        changes("NetworkAclId", "{acl_2}") + changes("Egress", "true") +
            changes("RuleNumber", "101")};
}

void add_dhcp_options(TrialTable& table)
{
    table["CreateDhcpOptions"] = {
        {{"DhcpConfiguration.1.Key", "domain-name"}, {"DhcpConfiguration.1.Value.1", "a.example"}},
        changes("DhcpConfiguration.1.Key", "netbios-name-servers") +
            changes("DhcpConfiguration.1.Value.1", "b.example") + tag_trials("dhcp-options")};
    table["DescribeDhcpOptions"] =
        describe_operation(filter_trials("value", "AmazonProvidedDNS") + page_trials() +
                           changes("DhcpOptionsId.1", "{dhcp_options}"));
    table["DeleteDhcpOptions"] = either_of("DhcpOptionsId", "{dhcp_options}", "{dhcp_options_2}");
    table["AssociateDhcpOptions"] = {
        {{"DhcpOptionsId", "{dhcp_options}"}, {"VpcId", "{own_vpc}"}},
        changes("DhcpOptionsId", "default") + changes("VpcId", "{own_vpc_2}")};
}

TrialTable trials()
{
    TrialTable table;
    add_vpcs(table);
    add_subnets(table);
    add_gateways(table);
    add_route_tables(table);
    add_acls(table);
    add_dhcp_options(table);
    table["DescribeAccountAttributes"] =
        describe_operation(changes("AttributeName.1", "supported-platforms"));
    return table;
}

std::vector<Telling> tellings()
{
    const auto filtered = [](const char* name) {
        return Parameters{{"Filter.1.Name", name}, {"Filter.1.Value.1", "{}"}};
    };
    return {
        {"vpc", "id", "DescribeVpcs", {{"VpcId.1", "{}"}}},
        {"vpc", "id", "DescribeVpcAttribute", {{"VpcId", "{}"}, {"Attribute", "enableDnsSupport"}}},
        {"vpc",
         "id",
         "DescribeVpcAttribute",
         {{"VpcId", "{}"}, {"Attribute", "enableDnsHostnames"}}},
        {"vpc",
         "id",
         "DescribeVpcAttribute",
         {{"VpcId", "{}"}, {"Attribute", "enableNetworkAddressUsageMetrics"}}},
        {"subnet", "id", "DescribeSubnets", {{"SubnetId.1", "{}"}}},
        {"internet_gateway", "id", "DescribeInternetGateways", {{"InternetGatewayId.1", "{}"}}},
        {"route_table", "id", "DescribeRouteTables", {{"RouteTableId.1", "{}"}}},
        {"route", "route_table_id", "DescribeRouteTables", {{"RouteTableId.1", "{}"}}},
        {"route_table_association", "id", "DescribeRouteTables",
         filtered("association.route-table-association-id")},
        {"network_acl", "id", "DescribeNetworkAcls", {{"NetworkAclId.1", "{}"}}},
        {"network_acl_entry", "network_acl_id", "DescribeNetworkAcls", {{"NetworkAclId.1", "{}"}}},
        {"network_acl_association", "id", "DescribeNetworkAcls",
         filtered("association.association-id")},
        {"dhcp_options", "id", "DescribeDhcpOptions", {{"DhcpOptionsId.1", "{}"}}},
        {"dhcp_option_value",
         "dhcp_options_id",
         "DescribeDhcpOptions",
         {{"DhcpOptionsId.1", "{}"}}}};
}

/// Makes one of each of own_vpc, gateway and dhcp_options, of which there are kOfEach.
void add_own_vpc(World& world, int number)
{
    const auto vpc = World::numbered("own_vpc", number);
    world.set_id(vpc, world.must("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}).text("vpc/vpcId"));
    world.set_id(World::numbered("gateway", number),
                 world.must("CreateInternetGateway").text("internetGateway/internetGatewayId"));
    world.set_id(World::numbered("dhcp_options", number),
                 world
                     .must("CreateDhcpOptions",
                           {{"DhcpConfiguration.1.Key", "domain-name"},
                            {"DhcpConfiguration.1.Value.1", "example." + std::to_string(number)}})
                     .text("dhcpOptions/dhcpOptionsId"));
}

/// Makes one of each of own_subnet, route_table with a route, acl with rules, and of what ties
/// them: all of them in own_vpc, whose gateway is there.
void add_own_subnet(World& world, int number)
{
    const auto name = [&](const char* kind) { return World::numbered(kind, number); };
    world.set_id(
        name("own_subnet"),
        world
            .must("CreateSubnet", {{"VpcId", "{own_vpc}"},
                                   {"CidrBlock", "10.0." + std::to_string(number) + ".0/24"}})
            .text("subnet/subnetId"));
    const auto acls = world.must("DescribeNetworkAcls",
                                 filter("association.subnet-id", "{" + name("own_subnet") + "}"));
    for (const auto& one :
         acls.root().child("networkAclSet").child("item").child("associationSet")) {
        if (one.child_value("subnetId") == world.id(name("own_subnet"))) {
            world.set_id(name("acl_association"), one.child_value("networkAclAssociationId"));
        }
    }
    world.set_id(
        name("route_table"),
        world.must("CreateRouteTable", {{"VpcId", "{own_vpc}"}}).text("routeTable/routeTableId"));
    world.must("CreateRoute", {{"RouteTableId", "{" + name("route_table") + "}"},
                               {"DestinationCidrBlock", "0.0.0.0/0"},
                               {"GatewayId", "{gateway}"}});
    world.set_id(
        name("acl"),
        world.must("CreateNetworkAcl", {{"VpcId", "{own_vpc}"}}).text("networkAcl/networkAclId"));
    for (const auto* rule : {"100", "101"}) {
        for (const auto* egress : {"false", "true"}) {
            world.must("CreateNetworkAclEntry", {{"NetworkAclId", "{" + name("acl") + "}"},
                                                 {"Egress", egress},
                                                 {"RuleNumber", rule},
                                                 {"Protocol", "-1"},
                                                 {"RuleAction", "allow"},
                                                 {"CidrBlock", "10.0.0.0/8"}});
        }
    }
}

/// Ties two more subnets to a route table of their own.
void add_route_associations(World& world)
{
    world.set_id(
        "tied_table",
        world.must("CreateRouteTable", {{"VpcId", "{own_vpc}"}}).text("routeTable/routeTableId"));
    for (const int number : {1, 2}) {
        const auto subnet =
            world
                .must("CreateSubnet", {{"VpcId", "{own_vpc}"},
                                       {"CidrBlock", "10.0.3" + std::to_string(number) + ".0/24"}})
                .text("subnet/subnetId");
        world.set_id(World::numbered("route_association", number),
                     world
                         .must("AssociateRouteTable",
                               {{"RouteTableId", "{tied_table}"}, {"SubnetId", subnet}})
                         .text("associationId"));
    }
}

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
    for (int number = 1; number <= World::kOfEach; ++number) {
        add_own_vpc(world, number);
    }
    world.must("AttachInternetGateway",
               {{"InternetGatewayId", "{gateway}"}, {"VpcId", "{own_vpc}"}});
    add_own_subnet(world, 1);
    add_own_subnet(world, 2);
    add_route_associations(world);
}

constinit const TrialSet kNetworkTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_network};

}  // namespace amilab::test
