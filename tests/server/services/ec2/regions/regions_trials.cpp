#include "tests/server/services/ec2/regions/regions_trials.h"

#include "storage/metadata/regions/region_rows.h"
#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

TrialTable trials()
{
    TrialTable table;
    table["DescribeAvailabilityZones"] = describe_operation(
        changes("AllAvailabilityZones", "true") + filter_trials("zone-name", "us-east-1a") +
        changes("ZoneId.1", "use1-az1") + changes("ZoneName.1", "us-east-1a"));
    table["DescribeRegions"] = describe_operation(changes("AllRegions", "true") +
                                                  filter_trials("region-name", "us-east-1") +
                                                  changes("RegionName.1", "us-east-1"));
    table["ModifyAvailabilityZoneGroup"] = {
        {{"GroupName", "us-east-1-bos-1"}, {"OptInStatus", "opted-in"}},
        changes("GroupName", "us-east-1-atl-1") + refused("GroupName", "us-east-9") +
            changes("OptInStatus", "not-opted-in")};
    return table;
}

std::vector<Telling> tellings()
{
    return {{"account_setting",
             "name",
             "DescribeAvailabilityZones",
             {{"AllAvailabilityZones", "true"}}}};
}

void opt_out_of_one(World& world)
{
    auto writer = world.emulator().generation().writer();
    set_opted_in(writer.db(), "af-south-1", false);
}

}  // namespace

constinit const TrialSet kRegionsTrials{
    .trials = trials, .tellings = tellings, .add_to_world = opt_out_of_one};

}  // namespace amilab::test
