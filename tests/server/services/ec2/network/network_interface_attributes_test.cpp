#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/network/own_network.h"

namespace amilab::test {
namespace {

std::string spare(TestEmulator& emulator)
{
    return make_interface(emulator, default_subnet(emulator), {{"Description", "spare"}});
}

Answer attribute(TestEmulator& emulator, const std::string& id, const std::string& name)
{
    return emulator.must("DescribeNetworkInterfaceAttribute",
                         {{"NetworkInterfaceId", id}, {"Attribute", name}});
}

Answer modify(TestEmulator& emulator, const std::string& id, const Parameters& changes)
{
    return emulator.call("ModifyNetworkInterfaceAttribute",
                         merged({{"NetworkInterfaceId", id}}, changes));
}

TEST(DescribeNetworkInterfaceAttribute, ShowsTheOneThatIsAskedFor)
{
    TestEmulator emulator;
    const auto id = spare(emulator);
    const auto description = attribute(emulator, id, "description");
    EXPECT_EQ(description.text("networkInterfaceId"), id);
    EXPECT_EQ(description.text("description/value"), "spare");
    EXPECT_EQ(description.count("sourceDestCheck"), 0U);
    EXPECT_EQ(description.count("groupSet"), 0U);
    EXPECT_EQ(attribute(emulator, id, "sourceDestCheck").text("sourceDestCheck/value"), "true");
    EXPECT_EQ(attribute(emulator, id, "groupSet").text("groupSet/item/groupName"), "default");
    EXPECT_EQ(attribute(emulator, id, "attachment").count("attachment"), 0U);
    EXPECT_EQ(emulator.call("DescribeNetworkInterfaceAttribute", {{"NetworkInterfaceId", id}}).code,
              "MissingParameter");
}

TEST(ModifyNetworkInterfaceAttribute, ChangesOneAttributeACall)
{
    TestEmulator emulator;
    const auto id = spare(emulator);
    EXPECT_EQ(modify(emulator, id, {{"Description.Value", "changed"}}).code, "");
    EXPECT_EQ(attribute(emulator, id, "description").text("description/value"), "changed");
    EXPECT_EQ(modify(emulator, id, {{"SourceDestCheck.Value", "false"}}).code, "");
    EXPECT_EQ(attribute(emulator, id, "sourceDestCheck").text("sourceDestCheck/value"), "false");
    emulator.must("ResetNetworkInterfaceAttribute",
                  {{"NetworkInterfaceId", id}, {"SourceDestCheck", "true"}});
    EXPECT_EQ(attribute(emulator, id, "sourceDestCheck").text("sourceDestCheck/value"), "true");
    EXPECT_EQ(modify(emulator, id, {}).code, "InvalidParameterCombination");
    EXPECT_EQ(
        modify(emulator, id, {{"Description.Value", "x"}, {"SourceDestCheck.Value", "true"}}).code,
        "InvalidParameterCombination");
    EXPECT_EQ(modify(emulator, id, {{"SecurityGroupId.1", "sg-0123456789abcdef0"}}).code,
              "InvalidGroup.NotFound");
    EXPECT_EQ(modify(emulator, "eni-0123456789abcdef0", {{"Description.Value", "x"}}).code,
              "InvalidNetworkInterfaceID.NotFound");
}

TEST(ModifyNetworkInterfaceAttribute, DecidesWhetherTheInterfaceGoesWithItsInstance)
{
    TestEmulator emulator;
    const auto instance = run_one(emulator);
    const std::string item = "networkInterfaceSet/item/";
    const auto id = field_of(emulator, instance, item + "networkInterfaceId");
    const auto attachment = field_of(emulator, instance, item + "attachment/attachmentId");
    const auto change = [&](const std::string& of) {
        return modify(
            emulator, id,
            {{"Attachment.AttachmentId", of}, {"Attachment.DeleteOnTermination", "false"}});
    };
    EXPECT_EQ(change("eni-attach-0123456789abcdef0").code, "InvalidAttachmentID.NotFound");
    EXPECT_EQ(modify(emulator, id, {{"Attachment.AttachmentId", attachment}}).code,
              "MissingParameter");
    EXPECT_EQ(change(attachment).code, "");
    EXPECT_EQ(field_of(emulator, instance, item + "attachment/deleteOnTermination"), "false");
    emulator.must("TerminateInstances", one_instance(instance));
    EXPECT_EQ(emulator.must("DescribeNetworkInterfaces").text(item + "networkInterfaceId"), id);
}

TEST(ModifyNetworkInterfaceAttribute, DecidesOnPublicAddressesFromTheNextStartOn)
{
    TestEmulator emulator;
    const auto instance = run_one(emulator);
    const auto id = field_of(emulator, instance, "networkInterfaceSet/item/networkInterfaceId");
    EXPECT_EQ(attribute(emulator, id, "associatePublicIpAddress").text("associatePublicIpAddress"),
              "true");
    EXPECT_EQ(modify(emulator, id, {{"AssociatePublicIpAddress", "false"}}).code, "");
    emulator.must("StopInstances", one_instance(instance));
    emulator.must("StartInstances", one_instance(instance));
    EXPECT_EQ(field_of(emulator, instance, "ipAddress"), "");
}

}  // namespace
}  // namespace amilab::test
