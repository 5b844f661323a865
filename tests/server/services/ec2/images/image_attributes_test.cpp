#include "server/services/ec2/images/images.h"

#include <array>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "storage/metadata/settings/account_rows.h"
#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/images/image_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
constexpr const char* kNobodysImage = "ami-00000000000000001";

constexpr const char* kCombination = "InvalidParameterCombination";

TEST(ModifyImageAttribute, TakesBothOfItsStyles)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    must_modify_image(aws, id,
                      {{"Attribute", "launchPermission"},
                       {"OperationType", "add"},
                       {"UserId.1", "111111111111"},
                       {"UserId.2", "222222222222"}});
    EXPECT_THAT(launch_users(aws, id), UnorderedElementsAre("111111111111", "222222222222"));
    must_modify_image(aws, id,
                      {{"LaunchPermission.Add.1.UserId", "333333333333"},
                       {"LaunchPermission.Remove.1.UserId", "111111111111"}});
    EXPECT_THAT(launch_users(aws, id), UnorderedElementsAre("222222222222", "333333333333"));
    must_modify_image(aws, id,
                      {{"Attribute", "launchPermission"},
                       {"OperationType", "remove"},
                       {"UserId.1", "222222222222"}});
    EXPECT_THAT(launch_users(aws, id), ElementsAre("333333333333"));
    must_modify_image(aws, id, {{"LaunchPermission.Add.1.UserId", "333333333333"}});
    EXPECT_THAT(launch_users(aws, id), ElementsAre("333333333333"));

    must_modify_image(aws, id, {{"Attribute", "description"}, {"Value", "flat"}});
    EXPECT_EQ(describe_image(aws, id).text("imagesSet/item/description"), "flat");
    must_modify_image(aws, id, {{"Description.Value", "nested"}});
    EXPECT_EQ(describe_image(aws, id).text("imagesSet/item/description"), "nested");
}

TEST(ModifyImageAttribute, TakesTheMixturesThatToolsSend)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    // Packer names its accounts and groups in both styles, without an operation.
    must_modify_image(aws, id,
                      {{"UserId.1", "111111111111"},
                       {"UserId.2", "222222222222"},
                       {"LaunchPermission.Add.1.UserId", "111111111111"},
                       {"LaunchPermission.Add.2.UserId", "222222222222"}});
    must_modify_image(aws, id, {{"UserGroup.1", "all"}, {"LaunchPermission.Add.1.Group", "all"}});
    EXPECT_THAT(launch_users(aws, id), UnorderedElementsAre("111111111111", "222222222222"));
    EXPECT_EQ(describe_image(aws, id).text("imagesSet/item/isPublic"), "true");
    // Terraform names the attribute beside the nested style.
    must_modify_image(
        aws, id,
        {{"Attribute", "launchPermission"}, {"LaunchPermission.Remove.1.UserId", "111111111111"}});
    EXPECT_THAT(launch_users(aws, id), ElementsAre("222222222222"));
    must_modify_image(aws, id, {{"Attribute", "description"}, {"Description.Value", "by a tool"}});
    EXPECT_EQ(describe_image(aws, id).text("imagesSet/item/description"), "by a tool");
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
        EXPECT_EQ(modify_image(aws, id, mixture).code, kCombination)
            << (mixture.empty() ? "nothing" : mixture[0].first);
    }
    EXPECT_EQ(modify_image(aws, id, {{"UserId.1", one}}).code, "MissingParameter");
    EXPECT_EQ(modify_image(aws, id, {{"Attribute", "description"}}).code, "MissingParameter");
    EXPECT_EQ(modify_image(aws, id, {{"Attribute", "kernel"}, {"Value", "aki-12345678"}}).code,
              "InvalidParameterValue");
    EXPECT_THAT(launch_users(aws, id), IsEmpty());
    EXPECT_EQ(describe_image(aws, id).count("imagesSet/item/description"), 0U);
}

TEST(ModifyImageAttribute, PutsOnTheProductCodesThatTheOwnerSells)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    EXPECT_EQ(modify_image(aws, id, {{"ProductCode.1", "mine"}}).code, "InvalidProductInfo");
    {
        auto writer = aws.generation().writer();
        ASSERT_TRUE(insert_declared_account(writer.db(), {.id = kAccount, .products = {"mine"}}));
    }
    for (const Parameters& style :
         {Parameters{{"ProductCode.1", "mine"}}, Parameters{{"Attribute", "productCodes"},
                                                            {"OperationType", "add"},
                                                            {"ProductCode.1", "mine"}}}) {
        EXPECT_EQ(modify_image(aws, id, style).code, "");
    }
    EXPECT_THAT(describe_image(aws, id).texts("imagesSet/item/productCodes/item/productCode"),
                ElementsAre("mine"));
    EXPECT_EQ(modify_image(aws, id, {{"Attribute", "productCodes"}}).code, "MissingParameter");
}

TEST(ModifyImageAttribute, RefusesGranteesThatCannotBe)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    const auto refusal = [&](const Parameters& parameters) {
        const auto refused = modify_image(aws, id, parameters);
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
    EXPECT_THAT(launch_users(aws, id), IsEmpty());
}

TEST(ModifyImageAttribute, OnlyEverRequiresTheSecondMetadataVersion)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    EXPECT_EQ(modify_image(aws, id, {{"ImdsSupport.Value", "v1.0"}}).code, "InvalidParameterValue");
    EXPECT_EQ(describe_image(aws, id).count("imagesSet/item/imdsSupport"), 0U);
    must_modify_image(aws, id, {{"ImdsSupport.Value", "v2.0"}});
    EXPECT_EQ(describe_image(aws, id).text("imagesSet/item/imdsSupport"), "v2.0");
}

