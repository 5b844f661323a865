#include "tests/server/services/ec2/network/address_transfers_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

TrialTable trials()
{
    TrialTable table;
    table["EnableAddressTransfer"] = {
        {{"AllocationId", "{offered_address}"}, {"TransferAccountId", kOtherAccount}},
        changes("AllocationId", "{allocation}") +
            changes("TransferAccountId", World::kThirdAccount)};
    table["AcceptAddressTransfer"] = {
        {{"Address", "{offered_ip}"}},
        changes("Address", "{offered_ip_2}") + tag_trials("elastic-ip")};
    table["DisableAddressTransfer"] = {{{"AllocationId", "{offered_address}"}},
                                       refused("AllocationId", "{allocation}")};
    table["DescribeAddressTransfers"] =
        describe_operation(page_trials() + changes("AllocationId.1", "{offered_address}"));
    return table;
}

std::vector<Telling> tellings()
{
    return {{"address_transfer",
             "allocation_id",
             "DescribeAddressTransfers",
             {{"AllocationId.1", "{}"}}}};
}

struct Address {
    std::string id;
    std::string ip;
};

/// An address that the one account offers to the other.
Address offer(World& world, std::string_view from, std::string_view to)
{
    const auto made = world.must("AllocateAddress", {}, from);
    Address address{.id = made.text("allocationId"), .ip = made.text("publicIp")};
    world.must("EnableAddressTransfer",
               {{"AllocationId", address.id}, {"TransferAccountId", std::string(to)}}, from);
    return address;
}

void add_to_world(World& world)
{
    world.set_id("offered_address", world.id("allocation_2"));
    for (int number = 1; number <= World::kOfEach; ++number) {
        const auto address = offer(world, kAccount, kOtherAccount);
        world.set_id(World::numbered("given_address", number), address.id);
        world.must("AcceptAddressTransfer", {{"Address", address.ip}}, kOtherAccount);
        world.must("ReleaseAddress", {{"AllocationId", address.id}}, kOtherAccount);
    }
    for (const int number : {1, 2}) {
        world.set_id(World::numbered("offered_ip", number),
                     offer(world, kOtherAccount, kAccount).ip);
    }
    world.must("EnableAddressTransfer",
               {{"AllocationId", "{offered_address}"}, {"TransferAccountId", kOtherAccount}});
}

}  // namespace

constinit const TrialSet kAddressTransfersTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_to_world};

}  // namespace amilab::test
