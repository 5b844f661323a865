#include "server/services/ec2/images/image_copies.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/images/image_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/snapshots/snapshot_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;
using ::testing::UnorderedElementsAre;
constexpr const char* kFar = "eu-west-1";

class CopyImage : public ::testing::Test {
protected:
    CopyImage()
    {
        volume = new_volume(aws, {{"Size", "2"}});
        fill_volume(aws, volume, 0, 512, 'a');
        snapshot = snapshot_of(aws, volume);
        image = aws.must("RegisterImage", {{"Name", "golden"},
                                           {"Description", "first"},
                                           {"Architecture", "x86_64"},
                                           {"VirtualizationType", "hvm"},
                                           {"EnaSupport", "true"},
                                           {"BootMode", "uefi"},
                                           {"ImdsSupport", "v2.0"},
                                           {"TpmSupport", "v2.0"},
                                           {"UefiData", "QU1aTlVFRkk="},
                                           {"RootDeviceName", "/dev/xvda"},
                                           {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                           {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot},
                                           {"BlockDeviceMapping.1.Ebs.VolumeType", "gp3"},
                                           {"BlockDeviceMapping.2.DeviceName", "/dev/sdf"},
                                           {"BlockDeviceMapping.2.Ebs.VolumeSize", "5"}})
                    .text("imageId");
    }

    static Parameters request(const std::string& source, Parameters more = {})
    {
        const Parameters base{
            {"Name", "copied"}, {"SourceImageId", source}, {"SourceRegion", "us-east-1"}};
        for (const auto& one : base) {
            const bool is_there = std::any_of(more.begin(), more.end(), [&](const auto& other) {
                return other.first == one.first;
            });
            if (!is_there) {
                more.push_back(one);
            }
        }
        return more;
    }

    std::string copy(const Parameters& more = {}, const char* region = kFar)
    {
        return aws.must("CopyImage", request(image, more), kAccount, region).text("imageId");
    }

    Answer describe(const std::string& id, const char* region = kFar)
    {
        return aws.must("DescribeImages", {{"ImageId.1", id}}, kAccount, region);
    }

    std::string field(const std::string& id, const std::string& name, const char* region = kFar)
    {
        return describe(id, region).text("imagesSet/item/" + name);
    }

    TestEmulator aws;
    std::string volume;
    std::string snapshot;
    std::string image;
};

TEST_F(CopyImage, IsWhatItsSourceIsInAnotherRegion)
{
    const auto id = copy();
    EXPECT_EQ(field(id, "imageState"), "available");
    EXPECT_EQ(field(id, "name"), "copied");
    EXPECT_EQ(field(id, "imageLocation"), "123456789012/copied");
    EXPECT_EQ(field(id, "description"), "");
    EXPECT_EQ(field(id, "sourceImageId"), image);
    EXPECT_EQ(field(id, "sourceImageRegion"), "us-east-1");
    EXPECT_EQ(field(id, "sourceInstanceId"), "");
    EXPECT_EQ(field(id, "isPublic"), "false");
    for (const char* same : {"architecture", "virtualizationType", "bootMode", "imdsSupport",
                             "tpmSupport", "enaSupport", "rootDeviceName", "rootDeviceType",
                             "platformDetails", "usageOperation", "hypervisor"}) {
        EXPECT_EQ(field(id, same), field(image, same, kRegion)) << same;
    }
    EXPECT_EQ(aws.must("DescribeImageAttribute", {{"ImageId", id}, {"Attribute", "uefiData"}},
                       kAccount, kFar)
                  .text("uefiData/value"),
              "QU1aTlVFRkk=");
    const auto answer = describe(id);
    EXPECT_THAT(answer.texts("imagesSet/item/blockDeviceMapping/item/deviceName"),
                ElementsAre("/dev/xvda", "/dev/sdf"));
    EXPECT_THAT(answer.texts("imagesSet/item/blockDeviceMapping/item/ebs/volumeSize"),
                ElementsAre("2", "5"));
    EXPECT_EQ(answer.text("imagesSet/item/blockDeviceMapping/item/ebs/volumeType"), "gp3");
}

TEST_F(CopyImage, LeavesBehindWhatIsOfItsSourceAlone)
{
    aws.must("EnableImageDeregistrationProtection", {{"ImageId", image}});
    aws.must("EnableImageDeprecation",
             {{"ImageId", image}, {"DeprecateAt", "2027-01-01T00:00:00Z"}});
    aws.must("ReplaceImageInstanceTypeSpecification",
             {{"ImageId", image}, {"InstanceTypeSpecification.SupportedInstanceType.1", "t3.*"}});
    aws.must(
        "RunInstances",
        {{"ImageId", image}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}});
    const auto id = copy();
    EXPECT_EQ(field(id, "deregistrationProtection"), "disabled");
    for (const char* gone :
         {"deprecationTime", "lastLaunchedTime", "instanceTypeSpecification", "stateReason"}) {
        EXPECT_EQ(describe(id).count(std::string("imagesSet/item/") + gone), 0U) << gone;
    }
}

