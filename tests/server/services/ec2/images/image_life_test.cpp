#include "server/services/ec2/images/image_life.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kIds = "imagesSet/item/imageId";
constexpr const char* kState = "imagesSet/item/imageState";
constexpr const char* kThirdAccount = "111122223333";

Parameters of(const std::string& image, Parameters more = {})
{
    more.emplace_back("ImageId", image);
    return more;
}

std::string shown(TestEmulator& aws, const std::string& image, const std::string& field)
{
    return aws.must("DescribeImages", {{"ImageId.1", image}, {"IncludeDisabled", "true"}})
        .text("imagesSet/item/" + field);
}

/// How an image that one may not see is refused.
::testing::Matcher<std::string> is_unseen()
{
    return ::testing::AnyOf("InvalidAMIID.NotFound", "AuthFailure");
}

void share(TestEmulator& aws, const std::string& image)
{
    aws.must("ModifyImageAttribute", of(image, {{"LaunchPermission.Add.1.UserId", kOtherAccount}}));
}

std::string attribute(TestEmulator& aws, const std::string& image, const std::string& name,
                      const std::string& path)
{
    return aws.must("DescribeImageAttribute", of(image, {{"Attribute", name}})).text(path);
}

// Disabled

TEST(DisabledImage, IsHiddenAndLaunchedByNobody)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    EXPECT_EQ(aws.must("DisableImage", of(id)).text("return"), "true");
    EXPECT_EQ(shown(aws, id, "imageState"), "disabled");
    EXPECT_THAT(aws.must("DescribeImages", {{"Owner.1", "self"}}).texts(kIds), IsEmpty());
    EXPECT_THAT(aws.must("DescribeImages", {{"ImageId.1", id}}).texts(kIds), IsEmpty());
    const auto refused = aws.call("RunInstances", launch(id));
    EXPECT_EQ(refused.code, "InvalidAMIID.Unavailable");
    EXPECT_THAT(refused.message, HasSubstr("disabled"));
    EXPECT_EQ(aws.must("EnableImage", of(id)).text("return"), "true");
    EXPECT_EQ(shown(aws, id, "imageState"), "available");
    aws.must("RunInstances", launch(id));
}

TEST(DisabledImage, IsLostByThoseItWasSharedWithForGood)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    share(aws, id);
    aws.must("ModifyImageAttribute", of(id, {{"LaunchPermission.Add.1.Group", "all"}}));
    aws.must("DisableImage", of(id));
    EXPECT_EQ(shown(aws, id, "isPublic"), "false");
    for (const char* account : {kOtherAccount, kThirdAccount}) {
        EXPECT_THAT(
            aws.call("DescribeImages", {{"ImageId.1", id}, {"IncludeDisabled", "true"}}, account)
                .texts(kIds),
            IsEmpty());
    }
    aws.must("EnableImage", of(id));
    EXPECT_THAT(aws.call("DescribeImages", {{"ImageId.1", id}}, kOtherAccount).texts(kIds),
                IsEmpty());
    share(aws, id);
    EXPECT_EQ(aws.must("DescribeImages", {{"ImageId.1", id}}, kOtherAccount).text(kIds), id);
}

TEST(DisabledImage, IsNotSharedAndKeepsItsSnapshotsAndInstances)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    const auto snapshot = shown(aws, id, "blockDeviceMapping/item/ebs/snapshotId");
    const auto instance = aws.must("RunInstances", launch(id)).text(kInstanceId);
    aws.must("DisableImage", of(id));
    EXPECT_EQ(
        aws.call("ModifyImageAttribute", of(id, {{"LaunchPermission.Add.1.UserId", kOtherAccount}}))
            .code,
        "InvalidAMIID.Unavailable");
    aws.must("ModifyImageAttribute", of(id, {{"Description.Value", "resting"}}));
    EXPECT_EQ(aws.call("DeleteSnapshot", {{"SnapshotId", snapshot}}).code, "InvalidSnapshot.InUse");
    aws.must("StopInstances", one_instance(instance));
    aws.must("StartInstances", one_instance(instance));
    EXPECT_EQ(state_of(aws, instance), "running");
    EXPECT_EQ(field_of(aws, instance, "imageId"), id);
    aws.must("DeregisterImage", of(id));
}

