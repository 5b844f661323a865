#include "server/calls/encryption.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/common/encryption_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

TEST(EncryptedVolume, HasTheKeyThatWasNamed)
{
    TestEmulator aws;
    const auto key_of = [&](const char* name) {
        const auto answer =
            aws.must("CreateVolume", a_volume({{"Encrypted", "true"}, {"KmsKeyId", name}}));
        EXPECT_EQ(answer.text("encrypted"), "true");
        return answer.text("kmsKeyId");
    };
    EXPECT_EQ(key_of(kKey), kKey);
    EXPECT_EQ(key_of("1234abcd-12ab-34cd-56ef-1234567890ab"), kKey);
    EXPECT_THAT(key_of("alias/disks"), MatchesRegex(kKeyPattern));
    EXPECT_EQ(key_of("alias/disks"), key_of("arn:aws:kms:us-east-1:123456789012:alias/disks"));
    EXPECT_NE(key_of("alias/disks"), key_of("alias/others"));
    EXPECT_EQ(key_of("mrk-1234abcd12ab34cd56ef1234567890ab"),
              "arn:aws:kms:us-east-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab");
}

TEST(EncryptedVolume, HasTheAccountsKeyWhenNoneIsNamed)
{
    TestEmulator aws;
    const auto one = aws.must("CreateVolume", a_volume({{"Encrypted", "true"}}));
    EXPECT_THAT(one.text("kmsKeyId"), MatchesRegex(kKeyPattern));
    const auto aws_key =
        aws.must("CreateVolume", a_volume({{"Encrypted", "true"}, {"KmsKeyId", "alias/aws/ebs"}}));
    EXPECT_EQ(one.text("kmsKeyId"), aws_key.text("kmsKeyId"));
    EXPECT_EQ(aws.must("DescribeVolumes", {{"VolumeId.1", one.text("volumeId")}})
                  .text("volumeSet/item/kmsKeyId"),
              one.text("kmsKeyId"));
    EXPECT_EQ(aws.must("CreateVolume", a_volume()).count("kmsKeyId"), 0U);
}

TEST(EncryptedVolume, RefusesKeysThatCannotBe)
{
    TestEmulator aws;
    const auto refusal = [&](const Parameters& more) {
        return aws.call("CreateVolume", a_volume(more));
    };
    const auto alone = refusal({{"KmsKeyId", kKey}});
    EXPECT_EQ(alone.code, "InvalidParameterDependency");
    EXPECT_EQ(alone.message,
              "The parameter [KmsKeyId] requires the parameter Encrypted to be set.");
    EXPECT_EQ(refusal({{"KmsKeyId", kKey}, {"Encrypted", "false"}}).code,
              "InvalidParameterDependency");
    for (const char* key :
         {"mine", "alias/", "alias/x y", "arn:aws:kms:us-east-1:1:key/x",
          "arn:aws:s3:us-east-1:123456789012:alias/x", "1234abcd-12ab-34cd-56ef-1234567890ag",
          "arn:aws:kms:eu-west-1:123456789012:alias/x"}) {
        EXPECT_EQ(refusal({{"KmsKeyId", key}, {"Encrypted", "true"}}).code, "InvalidParameterValue")
            << key;
    }
}

TEST(EncryptedSnapshot, KeepsTheKeysOfItsVolumeAndGivesThemOn)
{
    TestEmulator aws;
    const auto snapshot = make_snapshot(aws, {{"Encrypted", "true"}, {"KmsKeyId", kKey}});
    EXPECT_EQ(snapshot_field(aws, snapshot, "encrypted"), "true");
    EXPECT_EQ(snapshot_field(aws, snapshot, "kmsKeyId"), kKey);
    const auto data_key = snapshot_field(aws, snapshot, "dataEncryptionKeyId");
    EXPECT_THAT(data_key, MatchesRegex("[-0-9a-f]{36}"));

    const auto volume =
        aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", snapshot}});
    EXPECT_EQ(volume.text("encrypted"), "true");
    EXPECT_EQ(volume.text("kmsKeyId"), kKey);
    const auto next = aws.must("CreateSnapshot", {{"VolumeId", volume.text("volumeId")}});
    EXPECT_EQ(snapshot_field(aws, next.text("snapshotId"), "dataEncryptionKeyId"), data_key);

    const auto other = aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"},
                                                 {"SnapshotId", snapshot},
                                                 {"Encrypted", "true"},
                                                 {"KmsKeyId", "alias/other"}});
    EXPECT_NE(other.text("kmsKeyId"), kKey);
    const auto last = aws.must("CreateSnapshot", {{"VolumeId", other.text("volumeId")}});
    EXPECT_NE(snapshot_field(aws, last.text("snapshotId"), "dataEncryptionKeyId"), data_key);
}

TEST(EncryptedSnapshot, NeverBecomesAnUnencryptedVolumeOrCopy)
{
    TestEmulator aws;
    const auto snapshot = make_snapshot(aws, {{"Encrypted", "true"}});
    const Parameters off{{"Encrypted", "false"}};
    EXPECT_EQ(aws.call("CreateVolume", {{"AvailabilityZone", "us-east-1a"},
                                        {"SnapshotId", snapshot},
                                        {"Encrypted", "false"}})
                  .code,
              "InvalidParameterCombination");
    const auto copied = aws.call(
        "CopySnapshot",
        {{"SourceSnapshotId", snapshot}, {"SourceRegion", kRegion}, {"Encrypted", "false"}});
    EXPECT_EQ(copied.code, "InvalidRequest");
    EXPECT_EQ(copied.message, "Snapshot " + snapshot +
                                  " is encrypted. Creating unencrypted copy from an encrypted "
                                  "snapshot is not supported.");
    const auto copy =
        aws.must("CopySnapshot", {{"SourceSnapshotId", snapshot}, {"SourceRegion", kRegion}});
    EXPECT_EQ(snapshot_field(aws, copy.text("snapshotId"), "encrypted"), "true");
}

