#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/services/ec2/volumes/volumes.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"

namespace amilab::test {
namespace {

TEST(VolumeAttribute, AutoEnableIoIsOffUntilItIsSwitchedOn)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    const auto value = [&] {
        const auto answer =
            aws.must("DescribeVolumeAttribute", {{"VolumeId", id}, {"Attribute", "autoEnableIO"}});
        EXPECT_EQ(answer.count("productCodes"), 0U);
        return answer.text("autoEnableIO/value");
    };
    EXPECT_EQ(value(), "false");
    aws.must("ModifyVolumeAttribute", {{"VolumeId", id}, {"AutoEnableIO.Value", "true"}});
    EXPECT_EQ(value(), "true");
    aws.must("ModifyVolumeAttribute", {{"VolumeId", id}, {"AutoEnableIO.Value", "false"}});
    EXPECT_EQ(value(), "false");
}

TEST(VolumeAttribute, HasNoProductCodes)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    const auto answer =
        aws.must("DescribeVolumeAttribute", {{"VolumeId", id}, {"Attribute", "productCodes"}});
    EXPECT_EQ(answer.text("volumeId"), id);
    EXPECT_EQ(answer.count("productCodes"), 1U);
    EXPECT_EQ(answer.count("productCodes/item"), 0U);
    EXPECT_EQ(answer.count("autoEnableIO"), 0U);
}

TEST(VolumeAttribute, IsRefusedForWhatIsNotThere)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    EXPECT_EQ(aws.call("ModifyVolumeAttribute", {{"VolumeId", id}}).message,
              "No attributes specified.");
    EXPECT_EQ(aws.call("DescribeVolumeAttribute", {{"VolumeId", id}, {"Attribute", "colour"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call("ModifyVolumeAttribute", {{"VolumeId", id}, {"AutoEnableIO.Value", "true"}},
                       kOtherAccount)
                  .code,
              "InvalidVolume.NotFound");
    EXPECT_EQ(aws.call("EnableVolumeIO", {{"VolumeId", id}}, kOtherAccount).code,
              "InvalidVolume.NotFound");
    EXPECT_EQ(aws.call("EnableVolumeIO", {{"VolumeId", id}, {"DryRun", "true"}}).code,
              "DryRunOperation");
    aws.must("EnableVolumeIO", {{"VolumeId", id}});
}

}  // namespace
}  // namespace amilab::test
