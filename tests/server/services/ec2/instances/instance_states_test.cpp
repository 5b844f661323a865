#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kChange = "instancesSet/item/";

void expect_change(const Answer& answer, const std::string& from, const std::string& to)
{
    EXPECT_EQ(answer.text(std::string(kChange) + "previousState/name"), from) << answer.body;
    EXPECT_EQ(answer.text(std::string(kChange) + "currentState/name"), to) << answer.body;
}

TEST(StopInstances, StopsAndStartInstancesStartsAgain)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const auto private_ip = field_of(emulator, id, "privateIpAddress");
    const auto volume = field_of(emulator, id, "blockDeviceMapping/item/ebs/volumeId");
    expect_change(emulator.must("StopInstances", one_instance(id)), "running", "stopping");
    EXPECT_EQ(state_of(emulator, id), "stopped");
    EXPECT_EQ(field_of(emulator, id, "ipAddress"), "");
    EXPECT_EQ(field_of(emulator, id, "dnsName"), "");
    EXPECT_EQ(field_of(emulator, id, "privateIpAddress"), private_ip);
    EXPECT_EQ(field_of(emulator, id, "reason"), "User initiated (2026-01-02 03:04:05 GMT)");
    EXPECT_EQ(field_of(emulator, id, "stateReason/code"), "Client.UserInitiatedShutdown");

    emulator.advance(60'000);
    expect_change(emulator.must("StartInstances", one_instance(id)), "stopped", "pending");
    EXPECT_EQ(state_of(emulator, id), "running");
    EXPECT_NE(field_of(emulator, id, "ipAddress"), "");
    EXPECT_EQ(field_of(emulator, id, "privateIpAddress"), private_ip);
    EXPECT_EQ(field_of(emulator, id, "blockDeviceMapping/item/ebs/volumeId"), volume);
    EXPECT_EQ(field_of(emulator, id, "launchTime"), "2026-01-02T03:05:05.000Z");
    EXPECT_EQ(field_of(emulator, id, "usageOperationUpdateTime"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(field_of(emulator, id, "reason"), "");
    EXPECT_EQ(field_of(emulator, id, "stateReason/code"), "");
}

TEST(StopInstances, TakesAsLongAsItsDelayUnlessForced)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    emulator.set_delay("instance.stopping", 5000);
    emulator.must("StopInstances", one_instance(id));
    emulator.advance(4999);
    EXPECT_EQ(state_of(emulator, id), "stopping");
    expect_refused(emulator.call("StartInstances", one_instance(id)), "IncorrectInstanceState",
                   "The instance '" + id + "' is not in a state from which it can be started.");
    emulator.advance(1);
    EXPECT_EQ(state_of(emulator, id), "stopped");

    emulator.must("StartInstances", one_instance(id));
    emulator.must("StopInstances", one_instance(id));
    expect_change(emulator.must("StopInstances", one_instance(id)), "stopping", "stopping");
    EXPECT_EQ(state_of(emulator, id), "stopping");
    emulator.must("StopInstances", one_instance(id, {{"Force", "true"}}));
    EXPECT_EQ(state_of(emulator, id), "stopped");

    emulator.must("StartInstances", one_instance(id));
    emulator.must("StopInstances", one_instance(id, {{"SkipOsShutdown", "true"}}));
    EXPECT_EQ(state_of(emulator, id), "stopped");
}

TEST(StopInstances, DoesNothingToOnesThatAreStopped)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    emulator.must("StopInstances", one_instance(id));
    expect_change(emulator.must("StopInstances", one_instance(id)), "stopped", "stopped");
}

TEST(StopInstances, RefusesInstancesThatNeverRanOrRunNoMore)
{
    TestEmulator emulator;
    emulator.set_delay("instance.pending", 1000);
    const auto id = run_one(emulator);
    expect_refused(
        emulator.call("StopInstances", one_instance(id)), "IncorrectInstanceState",
        "Instance '" + id + "' cannot be stopped as it has never reached the 'running' state.");
    emulator.must("TerminateInstances", one_instance(id));
    expect_refused(emulator.call("StopInstances", one_instance(id)), "IncorrectInstanceState",
                   "This instance '" + id + "' is not in a state from which it can be stopped.");
}

