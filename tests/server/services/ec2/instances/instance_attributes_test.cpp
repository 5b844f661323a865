#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::HasSubstr;

std::string attribute_of(TestEmulator& emulator, const std::string& id,
                         const std::string& attribute, const std::string& path)
{
    return emulator
        .must("DescribeInstanceAttribute", {{"InstanceId", id}, {"Attribute", attribute}})
        .text(path);
}

Answer modify(TestEmulator& emulator, const std::string& id, Parameters parameters)
{
    parameters.emplace_back("InstanceId", id);
    return emulator.call("ModifyInstanceAttribute", parameters);
}

TEST(DescribeInstanceAttribute, AnswersEveryAttribute)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"UserData", "YQ=="}});
    const std::map<std::string, std::pair<std::string, std::string>> expected = {
        {"instanceType", {"instanceType/value", "t3.micro"}},
        {"kernel", {"kernel/value", ""}},
        {"ramdisk", {"ramdisk/value", ""}},
        {"userData", {"userData/value", "YQ=="}},
        {"disableApiTermination", {"disableApiTermination/value", "false"}},
        {"disableApiStop", {"disableApiStop/value", "false"}},
        {"instanceInitiatedShutdownBehavior", {"instanceInitiatedShutdownBehavior/value", "stop"}},
        {"rootDeviceName", {"rootDeviceName/value", "/dev/xvda"}},
        {"blockDeviceMapping", {"blockDeviceMapping/item/deviceName", "/dev/xvda"}},
        {"productCodes", {"productCodes/item/productCode", ""}},
        {"sourceDestCheck", {"sourceDestCheck/value", "true"}},
        {"groupSet", {"groupSet/item/groupName", "default"}},
        {"ebsOptimized", {"ebsOptimized/value", "false"}},
        {"sriovNetSupport", {"sriovNetSupport/value", "simple"}},
        {"enclaveOptions", {"enclaveOptions/enabled", "false"}},
    };
    for (const auto& [attribute, field] : expected) {
        const auto answer = emulator.must("DescribeInstanceAttribute",
                                          {{"InstanceId", id}, {"Attribute", attribute}});
        EXPECT_EQ(answer.text("instanceId"), id);
        EXPECT_EQ(answer.text(field.first), field.second) << attribute;
        EXPECT_EQ(answer.count(attribute), 1U) << answer.body;
    }
}

TEST(DescribeInstanceAttribute, RefusesOtherAttributesAndInstances)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const auto code = [&](const std::string& instance, const std::string& attribute) {
        return emulator
            .call("DescribeInstanceAttribute", {{"InstanceId", instance}, {"Attribute", attribute}})
            .code;
    };
    for (const std::string unknown : {"colour", "enaSupport", ""}) {
        const auto refused = emulator.call("DescribeInstanceAttribute",
                                           {{"InstanceId", id}, {"Attribute", unknown}});
        EXPECT_EQ(refused.code, "InvalidParameterValue");
        EXPECT_EQ(refused.message,
                  "Value (" + unknown + ") for parameter attribute is invalid. Unknown attribute.");
    }
    EXPECT_EQ(code("i-0123456789abcdef0", "userData"), "InvalidInstanceID.NotFound");
    EXPECT_EQ(code("i-xyz", "userData"), "InvalidInstanceID.Malformed");
    EXPECT_EQ(code("vol-0123456789abcdef0", "userData"), "InvalidParameterValue");
}

TEST(ModifyInstanceAttribute, ChangesFlagsInEitherStyle)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    for (const auto& [attribute, member] :
         std::map<std::string, std::string>{{"disableApiTermination", "DisableApiTermination"},
                                            {"disableApiStop", "DisableApiStop"},
                                            {"sourceDestCheck", "SourceDestCheck"}}) {
        const auto before = attribute_of(emulator, id, attribute, attribute + "/value");
        const std::string after = before == "true" ? "false" : "true";
        EXPECT_TRUE(modify(emulator, id, {{member + ".Value", after}}).ok());
        EXPECT_EQ(attribute_of(emulator, id, attribute, attribute + "/value"), after);
        EXPECT_TRUE(modify(emulator, id, {{"Attribute", attribute}, {"Value", before}}).ok());
        EXPECT_EQ(attribute_of(emulator, id, attribute, attribute + "/value"), before);
        EXPECT_EQ(modify(emulator, id, {{"Attribute", attribute}, {"Value", "maybe"}}).code,
                  "InvalidParameterValue");
    }
    EXPECT_TRUE(
        modify(emulator, id, {{"InstanceInitiatedShutdownBehavior.Value", "terminate"}}).ok());
    EXPECT_EQ(attribute_of(emulator, id, "instanceInitiatedShutdownBehavior",
                           "instanceInitiatedShutdownBehavior/value"),
              "terminate");
    EXPECT_EQ(modify(emulator, id, {{"InstanceInitiatedShutdownBehavior.Value", "sleep"}}).code,
              "InvalidParameterValue");
}

