#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "server/control/quotas.h"
#include "server/wire/types.h"
#include "storage/base/units.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAreArray;

std::string iso(TimeMs time_ms)
{
    return wire::format_timestamp({time_ms});
}

const Parameters kSpot = {{"InstanceMarketOptions.MarketType", "spot"}};
const Parameters kPersistent =
    merged(kSpot, {{"InstanceMarketOptions.SpotOptions.SpotInstanceType", "persistent"},
                   {"InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior", "stop"}});

std::string launch_code(TestEmulator& aws, const Parameters& extra)
{
    return aws.call("RunInstances", launch(public_image(aws), extra)).code;
}

/// A field of the one request.
std::string spot_field(TestEmulator& aws, const std::string& id, const std::string& path)
{
    return aws.must("DescribeSpotInstanceRequests", {{"SpotInstanceRequestId.1", id}})
        .text("spotInstanceRequestSet/item/" + path);
}

std::string request_of(TestEmulator& aws, const std::string& instance)
{
    return field_of(aws, instance, "spotInstanceRequestId");
}

Parameters specification(TestEmulator& aws, const Parameters& extra = {})
{
    return merged({{"LaunchSpecification.ImageId", public_image(aws)},
                   {"LaunchSpecification.InstanceType", "t3.micro"}},
                  extra);
}

std::string request_one(TestEmulator& aws, const Parameters& extra = {})
{
    return aws.must("RequestSpotInstances", specification(aws, extra))
        .text("spotInstanceRequestSet/item/spotInstanceRequestId");
}

std::size_t instances(TestEmulator& aws, const char* state)
{
    return aws.must("DescribeInstances", filter("instance-state-name", state))
        .count("reservationSet/item/instancesSet/item");
}

TEST(RunInstances, MakesASpotRequestForEachSpotInstance)
{
    TestEmulator aws;
    const auto answer =
        aws.must("RunInstances", launch(public_image(aws), merged(kSpot, {{"MaxCount", "2"}})));
    EXPECT_EQ(answer.text("instancesSet/item/instanceLifecycle"), "spot");
    const auto ids = answer.texts("instancesSet/item/spotInstanceRequestId");
    ASSERT_THAT(ids, SizeIs(2));
    EXPECT_NE(ids[0], ids[1]);
    EXPECT_EQ(spot_field(aws, ids[0], "state"), "active");
    EXPECT_EQ(spot_field(aws, ids[0], "status/code"), "fulfilled");
    EXPECT_EQ(spot_field(aws, ids[0], "type"), "one-time");
    EXPECT_EQ(spot_field(aws, ids[0], "instanceInterruptionBehavior"), "terminate");
    EXPECT_EQ(spot_field(aws, ids[0], "launchSpecification/instanceType"), "t3.micro");
    EXPECT_EQ(spot_field(aws, ids[0], "launchedAvailabilityZone"), "us-east-1a");
    EXPECT_EQ(spot_field(aws, ids[0], "productDescription"), "Linux/UNIX");
    EXPECT_EQ(aws.must("DescribeInstances", filter("instance-lifecycle", "spot"))
                  .count("reservationSet/item/instancesSet/item"),
              2U);
    EXPECT_EQ(aws.must("DescribeInstances", filter("spot-instance-request-id", ids[1]))
                  .count("reservationSet/item/instancesSet/item"),
              1U);
    const auto plain = run_one(aws);
    EXPECT_EQ(aws.must("DescribeInstances", one_instance(plain))
                  .count("reservationSet/item/instancesSet/item/instanceLifecycle"),
              0U);
}