TEST(StopInstances, HonoursStopProtection)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"DisableApiStop", "true"}});
    expect_refused(emulator.call("StopInstances", one_instance(id, {{"Force", "true"}})),
                   "OperationNotPermitted",
                   "The instance '" + id +
                       "' may not be stopped. Modify its 'disableApiStop' instance attribute and "
                       "try again.");
    emulator.must("ModifyInstanceAttribute",
                  {{"InstanceId", id}, {"DisableApiStop.Value", "false"}});
    EXPECT_TRUE(emulator.call("StopInstances", one_instance(id)).ok());
}

TEST(StopInstances, RefusesToHibernateWhatWasNotLaunchedForIt)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    expect_refused(emulator.call("StopInstances", one_instance(id, {{"Hibernate", "true"}})),
                   "UnsupportedHibernationConfiguration",
                   "The instance can't be hibernated because it was not configured at launch for "
                   "hibernation: " +
                       id);
    EXPECT_EQ(state_of(emulator, id), "running");
}

TEST(StopInstances, StopsNoneWhenOneCannotBe)
{
    TestEmulator emulator;
    const auto one = run_one(emulator);
    const auto other = run_one(emulator, {{"DisableApiStop", "true"}});
    EXPECT_FALSE(emulator.call("StopInstances", one_instance(one, {{"InstanceId.2", other}})).ok());
    EXPECT_EQ(state_of(emulator, one), "running");
    const auto unknown = emulator.call("StopInstances", {{"InstanceId.1", "i-0123456789abcdef0"},
                                                         {"InstanceId.2", one},
                                                         {"InstanceId.3", "i-0123456789abcdef1"}});
    EXPECT_EQ(unknown.message,
              "The instance IDs 'i-0123456789abcdef0, i-0123456789abcdef1' do not exist");
    EXPECT_EQ(state_of(emulator, one), "running");
}

TEST(StopInstances, NamesAnInstanceOnceHoweverOftenItIsNamed)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const auto answer = emulator.must("StopInstances", one_instance(id, {{"InstanceId.2", id}}));
    EXPECT_THAT(answer.texts(kInstanceId), ElementsAre(id));
}

TEST(StartInstances, RefusesAnInstanceWithoutItsRootVolume)
{
    TestEmulator aws;
    const auto id = run_one(aws);
    aws.must("StopInstances", {{"InstanceId.1", id}});
    const auto root = field_of(aws, id, "blockDeviceMapping/item/ebs/volumeId");
    aws.must("DetachVolume", {{"VolumeId", root}});
    const auto refused = aws.call("StartInstances", {{"InstanceId.1", id}});
    EXPECT_EQ(refused.code, "InvalidParameterValue");
    EXPECT_EQ(refused.message,
              "Invalid value '" + id +
                  "' for instanceId. Instance does not have a volume attached at root (/dev/xvda)");
    EXPECT_EQ(aws.call("CreateImage", {{"InstanceId", id}, {"Name", "rootless"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(state_of(aws, id), "stopped");
    aws.must("AttachVolume", {{"VolumeId", root}, {"InstanceId", id}, {"Device", "/dev/xvda"}});
    aws.must("StartInstances", {{"InstanceId.1", id}});
    EXPECT_EQ(state_of(aws, id), "running");
}

TEST(StartInstances, DoesNothingToRunningOnes)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const auto address = field_of(emulator, id, "ipAddress");
    expect_change(emulator.must("StartInstances", one_instance(id)), "running", "running");
    EXPECT_EQ(field_of(emulator, id, "ipAddress"), address);
    EXPECT_EQ(emulator.call("StartInstances", one_instance(id, {{"DryRun", "true"}})).code,
              "DryRunOperation");
}

TEST(RebootInstances, TakesRunningInstancesAndIgnoresTerminatedOnes)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const auto address = field_of(emulator, id, "ipAddress");
    EXPECT_TRUE(emulator.call("RebootInstances", one_instance(id)).ok());
    EXPECT_EQ(field_of(emulator, id, "ipAddress"), address);
    EXPECT_EQ(state_of(emulator, id), "running");
    emulator.must("StopInstances", one_instance(id));
    EXPECT_EQ(emulator.call("RebootInstances", one_instance(id)).code, "IncorrectInstanceState");
    emulator.must("TerminateInstances", one_instance(id));
    EXPECT_TRUE(emulator.call("RebootInstances", one_instance(id)).ok());
    EXPECT_EQ(emulator.call("RebootInstances", one_instance("i-0123456789abcdef0")).code,
              "InvalidInstanceID.NotFound");
}

TEST(TerminateInstances, LeavesTheInstanceForAnHourWithoutItsNetworkAndVolumes)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"TagSpecification.1.ResourceType", "instance"},
                                       {"TagSpecification.1.Tag.1.Key", "Name"},
                                       {"TagSpecification.1.Tag.1.Value", "web"}});
    expect_change(emulator.must("TerminateInstances", one_instance(id)), "running",
                  "shutting-down");
    EXPECT_EQ(state_of(emulator, id), "terminated");
    for (const char* path : {"privateIpAddress", "ipAddress", "subnetId", "vpcId", "privateDnsName",
                             "networkInterfaceSet/item/networkInterfaceId", "groupSet/item/groupId",
                             "blockDeviceMapping/item/deviceName"}) {
        EXPECT_EQ(field_of(emulator, id, path), "") << path;
    }
    EXPECT_EQ(field_of(emulator, id, "tagSet/item/value"), "web");
    EXPECT_EQ(field_of(emulator, id, "reason"), "User initiated (2026-01-02 03:04:05 GMT)");
    EXPECT_THAT(emulator.must("DescribeVolumes").texts("volumeSet/item/volumeId"), IsEmpty());
    emulator.advance(kHourMs - 1);
    EXPECT_EQ(state_of(emulator, id), "terminated");
    emulator.advance(1);
    EXPECT_EQ(emulator.call("DescribeInstances", one_instance(id)).code,
              "InvalidInstanceID.NotFound");
    EXPECT_THAT(emulator.must("DescribeTags").texts("tagSet/item/resourceId"), IsEmpty());
}