TEST(EncryptedSnapshot, IsCopiedToTheAccountsKey)
{
    TestEmulator aws;
    const auto snapshot = make_snapshot(aws, {{"Encrypted", "true"}, {"KmsKeyId", kKey}});
    const auto copy =
        aws.must("CopySnapshot", {{"SourceSnapshotId", snapshot}, {"SourceRegion", kRegion}})
            .text("snapshotId");
    EXPECT_THAT(snapshot_field(aws, copy, "kmsKeyId"), MatchesRegex(kKeyPattern));
    EXPECT_NE(snapshot_field(aws, copy, "kmsKeyId"), kKey);
    const auto same_key = aws.must("CopySnapshot", {{"SourceSnapshotId", snapshot},
                                                    {"SourceRegion", kRegion},
                                                    {"Encrypted", "true"},
                                                    {"KmsKeyId", kKey}})
                              .text("snapshotId");
    EXPECT_EQ(snapshot_field(aws, same_key, "kmsKeyId"), kKey);
}

TEST(RunInstances, EncryptsVolumesWhenAsked)
{
    TestEmulator aws;
    const auto image = own_image(aws, "plain");
    const auto instance =
        aws.must("RunInstances", launch(image, {{"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                                {"BlockDeviceMapping.1.Ebs.Encrypted", "true"},
                                                {"BlockDeviceMapping.1.Ebs.KmsKeyId", kKey},
                                                {"BlockDeviceMapping.2.DeviceName", "/dev/sdf"},
                                                {"BlockDeviceMapping.2.Ebs.VolumeSize", "1"}}))
            .text("instancesSet/item/instanceId");
    const auto encrypted = [&](const std::string& device) {
        return aws
            .must("DescribeVolumes", {{"Filter.1.Name", "attachment.instance-id"},
                                      {"Filter.1.Value.1", instance},
                                      {"Filter.2.Name", "attachment.device"},
                                      {"Filter.2.Value.1", device}})
            .text("volumeSet/item/kmsKeyId");
    };
    EXPECT_EQ(encrypted("/dev/xvda"), kKey);
    EXPECT_EQ(encrypted("/dev/sdf"), "");
    EXPECT_EQ(
        aws.call("RunInstances", launch(image, {{"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                                {"BlockDeviceMapping.1.Ebs.KmsKeyId", kKey}}))
            .code,
        "InvalidParameterDependency");

    const auto captured =
        aws.must("CreateImage", {{"InstanceId", instance}, {"Name", "captured"}}).text("imageId");
    EXPECT_EQ(
        aws.call("RunInstances", launch(captured, {{"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                                   {"BlockDeviceMapping.1.Ebs.Encrypted", "false"},
                                                   {"DryRun", "true"}}))
            .code,
        "InvalidParameterCombination");
    aws.must("RunInstances", launch(captured));
}

TEST(ImageMapping, LeavesEncryptionToItsSnapshot)
{
    TestEmulator aws;
    const auto refused =
        aws.call("RegisterImage", {{"Name", "encrypted"},
                                   {"RootDeviceName", "/dev/xvda"},
                                   {"VirtualizationType", "hvm"},
                                   {"Architecture", "x86_64"},
                                   {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                   {"BlockDeviceMapping.1.Ebs.SnapshotId", make_snapshot(aws)},
                                   {"BlockDeviceMapping.1.Ebs.Encrypted", "true"}});
    EXPECT_EQ(refused.code, "InvalidBlockDeviceMapping");
    EXPECT_THAT(refused.message, HasSubstr("/dev/xvda has a snapshot specified"));
    const auto image = own_image(aws, "with an empty disk",
                                 {{"EnaSupport", "true"},
                                  {"BlockDeviceMapping.2.DeviceName", "/dev/sdf"},
                                  {"BlockDeviceMapping.2.Ebs.VolumeSize", "1"},
                                  {"BlockDeviceMapping.2.Ebs.Encrypted", "true"}});
    const auto instance =
        aws.must("RunInstances", launch(image)).text("instancesSet/item/instanceId");
    EXPECT_EQ(aws.must("DescribeVolumes", {{"Filter.1.Name", "attachment.instance-id"},
                                           {"Filter.1.Value.1", instance},
                                           {"Filter.2.Name", "encrypted"},
                                           {"Filter.2.Value.1", "true"}})
                  .text("volumeSet/item/attachmentSet/item/device"),
              "/dev/sdf");
    const auto instance_of = run_one(aws);
    EXPECT_EQ(aws.call("CreateImage", {{"InstanceId", instance_of},
                                       {"Name", "captured"},
                                       {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                       {"BlockDeviceMapping.1.Ebs.Encrypted", "true"}})
                  .code,
              "InvalidBlockDeviceMapping");
}

}  // namespace
}  // namespace amilab::test
