#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/sql/statement.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;

constexpr const char* kId = "launchTemplate/launchTemplateId";

std::string make(TestEmulator& emulator, const std::string& name, const Parameters& data)
{
    return emulator.must("CreateLaunchTemplate", merged({{"LaunchTemplateName", name}}, data))
        .text(kId);
}

Parameters data(const std::string& name, const std::string& value)
{
    return {{"LaunchTemplateData." + name, value}};
}

Parameters by_template(const std::string& id, const Parameters& extra = {})
{
    return merged({{"LaunchTemplate.LaunchTemplateId", id}, {"MinCount", "1"}, {"MaxCount", "1"}},
                  extra);
}

TEST(CreateLaunchTemplate, AnswersTheTemplateWithItsFirstVersion)
{
    TestEmulator emulator;
    const auto answer = emulator.must(
        "CreateLaunchTemplate", merged(data("InstanceType", "t3.small"),
                                       {{"LaunchTemplateName", "web"},
                                        {"TagSpecification.1.ResourceType", "launch-template"},
                                        {"TagSpecification.1.Tag.1.Key", "of"},
                                        {"TagSpecification.1.Tag.1.Value", "test"}}));
    EXPECT_EQ(answer.text("launchTemplate/launchTemplateName"), "web");
    EXPECT_EQ(answer.text("launchTemplate/defaultVersionNumber"), "1");
    EXPECT_EQ(answer.text("launchTemplate/latestVersionNumber"), "1");
    EXPECT_EQ(answer.text("launchTemplate/tagSet/item/key"), "of");
}

TEST(CreateLaunchTemplate, RefusesNamesAndDataThatCannotBe)
{
    TestEmulator emulator;
    make(emulator, "web", data("InstanceType", "t3.small"));
    const auto code = [&](const std::string& name, const Parameters& with) {
        return emulator.call("CreateLaunchTemplate", merged({{"LaunchTemplateName", name}}, with))
            .code;
    };
    const auto type = data("InstanceType", "t3.small");
    EXPECT_EQ(code("web", type), "InvalidLaunchTemplateName.AlreadyExistsException");
    EXPECT_EQ(code("ab", type), "InvalidLaunchTemplateName.MalformedException");
    EXPECT_EQ(code("a b c", type), "InvalidLaunchTemplateName.MalformedException");
    EXPECT_EQ(code("new", data("ImageId", "ami-x")), "InvalidAMIID.Malformed");
    EXPECT_EQ(code("new", data("UserData", "!")), "InvalidUserData.Malformed");
    EXPECT_EQ(code("new", data("KernelId", "ami-12345678")), "InvalidParameterValue");
    EXPECT_EQ(code("new", merged(type, {{"DryRun", "true"}})), "DryRunOperation");
}

TEST(CreateLaunchTemplate, TakesNamesUpToTheirLimits)
{
    TestEmulator emulator;
    const auto code = [&](const std::string& name) {
        return emulator
            .call("CreateLaunchTemplate",
                  merged({{"LaunchTemplateName", name}}, data("InstanceType", "t3.small")))
            .code;
    };
    EXPECT_EQ(code("a.b"), "");
    EXPECT_EQ(code(std::string(128, 'n')), "");
    EXPECT_EQ(code(std::string(129, 'n')), "InvalidLaunchTemplateName.MalformedException");
}

TEST(CreateLaunchTemplate, RefusesMoreThanFiveThousandInARegion)
{
    TestEmulator emulator;
    {
        auto writer = emulator.generation().writer();
        Statement(writer.db(),
                  "WITH RECURSIVE number (n) AS"
                  " (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 5000)"
                  " INSERT INTO launch_template (id, region, owner, name, create_time_ms,"
                  " created_by, default_version, next_version)"
                  " SELECT printf('lt-%017x', n), ?1, ?2, 'name-' || n, 0, '', 1, 2 FROM number")
            .execute(kRegion, kAccount);
    }
    const auto more = merged({{"LaunchTemplateName", "more"}}, data("InstanceType", "t3.small"));
    EXPECT_EQ(emulator.call("CreateLaunchTemplate", more).code, "LaunchTemplateLimitExceeded");
    EXPECT_EQ(emulator.call("DescribeLaunchTemplates", {{"LaunchTemplateName.1", "more"}}).code,
              "InvalidLaunchTemplateName.NotFoundException");
    EXPECT_EQ(emulator.call("CreateLaunchTemplate", more, kOtherAccount).code, "");
    emulator.must("DeleteLaunchTemplate", {{"LaunchTemplateName", "name-1"}});
    EXPECT_EQ(emulator.call("CreateLaunchTemplate", more).code, "");
}

