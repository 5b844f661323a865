#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/services/ec2/volumes/volumes.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"

namespace amilab::test {
namespace {

const std::string kItem = "volumeSet/item/";

std::string copy_of(TestEmulator& aws, const std::string& source, Parameters more = {})
{
    more.insert(more.begin(), {"SourceVolumeId", source});
    return aws.must("CopyVolumes", more).text(kItem + "volumeId");
}

TEST(CopyVolumes, TellsOfTheCopyItMakes)
{
    TestEmulator aws;
    const auto source = new_volume(aws, {{"VolumeType", "gp3"}});
    const auto made = aws.must("CopyVolumes", {{"SourceVolumeId", source},
                                               {"Size", "20"},
                                               {"VolumeType", "gp3"},
                                               {"Iops", "4000"},
                                               {"Throughput", "200"},
                                               {"TagSpecification.1.ResourceType", "volume"},
                                               {"TagSpecification.1.Tag.1.Key", "Name"},
                                               {"TagSpecification.1.Tag.1.Value", "copy"}});
    EXPECT_EQ(made.count(kItem + "volumeId"), 1U);
    EXPECT_NE(made.text(kItem + "volumeId"), source);
    EXPECT_EQ(made.text(kItem + "sourceVolumeId"), source);
    EXPECT_EQ(made.text(kItem + "snapshotId"), "");
    EXPECT_EQ(made.text(kItem + "status"), "creating");
    EXPECT_EQ(made.text(kItem + "availabilityZone"), "us-east-1a");
    EXPECT_EQ(made.text(kItem + "size"), "20");
    EXPECT_EQ(made.text(kItem + "iops"), "4000");
    EXPECT_EQ(made.text(kItem + "throughput"), "200");
    EXPECT_EQ(made.text(kItem + "tagSet/item/value"), "copy");
    const auto id = made.text(kItem + "volumeId");
    EXPECT_EQ(volume_field(aws, id, "sourceVolumeId"), source);
    EXPECT_EQ(volume_field(aws, id, "status"), "available");
}

TEST(CopyVolumes, IsEncryptedAsItsSourceOrTheRequestSays)
{
    TestEmulator aws;
    const auto plain = new_volume(aws);
    const auto secret = new_volume(aws, {{"Encrypted", "true"}, {"KmsKeyId", "alias/disks"}});
    const auto key_of = [&](const std::string& id) { return volume_field(aws, id, "kmsKeyId"); };
    EXPECT_EQ(volume_field(aws, copy_of(aws, plain), "encrypted"), "false");
    EXPECT_EQ(key_of(copy_of(aws, secret)), key_of(secret));
    const auto other = copy_of(aws, secret, {{"Encrypted", "true"}, {"KmsKeyId", "alias/others"}});
    EXPECT_NE(key_of(other), key_of(secret));
    EXPECT_EQ(key_of(copy_of(aws, plain, {{"Encrypted", "true"}, {"KmsKeyId", "alias/others"}})),
              key_of(other));

    const auto refusal = [&](const std::string& source, Parameters more) {
        more.insert(more.begin(), {"SourceVolumeId", source});
        return aws.call("CopyVolumes", more).code;
    };
    EXPECT_EQ(key_of(copy_of(aws, secret, {{"Encrypted", "false"}})), key_of(secret));
    EXPECT_EQ(refusal(plain, {{"KmsKeyId", "alias/disks"}}), "InvalidParameterDependency");
    EXPECT_EQ(refusal(plain, {{"Encrypted", "true"},
                              {"KmsKeyId", "arn:aws:kms:eu-west-1:123456789012:alias/a"}}),
              "InvalidParameterValue");
    aws.must("EnableEbsEncryptionByDefault");
    EXPECT_EQ(volume_field(aws, copy_of(aws, plain), "encrypted"), "true");
}

TEST(CopyVolumes, IsGp2AndAsLargeAsItsSourceUnlessToldOtherwise)
{
    TestEmulator aws;
    const auto id = copy_of(aws, new_volume(aws, {{"VolumeType", "gp3"}}));
    EXPECT_EQ(volume_field(aws, id, "volumeType"), "gp2");
    EXPECT_EQ(volume_field(aws, id, "size"), "10");
}

TEST(CopyVolumes, HoldsTheBytesOfTheInstantOfTheCall)
{
    TestEmulator aws;
    const auto instance = run_one(aws, {{"Placement.AvailabilityZone", "us-east-1a"}});
    const auto source = new_volume(aws);
    aws.must("AttachVolume", attach(source, instance));
    write_text(aws, source, 0, "before");
    const auto copy = copy_of(aws, source);
    write_text(aws, source, 0, "after!");
    write_text(aws, copy, 4096, "own");
    EXPECT_EQ(read_text(aws, copy, 0, 6), "before");
    EXPECT_EQ(read_text(aws, source, 0, 6), "after!");
    EXPECT_EQ(read_text(aws, source, 4096, 3), std::string(3, '\0'));
    const auto copy_of_copy = copy_of(aws, copy);
    aws.must("DetachVolume", {{"VolumeId", source}});
    aws.must("DeleteVolume", {{"VolumeId", source}});
    aws.must("DeleteVolume", {{"VolumeId", copy}});
    EXPECT_EQ(read_text(aws, copy_of_copy, 0, 6), "before");
    EXPECT_EQ(read_text(aws, copy_of_copy, 4096, 3), "own");
}

TEST(CopyVolumes, RefusesWhatDoesNotFit)
{
    TestEmulator aws;
    const auto source = new_volume(aws);
    const auto refused = [&](Parameters more) {
        more.insert(more.begin(), {"SourceVolumeId", source});
        return aws.call("CopyVolumes", more);
    };
    EXPECT_EQ(refused({{"Size", "9"}}).code, "InvalidParameterValue");
    EXPECT_EQ(refused({{"VolumeType", "io1"}}).message,
              "The parameter iops must be specified for io1 volumes.");
    EXPECT_EQ(refused({{"VolumeType", "gp9"}}).code, "UnknownVolumeType");
    EXPECT_EQ(refused({{"MultiAttachEnabled", "true"}}).code, "InvalidParameterCombination");
    EXPECT_EQ(refused({{"DryRun", "true"}}).code, "DryRunOperation");
    EXPECT_EQ(aws.call("CopyVolumes", {{"SourceVolumeId", source}}, kOtherAccount).code,
              "InvalidVolume.NotFound");
    EXPECT_EQ(aws.call("CopyVolumes", {{"SourceVolumeId", "vol-x"}}).code,
              "InvalidVolumeID.Malformed");
    EXPECT_EQ(refused({{"TagSpecification.1.ResourceType", "snapshot"},
                       {"TagSpecification.1.Tag.1.Key", "Name"},
                       {"TagSpecification.1.Tag.1.Value", "x"}})
                  .code,
              "InvalidParameterValue");
    aws.set_delay("volume.creating", 1000);
    EXPECT_EQ(aws.call("CopyVolumes", {{"SourceVolumeId", new_volume(aws)}}).code,
              "IncorrectState");
}

TEST(CopyVolumes, MakesOneCopyForOneClientToken)
{
    TestEmulator aws;
    const auto source = new_volume(aws);
    Parameters wanted = {{"ClientToken", "t"}};
    const auto first = copy_of(aws, source, wanted);
    EXPECT_EQ(copy_of(aws, source, wanted), first);
    wanted.emplace_back("Size", "11");
    wanted.emplace_back("SourceVolumeId", source);
    EXPECT_EQ(aws.call("CopyVolumes", wanted).code, "IdempotentParameterMismatch");
}

}  // namespace
}  // namespace amilab::test