TEST(DisabledImage, IsMadeByItsOwnerOfAnAvailableOneOnly)
{
    TestEmulator aws;
    aws.set_delay("image.pending", 1000);
    const auto id = own_image(aws, "one");
    const auto early = aws.call("DisableImage", of(id));
    EXPECT_EQ(early.code, "InvalidAMIID.Unavailable");
    EXPECT_THAT(early.message, HasSubstr("pending"));
    EXPECT_EQ(aws.call("EnableImage", of(id)).code, "InvalidAMIID.Unavailable");
    aws.advance(1000);
    aws.must("DisableImage", of(id));
    aws.must("DisableImage", of(id));
    aws.must("EnableImage", of(id));
    aws.must("EnableImage", of(id));
    for (const char* action : {"DisableImage", "EnableImage"}) {
        EXPECT_THAT(aws.call(action, of(id), kOtherAccount).code, is_unseen());
        EXPECT_EQ(aws.call(action, of(public_image(aws))).code, "AuthFailure");
        EXPECT_EQ(aws.call(action, of("ami-nothex")).code, "InvalidAMIID.Malformed");
        EXPECT_EQ(aws.call(action, of("ami-00000000000000001")).code, "InvalidAMIID.NotFound");
        EXPECT_EQ(aws.call(action).code, "MissingParameter");
    }
    aws.must("DeregisterImage", of(id));
    EXPECT_EQ(aws.call("DisableImage", of(id)).code, "InvalidAMIID.Unavailable");
    EXPECT_EQ(aws.call("EnableImage", of(id)).code, "InvalidAMIID.Unavailable");
}

// Deprecated

TEST(DeprecatedImage, IsHiddenFromOthersAndStillLaunches)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    share(aws, id);
    aws.must("EnableImageDeprecation", of(id, {{"DeprecateAt", "2026-01-02T04:00:00Z"}}));
    EXPECT_EQ(shown(aws, id, "deprecationTime"), "2026-01-02T04:00:00.000Z");
    const auto others_view = [&](Parameters more) {
        more.emplace_back("Owner.1", kAccount);
        return aws.must("DescribeImages", more, kOtherAccount).texts(kIds);
    };
    EXPECT_THAT(others_view({}), ElementsAre(id));
    aws.advance(kHourMs);
    EXPECT_THAT(others_view({}), IsEmpty());
    EXPECT_THAT(others_view({{"IncludeDeprecated", "true"}}), ElementsAre(id));
    EXPECT_THAT(others_view({{"ImageId.1", id}}), ElementsAre(id));
    EXPECT_THAT(aws.must("DescribeImages", {{"Owner.1", "self"}}).texts(kIds), ElementsAre(id));
    EXPECT_TRUE(aws.call("RunInstances", launch(id), kOtherAccount).ok());
    EXPECT_TRUE(aws.call("RunInstances", launch(id)).ok());
    aws.must("DisableImageDeprecation", of(id));
    EXPECT_THAT(others_view({}), ElementsAre(id));
    EXPECT_EQ(shown(aws, id, "deprecationTime"), "");
}

TEST(DeprecatedImage, HasATimeOfWholeMinutes)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    const auto rounded = [&](const char* time) {
        aws.must("EnableImageDeprecation", of(id, {{"DeprecateAt", time}}));
        return shown(aws, id, "deprecationTime");
    };
    EXPECT_EQ(rounded("2027-05-06T07:08:29Z"), "2027-05-06T07:08:00.000Z");
    EXPECT_EQ(rounded("2027-05-06T07:08:30Z"), "2027-05-06T07:09:00.000Z");
    EXPECT_EQ(rounded("2027-12-31T23:59:45.5Z"), "2028-01-01T00:00:00.000Z");
}

TEST(DeprecatedImage, HasATimeWithinItsLimits)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    const auto code = [&](const char* time) {
        return aws.call("EnableImageDeprecation", of(id, {{"DeprecateAt", time}})).code;
    };
    EXPECT_EQ(code("2026-01-02T03:04:04Z"), "InvalidParameterValue");
    EXPECT_EQ(code("2026-01-02T03:04:05Z"), "");
    EXPECT_EQ(code("2036-01-02T03:04:05Z"), "");
    EXPECT_EQ(code("2036-01-02T03:04:06Z"), "InvalidParameterValue");
    EXPECT_EQ(code("tomorrow"), "InvalidParameterValue");
    aws.must("ModifyImageAttribute", of(id, {{"LaunchPermission.Add.1.Group", "all"}}));
    EXPECT_EQ(code("2028-01-02T03:04:05Z"), "");
    EXPECT_EQ(code("2028-01-02T03:04:06Z"), "InvalidParameterValue");
    aws.advance(TimeMs{365} * 24 * kHourMs);
    EXPECT_EQ(code("2028-01-02T03:04:06Z"), "InvalidParameterValue");
}