TEST_F(CopyImage, LaunchesWithTheBytesOfItsSource)
{
    const auto id = copy();
    aws.must("DeregisterImage", {{"ImageId", image}, {"DeleteAssociatedSnapshots", "true"}});
    aws.must("DeleteVolume", {{"VolumeId", volume}});
    aws.must("RunInstances", launch(id), kAccount, kFar);
    const auto root =
        aws.must("DescribeVolumes",
                 {{"Filter.1.Name", "attachment.device"}, {"Filter.1.Value.1", "/dev/xvda"}},
                 kAccount, kFar)
            .text("volumeSet/item/volumeId");
    EXPECT_EQ(sample_volume(aws, root, {0, 512}, kFar), "a.");
}

TEST_F(CopyImage, SaysInItsSnapshotsWhereTheyAreFrom)
{
    const auto id = copy();
    const auto made = aws.must("DescribeSnapshots", {{"Owner.1", "self"}}, kAccount, kFar);
    EXPECT_THAT(made.texts("snapshotSet/item/snapshotId"),
                ElementsAre(field(id, "blockDeviceMapping/item/ebs/snapshotId")));
    EXPECT_EQ(made.text("snapshotSet/item/description"),
              "Copied for DestinationAmi " + id + " from SourceAmi " + image +
                  " for SourceSnapshot " + snapshot + ". Task created on 1,767,323,045,000.");
}

TEST_F(CopyImage, IsPendingUntilItsSnapshotsAreCopied)
{
    aws.set_delay("snapshot.pending", 100 * kMinuteMs);
    const auto slow = copy();
    const auto fast = copy({{"Name", "fast"}, {"SnapshotCopyCompletionDurationMinutes", "15"}});
    EXPECT_EQ(field(slow, "imageState"), "pending");
    aws.advance(15 * kMinuteMs);
    EXPECT_EQ(field(fast, "imageState"), "available");
    EXPECT_EQ(field(slow, "imageState"), "pending");
    EXPECT_EQ(
        aws.call("CopyImage", {{"Name", "again"}, {"SourceImageId", slow}, {"SourceRegion", kFar}})
            .code,
        "InvalidAMIID.Unavailable");
    aws.advance(85 * kMinuteMs);
    EXPECT_EQ(field(slow, "imageState"), "available");
}

TEST_F(CopyImage, FailsWithItsSnapshots)
{
    const auto id =
        copy({{"Encrypted", "true"},
              {"KmsKeyId",
               "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"}});
    EXPECT_EQ(field(id, "imageState"), "failed");
    EXPECT_NE(aws.call("RunInstances", launch(id), kAccount, kFar).status, 200);
}

TEST_F(CopyImage, EncryptsWhenAsked)
{
    const auto id = copy({{"Encrypted", "true"}, {"KmsKeyId", "alias/images"}});
    EXPECT_EQ(field(id, "blockDeviceMapping/item/ebs/encrypted"), "true");
    const auto made = aws.must("DescribeSnapshots", {{"Owner.1", "self"}}, kAccount, kFar);
    EXPECT_EQ(made.text("snapshotSet/item/encrypted"), "true");
    EXPECT_THAT(made.text("snapshotSet/item/kmsKeyId"),
                MatchesRegex("arn:aws:kms:eu-west-1:123456789012:key/[-0-9a-f]{36}"));
    EXPECT_EQ(
        aws.call("CopyImage", request(image, {{"Name", "x y z"}, {"KmsKeyId", "alias/i"}})).code,
        "InvalidParameterDependency");
    EXPECT_EQ(aws.call("CopyImage", {{"Name", "plain"},
                                     {"SourceImageId", id},
                                     {"SourceRegion", kFar},
                                     {"Encrypted", "false"}})
                  .code,
              "InvalidRequest");
}

