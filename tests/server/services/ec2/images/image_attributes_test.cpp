#include "server/services/ec2/images/images.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/sql/statement.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
constexpr const char* kNobodysImage = "ami-00000000000000001";

constexpr const char* kCombination = "InvalidParameterCombination";

/// `base` with the values of `changes` instead of its own.
Parameters changed(Parameters base, const Parameters& changes)
{
    for (const auto& change : changes) {
        const auto same = std::find_if(base.begin(), base.end(), [&](const auto& parameter) {
            return parameter.first == change.first;
        });
        if (same != base.end()) {
            same->second = change.second;
        } else {
            base.push_back(change);
        }
    }
    return base;
}
std::string make_volume(TestEmulator& aws, const std::string& size = "2",
                        const Parameters& more = {})
{
    return aws
        .must("CreateVolume", changed({{"AvailabilityZone", "us-east-1a"}, {"Size", size}}, more))
        .text("volumeId");
}

std::string make_snapshot(TestEmulator& aws)
{
    return aws.must("CreateSnapshot", {{"VolumeId", make_volume(aws)}}).text("snapshotId");
}

Parameters registration(const std::string& snapshot, const std::string& name = "one")
{
    return {{"Name", name},
            {"Architecture", "x86_64"},
            {"VirtualizationType", "hvm"},
            {"EnaSupport", "true"},
            {"RootDeviceName", "/dev/xvda"},
            {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
            {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}};
}

std::string make_image(TestEmulator& aws, const std::string& name = "one",
                       const Parameters& more = {})
{
    return aws.must("RegisterImage", changed(registration(make_snapshot(aws), name), more))
        .text("imageId");
}

Answer describe(TestEmulator& aws, const std::string& id, std::string_view account = kAccount)
{
    return aws.must("DescribeImages", {{"ImageId.1", id}}, account);
}

void modify(TestEmulator& aws, const std::string& image, Parameters parameters)
{
    parameters.emplace_back("ImageId", image);
    aws.must("ModifyImageAttribute", parameters);
}

Answer try_modify(TestEmulator& aws, const std::string& image, Parameters parameters)
{
    parameters.emplace_back("ImageId", image);
    return aws.call("ModifyImageAttribute", parameters);
}

Answer attribute(TestEmulator& aws, const std::string& image, const std::string& name)
{
    return aws.must("DescribeImageAttribute", {{"ImageId", image}, {"Attribute", name}});
}

std::vector<std::string> users(TestEmulator& aws, const std::string& image)
{
    return attribute(aws, image, "launchPermission").texts("launchPermission/item/userId");
}

void update_image(TestEmulator& aws, const std::string& id, const std::string& assignment)
{
    auto writer = aws.generation().writer();
    Statement(writer.db(), "UPDATE image SET " + assignment + " WHERE id = ?1").execute(id);
}

std::string run(TestEmulator& aws, const std::string& image)
{
    return aws
        .must("RunInstances", {{"ImageId", image},
                               {"InstanceType", "t3.micro"},
                               {"Placement.AvailabilityZone", "us-east-1a"},
                               {"MinCount", "1"},
                               {"MaxCount", "1"}})
        .text("instancesSet/item/instanceId");
}

TEST(ModifyImageAttribute, TakesBothOfItsStyles)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    modify(aws, id,
           {{"Attribute", "launchPermission"},
            {"OperationType", "add"},
            {"UserId.1", "111111111111"},
            {"UserId.2", "222222222222"}});
    EXPECT_THAT(users(aws, id), UnorderedElementsAre("111111111111", "222222222222"));
    modify(aws, id,
           {{"LaunchPermission.Add.1.UserId", "333333333333"},
            {"LaunchPermission.Remove.1.UserId", "111111111111"}});
    EXPECT_THAT(users(aws, id), UnorderedElementsAre("222222222222", "333333333333"));
    modify(aws, id,
           {{"Attribute", "launchPermission"},
            {"OperationType", "remove"},
            {"UserId.1", "222222222222"}});
    EXPECT_THAT(users(aws, id), ElementsAre("333333333333"));
    modify(aws, id, {{"LaunchPermission.Add.1.UserId", "333333333333"}});
    EXPECT_THAT(users(aws, id), ElementsAre("333333333333"));

    modify(aws, id, {{"Attribute", "description"}, {"Value", "flat"}});
    EXPECT_EQ(describe(aws, id).text("imagesSet/item/description"), "flat");
    modify(aws, id, {{"Description.Value", "nested"}});
    EXPECT_EQ(describe(aws, id).text("imagesSet/item/description"), "nested");
}

