#include "server/calls/arns.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kGov = "us-gov-west-1";
constexpr const char* kChina = "cn-north-1";

TEST(Arns, NameThePartitionOfTheRegion)
{
    EXPECT_EQ(arn_of("kms", "eu-west-1", "1", "key/2"), "arn:aws:kms:eu-west-1:1:key/2");
    EXPECT_EQ(arn_of("kms", kGov, "1", "key/2"), "arn:aws-us-gov:kms:us-gov-west-1:1:key/2");
    EXPECT_EQ(parameter_arn(kChina, "", "/a/b"), "arn:aws-cn:ssm:cn-north-1::parameter/a/b");
}

TEST(Arns, OfEveryKindAreOfThePartitionThatIsCalled)
{
    TestEmulator aws;
    const auto account = std::string(kAccount);
    const auto volume =
        aws.must("CreateVolume",
                 {{"AvailabilityZone", "us-gov-west-1a"}, {"Size", "1"}, {"Encrypted", "true"}},
                 kAccount, kGov);
    EXPECT_THAT(volume.text("kmsKeyId"), StartsWith("arn:aws-us-gov:kms:us-gov-west-1:" + account));
    EXPECT_THAT(aws.must("DescribeVolumes", {}, kAccount, kGov).text("volumeSet/item/volumeArn"),
                StartsWith("arn:aws-us-gov:ec2:us-gov-west-1:" + account + ":volume/vol-"));
    const auto subnets = aws.must("DescribeSubnets", {}, kAccount, kChina);
    const auto arn = subnets.text("subnetSet/item/subnetArn");
    EXPECT_THAT(arn, StartsWith("arn:aws-cn:ec2:cn-north-1:" + account + ":subnet/subnet-"));
    EXPECT_EQ(
        aws.must("DescribeSubnets", {{"Filter.1.Name", "subnet-arn"}, {"Filter.1.Value.1", arn}},
                 kAccount, kChina)
            .count("subnetSet/item"),
        1U);
    const auto group = aws.must("CreatePlacementGroup",
                                {{"GroupName", "g"}, {"Strategy", "cluster"}}, kAccount, kGov);
    EXPECT_EQ(group.text("placementGroup/groupArn"),
              "arn:aws-us-gov:ec2:us-gov-west-1:" + account + ":placement-group/g");
}

TEST(Arns, OfAKeyOfAnotherPartitionAreNoneOfTheRegion)
{
    TestEmulator aws;
    const auto set_key = [&](const std::string& arn) {
        return aws.call("ModifyEbsDefaultKmsKeyId", {{"KmsKeyId", arn}}, kAccount, kGov);
    };
    const auto rest =
        ":kms:us-gov-west-1:" + std::string(kAccount) + ":key/01234567-89ab-cdef-0123-456789abcdef";
    EXPECT_FALSE(set_key("arn:aws" + rest).ok());
    EXPECT_TRUE(set_key("arn:aws-us-gov" + rest).ok());
}

TEST(Arns, OfAnAliasKeepThePartitionThatTheyName)
{
    TestEmulator aws;
    const auto set_key = [&](const std::string& partition) {
        return aws.call(
            "ModifyEbsDefaultKmsKeyId",
            {{"KmsKeyId", "arn:" + partition + ":kms:us-gov-west-1:123456789012:alias/mine"}},
            kAccount, kGov);
    };
    EXPECT_FALSE(set_key("aws").ok());
    EXPECT_FALSE(set_key("aws-cn").ok());
    EXPECT_TRUE(set_key("aws-us-gov").ok());
}

/// An image of the account in a region.
std::string own_image_in(TestEmulator& aws, const std::string& region)
{
    const auto volume =
        aws.must("CreateVolume", {{"AvailabilityZone", region + "a"}, {"Size", "1"}}, kAccount,
                 region)
            .text("volumeId");
    const auto snapshot =
        aws.must("CreateSnapshot", {{"VolumeId", volume}}, kAccount, region).text("snapshotId");
    return aws
        .must("RegisterImage",
              {{"Name", "one"},
               {"RootDeviceName", "/dev/xvda"},
               {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
               {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}},
              kAccount, region)
        .text("imageId");
}

TEST(Arns, OfOrganizationsAreOfThePartitionThatIsCalled)
{
    struct Place {
        std::string region;
        std::string own;
        std::string other;
    };
    TestEmulator aws;
    for (const auto& place : {Place{kGov, "aws-us-gov", "aws"}, Place{kChina, "aws-cn", "aws"},
                              Place{"us-east-1", "aws", "aws-us-gov"}}) {
        const auto image = own_image_in(aws, place.region);
        const auto shared_with = [&](const std::string& partition, const std::string& kind,
                                     const std::string& rest) {
            const auto arn = "arn:" + partition + ":organizations::111122223333:" + rest;
            const auto structured =
                aws.call("ModifyImageAttribute",
                         {{"ImageId", image}, {"LaunchPermission.Add.1." + kind, arn}}, kAccount,
                         place.region);
            const auto flat =
                aws.call("ModifyImageAttribute",
                         {{"ImageId", image}, {kind + ".1", arn}, {"OperationType", "add"}},
                         kAccount, place.region);
            EXPECT_EQ(structured.code, flat.code) << arn;
            return structured.code;
        };
        for (const auto& [kind, rest] :
             {std::pair("OrganizationArn", "organization/o-abcdefghij"),
              std::pair("OrganizationalUnitArn", "ou/o-abcdefghij/ou-ab12-abcdefgh")}) {
            EXPECT_EQ(shared_with(place.other, kind, rest), "InvalidAMIAttributeItemValue");
            EXPECT_EQ(shared_with(place.own, kind, rest), "");
        }
    }
}

TEST(Hosts, AreOfThePartitionsDomain)
{
    TestEmulator aws;
    const auto public_name = [&](const char* region) {
        const auto image = aws.must("DescribeImages",
                                    {{"Owner.1", "amazon"},
                                     {"Filter.1.Name", "name"},
                                     {"Filter.1.Value.1", "al2023-ami-2023.*-kernel-6.1-x86_64"}},
                                    kAccount, region)
                               .text("imagesSet/item/imageId");
        aws.must("RunInstances",
                 {{"ImageId", image},
                  {"InstanceType", "t3.micro"},
                  {"MinCount", "1"},
                  {"MaxCount", "1"}},
                 kAccount, region);
        return aws.must("DescribeInstances", {}, kAccount, region)
            .text("reservationSet/item/instancesSet/item/dnsName");
    };
    EXPECT_THAT(public_name(kChina), EndsWith(".cn-north-1.compute.amazonaws.com.cn"));
    EXPECT_THAT(public_name(kGov), EndsWith(".us-gov-west-1.compute.amazonaws.com"));
    EXPECT_THAT(public_name("us-east-1"), EndsWith(".compute-1.amazonaws.com"));
}

TEST(Partitions, CopyImageKnowsNoRegionOfAnother)
{
    TestEmulator aws;
    const auto refused = aws.call("CopyImage",
                                  {{"Name", "copy"},
                                   {"SourceImageId", "ami-0fc653c64b73d240d"},
                                   {"SourceRegion", "us-east-1"}},
                                  kAccount, kGov);
    EXPECT_EQ(refused.status, 400);
    EXPECT_THAT(refused.message, HasSubstr("us-east-1"));
}

}  // namespace
}  // namespace amilab::test