TEST(CreateLaunchTemplate, TakesATokenOnceForOneRequest)
{
    TestEmulator emulator;
    const Parameters token = {{"ClientToken", "one"}};
    const auto type = merged(data("InstanceType", "t3.small"), token);
    EXPECT_EQ(make(emulator, "web", type), make(emulator, "web", type));
    EXPECT_EQ(
        emulator.call("CreateLaunchTemplate", merged({{"LaunchTemplateName", "other"}}, type)).code,
        "IdempotentParameterMismatch");
}

TEST(CreateLaunchTemplate, DoesNotTellOfATemplateThatIsGoneByItsToken)
{
    TestEmulator emulator;
    const auto request = merged(data("InstanceType", "t3.small"),
                                {{"LaunchTemplateName", "web"}, {"ClientToken", "one"}});
    emulator.must("CreateLaunchTemplate", request);
    emulator.must("DeleteLaunchTemplate", {{"LaunchTemplateName", "web"}});
    EXPECT_EQ(emulator.call("CreateLaunchTemplate", request).code,
              "InvalidLaunchTemplateId.NotFound");
}

TEST(DescribeLaunchTemplates, FindsByIdAndName)
{
    TestEmulator emulator;
    const auto id = make(emulator, "web", data("InstanceType", "t3.small"));
    make(emulator, "other", data("InstanceType", "t3.small"));
    constexpr const char* kIds = "launchTemplates/item/launchTemplateId";
    EXPECT_THAT(
        emulator.must("DescribeLaunchTemplates", {{"LaunchTemplateName.1", "web"}}).texts(kIds),
        ElementsAre(id));
    EXPECT_THAT(
        emulator.must("DescribeLaunchTemplates", filter("launch-template-name", "w*")).texts(kIds),
        ElementsAre(id));
}

TEST(DescribeLaunchTemplates, DoesNotSayWhichOfThoseThatItNamesIsMissing)
{
    TestEmulator emulator;
    make(emulator, "web", data("InstanceType", "t3.small"));
    constexpr const char* kText =
        "At least one of the launch templates specified in the request does not exist.";
    const auto by_id =
        emulator.call("DescribeLaunchTemplates", {{"LaunchTemplateId.1", "lt-0123456789abcdef0"}});
    EXPECT_EQ(by_id.code, "InvalidLaunchTemplateId.NotFound");
    EXPECT_EQ(by_id.message, kText);
    const auto by_name =
        emulator.call("DescribeLaunchTemplates",
                      {{"LaunchTemplateName.1", "web"}, {"LaunchTemplateName.2", "none"}});
    EXPECT_EQ(by_name.code, "InvalidLaunchTemplateName.NotFoundException");
    EXPECT_EQ(by_name.message, kText);
}