TEST(ModifyImageAttribute, TakesTheMixturesThatToolsSend)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    // Packer names its accounts and groups in both styles, without an operation.
    modify(aws, id,
           {{"UserId.1", "111111111111"},
            {"UserId.2", "222222222222"},
            {"LaunchPermission.Add.1.UserId", "111111111111"},
            {"LaunchPermission.Add.2.UserId", "222222222222"}});
    modify(aws, id, {{"UserGroup.1", "all"}, {"LaunchPermission.Add.1.Group", "all"}});
    EXPECT_THAT(users(aws, id), UnorderedElementsAre("111111111111", "222222222222"));
    EXPECT_EQ(describe(aws, id).text("imagesSet/item/isPublic"), "true");
    // Terraform names the attribute beside the nested style.
    modify(
        aws, id,
        {{"Attribute", "launchPermission"}, {"LaunchPermission.Remove.1.UserId", "111111111111"}});
    EXPECT_THAT(users(aws, id), ElementsAre("222222222222"));
    modify(aws, id, {{"Attribute", "description"}, {"Description.Value", "by a tool"}});
    EXPECT_EQ(describe(aws, id).text("imagesSet/item/description"), "by a tool");
}

TEST(ModifyImageAttribute, RefusesMixturesThatContradictThemselves)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    const std::string one = "111111111111";
    const std::string two = "222222222222";
    for (const Parameters& mixture :
         {Parameters{{"UserId.1", one}, {"LaunchPermission.Add.1.UserId", two}},
          Parameters{{"OperationType", "remove"},
                     {"UserId.1", one},
                     {"LaunchPermission.Add.1.UserId", one}},
          Parameters{{"OperationType", "add"},
                     {"UserId.1", one},
                     {"LaunchPermission.Remove.1.UserId", one}},
          Parameters{{"LaunchPermission.Add.1.UserId", one},
                     {"LaunchPermission.Remove.1.UserId", one}},
          Parameters{{"Description.Value", "a"}, {"LaunchPermission.Add.1.UserId", one}},
          Parameters{{"Description.Value", "a"}, {"ImdsSupport.Value", "v2.0"}},
          Parameters{{"Attribute", "launchPermission"}, {"Description.Value", "a"}},
          Parameters{{"Description.Value", "a"}, {"Value", "b"}},
          Parameters{{"Description.Value", "a"}, {"OperationType", "add"}},
          Parameters{{"Attribute", "launchPermission"}, {"Value", one}},
          Parameters{{"Attribute", "launchPermission"}, {"OperationType", "add"}}, Parameters{}}) {
        EXPECT_EQ(try_modify(aws, id, mixture).code, kCombination)
            << (mixture.empty() ? "nothing" : mixture[0].first);
    }
    EXPECT_EQ(try_modify(aws, id, {{"UserId.1", one}}).code, "MissingParameter");
    EXPECT_EQ(try_modify(aws, id, {{"Attribute", "description"}}).code, "MissingParameter");
    EXPECT_EQ(try_modify(aws, id, {{"Attribute", "kernel"}, {"Value", "aki-12345678"}}).code,
              "InvalidParameterValue");
    EXPECT_THAT(users(aws, id), IsEmpty());
    EXPECT_EQ(describe(aws, id).count("imagesSet/item/description"), 0U);
}

TEST(ModifyImageAttribute, RefusesGranteesThatCannotBe)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    const auto refusal = [&](const Parameters& parameters) {
        const auto refused = try_modify(aws, id, parameters);
        EXPECT_EQ(refused.code, "InvalidAMIAttributeItemValue");
        return refused.message;
    };
    for (const char* user : {"12345678901", "1234567890123", "self", "12345678901x"}) {
        EXPECT_EQ(refusal({{"LaunchPermission.Add.1.UserId", user}}),
                  fmt::format("Invalid attribute item value \"{}\" for userId item type.", user));
        refusal({{"OperationType", "add"}, {"UserId.1", user}});
    }
    for (const char* parameter : {"LaunchPermission.Add.1.Group", "UserGroup.1"}) {
        EXPECT_EQ(refusal({{"OperationType", "add"}, {parameter, "friends"}}),
                  "Invalid attribute item value \"friends\" for UserGroup item type.");
    }
    refusal({{"LaunchPermission.Remove.1.Group", "friends"}});
    refusal({{"LaunchPermission.Add.1.OrganizationArn", "arn:aws:iam::111111111111:root"}});
    // One bad grantee keeps the good one out as well.
    refusal({{"LaunchPermission.Add.1.UserId", kOtherAccount},
             {"LaunchPermission.Add.2.UserId", "nobody"}});
    EXPECT_THAT(users(aws, id), IsEmpty());
}