TEST(DeprecatedImage, IsEveryPublicOneTwoYearsAfterItsCreation)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    const auto publish = [&](const std::string& image) {
        aws.must("ModifyImageAttribute", of(image, {{"LaunchPermission.Add.1.Group", "all"}}));
    };
    publish(id);
    EXPECT_EQ(shown(aws, id, "deprecationTime"), "2028-01-02T03:04:05.000Z");
    EXPECT_EQ(aws.call("DisableImageDeprecation", of(id)).code, "OperationNotPermitted");
    aws.must("ModifyImageAttribute", of(id, {{"LaunchPermission.Remove.1.Group", "all"}}));
    aws.must("DisableImageDeprecation", of(id));
    EXPECT_EQ(shown(aws, id, "deprecationTime"), "");
    aws.must("EnableImageDeprecation", of(id, {{"DeprecateAt", "2027-01-02T00:00:00Z"}}));
    publish(id);
    EXPECT_EQ(shown(aws, id, "deprecationTime"), "2027-01-02T00:00:00.000Z");
    const auto late = own_image(aws, "late");
    aws.must("EnableImageDeprecation", of(late, {{"DeprecateAt", "2030-01-02T00:00:00Z"}}));
    publish(late);
    EXPECT_EQ(shown(aws, late, "deprecationTime"), "2028-01-02T03:04:05.000Z");
}

TEST(DeprecatedImage, IsMadeByItsOwnerAlone)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    const Parameters time{{"DeprecateAt", "2027-01-02T00:00:00Z"}};
    EXPECT_THAT(aws.call("EnableImageDeprecation", of(id, time), kOtherAccount).code, is_unseen());
    share(aws, id);
    EXPECT_EQ(aws.call("EnableImageDeprecation", of(id, time), kOtherAccount).code, "AuthFailure");
    EXPECT_EQ(aws.call("DisableImageDeprecation", of(id), kOtherAccount).code, "AuthFailure");
    EXPECT_EQ(aws.call("EnableImageDeprecation", of(id)).code, "MissingParameter");
    aws.must("DeregisterImage", of(id));
    EXPECT_EQ(aws.call("EnableImageDeprecation", of(id, time)).code, "InvalidAMIID.Unavailable");
}

// Protected

TEST(ProtectedImage, IsNotDeregisteredUntilItsProtectionIsDisabled)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    EXPECT_EQ(shown(aws, id, "deregistrationProtection"), "disabled");
    EXPECT_EQ(aws.must("EnableImageDeregistrationProtection", of(id)).text("return"), "true");
    EXPECT_EQ(shown(aws, id, "deregistrationProtection"), "enabled-without-cooldown");
    EXPECT_EQ(attribute(aws, id, "deregistrationProtection", "deregistrationProtection/value"),
              "enabled-without-cooldown");
    const auto refused =
        aws.call("DeregisterImage", of(id, {{"DeleteAssociatedSnapshots", "true"}}));
    EXPECT_EQ(refused.code, "OperationNotPermitted");
    EXPECT_THAT(refused.message, HasSubstr(id));
    EXPECT_EQ(shown(aws, id, "imageState"), "available");
    EXPECT_EQ(aws.must("DisableImageDeregistrationProtection", of(id)).text("return"), "true");
    aws.must("DeregisterImage", of(id));
}

TEST(ProtectedImage, WithACooldownIsHeldForADayAfterwards)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    aws.must("EnableImageDeregistrationProtection", of(id, {{"WithCooldown", "true"}}));
    EXPECT_EQ(shown(aws, id, "deregistrationProtection"), "enabled-with-cooldown");
    aws.must("DisableImageDeregistrationProtection", of(id));
    EXPECT_EQ(shown(aws, id, "deregistrationProtection"), "disabled");
    aws.advance(24 * kHourMs - 1);
    const auto refused = aws.call("DeregisterImage", of(id));
    EXPECT_EQ(refused.code, "OperationNotPermitted");
    EXPECT_THAT(refused.message, HasSubstr("2026-01-03T03:04:05.000Z"));
    aws.must("DisableImageDeregistrationProtection", of(id));
    aws.advance(1);
    aws.must("DeregisterImage", of(id));
}

