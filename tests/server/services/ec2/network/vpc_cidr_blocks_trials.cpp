#include "tests/server/services/ec2/network/vpc_cidr_blocks_trials.h"

#include "storage/metadata/network/ipv6_block.h"
#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

TrialTable trials()
{
    TrialTable table;
    table["AssociateVpcCidrBlock"] = {
        {{"VpcId", "{ipv6_vpc}"}},
        changes("VpcId", "{own_vpc_2}", {{"CidrBlock", "10.2.0.0/16"}}) +
            changes("CidrBlock", "10.2.0.0/16") + changes("AmazonProvidedIpv6CidrBlock", "true") +
            refused("Ipv6CidrBlockNetworkBorderGroup", "nowhere",
                    {{"AmazonProvidedIpv6CidrBlock", "true"}})};
    table["DisassociateVpcCidrBlock"] =
        either_of("AssociationId", "{secondary_association}", "{secondary_association_2}");
    table["AssociateSubnetCidrBlock"] = {
        {{"SubnetId", "{plain_subnet}"}, {"Ipv6CidrBlock", "{ipv6_block_5}"}},
        changes("SubnetId", "{plain_subnet_2}") + changes("Ipv6CidrBlock", "{ipv6_block_6}")};
    table["DisassociateSubnetCidrBlock"] =
        either_of("AssociationId", "{subnet_association_2}", "{subnet_association_3}");
    table["ModifyVpcTenancy"] = {
        {{"VpcId", "{dedicated_vpc}"}, {"InstanceTenancy", "default"}},
        changes("VpcId", "{dedicated_vpc_2}") + refused("InstanceTenancy", "dedicated")};
    table["AssociateSecurityGroupVpc"] = {
        {{"GroupId", "{group_2}"}, {"VpcId", "{own_vpc_2}"}},
        changes("GroupId", "{group_3}") + changes("VpcId", "{own_vpc_3}")};
    table["DescribeSecurityGroupVpcAssociations"] =
        describe_operation(filter_trials("group-id", "{group_2}") + page_trials());
    table["GetSecurityGroupsForVpc"] = {
        {{"VpcId", "{own_vpc}"}},
        changes("VpcId", "{own_vpc_2}") + filter_trials("group-name", "default") + page_trials()};
    table["DisassociateSecurityGroupVpc"] = {
        {{"GroupId", "{group_2}"}, {"VpcId", "{own_vpc}"}},
        changes("GroupId", "{group_3}") + changes("VpcId", "{own_vpc_4}")};
    table["AssignIpv6Addresses"] = {
        {{"NetworkInterfaceId", "{ipv6_interface}"}},
        changes("NetworkInterfaceId", "{ipv6_interface_2}", {{"Ipv6AddressCount", "1"}}) +
            changes("Ipv6AddressCount", "2") + changes("Ipv6Addresses.1", "{free_ipv6}") +
            changes("Ipv6PrefixCount", "1") + changes("Ipv6Prefix.1", "{free_prefix}")};
    table["UnassignIpv6Addresses"] = {
        {{"NetworkInterfaceId", "{ipv6_interface}"}, {"Ipv6Addresses.1", "{ipv6_address}"}},
        refused("NetworkInterfaceId", "{ipv6_interface_2}") +
            refused("Ipv6Addresses.1", "{free_ipv6}") + changes("Ipv6Prefix.1", "{ipv6_prefix}")};
    return table;
}

std::vector<Telling> tellings()
{
    return {
        {"vpc_cidr_block",
         "id",
         "DescribeVpcs",
         {{"Filter.1.Name", "cidr-block-association.association-id"}, {"Filter.1.Value.1", "{}"}}},
        {"vpc_cidr_block",
         "id",
         "DescribeVpcs",
         {{"Filter.1.Name", "ipv6-cidr-block-association.association-id"},
          {"Filter.1.Value.1", "{}"}}},
        {"security_group_vpc_association", "id", "DescribeSecurityGroupVpcAssociations", {}},
        {"interface_ipv6_address",
         "interface_id",
         "DescribeNetworkInterfaces",
         {{"NetworkInterfaceId.1", "{}"}}}};
}

