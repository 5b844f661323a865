#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

const Parameters kHostTenancy = {{"InstanceType", "m5.12xlarge"}, {"Placement.Tenancy", "host"}};

Parameters wish(const Parameters& more = {})
{
    return merged({{"InstanceType", "m5.12xlarge"}, {"AvailabilityZone", "us-east-1b"}}, more);
}

std::string allocate(TestEmulator& aws, const Parameters& more = {})
{
    return aws.must("AllocateHosts", wish(more)).text("hostIdSet/item");
}

std::string field(TestEmulator& aws, const std::string& id, const std::string& path)
{
    return aws.must("DescribeHosts", {{"HostId.1", id}}).text("hostSet/item/" + path);
}

std::string free_room(TestEmulator& aws, const std::string& id)
{
    return field(aws, id, "availableCapacity/availableInstanceCapacity/item/availableCapacity");
}

Answer run(TestEmulator& aws, const Parameters& extra)
{
    return aws.call("RunInstances", launch(public_image(aws), extra));
}

Parameters on(const std::string& host, const Parameters& more = {})
{
    return merged({{"InstanceType", "m5.12xlarge"}, {"Placement.HostId", host}}, more);
}

Parameters host(const std::string& id)
{
    return {{"HostId.1", id}};
}

TEST(AllocateHosts, MakesHostsForAType)
{
    TestEmulator aws;
    const auto ids = aws.must("AllocateHosts", wish({{"Quantity", "2"}})).texts("hostIdSet/item");
    ASSERT_THAT(ids, SizeIs(2));
    EXPECT_EQ(field(aws, ids[0], "state"), "available");
    EXPECT_EQ(field(aws, ids[0], "autoPlacement"), "off");
    EXPECT_EQ(field(aws, ids[0], "allowsMultipleInstanceTypes"), "off");
    EXPECT_EQ(field(aws, ids[0], "hostProperties/instanceType"), "m5.12xlarge");
    EXPECT_EQ(field(aws, ids[0], "hostProperties/totalVCpus"), "96");
    EXPECT_EQ(field(aws, ids[0], "hostProperties/cores"), "48");
    EXPECT_EQ(field(aws, ids[0], "hostProperties/sockets"), "2");
    EXPECT_EQ(free_room(aws, ids[0]), "2");
}

TEST(AllocateHosts, MakesHostsForAFamily)
{
    TestEmulator aws;
    const auto id = aws.must("AllocateHosts", {{"InstanceFamily", "m5"},
                                               {"AvailabilityZoneId", "use1-az4"},
                                               {"AutoPlacement", "on"}})
                        .text("hostIdSet/item");
    EXPECT_EQ(field(aws, id, "allowsMultipleInstanceTypes"), "on");
    EXPECT_EQ(field(aws, id, "hostProperties/instanceFamily"), "m5");
    EXPECT_EQ(free_room(aws, id), "48");
    run(aws, {{"InstanceType", "m5.large"},
              {"Placement.Tenancy", "host"},
              {"Placement.AvailabilityZone", "us-east-1b"}});
    EXPECT_EQ(free_room(aws, id), "47");
    EXPECT_EQ(field(aws, id, "availableCapacity/availableVCpus"), "94");
}

TEST(AllocateHosts, RefusesWhatNoHostIsFor)
{
    TestEmulator aws;
    const auto refused = [&](const Parameters& more) {
        return aws.call("AllocateHosts", wish(more)).code;
    };
    EXPECT_EQ(refused({{"InstanceFamily", "m5"}}), "InvalidParameterCombination");
    EXPECT_EQ(refused({{"InstanceType", ""}}), "MissingParameter");
    EXPECT_EQ(refused({{"AvailabilityZone", ""}}), "MissingParameter");
    EXPECT_EQ(refused({{"AvailabilityZone", "us-east-9a"}}), "InvalidParameterValue");
    EXPECT_EQ(refused({{"InstanceType", "t9.micro"}}), "UnsupportedHostConfiguration");
    EXPECT_EQ(refused({{"InstanceType", "t2.micro"}}), "UnsupportedHostConfiguration");
    EXPECT_EQ(refused({{"AvailabilityZone", "us-east-1e"}}), "InsufficientHostCapacity");
    EXPECT_EQ(refused({{"Quantity", "0"}}), "InvalidParameterValue");
}