TEST(TerminateInstances, KeepsVolumesThatAreNotToBeDeleted)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                                       {"BlockDeviceMapping.1.Ebs.VolumeSize", "1"},
                                       {"BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false"}});
    const auto later =
        emulator.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "2"}})
            .text("volumeId");
    emulator.must("AttachVolume",
                  {{"VolumeId", later}, {"InstanceId", id}, {"Device", "/dev/sdg"}});
    emulator.must("TerminateInstances", one_instance(id));
    const auto volumes = emulator.must("DescribeVolumes");
    EXPECT_THAT(volumes.texts("volumeSet/item/size"), testing::UnorderedElementsAre("1", "2"));
    EXPECT_THAT(volumes.texts("volumeSet/item/status"), ElementsAre("available", "available"));
    EXPECT_EQ(volumes.count("volumeSet/item/attachmentSet/item"), 0U);
}

TEST(TerminateInstances, TakesAsLongAsItsDelayUnlessForced)
{
    TestEmulator emulator;
    emulator.set_delay("instance.shutting-down", 5000);
    const auto id = run_one(emulator);
    emulator.must("TerminateInstances", one_instance(id));
    EXPECT_EQ(state_of(emulator, id), "shutting-down");
    EXPECT_THAT(emulator.must("DescribeVolumes").texts("volumeSet/item/volumeId"), SizeIs(1));
    expect_change(emulator.must("TerminateInstances", one_instance(id)), "shutting-down",
                  "shutting-down");
    emulator.advance(5000);
    EXPECT_EQ(state_of(emulator, id), "terminated");
    const auto other = run_one(emulator);
    emulator.must("TerminateInstances", one_instance(other, {{"Force", "true"}}));
    EXPECT_EQ(state_of(emulator, other), "terminated");
}

TEST(TerminateInstances, SucceedsOnTerminatedInstances)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    emulator.must("TerminateInstances", one_instance(id));
    expect_change(emulator.must("TerminateInstances", one_instance(id)), "terminated",
                  "terminated");
}