TEST(ModifyInstanceAttribute, ChangesOneAttributeAtATime)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const auto none = modify(emulator, id, {});
    EXPECT_EQ(none.code, "InvalidParameterCombination");
    EXPECT_EQ(none.message, "No attributes specified.");
    const auto two =
        modify(emulator, id,
               {{"DisableApiTermination.Value", "true"}, {"SourceDestCheck.Value", "false"}});
    EXPECT_EQ(two.code, "InvalidParameterCombination");
    EXPECT_EQ(two.message, "Fields for multiple attribute types specified");
    EXPECT_EQ(attribute_of(emulator, id, "disableApiTermination", "disableApiTermination/value"),
              "false");
    EXPECT_EQ(modify(emulator, id, {{"Value", "true"}}).code, "MissingParameter");
    EXPECT_EQ(modify(emulator, id, {{"Attribute", "sourceDestCheck"}}).code, "MissingParameter");
}

TEST(ModifyInstanceAttribute, RefusesAttributesThatCannotBeChanged)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    EXPECT_EQ(modify(emulator, id, {{"Attribute", "rootDeviceName"}, {"Value", "/dev/sda1"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(modify(emulator, id, {{"Attribute", "groupSet"}, {"Value", "sg-x"}}).code,
              "InvalidParameterValue");
}

TEST(ModifyInstanceAttribute, SetsKernelAndRamDiskOfAStoppedInstance)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const Parameters kernel = {{"Attribute", "kernel"}, {"Value", "aki-12345678"}};
    EXPECT_EQ(modify(emulator, id, kernel).code, "IncorrectInstanceState");
    emulator.must("StopInstances", one_instance(id));
    EXPECT_EQ(modify(emulator, id, {{"Kernel.Value", "ari-12345678"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(modify(emulator, id, kernel).code, "");
    EXPECT_EQ(modify(emulator, id, {{"Ramdisk.Value", "ari-12345678"}}).code, "");
    EXPECT_EQ(attribute_of(emulator, id, "kernel", "kernel/value"), "aki-12345678");
    EXPECT_EQ(attribute_of(emulator, id, "ramdisk", "ramdisk/value"), "ari-12345678");
    for (const char* attribute : {"kernel", "ramdisk"}) {
        emulator.must("ResetInstanceAttribute", {{"InstanceId", id}, {"Attribute", attribute}});
        EXPECT_EQ(attribute_of(emulator, id, attribute, std::string(attribute) + "/value"), "");
    }
}

TEST(ModifyInstanceAttribute, RefusesATypeThatHasNoRoomForTheInterfaces)
{
    TestEmulator emulator;
    const auto many = run_one(emulator, {{"InstanceType", "m5.2xlarge"},
                                         {"NetworkInterface.1.DeviceIndex", "0"},
                                         {"NetworkInterface.2.DeviceIndex", "1"},
                                         {"NetworkInterface.3.DeviceIndex", "2"}});
    const auto full =
        run_one(emulator, {{"InstanceType", "m5.2xlarge"},
                           {"NetworkInterface.1.DeviceIndex", "0"},
                           {"NetworkInterface.1.SecondaryPrivateIpAddressCount", "5"}});
    emulator.must("StopInstances", one_instance(many, {{"InstanceId.2", full}}));
    const Parameters small{{"InstanceType.Value", "t3.micro"}};
    expect_refused(modify(emulator, many, small), "AttachmentLimitExceeded",
                   "Interface count 3 exceeds the limit for t3.micro");
    EXPECT_EQ(modify(emulator, full, small).code, "PrivateIpAddressLimitExceeded");
    EXPECT_EQ(field_of(emulator, full, "instanceType"), "m5.2xlarge");
    EXPECT_TRUE(modify(emulator, many, {{"InstanceType.Value", "m5.large"}}).ok());
    EXPECT_TRUE(modify(emulator, full, {{"InstanceType.Value", "m5.large"}}).ok());
}

TEST(ModifyInstanceAttribute, ChangesTheTypeOfAStoppedInstance)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const auto running = modify(emulator, id, {{"InstanceType.Value", "t3.small"}});
    EXPECT_EQ(running.code, "IncorrectInstanceState");
    EXPECT_EQ(running.message, "The instance '" + id + "' is not in the 'stopped' state.");
    emulator.must("StopInstances", one_instance(id));
    EXPECT_EQ(modify(emulator, id, {{"InstanceType.Value", "x9.tiny"}}).code,
              "InvalidInstanceAttributeValue");
    EXPECT_EQ(modify(emulator, id, {{"InstanceType.Value", "t4g.small"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(modify(emulator, id, {{"InstanceType.Value", "m5.large"}, {"DryRun", "true"}}).code,
              "DryRunOperation");
    EXPECT_TRUE(modify(emulator, id, {{"InstanceType.Value", "t2.medium"}}).ok());
    EXPECT_EQ(field_of(emulator, id, "instanceType"), "t2.medium");
    EXPECT_EQ(field_of(emulator, id, "cpuOptions/coreCount"), "2");
    EXPECT_EQ(field_of(emulator, id, "currentInstanceBootMode"), "legacy-bios");
    EXPECT_TRUE(emulator.call("StartInstances", one_instance(id)).ok());
}

TEST(ModifyInstanceAttribute, ChangesUserDataOfAStoppedInstance)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    EXPECT_EQ(modify(emulator, id, {{"UserData.Value", "YQ=="}}).code, "IncorrectInstanceState");
    emulator.must("StopInstances", one_instance(id));
    EXPECT_TRUE(modify(emulator, id, {{"UserData.Value", "YQ=="}}).ok());
    EXPECT_EQ(attribute_of(emulator, id, "userData", "userData/value"), "YQ==");
    EXPECT_TRUE(modify(emulator, id, {{"Attribute", "userData"}, {"Value", "Yg=="}}).ok());
    EXPECT_EQ(attribute_of(emulator, id, "userData", "userData/value"), "Yg==");
    EXPECT_FALSE(modify(emulator, id, {{"Attribute", "userData"}, {"Value", "#!"}}).ok());
    EXPECT_TRUE(modify(emulator, id, {{"UserData.Value", ""}}).ok());
    EXPECT_EQ(attribute_of(emulator, id, "userData", "userData/value"), "");
}

TEST(ModifyInstanceAttribute, ChangesNetworkingAndEbsOptionsOfAStoppedInstance)
{
    TestEmulator emulator;
    const auto image = own_image(emulator, "plain", {});
    const auto id = emulator.must("RunInstances", launch(image, {{"InstanceType", "t2.micro"}}))
                        .text(kInstanceId);
    EXPECT_EQ(modify(emulator, id, {{"EnaSupport.Value", "true"}}).code, "IncorrectInstanceState");
    emulator.must("StopInstances", one_instance(id));
    EXPECT_EQ(modify(emulator, id, {{"InstanceType.Value", "t3.micro"}}).code,
              "InvalidParameterCombination");
    EXPECT_TRUE(modify(emulator, id, {{"EnaSupport.Value", "true"}}).ok());
    EXPECT_TRUE(modify(emulator, id, {{"SriovNetSupport.Value", "simple"}}).ok());
    EXPECT_EQ(field_of(emulator, id, "sriovNetSupport"), "simple");
    EXPECT_EQ(modify(emulator, id, {{"SriovNetSupport.Value", "none"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(modify(emulator, id, {{"EbsOptimized.Value", "true"}}).code, "Unsupported");
    EXPECT_TRUE(modify(emulator, id, {{"InstanceType.Value", "t3.micro"}}).ok());
    EXPECT_TRUE(modify(emulator, id, {{"EbsOptimized.Value", "true"}}).ok());
    EXPECT_EQ(field_of(emulator, id, "ebsOptimized"), "true");
}

TEST(ModifyInstanceAttribute, ChangesWhetherVolumesGoWithTheInstance)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    EXPECT_TRUE(modify(emulator, id,
                       {{"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                        {"BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false"}})
                    .ok());
    EXPECT_EQ(field_of(emulator, id, "blockDeviceMapping/item/ebs/deleteOnTermination"), "false");
    const auto unknown = modify(emulator, id,
                                {{"BlockDeviceMapping.1.DeviceName", "/dev/sdz"},
                                 {"BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false"}});
    EXPECT_EQ(unknown.code, "InvalidInstanceAttributeValue");
    EXPECT_EQ(unknown.message, "No device is currently mapped at /dev/sdz");
    emulator.must("TerminateInstances", one_instance(id));
    EXPECT_EQ(emulator.must("DescribeVolumes").text("volumeSet/item/status"), "available");
}

TEST(ModifyInstanceAttribute, ReplacesSecurityGroups)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const auto group = field_of(emulator, id, "groupSet/item/groupId");
    EXPECT_TRUE(modify(emulator, id, {{"GroupId.1", group}}).ok());
    EXPECT_EQ(attribute_of(emulator, id, "groupSet", "groupSet/item/groupId"), group);
    EXPECT_EQ(modify(emulator, id, {{"GroupId.1", "sg-0123456789abcdef0"}}).code,
              "InvalidGroup.NotFound");
    EXPECT_EQ(attribute_of(emulator, id, "groupSet", "groupSet/item/groupId"), group);
}

TEST(ModifyInstanceAttribute, RefusesTerminatedInstances)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    emulator.must("TerminateInstances", one_instance(id));
    EXPECT_EQ(modify(emulator, id, {{"SourceDestCheck.Value", "false"}}).code,
              "IncorrectInstanceState");
}

}  // namespace
}  // namespace amilab::test
