#include "storage/metadata/network/ipv4_block.h"

#include <gtest/gtest.h>

namespace amilab::test {
namespace {

Ipv4Block block(const char* text)
{
    return Ipv4Block::from_text(text).value();
}

TEST(Ipv4Block, DropsBitsBehindItsLength)
{
    EXPECT_EQ(block("100.68.0.18/18").text(), "100.68.0.0/18");
    EXPECT_EQ(block("255.255.255.255/0").text(), "0.0.0.0/0");
    EXPECT_EQ(block("1.2.3.4/32").text(), "1.2.3.4/32");
}

TEST(Ipv4Block, IsNothingOfOtherText)
{
    for (const auto* text : {"", "1.2.3.4", "1.2.3/8", "1.2.3.4/33", "1.2.3.256/8", "01.2.3.4/8",
                             "1.2.3.4/8 ", " 1.2.3.4/8", "1.2.3.4/", "1.2.3.4/-1", "1..3.4/8",
                             "::/0", "1.2.3.4/08", "99999999999.2.3.4/8"}) {
        EXPECT_FALSE(Ipv4Block::from_text(text)) << text;
    }
}

TEST(Ipv4Block, ContainsItsPartsAndOverlapsWhatHasOneWithIt)
{
    EXPECT_TRUE(block("10.0.0.0/16").contains(block("10.0.255.0/24")));
    EXPECT_FALSE(block("10.0.0.0/16").contains(block("10.1.0.0/24")));
    EXPECT_FALSE(block("10.0.0.0/16").contains(block("10.0.0.0/15")));
    EXPECT_TRUE(block("10.0.0.0/16").overlaps(block("10.0.0.0/15")));
    EXPECT_FALSE(block("10.0.0.0/25").overlaps(block("10.0.0.128/25")));
    EXPECT_TRUE(block("0.0.0.0/0").contains(block("255.255.255.255/32")));
}

}  // namespace
}  // namespace amilab::test
