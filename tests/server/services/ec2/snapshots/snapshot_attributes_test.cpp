#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/snapshots/snapshot_support.h"

namespace amilab::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

TEST(SharedSnapshot, IsSeenAndRestoredByWhomItIsSharedWith)
{
    TestEmulator aws;
    const auto snapshot = own_snapshot(aws, 3);
    EXPECT_EQ(create_volume(aws, snapshot, kOtherAccount).code, "InvalidSnapshot.NotFound");
    ASSERT_TRUE(modify_snapshot(aws, snapshot, share_with(kOtherAccount)).ok());
    EXPECT_THAT(grantees(aws, snapshot), ElementsAre(kOtherAccount));
    EXPECT_THAT(seen_snapshots(aws, kOtherAccount), ElementsAre(snapshot));
    EXPECT_THAT(seen_snapshots(aws, kOtherAccount, {{"SnapshotId.1", snapshot}}),
                ElementsAre(snapshot));
    EXPECT_THAT(seen_snapshots(aws, kStranger), IsEmpty());
    const auto volume = create_volume(aws, snapshot, kOtherAccount);
    ASSERT_TRUE(volume.ok()) << volume.message;
    EXPECT_EQ(volume.text("size"), "3");
    EXPECT_EQ(create_volume(aws, snapshot, kStranger).code, "InvalidSnapshot.NotFound");

    ASSERT_TRUE(
        modify_snapshot(aws, snapshot, {{"CreateVolumePermission.Remove.1.UserId", kOtherAccount}})
            .ok());
    EXPECT_THAT(seen_snapshots(aws, kOtherAccount), IsEmpty());
    EXPECT_EQ(create_volume(aws, snapshot, kOtherAccount).code, "InvalidSnapshot.NotFound");
}

TEST(SharedSnapshot, IsNotTheSharedImages)
{
    TestEmulator aws;
    const auto image = own_image(aws, "shared");
    const auto snapshot = aws.must("DescribeImages", {{"ImageId.1", image}})
                              .text("imagesSet/item/blockDeviceMapping/item/ebs/snapshotId");
    ASSERT_TRUE(modify_image(aws, image, {{"LaunchPermission.Add.1.UserId", kOtherAccount}}).ok());
    EXPECT_TRUE(aws.call("RunInstances", launch(image), kOtherAccount).ok());
    EXPECT_THAT(seen_snapshots(aws, kOtherAccount), IsEmpty());
    EXPECT_EQ(create_volume(aws, snapshot, kOtherAccount).code, "InvalidSnapshot.NotFound");
    // Nor may another mapping of the launch use it.
    EXPECT_EQ(aws.call("RunInstances",
                       launch(image, {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                                      {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}}),
                       kOtherAccount)
                  .code,
              "InvalidSnapshot.NotFound");
}

TEST(SharedSnapshot, IsChangedByItsOwnerAlone)
{
    TestEmulator aws;
    const auto snapshot = own_snapshot(aws, 3);
    const Parameters named{{"SnapshotId", snapshot}, {"Attribute", "createVolumePermission"}};
    Parameters publish = kPublish;
    publish.emplace_back("SnapshotId", snapshot);
    const auto codes = [&](std::string_view account) {
        return std::vector{aws.call("DescribeSnapshotAttribute", named, account).code,
                           aws.call("ResetSnapshotAttribute", named, account).code,
                           aws.call("ModifySnapshotAttribute", publish, account).code,
                           aws.call("DeleteSnapshot", {{"SnapshotId", snapshot}}, account).code};
    };
    constexpr const char* kMissing = "InvalidSnapshot.NotFound";
    EXPECT_THAT(codes(kOtherAccount), ElementsAre(kMissing, kMissing, kMissing, kMissing));
    ASSERT_TRUE(modify_snapshot(aws, snapshot, share_with(kOtherAccount)).ok());
    EXPECT_THAT(codes(kOtherAccount),
                ElementsAre("AuthFailure", "AuthFailure", "AuthFailure", kMissing));
    EXPECT_THAT(grantees(aws, snapshot), ElementsAre(kOtherAccount));
}