TEST(SpotRequests, TellIdsAndNamesOfGroupsHoweverTheyWereNamed)
{
    TestEmulator aws;
    const auto groups = aws.must("DescribeSecurityGroups", filter("group-name", "default"));
    const auto id = groups.text("securityGroupInfo/item/groupId");
    const std::string at = "spotInstanceRequestSet/item/launchSpecification/groupSet/item/";
    std::vector<std::string> requests;
    for (const auto& [name, value] :
         {std::pair<const char*, std::string>{"SecurityGroup.1", "default"},
          {"SecurityGroupId.1", id}}) {
        const auto answer =
            aws.must("RequestSpotInstances",
                     specification(aws, {{std::string("LaunchSpecification.") + name, value}}));
        EXPECT_THAT(answer.texts(at + "groupId"), ElementsAre(id)) << name;
        EXPECT_THAT(answer.texts(at + "groupName"), ElementsAre("default")) << name;
        requests.push_back(answer.text("spotInstanceRequestSet/item/spotInstanceRequestId"));
        requests.push_back(request_of(aws, run_one(aws, merged(kSpot, {{name, value}}))));
    }
    for (const auto& request : requests) {
        EXPECT_EQ(spot_field(aws, request, "launchSpecification/groupSet/item/groupId"), id);
        EXPECT_EQ(spot_field(aws, request, "launchSpecification/groupSet/item/groupName"),
                  "default");
        EXPECT_EQ(spot_field(aws, request, "state"), "active");
    }
    for (const auto& [name, value] : {std::pair<const char*, std::string>{"launch.group-id", id},
                                      {"launch.group-name", "default"}}) {
        EXPECT_THAT(aws.must("DescribeSpotInstanceRequests", filter(name, value))
                        .texts("spotInstanceRequestSet/item/spotInstanceRequestId"),
                    UnorderedElementsAreArray(requests))
            << name;
        EXPECT_EQ(aws.must("DescribeSpotInstanceRequests", filter(name, "other"))
                      .count("spotInstanceRequestSet/item"),
                  0U)
            << name;
    }
}

TEST(RunInstances, RefusesMarketOptionsThatDoNotGoTogether)
{
    TestEmulator aws;
    const std::string spot = "InstanceMarketOptions.SpotOptions.";
    EXPECT_EQ(launch_code(aws, {{"InstanceMarketOptions.MarketType", "capacity-block"}}),
              "UnsupportedOperation");
    EXPECT_EQ(launch_code(aws, {{spot + "MaxPrice", "1"}}), "InvalidParameterCombination");
    EXPECT_EQ(launch_code(aws, merged(kSpot, {{spot + "SpotInstanceType", "persistent"}})),
              "InvalidParameterCombination");
    EXPECT_EQ(launch_code(aws, merged(kSpot, {{spot + "InstanceInterruptionBehavior", "stop"}})),
              "InvalidParameterCombination");
    EXPECT_EQ(launch_code(aws, merged(kSpot, {{spot + "ValidUntil", "2031-01-01T00:00:00Z"}})),
              "InvalidParameterCombination");
    EXPECT_EQ(
        launch_code(aws, merged(kPersistent, {{spot + "ValidUntil", "2001-01-01T00:00:00Z"}})),
        "InvalidParameterValue");
    for (const char* price : {"x", "0.0001", "-1", "1e9", "inf", "nan"}) {
        EXPECT_EQ(launch_code(aws, merged(kSpot, {{spot + "MaxPrice", price}})),
                  "InvalidParameterValue")
            << price;
    }
    EXPECT_EQ(launch_code(aws, merged(kSpot, {{spot + "MaxPrice", "0.001"}})),
              "SpotMaxPriceTooLow");
    EXPECT_EQ(launch_code(aws, merged(kSpot, {{"InstanceType", "u-3tb1.56xlarge"}})),
              "Unsupported");
    EXPECT_EQ(aws.must("DescribeSpotInstanceRequests").count("spotInstanceRequestSet/item"), 0U);
    EXPECT_EQ(launch_code(aws, {{"InstanceMarketOptions.MarketType", "on-demand"}}), "");
}

TEST(RunInstances, TakesMarketOptionsFromATemplateAndTagsTheRequest)
{
    TestEmulator aws;
    aws.must("CreateLaunchTemplate",
             {{"LaunchTemplateName", "cheap"},
              {"LaunchTemplateData.InstanceMarketOptions.MarketType", "spot"},
              {"LaunchTemplateData.InstanceMarketOptions.SpotOptions.MaxPrice", "0.5"}});
    const auto shown =
        aws.must("DescribeLaunchTemplateVersions", {{"LaunchTemplateName", "cheap"}});
    EXPECT_EQ(shown.text("launchTemplateVersionSet/item/launchTemplateData/instanceMarketOptions/"
                         "spotOptions/maxPrice"),
              "0.5");
    const auto id = run_one(aws, {{"LaunchTemplate.LaunchTemplateName", "cheap"},
                                  {"TagSpecification.1.ResourceType", "spot-instances-request"},
                                  {"TagSpecification.1.Tag.1.Key", "of"},
                                  {"TagSpecification.1.Tag.1.Value", "test"}});
    EXPECT_EQ(spot_field(aws, request_of(aws, id), "spotPrice"), "0.500000");
    EXPECT_EQ(aws.must("DescribeSpotInstanceRequests", filter("spot-price", "0.500000"))
                  .count("spotInstanceRequestSet/item"),
              1U);
    EXPECT_EQ(spot_field(aws, request_of(aws, id), "tagSet/item/value"), "test");
    EXPECT_EQ(aws.must("GetLaunchTemplateData", {{"InstanceId", id}})
                  .text("launchTemplateData/instanceMarketOptions/marketType"),
              "spot");
}