TEST_F(CopyImage, TakesTagsAlongWhenAsked)
{
    aws.must("CreateTags", {{"ResourceId.1", image},
                            {"Tag.1.Key", "Version"},
                            {"Tag.1.Value", "1"},
                            {"Tag.2.Key", "Team"},
                            {"Tag.2.Value", "blue"}});
    EXPECT_EQ(describe(copy()).count("imagesSet/item/tagSet/item"), 0U);
    const auto tagged = describe(copy({{"Name", "tagged"},
                                       {"CopyImageTags", "true"},
                                       {"TagSpecification.1.ResourceType", "image"},
                                       {"TagSpecification.1.Tag.1.Key", "Version"},
                                       {"TagSpecification.1.Tag.1.Value", "2"}}));
    EXPECT_THAT(tagged.texts("imagesSet/item/tagSet/item/key"), ElementsAre("Team", "Version"));
    EXPECT_THAT(tagged.texts("imagesSet/item/tagSet/item/value"), ElementsAre("blue", "2"));
}

TEST_F(CopyImage, TakesOnlyOneOfASharedImagesTagsThatAreShared)
{
    aws.must("ModifyImageAttribute", {{"ImageId", image}, {"LaunchPermission.Add.1.Group", "all"}});
    aws.must("CreateTags", {{"ResourceId.1", image},
                            {"Tag.1.Key", "Team"},
                            {"Tag.1.Value", "blue"},
                            {"Tag.2.Key", "ec2:SharedTag/os"},
                            {"Tag.2.Value", "linux"}});
    const auto own = copy({{"CopyImageTags", "true"}});
    EXPECT_EQ(describe(own).count("imagesSet/item/tagSet/item"), 2U);
}

TEST_F(CopyImage, MakesOneImageForOneToken)
{
    const auto once = copy({{"ClientToken", std::string(100, 't')}});
    EXPECT_EQ(copy({{"ClientToken", std::string(100, 't')}}), once);
    EXPECT_EQ(
        aws.call("CopyImage",
                 request(image, {{"ClientToken", std::string(100, 't')}, {"Description", "other"}}),
                 kAccount, kFar)
            .code,
        "IdempotentParameterMismatch");
}

TEST_F(CopyImage, RefusesWhatItCannotReachOrName)
{
    const auto code = [&](const Parameters& parameters, const char* account = kAccount) {
        return aws.call("CopyImage", parameters, account).code;
    };
    EXPECT_EQ(code(request(image, {{"Name", "x"}})), "InvalidAMIName.Malformed");
    EXPECT_EQ(code(request("ami-0123456789abcdef0")), "InvalidAMIID.NotFound");
    EXPECT_EQ(code(request("ami-x")), "InvalidAMIID.Malformed");
    EXPECT_EQ(code(request(image, {{"SourceRegion", kFar}})), "InvalidAMIID.NotFound");
    EXPECT_EQ(code(request(image, {{"SourceRegion", "mars-1"}})), "InvalidParameterValue");
    EXPECT_EQ(code(request(image), kOtherAccount), "InvalidAMIID.NotFound");
    EXPECT_EQ(code(request(image, {{"SnapshotCopyCompletionDurationMinutes", "40"}})),
              "InvalidParameterValue");
    EXPECT_EQ(code(request(image, {{"DestinationAvailabilityZone", "us-east-1a"}})),
              "UnsupportedOperation");
    EXPECT_EQ(code(request(image, {{"DryRun", "true"}})), "DryRunOperation");
    aws.must("DeregisterImage", {{"ImageId", image}});
    EXPECT_EQ(code(request(image)), "InvalidAMIID.Unavailable");
    // A copy that is refused leaves no snapshot behind.
    EXPECT_THAT(
        aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).texts("snapshotSet/item/snapshotId"),
        ElementsAre(snapshot));
}

