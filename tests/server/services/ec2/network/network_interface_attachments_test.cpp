#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/network/own_network.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;

const std::string kItem = "networkInterfaceSet/item/";

/// A free interface of the zone.
std::string spare(TestEmulator& emulator, const std::string& zone = "us-east-1a")
{
    return make_interface(emulator, default_subnet(emulator, zone));
}

std::string instance_in_a(TestEmulator& emulator)
{
    return run_one(emulator, {{"Placement.AvailabilityZone", "us-east-1a"}});
}

Answer attach(TestEmulator& emulator, const std::string& id, const std::string& instance,
              const std::string& index = "1")
{
    return emulator.call(
        "AttachNetworkInterface",
        {{"NetworkInterfaceId", id}, {"InstanceId", instance}, {"DeviceIndex", index}});
}

TEST(AttachNetworkInterface, GivesARunningOrStoppedInstanceAnotherInterface)
{
    TestEmulator emulator;
    const auto instance = instance_in_a(emulator);
    const auto id = spare(emulator);
    const auto attachment = attach(emulator, id, instance).text("attachmentId");
    EXPECT_THAT(attachment, MatchesRegex("eni-attach-[0-9a-f]+"));
    const auto found = emulator.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", id}});
    EXPECT_EQ(found.text(kItem + "status"), "in-use");
    EXPECT_EQ(found.text(kItem + "attachment/attachmentId"), attachment);
    EXPECT_EQ(found.text(kItem + "attachment/deleteOnTermination"), "false");
    EXPECT_EQ(found.text(kItem + "attachment/deviceIndex"), "1");
    EXPECT_THAT(
        emulator.must("DescribeInstances", one_instance(instance))
            .texts("reservationSet/item/instancesSet/item/" + kItem + "attachment/deviceIndex"),
        ElementsAre("0", "1"));
    emulator.must("DetachNetworkInterface", {{"AttachmentId", attachment}});
    emulator.must("StopInstances", one_instance(instance));
    EXPECT_EQ(attach(emulator, id, instance).code, "");
}

TEST(AttachNetworkInterface, RefusesWhatIsTakenElsewhereOrTooMuch)
{
    TestEmulator emulator;
    const auto instance = instance_in_a(emulator);
    const auto id = spare(emulator);
    expect_refused(
        attach(emulator, id, instance, "0"), "InvalidParameterValue",
        "Instance '" + instance + "' already has an interface attached at device index '0'.");
    EXPECT_EQ(attach(emulator, id, instance, "-1").code, "InvalidParameterValue");
    EXPECT_EQ(attach(emulator, spare(emulator, "us-east-1b"), instance).code,
              "InvalidParameterCombination");
    EXPECT_EQ(attach(emulator, id, instance).code, "");
    expect_refused(attach(emulator, id, instance, "2"), "InvalidNetworkInterface.InUse",
                   "Interface: [" + id + "] in use.");
    expect_refused(attach(emulator, spare(emulator), instance, "2"), "AttachmentLimitExceeded",
                   "Interface count 3 exceeds the limit for t3.micro");
}

TEST(AttachNetworkInterface, RefusesMoreAddressesThanTheTypeLetsAnInterfaceHave)
{
    TestEmulator emulator;
    const auto instance = instance_in_a(emulator);
    const auto id = spare(emulator);
    emulator.must("AssignPrivateIpAddresses",
                  {{"NetworkInterfaceId", id}, {"SecondaryPrivateIpAddressCount", "2"}});
    EXPECT_EQ(attach(emulator, id, instance).code, "PrivateIpAddressLimitExceeded");
    EXPECT_EQ(emulator
                  .call("RunInstances", launch(public_image(emulator),
                                               {{"NetworkInterface.1.DeviceIndex", "0"},
                                                {"NetworkInterface.1.NetworkInterfaceId", id}}))
                  .code,
              "PrivateIpAddressLimitExceeded");
}

TEST(AttachNetworkInterface, RefusesWhatIsNotThere)
{
    TestEmulator emulator;
    const auto instance = instance_in_a(emulator);
    const auto id = spare(emulator);
    EXPECT_EQ(attach(emulator, "eni-0123456789abcdef0", instance).code,
              "InvalidNetworkInterfaceID.NotFound");
    EXPECT_EQ(attach(emulator, id, "i-0123456789abcdef0").code, "InvalidInstanceID.NotFound");
    emulator.must("TerminateInstances", one_instance(instance));
    EXPECT_EQ(attach(emulator, id, instance).code, "IncorrectState");
}

TEST(DetachNetworkInterface, FreesTheInterface)
{
    TestEmulator emulator;
    const auto instance = instance_in_a(emulator);
    const auto id = spare(emulator);
    const auto attachment = attach(emulator, id, instance).text("attachmentId");
    emulator.must("DetachNetworkInterface", {{"AttachmentId", attachment}});
    EXPECT_EQ(emulator.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", id}})
                  .text(kItem + "status"),
              "available");
    expect_refused(emulator.call("DetachNetworkInterface", {{"AttachmentId", attachment}}),
                   "InvalidAttachmentID.NotFound",
                   "The networkInterface attachment ID '" + attachment + "' does not exist");
    emulator.must("DeleteNetworkInterface", {{"NetworkInterfaceId", id}});
}

TEST(DetachNetworkInterface, LeavesAnInstanceItsPrimaryOne)
{
    TestEmulator emulator;
    const auto attachment = field_of(emulator, instance_in_a(emulator),
                                     "networkInterfaceSet/item/attachment/attachmentId");
    expect_refused(emulator.call("DetachNetworkInterface", {{"AttachmentId", attachment}}),
                   "OperationNotPermitted",
                   "The network interface at device index 0 and networkCard index 0 cannot be "
                   "detached.");
    EXPECT_EQ(
        emulator.call("DetachNetworkInterface", {{"AttachmentId", attachment}}, kOtherAccount).code,
        "InvalidAttachmentID.NotFound");
}

}  // namespace
}  // namespace amilab::test