TEST(RunInstances, LeavesSpotInstancesOutOfOnDemandQuotas)
{
    TestEmulator aws;
    control::change_quotas(aws.emulator(), boost::json::parse(R"({"standard": 2})"));
    run_one(aws, kSpot);
    run_one(aws);
    EXPECT_EQ(launch_code(aws, {}), "VcpuLimitExceeded");
}

TEST(SpotInstances, OfOneTimeRequestsEndWithThem)
{
    TestEmulator aws;
    const auto id = run_one(aws, kSpot);
    const auto request = request_of(aws, id);
    const auto stopped = aws.call("StopInstances", one_instance(id));
    EXPECT_EQ(stopped.code, "UnsupportedOperation");
    EXPECT_THAT(stopped.message, ::testing::HasSubstr("one-time Spot Instance request"));
    aws.must("TerminateInstances", one_instance(id));
    EXPECT_EQ(spot_field(aws, request, "state"), "closed");
    EXPECT_EQ(spot_field(aws, request, "status/code"), "instance-terminated-by-user");
    aws.advance(4 * kHourMs);
    EXPECT_EQ(aws.call("DescribeSpotInstanceRequests", {{"SpotInstanceRequestId.1", request}}).code,
              "InvalidSpotInstanceRequestID.NotFound");
}

TEST(SpotInstances, OfPersistentRequestsStopStartAndComeAgain)
{
    TestEmulator aws;
    const auto id = run_one(aws, kPersistent);
    const auto request = request_of(aws, id);
    aws.must("StopInstances", one_instance(id));
    EXPECT_EQ(spot_field(aws, request, "state"), "disabled");
    EXPECT_EQ(spot_field(aws, request, "status/code"), "instance-stopped-by-user");
    aws.must("StartInstances", one_instance(id));
    EXPECT_EQ(spot_field(aws, request, "state"), "active");
    aws.must("TerminateInstances", one_instance(id));
    EXPECT_EQ(spot_field(aws, request, "state"), "active");
    const auto next = spot_field(aws, request, "instanceId");
    EXPECT_NE(next, id);
    EXPECT_EQ(state_of(aws, next), "running");
    EXPECT_EQ(request_of(aws, next), request);
    aws.must("CancelSpotInstanceRequests", {{"SpotInstanceRequestId.1", request}});
    EXPECT_EQ(spot_field(aws, request, "status/code"), "request-canceled-and-instance-running");
    EXPECT_EQ(state_of(aws, next), "running");
    aws.must("TerminateInstances", one_instance(next));
    EXPECT_EQ(instances(aws, "running"), 0U);
    EXPECT_EQ(spot_field(aws, request, "state"), "cancelled");
}

TEST(RequestSpotInstances, AreOpenUntilTheyAreLookedAt)
{
    TestEmulator aws;
    aws.set_delay("spot-request.open", 1000);
    const auto answer =
        aws.must("RequestSpotInstances", specification(aws, {{"InstanceCount", "2"},
                                                             {"LaunchGroup", "together"},
                                                             {"AvailabilityZoneGroup", "near"}}));
    EXPECT_THAT(answer.texts("spotInstanceRequestSet/item/state"), ElementsAre("open", "open"));
    EXPECT_EQ(answer.text("spotInstanceRequestSet/item/status/code"), "pending-evaluation");
    EXPECT_EQ(answer.text("spotInstanceRequestSet/item/launchGroup"), "together");
    EXPECT_EQ(answer.text("spotInstanceRequestSet/item/availabilityZoneGroup"), "near");
    EXPECT_EQ(instances(aws, "running"), 0U);
    aws.advance(1000);
    EXPECT_EQ(instances(aws, "running"), 2U);
    EXPECT_THAT(
        aws.must("DescribeSpotInstanceRequests").texts("spotInstanceRequestSet/item/status/code"),
        ElementsAre("fulfilled", "fulfilled"));
}