TEST_F(CopyImage, OfAnImageThatIsOnlySharedNeedsItsSnapshotsToo)
{
    aws.must("ModifyImageAttribute",
             {{"ImageId", image}, {"LaunchPermission.Add.1.UserId", kOtherAccount}});
    aws.must("RunInstances", launch(image), kOtherAccount);
    const auto refused = aws.call("CopyImage", request(image), kOtherAccount);
    EXPECT_EQ(refused.code, "InvalidRequest");
    EXPECT_EQ(refused.message, "You do not have permission to access the storage of this ami");
    aws.must("ModifySnapshotAttribute",
             {{"SnapshotId", snapshot}, {"CreateVolumePermission.Add.1.UserId", kOtherAccount}});
    const auto copied = aws.must("CopyImage", request(image), kOtherAccount).text("imageId");
    aws.must("DeregisterImage", {{"ImageId", image}, {"DeleteAssociatedSnapshots", "true"}});
    aws.must("RunInstances", launch(copied), kOtherAccount);
}

TEST_F(CopyImage, TakesThePublishersImages)
{
    const auto own =
        aws.must("CopyImage", request(public_image(aws), {{"Encrypted", "true"}})).text("imageId");
    EXPECT_EQ(field(own, "imageState", kRegion), "available");
    EXPECT_EQ(field(own, "imageOwnerAlias", kRegion), "");
    EXPECT_EQ(field(own, "blockDeviceMapping/item/ebs/encrypted", kRegion), "true");
    aws.must("RunInstances", launch(own));
}

TEST_F(CopyImage, RefusesOthersImagesThatAreBilled)
{
    const auto refusal = [&](const char* owner, const char* name) {
        const auto found =
            aws.must("DescribeImages",
                     {{"Owner.1", owner}, {"Filter.1.Name", "name"}, {"Filter.1.Value.1", name}})
                .text("imagesSet/item/imageId");
        EXPECT_NE(found, "") << name;
        const auto answer = aws.call("CopyImage", request(found));
        EXPECT_EQ(answer.code, "InvalidRequest");
        return answer.message;
    };
    EXPECT_EQ(refusal("amazon", "Windows_Server-2022-English-Full-Base-*"),
              "Images with EC2 BillingProduct codes cannot be copied to another AWS account");
    EXPECT_EQ(refusal("aws-marketplace", "*"),
              "Images from AWS Marketplace cannot be copied to another AWS account");
}

TEST_F(CopyImage, TakesANameThatIsInUseAsNoOtherCallDoes)
{
    const auto copy = aws.must("CopyImage", request(image, {{"Name", "golden"}})).text("imageId");
    EXPECT_THAT(matching_images(aws, "name", "golden"), UnorderedElementsAre(image, copy));
    aws.must("DeregisterImage", {{"ImageId", image}});
    EXPECT_EQ(aws.call("RegisterImage", registration(make_snapshot(aws), "golden")).code,
              "InvalidAMIName.Duplicate");
}

TEST_F(CopyImage, ShowsItsSnapshotsWhenItIsAvailable)
{
    aws.set_delay("image.pending", 1000);
    const auto id = copy();
    constexpr const char* kSnapshot = "imagesSet/item/blockDeviceMapping/item/ebs/snapshotId";
    EXPECT_EQ(describe(id).count(kSnapshot), 0U);
    EXPECT_EQ(describe(id).count("imagesSet/item/blockDeviceMapping/item/ebs/volumeSize"), 2U);
    aws.advance(1000);
    const auto snapshot_id = describe(id).text(kSnapshot);
    EXPECT_EQ(snapshot_id.substr(0, 5), "snap-");
    const auto by_snapshot = [&] {
        return aws
            .must("DescribeImages", filter("block-device-mapping.snapshot-id", snapshot_id),
                  kAccount, kFar)
            .texts("imagesSet/item/imageId");
    };
    EXPECT_THAT(by_snapshot(), ElementsAre(id));
    aws.generation().writer().db().run("UPDATE image SET state = 'pending'");
    EXPECT_TRUE(by_snapshot().empty());
}

}  // namespace
}  // namespace amilab::test