TEST(AllocateHosts, GivesTheSameForTheSameToken)
{
    TestEmulator aws;
    const auto id = allocate(aws, {{"ClientToken", "once"}});
    EXPECT_EQ(allocate(aws, {{"ClientToken", "once"}}), id);
    EXPECT_THAT(
        aws.must("DescribeHosts", filter("client-token", "once")).texts("hostSet/item/hostId"),
        ElementsAre(id));
}

TEST(DedicatedHosts, TakeInstancesThatNameThem)
{
    TestEmulator aws;
    const auto id = allocate(aws);
    const auto first = run(aws, on(id));
    const auto instance = first.text(kInstanceId);
    EXPECT_EQ(field_of(aws, instance, "placement/hostId"), id);
    EXPECT_EQ(field_of(aws, instance, "placement/tenancy"), "host");
    EXPECT_EQ(field_of(aws, instance, "placement/affinity"), "default");
    EXPECT_EQ(field_of(aws, instance, "placement/availabilityZone"), "us-east-1b");
    EXPECT_EQ(field(aws, id, "instances/item/instanceId"), instance);
    EXPECT_EQ(free_room(aws, id), "1");
    EXPECT_THAT(run(aws, on(id, {{"MaxCount", "5"}})).texts(kInstanceId), SizeIs(1));
    EXPECT_EQ(run(aws, on(id)).code, "InsufficientCapacityOnHost");
    EXPECT_EQ(run(aws, on(id, {{"InstanceType", "m5.large"}})).code,
              "UnsupportedInstanceTypeOnHost");
    EXPECT_EQ(run(aws, on(id, {{"Placement.Tenancy", "dedicated"}})).code,
              "InvalidParameterCombination");
    EXPECT_EQ(run(aws, on("h-0123456789abcdef0")).code, "InvalidHostID.NotFound");
    EXPECT_EQ(run(aws, on("h")).code, "InvalidHostID.Malformed");
    EXPECT_EQ(run(aws, on(id, {{"Placement.AvailabilityZone", "us-east-1a"}})).code,
              "InvalidParameterCombination");
    EXPECT_EQ(aws.must("DescribeInstances", filter("host-id", id))
                  .count("reservationSet/item/instancesSet/item"),
              2U);
    EXPECT_EQ(aws.must("DescribeInstances", filter("affinity", "default"))
                  .count("reservationSet/item/instancesSet/item"),
              2U);
}

TEST(DedicatedHosts, WithAutoPlacementTakeAnyInstanceThatMatches)
{
    TestEmulator aws;
    allocate(aws);
    const auto here = merged(kHostTenancy, {{"Placement.AvailabilityZone", "us-east-1b"}});
    EXPECT_EQ(run(aws, here).code, "UnavailableHostRequirements");
    const auto id = allocate(aws, {{"AutoPlacement", "on"}});
    EXPECT_EQ(field_of(aws, run(aws, here).text(kInstanceId), "placement/hostId"), id);
    EXPECT_EQ(run(aws, merged(kHostTenancy, {{"Placement.AvailabilityZone", "us-east-1a"}})).code,
              "UnavailableHostRequirements");
    EXPECT_EQ(run(aws, merged(here, {{"Placement.Affinity", "near"}})).code,
              "InvalidParameterValue");
    EXPECT_EQ(run(aws, {{"Placement.Affinity", "host"}}).code, "InvalidParameterCombination");
    EXPECT_EQ(run(aws, merged(here, {{"InstanceMarketOptions.MarketType", "spot"}})).code,
              "InvalidParameterCombination");
}

TEST(DedicatedHosts, AreLookedForAnewByStartUnlessTheAffinityIsHost)
{
    TestEmulator aws;
    const auto first = allocate(aws, {{"AutoPlacement", "on"}});
    const auto here = merged(kHostTenancy, {{"Placement.AvailabilityZone", "us-east-1b"}});
    const auto loose = run(aws, here).text(kInstanceId);
    const auto bound = run(aws, merged(here, {{"Placement.Affinity", "host"}})).text(kInstanceId);
    aws.must("StopInstances", {{"InstanceId.1", loose}, {"InstanceId.2", bound}});
    EXPECT_EQ(free_room(aws, first), "2");
    run(aws, merged(here, {{"MinCount", "2"}, {"MaxCount", "2"}}));
    const auto second = allocate(aws, {{"AutoPlacement", "on"}});
    aws.must("StartInstances", one_instance(loose));
    EXPECT_EQ(field_of(aws, loose, "placement/hostId"), second);
    EXPECT_EQ(aws.call("StartInstances", one_instance(bound)).code, "InsufficientCapacityOnHost");
}