TEST(ModifyImageAttribute, OnlyEverRequiresTheSecondMetadataVersion)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    EXPECT_EQ(try_modify(aws, id, {{"ImdsSupport.Value", "v1.0"}}).code, "InvalidParameterValue");
    EXPECT_EQ(describe(aws, id).count("imagesSet/item/imdsSupport"), 0U);
    modify(aws, id, {{"ImdsSupport.Value", "v2.0"}});
    EXPECT_EQ(describe(aws, id).text("imagesSet/item/imdsSupport"), "v2.0");
}

TEST(ModifyImageAttribute, LimitsDescriptionsByTheirCharacters)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    std::string longest;
    for (int i = 0; i < 255; ++i) {
        longest += "\xc3\xbc";
    }
    modify(aws, id, {{"Description.Value", longest}});
    EXPECT_EQ(describe(aws, id).text("imagesSet/item/description"), longest);
    EXPECT_EQ(try_modify(aws, id, {{"Description.Value", longest + "x"}}).code,
              "InvalidParameterValue");
}

TEST(ModifyImageAttribute, WaitsUntilTheImageIsMade)
{
    TestEmulator aws;
    aws.set_delay("image.pending", 1000);
    const auto id = make_image(aws);
    const std::vector<std::pair<std::string, Parameters>> calls = {
        {"ModifyImageAttribute", {{"LaunchPermission.Add.1.UserId", kOtherAccount}}},
        {"ModifyImageAttribute", {{"Description.Value", "early"}}},
        {"ResetImageAttribute", {{"Attribute", "launchPermission"}}}};
    for (const auto& [action, parameters] : calls) {
        const auto early = aws.call(action, changed(parameters, {{"ImageId", id}}));
        EXPECT_EQ(early.code, "InvalidAMIID.Unavailable");
        EXPECT_EQ(early.message, "The AMI ID '" + id +
                                     "' is currently pending and may not be used for this "
                                     "operation");
    }
    EXPECT_THAT(users(aws, id), IsEmpty());
    aws.advance(1000);
    for (const auto& [action, parameters] : calls) {
        aws.must(action, changed(parameters, {{"ImageId", id}}));
    }
}

TEST(ModifyImageAttribute, OnlySaysWhatADryRunWouldDo)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    EXPECT_EQ(try_modify(aws, id, {{"Description.Value", "a"}, {"DryRun", "true"}}).code,
              "DryRunOperation");
    EXPECT_EQ(describe(aws, id).count("imagesSet/item/description"), 0U);
    EXPECT_EQ(try_modify(aws, kNobodysImage, {{"Description.Value", "a"}}).code,
              "InvalidAMIID.NotFound");
    EXPECT_EQ(try_modify(aws, "ami-x", {{"Description.Value", "a"}}).code,
              "InvalidAMIID.Malformed");
}

TEST(DescribeImageAttribute, AnswersEachAttributeAlone)
{
    TestEmulator aws;
    const auto id = make_image(aws, "one",
                               {{"Description", "for the web"},
                                {"KernelId", "aki-12345678"},
                                {"RamdiskId", "ari-12345678"},
                                {"SriovNetSupport", "simple"},
                                {"BootMode", "uefi"},
                                {"TpmSupport", "v2.0"},
                                {"ImdsSupport", "v2.0"},
                                {"UefiData", "QU1J"}});
    modify(aws, id, {{"LaunchPermission.Add.1.UserId", kOtherAccount}});
    update_image(aws, id, fmt::format("last_launched_time_ms = {}", kStartMs));
    const std::vector<std::array<std::string, 3>> expected = {
        {"description", "description/value", "for the web"},
        {"kernel", "kernel/value", "aki-12345678"},
        {"ramdisk", "ramdisk/value", "ari-12345678"},
        {"launchPermission", "launchPermission/item/userId", kOtherAccount},
        {"productCodes", "productCodes", ""},
        {"sriovNetSupport", "sriovNetSupport/value", "simple"},
        {"bootMode", "bootMode/value", "uefi"},
        {"tpmSupport", "tpmSupport/value", "v2.0"},
        {"uefiData", "uefiData/value", "QU1J"},
        {"lastLaunchedTime", "lastLaunchedTime/value", "2026-01-02T03:04:05.000Z"},
        {"imdsSupport", "imdsSupport/value", "v2.0"},
        {"deregistrationProtection", "deregistrationProtection/value", "disabled"}};
    for (const auto& [name, path, value] : expected) {
        const auto answer = attribute(aws, id, name);
        EXPECT_EQ(answer.text("imageId"), id);
        EXPECT_EQ(answer.count(path), 1U) << name;
        EXPECT_EQ(answer.text(path), value) << name;
        // The request's id, the image's and the attribute.
        EXPECT_EQ(answer.count("*"), 3U) << name;
    }
}

