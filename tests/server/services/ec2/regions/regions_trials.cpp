#include "tests/server/services/ec2/regions/regions_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

TrialTable trials()
{
    TrialTable table;
    table["DescribeAvailabilityZones"] = describe_operation(
        same("AllAvailabilityZones", "true") + filter_trials("zone-name", "us-east-1a") +
        changes("ZoneId.1", "use1-az1") + changes("ZoneName.1", "us-east-1a"));
    table["DescribeRegions"] =
        describe_operation(same("AllRegions", "true") + filter_trials("region-name", "us-east-1") +
                           changes("RegionName.1", "us-east-1"));
    return table;
}

constexpr WithoutEffect kWithoutEffect[] = {
    {"DescribeAvailabilityZones AllAvailabilityZones", "no zone of the catalogue wants opting in"},
    {"DescribeRegions AllRegions", "every region is opted in"},
};

}  // namespace

constinit const TrialSet kRegionsTrials{.trials = trials, .without_effect = kWithoutEffect};

}  // namespace amilab::test