TEST(ModifyInstancePlacement, MovesStoppedInstancesBetweenHosts)
{
    TestEmulator aws;
    const auto one = allocate(aws);
    const auto other = allocate(aws);
    const auto instance = run(aws, on(one)).text(kInstanceId);
    const Parameters moved{{"InstanceId", instance}, {"HostId", other}, {"Affinity", "host"}};
    EXPECT_EQ(aws.call("ModifyInstancePlacement", moved).code, "IncorrectInstanceState");
    aws.must("StopInstances", one_instance(instance));
    aws.must("ModifyInstancePlacement", moved);
    EXPECT_EQ(field_of(aws, instance, "placement/affinity"), "host");
    aws.must("StartInstances", one_instance(instance));
    EXPECT_EQ(field(aws, other, "instances/item/instanceId"), instance);
    aws.must("StopInstances", one_instance(instance));
    EXPECT_EQ(
        aws.call("ModifyInstancePlacement", {{"InstanceId", instance}, {"Tenancy", "default"}})
            .code,
        "InvalidRequest");
    const auto elsewhere = allocate(aws, {{"AvailabilityZone", "us-east-1a"}});
    EXPECT_EQ(
        aws.call("ModifyInstancePlacement", {{"InstanceId", instance}, {"HostId", elsewhere}}).code,
        "InvalidParameterCombination");
    const auto plain =
        run(aws, {{"Placement.AvailabilityZone", "us-east-1b"}, {"InstanceType", "m5.12xlarge"}})
            .text(kInstanceId);
    aws.must("StopInstances", one_instance(plain));
    aws.must("ModifyInstancePlacement", {{"InstanceId", plain}, {"Tenancy", "host"}});
    EXPECT_EQ(aws.call("StartInstances", one_instance(plain)).code, "UnavailableHostRequirements");
}

TEST(ModifyHosts, ChangesEachByItself)
{
    TestEmulator aws;
    const auto id = allocate(aws);
    const auto answer = aws.must("ModifyHosts", {{"HostId.1", id},
                                                 {"HostId.2", "h-0123456789abcdef0"},
                                                 {"AutoPlacement", "on"},
                                                 {"HostRecovery", "on"},
                                                 {"HostMaintenance", "on"}});
    EXPECT_EQ(answer.text("successful/item"), id);
    EXPECT_EQ(answer.text("unsuccessful/item/resourceId"), "h-0123456789abcdef0");
    EXPECT_EQ(answer.text("unsuccessful/item/error/code"), "Client.InvalidHostID.NotFound");
    EXPECT_EQ(field(aws, id, "autoPlacement"), "on");
    EXPECT_EQ(field(aws, id, "hostRecovery"), "on");
    run(aws, on(id));
    const auto changed = [&](const Parameters& more) {
        return aws.must("ModifyHosts", merged(host(id), more)).text("unsuccessful/item/error/code");
    };
    EXPECT_EQ(changed({{"InstanceType", "m5.large"}}), "Client.InvalidHost.Occupied");
    EXPECT_EQ(changed({{"InstanceType", "c5.large"}}), "Client.UnsupportedHostConfiguration");
    EXPECT_EQ(changed({{"InstanceFamily", "m5"}}), "");
    EXPECT_EQ(aws.call("ModifyHosts", host(id)).code, "InvalidParameterCombination");
}

TEST(ReleaseHosts, RefusesOccupiedOnes)
{
    TestEmulator aws;
    const auto id = allocate(aws);
    const auto instance = run(aws, on(id)).text(kInstanceId);
    const auto refused = aws.must("ReleaseHosts", host(id));
    EXPECT_EQ(refused.text("unsuccessful/item/error/code"), "Client.InvalidHost.Occupied");
    EXPECT_EQ(refused.text("unsuccessful/item/error/message"),
              "Dedicated host '" + id + "' cannot be released as it is occupied");
    aws.must("TerminateInstances", one_instance(instance));
    EXPECT_EQ(aws.must("ReleaseHosts", host(id)).text("successful/item"), id);
    EXPECT_EQ(field(aws, id, "state"), "released");
    EXPECT_EQ(run(aws, on(id)).code, "InvalidHostState");
    EXPECT_EQ(aws.must("ReleaseHosts", host(id)).text("unsuccessful/item/error/code"),
              "Client.InvalidHostState");
    aws.advance(kHourMs);
    EXPECT_EQ(aws.call("DescribeHosts", host(id)).code, "InvalidHostID.NotFound");
}

}  // namespace
}  // namespace amilab::test