TEST(ModifyImageAttribute, LimitsDescriptionsByTheirCharacters)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    std::string longest;
    for (int i = 0; i < 255; ++i) {
        longest += "\xc3\xbc";
    }
    must_modify_image(aws, id, {{"Description.Value", longest}});
    EXPECT_EQ(describe_image(aws, id).text("imagesSet/item/description"), longest);
    EXPECT_EQ(modify_image(aws, id, {{"Description.Value", longest + "x"}}).code,
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
        const auto early = aws.call(action, merged(parameters, {{"ImageId", id}}));
        EXPECT_EQ(early.code, "InvalidAMIID.Unavailable");
        EXPECT_EQ(early.message, "The AMI ID '" + id +
                                     "' is currently pending and may not be used for this "
                                     "operation");
    }
    EXPECT_THAT(launch_users(aws, id), IsEmpty());
    aws.advance(1000);
    for (const auto& [action, parameters] : calls) {
        aws.must(action, merged(parameters, {{"ImageId", id}}));
    }
}

TEST(ModifyImageAttribute, OnlySaysWhatADryRunWouldDo)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    EXPECT_EQ(modify_image(aws, id, {{"Description.Value", "a"}, {"DryRun", "true"}}).code,
              "DryRunOperation");
    EXPECT_EQ(describe_image(aws, id).count("imagesSet/item/description"), 0U);
    EXPECT_EQ(modify_image(aws, kNobodysImage, {{"Description.Value", "a"}}).code,
              "InvalidAMIID.NotFound");
    EXPECT_EQ(modify_image(aws, "ami-x", {{"Description.Value", "a"}}).code,
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
    must_modify_image(aws, id, {{"LaunchPermission.Add.1.UserId", kOtherAccount}});
    update_image(aws, id, fmt::format("launched_before_ms = {}", kStartMs));
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
        const auto answer = image_attribute(aws, id, name);
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

TEST(DescribeImageAttribute, IsAnEmptyElementOfWhatAnImageDoesNotHave)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    EXPECT_EQ(image_attribute(aws, id, "description").text("description/value"), "");
    for (const char* name : {"kernel", "ramdisk", "bootMode", "tpmSupport", "uefiData",
                             "lastLaunchedTime", "imdsSupport", "sriovNetSupport"}) {
        const auto answer = image_attribute(aws, id, name);
        EXPECT_EQ(answer.count(name), 1U) << name;
        EXPECT_EQ(answer.count(std::string(name) + "/value"), 0U) << name;
    }
    EXPECT_EQ(image_attribute(aws, id, "launchPermission").count("launchPermission/item"), 0U);
}

TEST(DescribeImageAttribute, RefusesWhatItCannotTell)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    const auto code = [&](const Parameters& parameters) {
        return aws.call("DescribeImageAttribute", parameters).code;
    };
    for (const auto& unknown : {"colour", "TpmSupport"}) {
        const auto refused = aws.call("DescribeImageAttribute",
                                      {{"ImageId", public_image(aws)}, {"Attribute", unknown}});
        EXPECT_EQ(refused.code, "InvalidRequest");
        EXPECT_EQ(refused.message, "The request received was invalid.");
    }
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
    must_modify_image(aws, id, {{"LaunchPermission.Add.1.UserId", kOtherAccount}});
    aws.advance(1000);
    run_image(aws, id);
    aws.advance(kDayMs);
    EXPECT_EQ(image_attribute(aws, id, "lastLaunchedTime").text("lastLaunchedTime/value"),
              "2026-01-02T03:04:06.000Z");
    EXPECT_EQ(describe_image(aws, id).count("imagesSet/item/lastLaunchedTime"), 1U);
    EXPECT_EQ(describe_image(aws, id, kOtherAccount).count("imagesSet/item/lastLaunchedTime"), 0U);
}

TEST(ResetImageAttribute, ResetsLaunchPermissionsAlone)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    must_modify_image(aws, id,
                      {{"LaunchPermission.Add.1.UserId", kOtherAccount},
                       {"LaunchPermission.Add.2.Group", "all"}});
    const auto reset = [&](const Parameters& more) {
        return aws.call("ResetImageAttribute",
                        merged({{"ImageId", id}, {"Attribute", "launchPermission"}}, more));
    };
    EXPECT_EQ(reset({{"Attribute", "description"}}).code, "InvalidParameterValue");
    EXPECT_EQ(reset({{"DryRun", "true"}}).code, "DryRunOperation");
    EXPECT_EQ(reset({{"ImageId", kNobodysImage}}).code, "InvalidAMIID.NotFound");
    EXPECT_THAT(launch_users(aws, id), ElementsAre(kOtherAccount));
    EXPECT_EQ(reset({}).text("return"), "true");
    EXPECT_EQ(image_attribute(aws, id, "launchPermission").count("launchPermission/item"), 0U);
    EXPECT_EQ(describe_image(aws, id).text("imagesSet/item/isPublic"), "false");
}

TEST(ModifyImageAttribute, TakesNamesOfAttributesInAnyCase)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    must_modify_image(aws, id,
                      {{"Attribute", "LaunchPermission"},
                       {"OperationType", "add"},
                       {"UserId.1", "111111111111"}});
    EXPECT_THAT(launch_users(aws, id), ElementsAre("111111111111"));
    must_modify_image(aws, id, {{"Attribute", "Description"}, {"Value", "flat"}});
    EXPECT_EQ(describe_image(aws, id).text("imagesSet/item/description"), "flat");
}

}  // namespace
}  // namespace amilab::test