TEST(RequestSpotInstances, SayHowLongIdleFlowsAreTracked)
{
    TestEmulator aws;
    const std::string of = "LaunchSpecification.NetworkInterface.1.";
    const auto tracked = [&](const char* seconds) {
        return specification(aws, {{of + "DeviceIndex", "0"},
                                   {of + "ConnectionTrackingSpecification.UdpTimeout", seconds}});
    };
    EXPECT_EQ(aws.call("RequestSpotInstances", tracked("61")).code, "InvalidParameterValue");
    const auto made = aws.must("RequestSpotInstances", tracked("45"));
    EXPECT_EQ(made.text("spotInstanceRequestSet/item/launchSpecification/networkInterfaceSet/item/"
                        "ConnectionTrackingSpecification/UdpTimeout"),
              "45");
    EXPECT_EQ(aws.must("DescribeNetworkInterfaces")
                  .text("networkInterfaceSet/item/connectionTrackingConfiguration/udpTimeout"),
              "45");
}

TEST(RequestSpotInstances, WaitForTheirTimeAndExpire)
{
    TestEmulator aws;
    const auto now_ms = aws.generation().timing().clock.now_ms();
    const auto at = [&](TimeMs later_ms) { return iso(now_ms + later_ms); };
    const auto later = request_one(aws, {{"ValidFrom", at(kHourMs)}});
    EXPECT_EQ(spot_field(aws, later, "status/code"), "not-scheduled-yet");
    const auto cheap = request_one(aws, {{"SpotPrice", "0.001"}, {"ValidUntil", at(kHourMs)}});
    EXPECT_EQ(spot_field(aws, cheap, "status/code"), "price-too-low");
    EXPECT_EQ(spot_field(aws, cheap, "state"), "open");
    aws.advance(kHourMs);
    EXPECT_EQ(spot_field(aws, later, "state"), "active");
    EXPECT_EQ(spot_field(aws, cheap, "state"), "closed");
    EXPECT_EQ(spot_field(aws, cheap, "status/code"), "schedule-expired");
    EXPECT_EQ(aws.call("RequestSpotInstances", specification(aws, {{"ValidFrom", at(0)}})).code,
              "InvalidParameterValue");
    EXPECT_EQ(
        aws.call("RequestSpotInstances", specification(aws, {{"ValidFrom", at(3 * kHourMs)},
                                                             {"ValidUntil", at(2 * kHourMs)}}))
            .code,
        "InvalidParameterValue");
}

TEST(RequestSpotInstances, FailWhenTheirLaunchIsRefusedLater)
{
    TestEmulator aws;
    aws.set_delay("spot-request.open", 1000);
    const auto image = own_image(aws, "own");
    const auto id = request_one(aws, {{"LaunchSpecification.ImageId", image}});
    aws.must("DeregisterImage", {{"ImageId", image}});
    aws.advance(1000);
    EXPECT_EQ(spot_field(aws, id, "state"), "failed");
    EXPECT_EQ(spot_field(aws, id, "status/code"), "bad-parameters");
    EXPECT_EQ(spot_field(aws, id, "fault/code"), "InvalidAMIID.Unavailable");
}

TEST(SpotInstances, HaveNoDefinedDuration)
{
    TestEmulator aws;
    const std::string text = "BlockDurationMinutes is not a valid parameter.";
    expect_refused(
        aws.call("RequestSpotInstances", specification(aws, {{"BlockDurationMinutes", "60"}})),
        "InvalidParameterValue", text);
    const std::string options = "InstanceMarketOptions.SpotOptions.BlockDurationMinutes";
    expect_refused(
        aws.call("RunInstances", launch(public_image(aws), merged(kSpot, {{options, "60"}}))),
        "InvalidParameterValue", text);
    // A template may say it, and is launched no more.
    aws.must("CreateLaunchTemplate",
             {{"LaunchTemplateName", "blocks"},
              {"LaunchTemplateData.InstanceMarketOptions.MarketType", "spot"},
              {"LaunchTemplateData." + options, "60"}});
    EXPECT_EQ(aws.must("DescribeLaunchTemplateVersions", {{"LaunchTemplateName", "blocks"}})
                  .text("launchTemplateVersionSet/item/launchTemplateData/instanceMarketOptions/"
                        "spotOptions/blockDurationMinutes"),
              "60");
    expect_refused(
        aws.call("RunInstances",
                 launch(public_image(aws), {{"LaunchTemplate.LaunchTemplateName", "blocks"}})),
        "InvalidParameterValue", text);
}

TEST(RunInstances, RefusesByNameWhatAwsHasEndedOrReserved)
{
    TestEmulator aws;
    for (const auto& [name, value] :
         {std::pair("AdditionalInfo", "x"), std::pair("Placement.SpreadDomain", "x"),
          std::pair("Placement.HostResourceGroupArn", "x"),
          std::pair("Operator.Principal", "example.amazonaws.com"),
          std::pair("ElasticGpuSpecification.1.Type", "eg1.medium"),
          std::pair("ElasticInferenceAccelerator.1.Type", "eia1.medium"),
          std::pair("SecondaryInterface.1.DeviceIndex", "1")}) {
        EXPECT_EQ(aws.call("RunInstances", launch(public_image(aws), {{name, value}})).code,
                  "UnsupportedOperation")
            << name;
    }
}