TEST(DescribeSnapshots, ShowsPublicOnesToEverybody)
{
    TestEmulator aws;
    const auto published = own_snapshot(aws, 1);
    const auto shared = own_snapshot(aws, 2);
    own_snapshot(aws, 3);
    ASSERT_TRUE(modify_snapshot(aws, published, kPublish).ok());
    ASSERT_TRUE(modify_snapshot(aws, published, share_with(kOtherAccount)).ok());
    ASSERT_TRUE(modify_snapshot(aws, shared, share_with(kOtherAccount)).ok());
    EXPECT_THAT(seen_snapshots(aws, kStranger), ElementsAre(published));
    EXPECT_THAT(seen_snapshots(aws, kOtherAccount), UnorderedElementsAre(published, shared));
    EXPECT_THAT(aws.must("DescribeSnapshots", {}, kStranger).texts("snapshotSet/item/snapshotId"),
                Contains(published));
    EXPECT_THAT(aws.must("DescribeSnapshots", {}, kStranger).texts("snapshotSet/item/snapshotId"),
                Not(Contains(shared)));
}

TEST(DescribeSnapshots, ChoosesByOwnersAndOwnerIdAlike)
{
    TestEmulator aws;
    const auto mine = own_snapshot(aws, 1);
    const auto theirs = own_snapshot(aws, 1, kOtherAccount);
    Parameters share = share_with(kAccount);
    share.emplace_back("SnapshotId", theirs);
    aws.must("ModifySnapshotAttribute", share, kOtherAccount);
    const auto seen = [&](const std::vector<std::string>& owners, const std::string& owner_id) {
        Parameters parameters{{"Filter.1.Name", "owner-id"}, {"Filter.1.Value.1", owner_id}};
        for (const auto& owner : owners) {
            parameters.emplace_back(fmt::format("Owner.{}", parameters.size()), owner);
        }
        return aws.must("DescribeSnapshots", parameters).texts("snapshotSet/item/snapshotId");
    };
    EXPECT_THAT(seen({"self"}, "*"), ElementsAre(mine));
    EXPECT_THAT(seen({kOtherAccount}, "*"), ElementsAre(theirs));
    EXPECT_THAT(seen({"self", kOtherAccount}, "*"), UnorderedElementsAre(mine, theirs));
    EXPECT_THAT(seen({"amazon", "self"}, "*"), AllOf(Contains(mine), Not(Contains(theirs))));
    EXPECT_THAT(seen({"amazon", "self"}, kAccount), ElementsAre(mine));
    EXPECT_THAT(seen({"self"}, kOtherAccount), IsEmpty());
    EXPECT_THAT(seen({kOtherAccount}, kAccount), IsEmpty());
    EXPECT_THAT(seen({}, kOtherAccount), ElementsAre(theirs));
}

TEST(DescribeSnapshots, ChoosesSharedOnesByWhoMayRestore)
{
    TestEmulator aws;
    const auto published = own_snapshot(aws, 1);
    const auto shared = own_snapshot(aws, 2);
    const auto kept = own_snapshot(aws, 3);
    ASSERT_TRUE(modify_snapshot(aws, published, kPublish).ok());
    ASSERT_TRUE(modify_snapshot(aws, shared, share_with(kOtherAccount)).ok());
    const auto by = [&](const std::string& who, std::string_view account) {
        return seen_snapshots(aws, account, {{"RestorableBy.1", who}});
    };
    EXPECT_THAT(by("all", kStranger), ElementsAre(published));
    EXPECT_THAT(by("all", kAccount), ElementsAre(published));
    EXPECT_THAT(by("self", kOtherAccount), ElementsAre(shared));
    EXPECT_THAT(by(kOtherAccount, kOtherAccount), ElementsAre(shared));
    EXPECT_THAT(by("self", kAccount), UnorderedElementsAre(published, shared, kept));
    // Of an owner's own ones, who else may.
    EXPECT_THAT(by(kOtherAccount, kAccount), ElementsAre(shared));
    EXPECT_THAT(by(kOtherAccount, kStranger), IsEmpty());
}