TEST(TerminateInstances, OvertakesALaunchAndAStop)
{
    TestEmulator emulator;
    emulator.set_delay("instance.pending", 1000);
    emulator.set_delay("instance.shutting-down", 5000);
    const auto id = run_one(emulator);
    emulator.must("TerminateInstances", one_instance(id));
    emulator.advance(1000);
    EXPECT_EQ(state_of(emulator, id), "shutting-down");
    emulator.advance(4000);
    EXPECT_EQ(state_of(emulator, id), "terminated");

    emulator.set_delay("instance.pending", 0);
    emulator.set_delay("instance.stopping", 1000);
    const auto other = run_one(emulator);
    emulator.must("StopInstances", one_instance(other));
    emulator.must("TerminateInstances", one_instance(other));
    emulator.advance(1000);
    EXPECT_EQ(state_of(emulator, other), "shutting-down");
}

TEST(TerminateInstances, HonoursStopProtection)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"DisableApiStop", "true"}});
    const auto protect = [&](const std::string& attribute, const std::string& value) {
        emulator.must("ModifyInstanceAttribute",
                      {{"InstanceId", id}, {attribute + ".Value", value}});
    };
    const auto expect_protected_by = [&](const std::string& attribute) {
        expect_refused(emulator.call("TerminateInstances", one_instance(id)),
                       "OperationNotPermitted",
                       "The instance '" + id + "' may not be terminated. Modify its '" + attribute +
                           "' instance attribute and try again.");
    };
    expect_protected_by("disableApiStop");
    protect("DisableApiTermination", "true");
    expect_protected_by("disableApiTermination");
    protect("DisableApiTermination", "false");
    protect("DisableApiStop", "false");
    EXPECT_TRUE(emulator.call("TerminateInstances", one_instance(id)).ok());
}

TEST(TerminateInstances, HonoursTerminationProtection)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"DisableApiTermination", "true"}});
    const auto other = run_one(emulator);
    expect_refused(emulator.call("TerminateInstances", one_instance(other, {{"InstanceId.2", id}})),
                   "OperationNotPermitted",
                   "The instance '" + id +
                       "' may not be terminated. Modify its 'disableApiTermination' instance "
                       "attribute and try again.");
    EXPECT_EQ(state_of(emulator, other), "running");
    emulator.must("ModifyInstanceAttribute",
                  {{"InstanceId", id}, {"DisableApiTermination.Value", "false"}});
    EXPECT_TRUE(emulator.call("TerminateInstances", one_instance(id)).ok());
}

TEST(TerminateInstances, TerminatesNoneWhenAnIdIsUnknownOrMalformed)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    EXPECT_EQ(
        emulator
            .call("TerminateInstances", one_instance(id, {{"InstanceId.2", "i-0123456789abcdef0"}}))
            .code,
        "InvalidInstanceID.NotFound");
    EXPECT_EQ(emulator.call("TerminateInstances", one_instance(id, {{"InstanceId.2", "i-1"}})).code,
              "InvalidInstanceID.Malformed");
    for (const auto* action :
         {"TerminateInstances", "StopInstances", "StartInstances", "RebootInstances"}) {
        const auto of_none = emulator.call(action);
        EXPECT_EQ(of_none.code, "InvalidParameterCombination") << action;
        EXPECT_EQ(of_none.message, "No instances specified") << action;
    }
    EXPECT_EQ(emulator.call("TerminateInstances", one_instance(id, {{"DryRun", "true"}})).code,
              "DryRunOperation");
    EXPECT_EQ(state_of(emulator, id), "running");
}

TEST(TerminateInstances, SparesTheZoneOfAProtectedInstanceAlone)
{
    TestEmulator emulator;
    const auto run = [&](const std::string& zone, const Parameters& more = {}) {
        return run_one(emulator, merged({{"Placement.AvailabilityZone", zone}}, more));
    };
    const auto kept = run("us-east-1a", {{"DisableApiTermination", "true"}});
    const auto beside = run("us-east-1a");
    const auto far = run("us-east-1b");
    const auto answer =
        emulator.call("TerminateInstances",
                      {{"InstanceId.1", far}, {"InstanceId.2", beside}, {"InstanceId.3", kept}});
    EXPECT_EQ(answer.code, "OperationNotPermitted");
    EXPECT_EQ(field_of(emulator, kept, "instanceState/name"), "running");
    EXPECT_EQ(field_of(emulator, beside, "instanceState/name"), "running");
    EXPECT_EQ(field_of(emulator, far, "instanceState/name"), "terminated");
}

}  // namespace
}  // namespace amilab::test
