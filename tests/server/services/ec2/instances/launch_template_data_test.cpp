#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;

TEST(GetLaunchTemplateData, SaysWhatTheInstanceWasTold)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"InstanceType", "t3.small"},
                                       {"Monitoring.Enabled", "true"},
                                       {"UserData", "YQ=="},
                                       {"CreditSpecification.CpuCredits", "standard"},
                                       {"TagSpecification.1.ResourceType", "instance"},
                                       {"TagSpecification.1.Tag.1.Key", "of"},
                                       {"TagSpecification.1.Tag.1.Value", "test"}});
    const auto answer = emulator.must("GetLaunchTemplateData", {{"InstanceId", id}});
    const auto text = [&](const std::string& path) {
        return answer.text("launchTemplateData/" + path);
    };
    EXPECT_EQ(text("imageId"), public_image(emulator));
    EXPECT_EQ(text("instanceType"), "t3.small");
    EXPECT_EQ(text("monitoring/enabled"), "true");
    EXPECT_EQ(text("userData"), "YQ==");
    EXPECT_EQ(text("creditSpecification/cpuCredits"), "standard");
    EXPECT_EQ(text("placement/tenancy"), "default");
    EXPECT_EQ(text("metadataOptions/httpEndpoint"), "enabled");
    EXPECT_EQ(text("tagSpecificationSet/item/tagSet/item/key"), "of");
    EXPECT_EQ(text("networkInterfaceSet/item/deviceIndex"), "0");
    EXPECT_EQ(text("blockDeviceMappingSet/item/ebs/deleteOnTermination"), "true");
}

TEST(GetLaunchTemplateData, LeavesOutTheTagsThatAwsSets)
{
    TestEmulator emulator;
    emulator.must("CreateLaunchTemplate", {{"LaunchTemplateName", "web"},
                                           {"LaunchTemplateData.ImageId", public_image(emulator)},
                                           {"LaunchTemplateData.InstanceType", "t3.small"}});
    const auto id = emulator
                        .must("RunInstances", {{"LaunchTemplate.LaunchTemplateName", "web"},
                                               {"MinCount", "1"},
                                               {"MaxCount", "1"}})
                        .text(kInstanceId);
    EXPECT_EQ(emulator.must("GetLaunchTemplateData", {{"InstanceId", id}})
                  .count("launchTemplateData/tagSpecificationSet/item"),
              0U);
}

TEST(GetLaunchTemplateData, RefusesWhatIsNoInstanceOfTheCaller)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const auto code = [&](const std::string& instance, std::string_view account = kAccount) {
        return emulator.call("GetLaunchTemplateData", {{"InstanceId", instance}}, account).code;
    };
    EXPECT_EQ(code("i-0123456789abcdef0"), "InvalidInstanceID.NotFound");
    EXPECT_EQ(code(id, kOtherAccount), "InvalidInstanceID.NotFound");
    EXPECT_EQ(code("x"), "InvalidParameterValue");
    EXPECT_EQ(emulator.call("GetLaunchTemplateData", {{"InstanceId", id}, {"DryRun", "true"}}).code,
              "DryRunOperation");
}

}  // namespace
}  // namespace amilab::test
