#include "tests/server/services/ec2/dedicated_hosts/dedicated_hosts_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

const Parameters kPlain = {{"InstanceType", "m5.large"}, {"AvailabilityZone", "us-east-1a"}};

TrialTable trials()
{
    TrialTable table;
    table["AllocateHosts"] = {
        kPlain, token_trial() + changes("AutoPlacement", "on") +
                    changes("AvailabilityZone", "us-east-1b") +
                    refused("AvailabilityZoneId", "use1-az1") + changes("HostMaintenance", "on") +
                    changes("HostRecovery", "on") + refused("InstanceFamily", "m5") +
                    changes("InstanceType", "m5.xlarge") + changes("Quantity", "2") +
                    tag_trials("dedicated-host")};
    table["DescribeHosts"] = describe_operation(filter_trials("instance-type", "m5.large") +
                                                changes("HostId.1", "{host}") + page_trials());
    table["ModifyHosts"] = {{{"HostId.1", "{host}"}, {"AutoPlacement", "on"}},
                            changes("HostId.1", "{host_2}") + changes("AutoPlacement", "off") +
                                changes("HostMaintenance", "on") + changes("HostRecovery", "on") +
                                changes("InstanceFamily", "m5") +
                                changes("InstanceType", "m5.xlarge")};
    table["ReleaseHosts"] = either_of("HostId.1", "{host}", "{host_2}");
    return table;
}

std::vector<Telling> tellings()
{
    return {{"dedicated_host", "id", "DescribeHosts", {{"HostId.1", "{}"}}}};
}

void add_hosts(World& world)
{
    for (int number = 1; number <= World::kOfEach; ++number) {
        world.set_id(number == 1 ? "host" : "host_2",
                     world.must("AllocateHosts", kPlain).text("hostIdSet/item"));
    }
    world.set_id("used_host", world.must("AllocateHosts", kPlain).text("hostIdSet/item"));
    world.must("RunInstances", {{"ImageId", "{image}"},
                                {"InstanceType", "m5.large"},
                                {"Placement.HostId", "{used_host}"},
                                {"MinCount", "1"},
                                {"MaxCount", "1"}});
}

}  // namespace

constinit const TrialSet kDedicatedHostsTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_hosts};

}  // namespace amilab::test