TEST(ModifyLaunchTemplate, SetsTheDefaultVersion)
{
    TestEmulator emulator;
    const auto id = make(emulator, "web", data("InstanceType", "t3.small"));
    emulator.must("CreateLaunchTemplateVersion",
                  merged(data("InstanceType", "t3.large"), {{"LaunchTemplateId", id}}));
    const Parameters named = {{"LaunchTemplateName", "web"}};
    EXPECT_EQ(emulator.must("ModifyLaunchTemplate", merged(named, {{"SetDefaultVersion", "2"}}))
                  .text("launchTemplate/defaultVersionNumber"),
              "2");
    const auto unknown =
        emulator.call("ModifyLaunchTemplate", merged(named, {{"SetDefaultVersion", "3"}}));
    EXPECT_EQ(unknown.code, "InvalidLaunchTemplateId.VersionNotFound");
    EXPECT_EQ(unknown.message,
              "The launch template version 3 is not found for the specified launch template.");
    EXPECT_EQ(emulator.call("ModifyLaunchTemplate", named).code, "MissingParameter");
    const auto twice =
        emulator.call("ModifyLaunchTemplate",
                      merged(named, {{"LaunchTemplateId", id}, {"SetDefaultVersion", "2"}}));
    EXPECT_EQ(twice.code, "InvalidParameterCombination");
    EXPECT_EQ(twice.message,
              "Either provide launch template ID or launch template name to modify the template.");
}

TEST(DeleteLaunchTemplate, TakesItsVersionsWithIt)
{
    TestEmulator emulator;
    const auto id = make(emulator, "web", data("InstanceType", "t3.small"));
    emulator.must("DeleteLaunchTemplate", {{"LaunchTemplateId", id}});
    EXPECT_EQ(emulator.call("DescribeLaunchTemplateVersions", {{"LaunchTemplateId", id}}).code,
              "InvalidLaunchTemplateId.NotFound");
    EXPECT_EQ(emulator.call("DeleteLaunchTemplate", {{"LaunchTemplateName", "web"}}).code,
              "InvalidLaunchTemplateName.NotFoundException");
    make(emulator, "web", data("InstanceType", "t3.small"));
}

TEST(RunInstances, IsToldByALaunchTemplateWhatItDoesNotSay)
{
    TestEmulator emulator;
    const auto id =
        make(emulator, "web",
             merged(data("ImageId", public_image(emulator)),
                    merged(data("InstanceType", "t3.small"), data("Monitoring.Enabled", "true"))));
    const auto one = emulator.must("RunInstances", by_template(id)).text(kInstanceId);
    EXPECT_EQ(field_of(emulator, one, "instanceType"), "t3.small");
    EXPECT_EQ(field_of(emulator, one, "monitoring/state"), "enabled");
    const auto other =
        emulator.must("RunInstances", by_template(id, {{"InstanceType", "t3.micro"}}))
            .text(kInstanceId);
    EXPECT_EQ(field_of(emulator, other, "instanceType"), "t3.micro");
}

TEST(RunInstances, IsToldOfKernelAndRamDiskByALaunchTemplate)
{
    TestEmulator emulator;
    const auto id =
        make(emulator, "web",
             merged(data("KernelId", "aki-12345678"), data("RamDiskId", "ari-12345678")));
    const auto one = emulator
                         .must("RunInstances", by_template(id, {{"ImageId", public_image(emulator)},
                                                                {"InstanceType", "t3.micro"}}))
                         .text(kInstanceId);
    EXPECT_EQ(field_of(emulator, one, "kernelId"), "aki-12345678");
    EXPECT_EQ(field_of(emulator, one, "ramdiskId"), "ari-12345678");
}

TEST(RunInstances, TakesInterfacesAndGroupsOfALaunchTemplate)
{
    TestEmulator emulator;
    const auto group = emulator
                           .must("CreateSecurityGroup",
                                 {{"GroupName", "web"}, {"GroupDescription", "of the template"}})
                           .text("groupId");
    const auto launched = [&](const std::string& name, const Parameters& said,
                              const Parameters& more = {}) {
        const auto id = make(emulator, name, merged(said, data("ImageId", public_image(emulator))));
        return emulator
            .must("RunInstances", by_template(id, merged({{"InstanceType", "t3.micro"}}, more)))
            .text(kInstanceId);
    };
    const auto by_name = launched("by-name", data("SecurityGroup.1", "web"));
    EXPECT_EQ(field_of(emulator, by_name, "groupSet/item/groupId"), group);
    const auto by_interface =
        launched("by-interface", merged(data("NetworkInterface.1.DeviceIndex", "0"),
                                        merged(data("NetworkInterface.1.SecurityGroupId.1", group),
                                               data("NetworkInterface.1.Description", "first"))));
    EXPECT_EQ(field_of(emulator, by_interface, "groupSet/item/groupId"), group);
    EXPECT_EQ(field_of(emulator, by_interface, "networkInterfaceSet/item/description"), "first");
    const auto by_launch = launched(
        "by-launch", data("NetworkInterface.1.Description", "of the template"),
        {{"NetworkInterface.1.DeviceIndex", "0"}, {"NetworkInterface.1.Description", "own"}});
    EXPECT_EQ(field_of(emulator, by_launch, "networkInterfaceSet/item/description"), "own");
}

