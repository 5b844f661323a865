#include "tests/server/services/ec2/instance_types/instance_types_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

TrialTable trials()
{
    TrialTable table;
    table["DescribeInstanceTypes"] = describe_operation(
        filter_trials("instance-type", "t3.micro") + changes("InstanceType.1", "t3.micro") +
        page_trials() + changes("IncludeUnsupportedInRegion", "true"));
    // Not all types are offered here.
    table["DescribeInstanceTypes"].region = "ap-southeast-5";
    table["DescribeInstanceTypeOfferings"] =
        describe_operation(filter_trials("instance-type", "t3.micro") + page_trials() +
                           changes("LocationType", "availability-zone"));
    return table;
}

}  // namespace

constinit const TrialSet kInstanceTypesTrials{.trials = trials};

}  // namespace amilab::test
