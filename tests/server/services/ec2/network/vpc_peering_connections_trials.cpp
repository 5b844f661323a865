#include "tests/server/services/ec2/network/vpc_peering_connections_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

constexpr const char* kFarRegion = "eu-west-1";

TrialTable trials()
{
    TrialTable table;
    table["CreateVpcPeeringConnection"] = {
        {{"VpcId", "{own_vpc_2}"}, {"PeerVpcId", "{peer_vpc}"}},
        changes("VpcId", "{own_vpc_3}") + changes("PeerVpcId", "{peer_vpc_2}") +
            changes("PeerOwnerId", kOtherAccount) + changes("PeerRegion", kFarRegion) +
            changes("RequesterPeeringConnectionOptions.AllowMultipathResilience", "true",
                    {{"PeerRegion", kFarRegion}}) +
            refused("RequesterPeeringConnectionOptions.MultipathResilienceMode", "always-on") +
            tag_trials("vpc-peering-connection")};
    table["AcceptVpcPeeringConnection"] =
        either_of("VpcPeeringConnectionId", "{peering_3}", "{peering_4}");
    table["RejectVpcPeeringConnection"] =
        either_of("VpcPeeringConnectionId", "{peering_3}", "{peering_4}");
    table["DeleteVpcPeeringConnection"] =
        either_of("VpcPeeringConnectionId", "{peering}", "{peering_2}");
    table["DescribeVpcPeeringConnections"] =
        describe_operation(filter_trials("status-code", "active") + page_trials() +
                           changes("VpcPeeringConnectionId.1", "{peering}"));
    table["ModifyVpcPeeringConnectionOptions"] = {
        {{"VpcPeeringConnectionId", "{far_peering}"},
         {"RequesterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc", "false"}},
        refused("VpcPeeringConnectionId", "{peering_3}") +
            changes("RequesterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc", "true") +
            changes("RequesterPeeringConnectionOptions.AllowMultipathResilience", "true") +
            refused("RequesterPeeringConnectionOptions.MultipathResilienceMode", "always-on") +
            changes("AccepterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc", "true",
                    {{"VpcPeeringConnectionId", "{peering}"}}) +
            refused("AccepterPeeringConnectionOptions.AllowMultipathResilience", "true") +
            refused("AccepterPeeringConnectionOptions.MultipathResilienceMode", "always-on")};
    return table;
}

std::vector<Telling> tellings()
{
    return {{"vpc_peering_connection",
             "id",
             "DescribeVpcPeeringConnections",
             {{"VpcPeeringConnectionId.1", "{}"}}},
            {"vpc_peering_viewer",
             "peering_id",
             "DescribeVpcPeeringConnections",
             {{"VpcPeeringConnectionId.1", "{}"}}}};
}

std::string ask(World& world, const std::string& peer)
{
    return world.must("CreateVpcPeeringConnection", {{"VpcId", "{own_vpc}"}, {"PeerVpcId", peer}})
        .text("vpcPeeringConnection/vpcPeeringConnectionId");
}

void add_far_peering(World& world)
{
    auto& aws = world.emulator();
    world.set_id("far_vpc",
                 aws.must("CreateVpc", {{"CidrBlock", "10.50.0.0/16"}}, kAccount, kFarRegion)
                     .text("vpc/vpcId"));
    world.set_id(
        "far_peering",
        world
            .must("CreateVpcPeeringConnection",
                  {{"VpcId", "{own_vpc}"}, {"PeerVpcId", "{far_vpc}"}, {"PeerRegion", kFarRegion}})
            .text("vpcPeeringConnection/vpcPeeringConnectionId"));
    aws.must("AcceptVpcPeeringConnection",
             world.resolve({{"VpcPeeringConnectionId", "{far_peering}"}}), kAccount, kFarRegion);
}

void add_to_world(World& world)
{
    for (int number = 1; number <= World::kOfEach; ++number) {
        const auto vpc = World::numbered("peer_vpc", number);
        const auto block = "10.4" + std::to_string(number) + ".0.0/16";
        world.set_id(vpc, world.must("CreateVpc", {{"CidrBlock", block}}).text("vpc/vpcId"));
        world.set_id(World::numbered("peering", number), ask(world, "{" + vpc + "}"));
    }
    for (const auto* name : {"{peering}", "{peering_2}"}) {
        world.must("AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", name}});
    }
    add_far_peering(world);
}

}  // namespace

constinit const TrialSet kVpcPeeringConnectionsTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_to_world};

}  // namespace amilab::test