TEST(ModifySnapshotAttribute, TakesBothStylesAndTheirMixtures)
{
    TestEmulator aws;
    const auto snapshot = own_snapshot(aws, 1);
    const auto modify = [&](const Parameters& parameters) {
        const auto answer = modify_snapshot(aws, snapshot, parameters);
        EXPECT_TRUE(answer.ok()) << answer.code << ": " << answer.message;
    };
    modify({{"Attribute", "createVolumePermission"},
            {"OperationType", "add"},
            {"UserId.1", kOtherAccount},
            {"UserId.2", kStranger}});
    EXPECT_THAT(grantees(aws, snapshot), UnorderedElementsAre(kOtherAccount, kStranger));
    modify({{"OperationType", "remove"}, {"UserId.1", kStranger}});
    // Packer names accounts in both styles, Terraform the attribute beside the nested one.
    modify({{"UserId.1", kStranger}, {"CreateVolumePermission.Add.1.UserId", kStranger}});
    modify({{"Attribute", "createVolumePermission"},
            {"CreateVolumePermission.Remove.1.UserId", kOtherAccount}});
    modify({{"OperationType", "add"}, {"UserGroup.1", "all"}});
    EXPECT_THAT(grantees(aws, snapshot), UnorderedElementsAre(kStranger, "all"));
    aws.must("ResetSnapshotAttribute",
             {{"SnapshotId", snapshot}, {"Attribute", "createVolumePermission"}});
    EXPECT_THAT(grantees(aws, snapshot), IsEmpty());
    EXPECT_THAT(seen_snapshots(aws, kStranger), IsEmpty());
}

TEST(ModifySnapshotAttribute, RefusesWhatContradictsItself)
{
    TestEmulator aws;
    const auto snapshot = own_snapshot(aws, 1);
    const auto code = [&](const Parameters& parameters) {
        return modify_snapshot(aws, snapshot, parameters).code;
    };
    constexpr const char* kCombination = "InvalidParameterCombination";
    EXPECT_EQ(code({{"UserId.1", kStranger}, {"CreateVolumePermission.Add.1.UserId", kAccount}}),
              kCombination);
    EXPECT_EQ(
        code({{"OperationType", "remove"}, {"CreateVolumePermission.Add.1.UserId", kAccount}}),
        kCombination);
    EXPECT_EQ(code({{"CreateVolumePermission.Add.1.UserId", kStranger},
                    {"CreateVolumePermission.Remove.1.UserId", kAccount}}),
              kCombination);
    EXPECT_EQ(code({{"Attribute", "productCodes"}, {"UserId.1", kStranger}}),
              "InvalidParameterValue");
    EXPECT_EQ(code({}), "MissingParameter");
    EXPECT_EQ(code({{"UserId.1", kStranger}}), "MissingParameter");
    EXPECT_EQ(code({{"Attribute", "createVolumePermission"}}), "MissingParameter");
    constexpr const char* kItem = "InvalidAMIAttributeItemValue";
    EXPECT_EQ(code({{"CreateVolumePermission.Add.1.Group", "friends"}}), kItem);
    EXPECT_EQ(code({{"OperationType", "add"}, {"UserGroup.1", "friends"}}), kItem);
    EXPECT_EQ(code({{"CreateVolumePermission.Add.1.UserId", "me"}}), kItem);
    EXPECT_THAT(grantees(aws, snapshot), IsEmpty());
    EXPECT_EQ(aws.call("ResetSnapshotAttribute",
                       {{"SnapshotId", snapshot}, {"Attribute", "productCodes"}})
                  .code,
              "InvalidParameterValue");
}

TEST(ModifySnapshotAttribute, TakesFiveHundredChangesAtOnce)
{
    TestEmulator aws;
    const auto snapshot = own_snapshot(aws, 1);
    Parameters many{{"OperationType", "add"}};
    for (int i = 1; i <= 500; ++i) {
        many.emplace_back(fmt::format("UserId.{}", i), fmt::format("{:012}", i));
    }
    EXPECT_TRUE(modify_snapshot(aws, snapshot, many).ok());
    many.emplace_back("UserId.501", "000000000501");
    EXPECT_EQ(modify_snapshot(aws, snapshot, many).code, "InvalidParameterValue");
}

