#include "storage/metadata/network/ipv6_block.h"

#include <gtest/gtest.h>

namespace amilab::test {
namespace {

Ipv6Block block(const char* text)
{
    return Ipv6Block::from_text(text).value();
}

TEST(Ipv6Block, DropsBitsBehindItsLengthAndHasOneForm)
{
    EXPECT_EQ(block("2001:DB8:0:0:1::1/60").text(), "2001:db8::/60");
    EXPECT_EQ(block("::ffff/0").text(), "::/0");
    EXPECT_EQ(block("2001:db8::1/128").text(), "2001:db8::1/128");
    EXPECT_EQ(block("2001:db8:0:1f::/60").text(), "2001:db8:0:10::/60");
}

TEST(Ipv6Block, IsNothingOfOtherText)
{
    for (const auto* text : {"", "::", "::/", "::/129", "::/-1", "::/08", "::/8 ", "10.0.0.0/8",
                             "2001:db8::g/32", "1::2::3/64", "/64"}) {
        EXPECT_FALSE(Ipv6Block::from_text(text)) << text;
    }
    EXPECT_FALSE(Ipv6Address::from_text(std::string_view("::\0", 3)));
}

TEST(Ipv6Block, ContainsItsPartsAndOverlapsWhatHasOneWithIt)
{
    const auto whole = block("2001:db8:0:100::/56");
    EXPECT_TRUE(whole.contains(block("2001:db8:0:1ff::/64")));
    EXPECT_FALSE(whole.contains(block("2001:db8:0:200::/64")));
    EXPECT_FALSE(block("2001:db8:0:1ff::/64").contains(whole));
    EXPECT_TRUE(block("2001:db8:0:1ff::/64").overlaps(whole));
    EXPECT_FALSE(block("2001:db8:0:200::/64").overlaps(whole));
    EXPECT_TRUE(whole.contains(Ipv6Address::from_text("2001:db8:0:1ff::9").value()));
}

TEST(Ipv6Block, EndsWithItsLastAddress)
{
    EXPECT_EQ(block("2001:db8::/64").last().text(), "2001:db8::ffff:ffff:ffff:ffff");
    EXPECT_EQ(block("2001:db8:0:1230::/60").last().text(), "2001:db8:0:123f:ffff:ffff:ffff:ffff");
    EXPECT_EQ(block("2001:db8::5/128").last().text(), "2001:db8::5");
}

TEST(Ipv6Block, IsMadeOfPartsInTheirOrder)
{
    const auto whole = block("2001:db8::/32");
    EXPECT_EQ(whole.part(56, 0).text(), "2001:db8::/56");
    EXPECT_EQ(whole.part(56, 1).text(), "2001:db8:0:100::/56");
    EXPECT_EQ(whole.part(56, 0xffffff).text(), "2001:db8:ffff:ff00::/56");
    EXPECT_EQ(block("2001:db8::/64").part(128, 0x10).text(), "2001:db8::10/128");
}

}  // namespace
}  // namespace amilab::test
