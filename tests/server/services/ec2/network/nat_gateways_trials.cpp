#include "tests/server/services/ec2/network/nat_gateways_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

void add_nat_gateways(TrialTable& table)
{
    table["CreateNatGateway"] = {
        {{"SubnetId", "{own_subnet}"}, {"AllocationId", "{allocation}"}},
        token_trial() + changes("SubnetId", "{own_subnet_2}") +
            changes("AllocationId", "{public_allocation}") +
            refused("ConnectivityType", "private") + changes("PrivateIpAddress", "10.0.1.77") +
            changes("SecondaryAllocationId.1", "{public_allocation}") +
            refused("SecondaryPrivateIpAddress.1", "10.0.1.78") +
            refused("SecondaryPrivateIpAddressCount", "1") + tag_trials("natgateway")};
    table["DescribeNatGateways"] =
        describe_operation(filter_trials("subnet-id", "{own_subnet_2}") + page_trials() +
                           changes("NatGatewayId.1", "{nat_gateway}"));
    table["DeleteNatGateway"] = either_of("NatGatewayId", "{nat_gateway}", "{nat_gateway_2}");
    table["AssociateNatGatewayAddress"] = {
        {{"NatGatewayId", "{public_nat}"}, {"AllocationId.1", "{allocation}"}},
        refused("NatGatewayId", "{nat_gateway}") +
            refused("AllocationId.1", "{public_allocation}") +
            changes("PrivateIpAddress.1", "10.0.1.79")};
    table["DisassociateNatGatewayAddress"] = {
        {{"NatGatewayId", "{public_nat}"}, {"AssociationId.1", "{nat_association}"}},
        refused("NatGatewayId", "{nat_gateway}") +
            refused("AssociationId.1", "eipassoc-0123456789abcdef0") +
            same("MaxDrainDurationSeconds", "10")};
    table["AssignPrivateNatGatewayAddress"] = {
        {{"NatGatewayId", "{nat_gateway}"}},
        changes("NatGatewayId", "{nat_gateway_2}", {{"PrivateIpAddressCount", "1"}}) +
            changes("PrivateIpAddressCount", "1") + changes("PrivateIpAddress.1", "10.0.1.80")};
    table["UnassignPrivateNatGatewayAddress"] = {
        {{"NatGatewayId", "{nat_gateway}"}, {"PrivateIpAddress.1", "{nat_address}"}},
        refused("NatGatewayId", "{nat_gateway_2}") + refused("PrivateIpAddress.1", "10.0.1.81") +
            same("MaxDrainDurationSeconds", "10")};
}

TrialTable trials()
{
    TrialTable table;
    add_nat_gateways(table);
    table["CreateEgressOnlyInternetGateway"] = {{{"VpcId", "{own_vpc}"}},
                                                token_trial() + changes("VpcId", "{own_vpc_2}") +
                                                    tag_trials("egress-only-internet-gateway")};
    table["DescribeEgressOnlyInternetGateways"] =
        describe_operation(filter_trials("tag-key", "kept") + page_trials() +
                           changes("EgressOnlyInternetGatewayId.1", "{egress_only_gateway}"));
    table["DeleteEgressOnlyInternetGateway"] = either_of(
        "EgressOnlyInternetGatewayId", "{egress_only_gateway}", "{egress_only_gateway_2}");
    return table;
}

constexpr const char* kNothingToDrain = "nothing carries packets, so that nothing is drained";
constexpr WithoutEffect kWithoutEffect[] = {
    {"DisassociateNatGatewayAddress MaxDrainDurationSeconds", kNothingToDrain},
    {"UnassignPrivateNatGatewayAddress MaxDrainDurationSeconds", kNothingToDrain},
};

std::vector<Telling> tellings()
{
    return {{"nat_gateway", "id", "DescribeNatGateways", {{"NatGatewayId.1", "{}"}}},
            {"egress_only_gateway",
             "id",
             "DescribeEgressOnlyInternetGateways",
             {{"EgressOnlyInternetGatewayId.1", "{}"}}}};
}

std::string make_private(World& world, const std::string& subnet, const std::string& address)
{
    return world
        .must("CreateNatGateway", {{"SubnetId", subnet},
                                   {"ConnectivityType", "private"},
                                   {"SecondaryPrivateIpAddress.1", address}})
        .text("natGateway/natGatewayId");
}

void add_public_nat(World& world)
{
    for (const auto* name : {"public_allocation", "more_allocation"}) {
        world.set_id(name, world.must("AllocateAddress").text("allocationId"));
    }
    world.set_id("public_nat",
                 world
                     .must("CreateNatGateway", {{"SubnetId", "{own_subnet}"},
                                                {"AllocationId", "{public_allocation}"},
                                                {"SecondaryAllocationId.1", "{more_allocation}"}})
                     .text("natGateway/natGatewayId"));
    world.set_id("nat_association",
                 world.must("DescribeAddresses", {{"AllocationId.1", "{more_allocation}"}})
                     .text("addressesSet/item/associationId"));
}

void add_to_world(World& world)
{
    for (int number = 1; number <= World::kOfEach; ++number) {
        const auto address = "10.0.1.10" + std::to_string(number);
        world.set_id(World::numbered("nat_address", number), address);
        world.set_id(World::numbered("nat_gateway", number),
                     make_private(world, "{own_subnet}", address));
        world.set_id(World::numbered("egress_only_gateway", number),
                     world.must("CreateEgressOnlyInternetGateway", {{"VpcId", "{own_vpc}"}})
                         .text("egressOnlyInternetGateway/egressOnlyInternetGatewayId"));
    }
    world.must("CreateTags", {{"ResourceId.1", "{egress_only_gateway}"},
                              {"Tag.1.Key", "kept"},
                              {"Tag.1.Value", "here"}});
    make_private(world, "{own_subnet_2}", "10.0.2.100");
    add_public_nat(world);
}

}  // namespace

constinit const TrialSet kNatGatewaysTrials{.trials = trials,
                                            .without_effect = kWithoutEffect,
                                            .tellings = tellings,
                                            .add_to_world = add_to_world};

}  // namespace amilab::test