TEST(ModifySnapshotAttribute, NeverPublishesEncryptedOnes)
{
    TestEmulator aws;
    const auto snapshot = own_snapshot(aws, 1);
    run_sql(aws,
            "UPDATE snapshot SET encrypted = 1, kms_key_id = 'arn:aws:kms:us-east-1:"
            "123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'");
    const auto refused = modify_snapshot(aws, snapshot, kPublish);
    EXPECT_EQ(refused.code, "OperationNotPermitted");
    EXPECT_THAT(refused.message, HasSubstr("Encrypted snapshots"));
    EXPECT_TRUE(modify_snapshot(aws, snapshot, share_with(kOtherAccount)).ok());
}

TEST(ModifySnapshotAttribute, RefusesToShareWhatIsUnderTheAccountsDefaultKey)
{
    TestEmulator aws;
    const auto snapshot_of = [&](Parameters encryption) {
        encryption.insert(
            encryption.end(),
            {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}, {"Encrypted", "true"}});
        const auto volume = aws.must("CreateVolume", encryption).text("volumeId");
        return aws.must("CreateSnapshot", {{"VolumeId", volume}}).text("snapshotId");
    };
    const auto managed = snapshot_of({});
    const auto named = snapshot_of({{"KmsKeyId", "alias/aws/ebs"}});
    const auto own = snapshot_of({{"KmsKeyId", "alias/mine"}});
    const auto refused = modify_snapshot(aws, managed, share_with(kOtherAccount));
    EXPECT_EQ(refused.code, "OperationNotPermitted");
    EXPECT_EQ(refused.message, "Encrypted snapshots with EBS default key cannot be shared");
    EXPECT_EQ(modify_snapshot(aws, named, share_with(kOtherAccount)).code, "OperationNotPermitted");
    EXPECT_TRUE(modify_snapshot(aws, own, share_with(kOtherAccount)).ok());
    EXPECT_TRUE(
        modify_snapshot(aws, managed, {{"CreateVolumePermission.Remove.1.UserId", kOtherAccount}})
            .ok());
    // A copy under a key of one's own can be shared.
    const auto copy = aws.must("CopySnapshot", {{"SourceSnapshotId", managed},
                                                {"SourceRegion", kRegion},
                                                {"Encrypted", "true"},
                                                {"KmsKeyId", "alias/mine"}})
                          .text("snapshotId");
    EXPECT_TRUE(modify_snapshot(aws, copy, share_with(kOtherAccount)).ok());
    // The account's chosen default is a key like any other.
    aws.must("ModifyEbsDefaultKmsKeyId", {{"KmsKeyId", "alias/mine"}});
    EXPECT_TRUE(modify_snapshot(aws, snapshot_of({}), share_with(kOtherAccount)).ok());
}

TEST(DescribeSnapshotAttribute, ShowsTheOneAttributeThatIsAskedFor)
{
    TestEmulator aws;
    const auto snapshot = own_snapshot(aws, 1);
    give_product_code(aws, snapshot);
    const auto codes = aws.must("DescribeSnapshotAttribute",
                                {{"SnapshotId", snapshot}, {"Attribute", "productCodes"}});
    EXPECT_EQ(codes.text("snapshotId"), snapshot);
    EXPECT_EQ(codes.text("productCodes/item/productCode"), kMarketplaceCode);
    EXPECT_EQ(codes.text("productCodes/item/type"), "marketplace");
    EXPECT_EQ(codes.count("createVolumePermission"), 0U);
    const auto permissions =
        aws.must("DescribeSnapshotAttribute",
                 {{"SnapshotId", snapshot}, {"Attribute", "createVolumePermission"}});
    EXPECT_EQ(permissions.count("createVolumePermission"), 1U);
    EXPECT_EQ(permissions.count("productCodes"), 0U);
    EXPECT_EQ(aws.call("DescribeSnapshotAttribute",
                       {{"SnapshotId", "snap-0123456789abcdef0"}, {"Attribute", "productCodes"}})
                  .code,
              "InvalidSnapshot.NotFound");
}

}  // namespace
}  // namespace amilab::test