TEST(ProtectedImage, LosesItsCooldownWhenItIsProtectedWithoutOne)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    aws.must("EnableImageDeregistrationProtection", of(id, {{"WithCooldown", "true"}}));
    aws.must("EnableImageDeregistrationProtection", of(id, {{"WithCooldown", "false"}}));
    aws.must("DisableImageDeregistrationProtection", of(id));
    aws.must("DeregisterImage", of(id));
}

TEST(ProtectedImage, IsProtectedByItsOwnerAlone)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    share(aws, id);
    for (const char* action :
         {"EnableImageDeregistrationProtection", "DisableImageDeregistrationProtection"}) {
        EXPECT_EQ(aws.call(action, of(id), kOtherAccount).code, "AuthFailure");
        EXPECT_THAT(aws.call(action, of(id), kThirdAccount).code, is_unseen());
        EXPECT_EQ(aws.call(action, of(id, {{"DryRun", "true"}})).code, "DryRunOperation");
    }
    EXPECT_EQ(shown(aws, id, "deregistrationProtection"), "disabled");
}

TEST(ProtectedImage, IsNoneOnceDeregistered)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    aws.must("DeregisterImage", of(id));
    EXPECT_EQ(aws.call("EnableImageDeregistrationProtection", of(id)).code,
              "InvalidAMIID.Unavailable");
}

// Deregistered

TEST(DeregisteredImage, LeavesItsInstancesWhole)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    const auto instance = aws.must("RunInstances", launch(id)).text(kInstanceId);
    const auto before = aws.must("DescribeInstances", one_instance(instance));
    const auto described = before.body.substr(before.body.find("<reservationSet>"));
    aws.must("DeregisterImage", of(id, {{"DeleteAssociatedSnapshots", "true"}}));
    const auto after = aws.must("DescribeInstances", one_instance(instance));
    EXPECT_EQ(after.body.substr(after.body.find("<reservationSet>")), described);
    aws.must("StopInstances", one_instance(instance));
    aws.must("StartInstances", one_instance(instance));
    EXPECT_EQ(state_of(aws, instance), "running");
    const auto copy =
        aws.must("CreateImage", {{"InstanceId", instance}, {"Name", "one"}}).text("imageId");
    EXPECT_NE(copy, id);
    EXPECT_EQ(shown(aws, copy, "sourceImageId"), id);
}

TEST(DeregisteredImage, SaysOfEachSnapshotWhatBecameOfIt)
{
    TestEmulator aws;
    const auto shared = own_snapshot(aws, 2);
    const auto own = own_snapshot(aws, 2);
    const Parameters second{{"BlockDeviceMapping.2.DeviceName", "/dev/sdb"},
                            {"BlockDeviceMapping.2.Ebs.SnapshotId", shared},
                            {"EnaSupport", "true"},
                            {"BlockDeviceMapping.1.Ebs.SnapshotId", own}};
    const auto id = own_image(aws, "one", second);
    const auto other = own_image(
        aws, "two", {{"BlockDeviceMapping.1.Ebs.SnapshotId", shared}, {"EnaSupport", "true"}});
    const auto answer =
        aws.must("DeregisterImage", of(id, {{"DeleteAssociatedSnapshots", "true"}}));
    EXPECT_THAT(answer.texts("deleteSnapshotResultSet/item/snapshotId"), ElementsAre(own, shared));
    EXPECT_THAT(answer.texts("deleteSnapshotResultSet/item/returnCode"),
                ElementsAre("success", "skipped"));
    EXPECT_EQ(aws.call("DescribeSnapshots", {{"SnapshotId.1", own}}).code,
              "InvalidSnapshot.NotFound");
    aws.must("DescribeSnapshots", {{"SnapshotId.1", shared}});
    const auto plain = aws.must("DeregisterImage", of(other));
    EXPECT_THAT(plain.texts("deleteSnapshotResultSet/item/snapshotId"), IsEmpty());
    aws.must("DescribeSnapshots", {{"SnapshotId.1", shared}});
}

TEST(DeregisteredImage, GivesItsIdToNoOtherImage)
{
    TestEmulator aws;
    std::vector<std::string> seen;
    for (int i = 0; i < 5; ++i) {
        const auto id = own_image(aws, "one");
        EXPECT_THAT(seen, ::testing::Not(::testing::Contains(id)));
        seen.push_back(id);
        aws.must("DeregisterImage", of(id));
    }
}

}  // namespace
}  // namespace amilab::test
