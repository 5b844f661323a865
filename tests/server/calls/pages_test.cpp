#include "server/calls/pages.h"

#include <gtest/gtest.h>

#include "server/wire/types.h"
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

class PageTokensOfVolumes : public testing::Test {
protected:
    PageTokensOfVolumes()
    {
        for (int count = 0; count < 12; ++count) {
            new_volume(aws_);
        }
    }
    std::string token(const Parameters& query)
    {
        return aws_.must("DescribeVolumes", with(query, "MaxResults", "5")).text("nextToken");
    }
    std::string code(const Parameters& query, const std::string& token)
    {
        return aws_.call("DescribeVolumes", with(query, "NextToken", token)).code;
    }
    static Parameters with(Parameters query, const std::string& name, const std::string& value)
    {
        query.emplace_back(name, value);
        return query;
    }

    TestEmulator aws_;
    const Parameters one_zone_ = {{"Filter.1.Name", "availability-zone"},
                                  {"Filter.1.Value.1", "us-east-1a"}};
};

TEST_F(PageTokensOfVolumes, AreOfOneQuery)
{
    const auto of_all = token({});
    const auto of_zone = token(one_zone_);
    EXPECT_NE(of_all, of_zone);
    EXPECT_EQ(code({}, of_all), "");
    EXPECT_EQ(code(one_zone_, of_zone), "");
    EXPECT_EQ(code(one_zone_, of_all), "InvalidParameterValue");
    EXPECT_EQ(code({}, of_zone), "InvalidParameterValue");
    auto other_zone = one_zone_;
    other_zone.back().second = "us-east-1b";
    EXPECT_EQ(code(other_zone, of_zone), "InvalidParameterValue");
}

TEST_F(PageTokensOfVolumes, LetMaxResultsChangeFromPageToPage)
{
    const auto first = token(one_zone_);
    for (const auto* size : {"5", "6", "1000"}) {
        EXPECT_EQ(code(with(one_zone_, "MaxResults", size), first), "");
    }
}

TEST_F(PageTokensOfVolumes, AreRefusedWithAnyByteChanged)
{
    const auto good = token({});
    for (std::size_t at = 0; at + 4 < good.size(); ++at) {
        auto bad = good;
        bad[at] = bad[at] == 'A' ? 'B' : 'A';
        EXPECT_EQ(code({}, bad), "InvalidParameterValue") << at;
    }
    EXPECT_EQ(code({}, good.substr(0, 20)), "InvalidParameterValue");
    EXPECT_EQ(code({}, wire::encode_base64("amilab1:DescribeVolumes:123456789012:us-east-1:vol-0")),
              "InvalidParameterValue");
}

}  // namespace
}  // namespace amilab::test
