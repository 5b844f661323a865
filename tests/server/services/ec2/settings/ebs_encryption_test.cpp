#include "server/calls/encryption.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/common/encryption_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::MatchesRegex;

class EncryptionByDefault : public ::testing::Test {
protected:
    bool is_on(const char* region = kRegion, const char* account = kAccount)
    {
        return aws.must("GetEbsEncryptionByDefault", {}, account, region)
                   .text("ebsEncryptionByDefault") == "true";
    }
    std::string key() { return aws.must("GetEbsDefaultKmsKeyId").text("kmsKeyId"); }

    TestEmulator aws;
};

TEST_F(EncryptionByDefault, IsSetForOneAccountInOneRegion)
{
    EXPECT_FALSE(is_on());
    EXPECT_EQ(aws.must("EnableEbsEncryptionByDefault").text("ebsEncryptionByDefault"), "true");
    aws.must("EnableEbsEncryptionByDefault");
    EXPECT_TRUE(is_on());
    EXPECT_FALSE(is_on("eu-west-1"));
    EXPECT_FALSE(is_on(kRegion, kOtherAccount));
    EXPECT_EQ(aws.must("DisableEbsEncryptionByDefault").text("ebsEncryptionByDefault"), "false");
    EXPECT_FALSE(is_on());
    EXPECT_EQ(aws.call("EnableEbsEncryptionByDefault", {{"DryRun", "true"}}).code,
              "DryRunOperation");
    EXPECT_FALSE(is_on());
}

TEST_F(EncryptionByDefault, EncryptsWhateverIsMade)
{
    const auto plain = make_snapshot(aws);
    const auto image = own_image(aws, "plain");
    aws.must("EnableEbsEncryptionByDefault");
    EXPECT_EQ(aws.must("CreateVolume", a_volume()).text("encrypted"), "true");
    EXPECT_EQ(aws.must("CreateVolume", a_volume({{"Encrypted", "false"}})).text("encrypted"),
              "true");
    EXPECT_EQ(aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", plain}})
                  .text("encrypted"),
              "true");
    const auto copy =
        aws.must("CopySnapshot", {{"SourceSnapshotId", plain}, {"SourceRegion", kRegion}})
            .text("snapshotId");
    EXPECT_EQ(snapshot_field(aws, copy, "encrypted"), "true");
    const auto instance =
        aws.must("RunInstances", launch(image)).text("instancesSet/item/instanceId");
    const auto root = aws.must("DescribeVolumes", {{"Filter.1.Name", "attachment.instance-id"},
                                                   {"Filter.1.Value.1", instance}});
    EXPECT_EQ(root.text("volumeSet/item/encrypted"), "true");
    EXPECT_THAT(root.text("volumeSet/item/kmsKeyId"), MatchesRegex(kKeyPattern));
    // What was there stays as it is.
    EXPECT_EQ(snapshot_field(aws, plain, "encrypted"), "false");
}

TEST_F(EncryptionByDefault, TakesTheKeyThatWasChosen)
{
    EXPECT_EQ(key(), "alias/aws/ebs");
    EXPECT_EQ(aws.must("ModifyEbsDefaultKmsKeyId", {{"KmsKeyId", kKey}}).text("kmsKeyId"), kKey);
    EXPECT_EQ(key(), kKey);
    EXPECT_EQ(aws.must("CreateVolume", a_volume({{"Encrypted", "true"}})).text("kmsKeyId"), kKey);
    aws.must("EnableEbsEncryptionByDefault");
    EXPECT_EQ(key(), kKey);
    EXPECT_EQ(aws.must("ResetEbsDefaultKmsKeyId").text("kmsKeyId"), "alias/aws/ebs");
    EXPECT_EQ(key(), "alias/aws/ebs");
    EXPECT_TRUE(is_on());
    for (const char* bad :
         {"nonsense",
          "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"}) {
        EXPECT_EQ(aws.call("ModifyEbsDefaultKmsKeyId", {{"KmsKeyId", bad}}).code,
                  "InvalidParameterValue");
    }
    EXPECT_EQ(aws.call("ModifyEbsDefaultKmsKeyId", {}).code, "MissingParameter");
}

}  // namespace
}  // namespace amilab::test