TEST(RunInstances, RefusesALaunchTemplateWithRequirements)
{
    TestEmulator emulator;
    const auto id = emulator
                        .must("CreateLaunchTemplate",
                              {{"LaunchTemplateName", "any"},
                               {"LaunchTemplateData.InstanceRequirements.VCpuCount.Min", "2"},
                               {"LaunchTemplateData.InstanceRequirements.MemoryMiB.Min", "4096"}})
                        .text("launchTemplate/launchTemplateId");
    const Parameters told = {{"ImageId", public_image(emulator)}};
    EXPECT_EQ(emulator.call("RunInstances", by_template(id, told)).code,
              "InvalidParameterCombination");
    EXPECT_EQ(
        emulator.call("RunInstances", by_template(id, merged(told, {{"InstanceType", "t3.micro"}})))
            .code,
        "InvalidParameterCombination");
}

TEST(RunInstances, TagsWithTheTemplateThatToldIt)
{
    TestEmulator emulator;
    const auto id =
        make(emulator, "web",
             merged(data("ImageId", public_image(emulator)), data("InstanceType", "t3.small")));
    emulator.must("RunInstances", by_template(id));
    EXPECT_EQ(emulator.must("DescribeInstances", filter("tag:aws:ec2launchtemplate:id", id))
                  .count("reservationSet/item"),
              1U);
    EXPECT_EQ(emulator.must("DescribeInstances", filter("tag:aws:ec2launchtemplate:version", "1"))
                  .count("reservationSet/item"),
              1U);
}

TEST(RunInstances, TakesTheVersionThatItNames)
{
    TestEmulator emulator;
    const auto id =
        make(emulator, "web",
             merged(data("ImageId", public_image(emulator)), data("InstanceType", "t3.small")));
    emulator.must("CreateLaunchTemplateVersion",
                  merged(data("InstanceType", "t3.large"),
                         {{"LaunchTemplateId", id}, {"SourceVersion", "1"}}));
    const auto type = [&](const std::string& version) {
        const auto made =
            emulator.must("RunInstances", by_template(id, {{"LaunchTemplate.Version", version}}));
        return made.text("instancesSet/item/instanceType");
    };
    EXPECT_EQ(type("$Default"), "t3.small");
    EXPECT_EQ(type("$Latest"), "t3.large");
    EXPECT_EQ(type("2"), "t3.large");
    const auto code = [&](const Parameters& parameters) {
        return emulator.call("RunInstances", by_template(id, parameters)).code;
    };
    EXPECT_EQ(code({{"LaunchTemplate.Version", "3"}}), "InvalidLaunchTemplateId.VersionNotFound");
    EXPECT_EQ(code({{"LaunchTemplate.Version", "newest"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"LaunchTemplate.LaunchTemplateName", "web"}}), "InvalidParameterCombination");
}

TEST(RunInstances, RefusesATemplateThatNamesNoImage)
{
    TestEmulator emulator;
    const auto id = make(emulator, "web", data("InstanceType", "t3.small"));
    EXPECT_EQ(emulator.call("RunInstances", by_template(id)).code, "MissingParameter");
    EXPECT_EQ(emulator.call("RunInstances", by_template("lt-0123456789abcdef0")).code,
              "InvalidLaunchTemplateId.NotFound");
}

}  // namespace
}  // namespace amilab::test
