#include "storage/metadata/network/taken_addresses.h"

#include <gtest/gtest.h>

namespace amilab::test {
namespace {

TEST(TakenAddresses, HaveEachAddressAndPrefixOnce)
{
    TakenAddresses taken;
    EXPECT_TRUE(taken.add_address("10.0.0.5"));
    EXPECT_FALSE(taken.add_address("10.0.0.5"));
    EXPECT_TRUE(taken.add_prefix("10.0.0.16/28"));
    EXPECT_FALSE(taken.add_prefix("10.0.0.16/28"));
    EXPECT_TRUE(taken.has_address("10.0.0.5"));
    EXPECT_FALSE(taken.has_address("10.0.0.6"));
}

TEST(TakenAddresses, TakeAllAddressesOfAPrefix)
{
    TakenAddresses taken;
    EXPECT_TRUE(taken.add_prefix("10.0.0.16/28"));
    EXPECT_FALSE(taken.add_address("10.0.0.16"));
    EXPECT_FALSE(taken.add_address("10.0.0.31"));
    EXPECT_TRUE(taken.add_address("10.0.0.32"));
    EXPECT_FALSE(taken.add_prefix("10.0.0.32/28"));
    EXPECT_TRUE(taken.overlaps("10.0.0.32/28"));
    EXPECT_FALSE(taken.overlaps("10.0.0.48/28"));
}

TEST(TakenAddresses, KnowBothFamilies)
{
    TakenAddresses taken;
    EXPECT_TRUE(taken.add_prefix("2001:db8:0:0:1::/80"));
    EXPECT_FALSE(taken.add_address("2001:db8::1:0:0:9"));
    EXPECT_TRUE(taken.add_address("2001:db8::2:0:0:9"));
    EXPECT_FALSE(taken.add_prefix("2001:db8:0:0:2::/80"));
}

}  // namespace
}  // namespace amilab::test
