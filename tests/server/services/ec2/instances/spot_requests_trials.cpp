#include "tests/server/services/ec2/instances/spot_requests_trials.h"

#include <algorithm>
#include <deque>

#include "tests/server/services/ec2/instances/instances_trials.h"
#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

constexpr const char* kDescribe = "DescribeSpotInstanceRequests";
constexpr std::string_view kBelow = "LaunchSpecification.";

/// Names that outlive the tables.
std::string_view kept_name(const std::string& name)
{
    static std::deque<std::string> names;
    return names.emplace_back(name);
}

Parameters specified(const Parameters& parameters)
{
    Parameters all;
    for (const auto& [name, value] : parameters) {
        all.emplace_back(std::string(kBelow) + name, value);
    }
    return all;
}

/// Trials of a launch, of what a specification of one has.
std::vector<Trial> specified(std::vector<Trial> trials)
{
    std::erase_if(trials, [](const Trial& one) {
        return one.parameter == "PrivateIpAddress" || one.parameter.starts_with("Ipv6");
    });
    for (auto& one : trials) {
        one.parameter = kept_name(std::string(kBelow) + std::string(one.parameter));
        one.with = specified(one.with);
        one.besides = specified(one.besides);
    }
    return trials;
}

std::vector<Trial> launch_trials()
{
    return launched_mapping_trials() + launched_interface_trials() +
           changes("EbsOptimized", "true") +
           changes("IamInstanceProfile.Arn", "arn:aws:iam::123456789012:instance-profile/web") +
           changes("IamInstanceProfile.Name", "web") + changes("ImageId", "{image_2}") +
           changes("InstanceType", "t3.small") + changes("KernelId", "aki-12345678") +
           changes("KeyName", "{key_name}") + changes("Monitoring.Enabled", "true") +
           changes("Placement.AvailabilityZone", "us-east-1c") +
           changes("Placement.AvailabilityZoneId", "use1-az6") +
           changes("Placement.GroupName", "parted") + changes("Placement.Tenancy", "dedicated") +
           changes("RamdiskId", "ari-12345678") +
           refused("SecurityGroupId.1", "sg-0123456789abcdef0") + changes("SubnetId", "{subnet}") +
           changes("UserData", "aGVsbG8=");
}

TrialTable trials()
{
    const std::string later = "2031-01-01T00:00:00Z";
    TrialTable table;
    table["RequestSpotInstances"] = {
        {{"LaunchSpecification.ImageId", "{image}"},
         {"LaunchSpecification.InstanceType", "t3.micro"}},
        specified(launch_trials()) + token_trial() + changes("AvailabilityZoneGroup", "near") +
            changes("InstanceCount", "2") + refused("InstanceInterruptionBehavior", "stop") +
            refused("BlockDurationMinutes", "60") + changes("LaunchGroup", "together") +
            changes("SpotPrice", "0.5") + tag_trials("spot-instances-request") +
            changes("Type", "persistent") + changes("ValidFrom", later) +
            changes("ValidUntil", later)};
    table[kDescribe] = describe_operation(filter_trials("state", "active") + page_trials() +
                                          changes("SpotInstanceRequestId.1", "{spot_request}"));
    table["CancelSpotInstanceRequests"] =
        either_of("SpotInstanceRequestId.1", "{spot_request}", "{spot_request_2}");
    table["DescribeSpotPriceHistory"] = {
        {{"InstanceType.1", "t3.micro"}},
        filter_trials("availability-zone", "us-east-1a") +
            changes("AvailabilityZone", "us-east-1a") + changes("AvailabilityZoneId", "use1-az1") +
            changes("InstanceType.1", "t3.small") + changes("ProductDescription.1", "Windows") +
            changes("StartTime", "2020-01-02T03:04:05Z") +
            changes("EndTime", "2020-01-02T03:04:05Z") + changes("MaxResults", "5") +
            refused("NextToken", "bm90IG91cnM=")};
    table["CreateSpotDatafeedSubscription"] = {
        {{"Bucket", "some-bucket"}}, changes("Bucket", "other-bucket") + changes("Prefix", "logs")};
    table["DescribeSpotDatafeedSubscription"] = {};
    table["DeleteSpotDatafeedSubscription"] = {};
    return table;
}

std::vector<Telling> tellings()
{
    const Parameters named{{"SpotInstanceRequestId.1", "{}"}};
    return {{"spot_request", "id", kDescribe, named},
            {"spot_request_parameter", "request_id", kDescribe, named},
            {"spot_datafeed_subscription", "owner", "DescribeSpotDatafeedSubscription", {}}};
}

std::string request_instance(World& world, const std::string& price)
{
    return world
        .must("RequestSpotInstances", {{"LaunchSpecification.ImageId", "{image}"},
                                       {"LaunchSpecification.InstanceType", "t3.micro"},
                                       {"SpotPrice", price}})
        .text("spotInstanceRequestSet/item/spotInstanceRequestId");
}

void add_requests(World& world)
{
    for (int number = 1; number <= World::kOfEach; ++number) {
        world.set_id("spot_request", request_instance(world, "0.001"));
    }
    world.set_id("spot_request_2", request_instance(world, "1"));
    world.must("CreateSpotDatafeedSubscription", {{"Bucket", "world-bucket"}});
}

}  // namespace

constinit const TrialSet kSpotRequestsTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_requests};

}  // namespace amilab::test