std::string make_subnet(World& world, const std::string& block, const Parameters& more = {})
{
    return world.must("CreateSubnet", merged({{"VpcId", "{ipv6_vpc}"}, {"CidrBlock", block}}, more))
        .text("subnet/subnetId");
}

void add_blocks(World& world)
{
    const auto vpc = world.must(
        "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}, {"AmazonProvidedIpv6CidrBlock", "true"}});
    world.set_id("ipv6_vpc", vpc.text("vpc/vpcId"));
    const auto block =
        *Ipv6Block::from_text(vpc.text("vpc/ipv6CidrBlockAssociationSet/item/ipv6CidrBlock"));
    for (int number = 1; number <= World::kOfEach; ++number) {
        world.set_id(World::numbered("ipv6_block", number),
                     block.part(64, static_cast<std::uint64_t>(number)).text());
    }
    world.set_id("free_ipv6", block.part(64, 1).part(128, 77).base.text());
    world.set_id("free_prefix", block.part(64, 1).part(80, 77).text());
    world.set_id("ipv6_prefix", block.part(64, 1).part(80, 78).text());
    for (const auto& [name, more] : {std::pair{"secondary_association", "10.1.0.0/16"},
                                     std::pair{"secondary_association_2", "10.3.0.0/16"}}) {
        world.set_id(
            name,
            world.must("AssociateVpcCidrBlock", {{"VpcId", "{ipv6_vpc}"}, {"CidrBlock", more}})
                .text("cidrBlockAssociation/associationId"));
    }
    for (const auto* name : {"dedicated_vpc", "dedicated_vpc_2"}) {
        world.set_id(name, world
                               .must("CreateVpc", {{"CidrBlock", "10.0.0.0/16"},
                                                   {"InstanceTenancy", "dedicated"}})
                               .text("vpc/vpcId"));
    }
}

void add_subnets(World& world)
{
    for (const int number : {1, 2, 3}) {
        const auto subnet =
            make_subnet(world, "10.0." + std::to_string(number) + ".0/24",
                        {{"Ipv6CidrBlock", "{" + World::numbered("ipv6_block", number) + "}"}});
        world.set_id(World::numbered("ipv6_subnet", number), subnet);
        world.set_id(World::numbered("subnet_association", number),
                     world.must("DescribeSubnets", {{"SubnetId.1", subnet}})
                         .text("subnetSet/item/ipv6CidrBlockAssociationSet/item/associationId"));
    }
    world.set_id("plain_subnet", make_subnet(world, "10.0.4.0/24"));
    world.set_id("plain_subnet_2", make_subnet(world, "10.0.5.0/24"));
}

void associate_groups(World& world)
{
    for (int number = 2; number <= World::kOfEach; ++number) {
        world.must(
            "AssociateSecurityGroupVpc",
            {{"GroupId", "{" + World::numbered("group", number) + "}"}, {"VpcId", "{own_vpc}"}});
    }
    world.must("AssociateSecurityGroupVpc", {{"GroupId", "{group_2}"}, {"VpcId", "{own_vpc_4}"}});
}

void add_to_world(World& world)
{
    associate_groups(world);
    add_blocks(world);
    add_subnets(world);
    const std::string made = "networkInterface/networkInterfaceId";
    const auto interface = world.must("CreateNetworkInterface",
                                      {{"SubnetId", "{ipv6_subnet}"}, {"Ipv6AddressCount", "1"}});
    world.set_id("ipv6_interface", interface.text(made));
    world.set_id("ipv6_address", interface.text("networkInterface/ipv6Address"));
    world.must("AssignIpv6Addresses",
               {{"NetworkInterfaceId", "{ipv6_interface}"}, {"Ipv6Prefix.1", "{ipv6_prefix}"}});
    world.set_id("ipv6_interface_2",
                 world.must("CreateNetworkInterface", {{"SubnetId", "{ipv6_subnet}"}}).text(made));
}

}  // namespace

constinit const TrialSet kVpcCidrBlocksTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_to_world};

}  // namespace amilab::test