TEST(RequestSpotInstances, RefusesWhatALaunchWould)
{
    TestEmulator aws;
    EXPECT_EQ(aws.call("RequestSpotInstances", {}).code, "MissingParameter");
    EXPECT_EQ(aws.call("RequestSpotInstances",
                       specification(aws, {{"LaunchSpecification.KeyName", "none"}}))
                  .code,
              "InvalidKeyPair.NotFound");
    EXPECT_EQ(aws.call("RequestSpotInstances",
                       specification(aws, {{"LaunchSpecification.InstanceType", "t9.micro"}}))
                  .code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call("RequestSpotInstances",
                       specification(aws, {{"InstanceInterruptionBehavior", "stop"}}))
                  .code,
              "InvalidParameterCombination");
    EXPECT_EQ(aws.must("DescribeSpotInstanceRequests").count("spotInstanceRequestSet/item"), 0U);
}

TEST(RequestSpotInstances, GiveTheSameForTheSameToken)
{
    TestEmulator aws;
    const Parameters once{{"ClientToken", "once"}, {"InstanceCount", "2"}};
    const auto ids = [](const Answer& answer) {
        return answer.texts("spotInstanceRequestSet/item/spotInstanceRequestId");
    };
    const auto first = ids(aws.must("RequestSpotInstances", specification(aws, once)));
    EXPECT_THAT(ids(aws.must("RequestSpotInstances", specification(aws, once))),
                UnorderedElementsAreArray(first));
    EXPECT_EQ(instances(aws, "running"), 2U);
}

TEST(CancelSpotInstanceRequests, EndsOpenOnes)
{
    TestEmulator aws;
    const auto id = request_one(aws, {{"SpotPrice", "0.001"}});
    const auto answer = aws.must("CancelSpotInstanceRequests", {{"SpotInstanceRequestId.1", id}});
    EXPECT_EQ(answer.text("spotInstanceRequestSet/item/state"), "cancelled");
    EXPECT_EQ(spot_field(aws, id, "status/code"), "canceled-before-fulfillment");
    EXPECT_EQ(aws.call("CancelSpotInstanceRequests",
                       {{"SpotInstanceRequestId.1", "sir-0123456789abcdef0"}})
                  .code,
              "InvalidSpotInstanceRequestID.NotFound");
    EXPECT_EQ(aws.call("CancelSpotInstanceRequests", {{"SpotInstanceRequestId.1", "sir"}}).code,
              "InvalidSpotInstanceRequestID.Malformed");
}

TEST(DescribeSpotInstanceRequests, FiltersByWhatTheLaunchIsTold)
{
    TestEmulator aws;
    const auto subnet = aws.must("DescribeSubnets", filter("availability-zone", "us-east-1a"))
                            .text("subnetSet/item/subnetId");
    request_one(aws);
    request_one(aws, {{"LaunchSpecification.InstanceType", "t3.small"},
                      {"LaunchSpecification.Monitoring.Enabled", "true"},
                      {"LaunchSpecification.BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                      {"LaunchSpecification.BlockDeviceMapping.1.Ebs.VolumeSize", "2"},
                      {"LaunchSpecification.NetworkInterface.1.DeviceIndex", "0"},
                      {"LaunchSpecification.NetworkInterface.1.SubnetId", subnet},
                      {"Type", "persistent"}});
    const auto found = [&](const char* name, const std::string& value) {
        return aws.must("DescribeSpotInstanceRequests", filter(name, value))
            .count("spotInstanceRequestSet/item");
    };
    EXPECT_EQ(found("launch.instance-type", "t3.small"), 1U);
    EXPECT_EQ(found("launch.instance-type", "t3.*"), 2U);
    EXPECT_EQ(found("launch.monitoring-enabled", "false"), 1U);
    EXPECT_EQ(found("launch.block-device-mapping.volume-size", "2"), 1U);
    EXPECT_EQ(found("network-interface.subnet-id", subnet), 1U);
    EXPECT_EQ(found("type", "persistent"), 1U);
    EXPECT_EQ(found("state", "active"), 2U);
    EXPECT_EQ(found("status-code", "fulfilled"), 2U);
    EXPECT_EQ(found("launched-availability-zone-id", "use1-az9"), 0U);
}

}  // namespace
}  // namespace amilab::test
