#include "server/calls/pages.h"

#include <gtest/gtest.h>

#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

TEST(PageTokens, AreOfOneListOfOneAccountInOneRegion)
{
    TestEmulator aws;
    for (int count = 0; count < 6; ++count) {
        new_volume(aws);
    }
    const auto token = aws.must("DescribeVolumes", {{"MaxResults", "5"}}).text("nextToken");
    const Parameters next = {{"NextToken", token}};
    EXPECT_EQ(aws.must("DescribeVolumes", next).count("volumeSet/item"), 1U);

    EXPECT_EQ(aws.call("DescribeSnapshots", next).code, "InvalidParameterValue");
    EXPECT_EQ(aws.call("DescribeVolumeStatus", next).code, "InvalidParameterValue");
    EXPECT_EQ(aws.call("DescribeVolumes", next, kOtherAccount).code, "InvalidParameterValue");
    EXPECT_EQ(aws.call("DescribeVolumes", next, kAccount, "eu-west-1").code,
              "InvalidParameterValue");
}

}  // namespace
}  // namespace amilab::test