TEST(DescribeImageAttribute, KeepsTheBlockDeviceMappingFromEverybody)
{
    TestEmulator aws;
    const auto refused = aws.call("DescribeImageAttribute", {{"ImageId", make_image(aws)},
                                                             {"Attribute", "blockDeviceMapping"}});
    EXPECT_EQ(refused.code, "AuthFailure");
    EXPECT_EQ(refused.message, "Unauthorized attempt to access restricted resource");
}

TEST(DescribeImageAttribute, LeavesOutWhatAnImageDoesNotHave)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    EXPECT_EQ(attribute(aws, id, "description").text("description/value"), "");
    for (const char* name : {"kernel", "ramdisk", "bootMode", "tpmSupport", "uefiData",
                             "lastLaunchedTime", "imdsSupport", "sriovNetSupport"}) {
        EXPECT_EQ(attribute(aws, id, name).count(std::string(name) + "/value"), 0U) << name;
    }
    EXPECT_EQ(attribute(aws, id, "launchPermission").count("launchPermission/item"), 0U);
}

TEST(DescribeImageAttribute, RefusesWhatItCannotTell)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    const auto code = [&](const Parameters& parameters) {
        return aws.call("DescribeImageAttribute", parameters).code;
    };
    EXPECT_EQ(code({{"ImageId", id}, {"Attribute", "colour"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"ImageId", id}}), "MissingParameter");
    EXPECT_EQ(code({{"ImageId", kNobodysImage}, {"Attribute", "kernel"}}), "InvalidAMIID.NotFound");
    EXPECT_EQ(code({{"ImageId", "ami-x"}, {"Attribute", "kernel"}}), "InvalidAMIID.Malformed");
    EXPECT_EQ(code({{"ImageId", id}, {"Attribute", "kernel"}, {"DryRun", "true"}}),
              "DryRunOperation");
}

TEST(DescribeImageAttribute, TellsTheOwnerAloneOfTheLastLaunch)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    modify(aws, id, {{"LaunchPermission.Add.1.UserId", kOtherAccount}});
    aws.advance(1000);
    run(aws, id);
    EXPECT_EQ(attribute(aws, id, "lastLaunchedTime").text("lastLaunchedTime/value"),
              "2026-01-02T03:04:06.000Z");
    EXPECT_EQ(describe(aws, id).count("imagesSet/item/lastLaunchedTime"), 1U);
    EXPECT_EQ(describe(aws, id, kOtherAccount).count("imagesSet/item/lastLaunchedTime"), 0U);
}

TEST(ResetImageAttribute, ResetsLaunchPermissionsAlone)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    modify(aws, id,
           {{"LaunchPermission.Add.1.UserId", kOtherAccount},
            {"LaunchPermission.Add.2.Group", "all"}});
    const auto reset = [&](const Parameters& more) {
        return aws.call("ResetImageAttribute",
                        changed({{"ImageId", id}, {"Attribute", "launchPermission"}}, more));
    };
    EXPECT_EQ(reset({{"Attribute", "description"}}).code, "InvalidParameterValue");
    EXPECT_EQ(reset({{"DryRun", "true"}}).code, "DryRunOperation");
    EXPECT_EQ(reset({{"ImageId", kNobodysImage}}).code, "InvalidAMIID.NotFound");
    EXPECT_THAT(users(aws, id), ElementsAre(kOtherAccount));
    EXPECT_EQ(reset({}).text("return"), "true");
    EXPECT_EQ(attribute(aws, id, "launchPermission").count("launchPermission/item"), 0U);
    EXPECT_EQ(describe(aws, id).text("imagesSet/item/isPublic"), "false");
}

}  // namespace
}  // namespace amilab::test
