#include "server/services/ebs/tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/wire/types.h"

namespace amilab::ebs {
namespace {

TEST(Tokens, AreOfOneBlockOfOneSnapshotUntilTheyExpire)
{
    Tokens tokens(make_token_key());
    const auto token = tokens.block_token("snap-1", 7, 1000);
    EXPECT_TRUE(tokens.is_block_token(token, "snap-1", 7, 999));
    EXPECT_FALSE(tokens.is_block_token(token, "snap-1", 7, 1000));
    EXPECT_FALSE(tokens.is_block_token(token, "snap-1", 8, 0));
    EXPECT_FALSE(tokens.is_block_token(token, "snap-2", 7, 0));
}

TEST(Tokens, HaveTheFormOfAwssOwn)
{
    const auto token = Tokens(make_token_key()).block_token("snap-1", 7, 1'767'323'045'000);
    EXPECT_THAT(token, ::testing::MatchesRegex("AAABA[A-Za-z0-9+/]{55}"));
}

TEST(Tokens, OfAnotherKeyOrWithAnyBitChangedAreNone)
{
    Tokens tokens(make_token_key());
    const auto token = tokens.block_token("snap-1", 7, 1000);
    EXPECT_FALSE(Tokens(make_token_key()).is_block_token(token, "snap-1", 7, 0));
    auto bytes = wire::decode_base64(token).value();
    for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
        auto forged = bytes;
        forged[i / 8] = static_cast<char>(forged[i / 8] ^ (1 << (i % 8)));
        EXPECT_FALSE(tokens.is_block_token(wire::encode_base64(forged), "snap-1", 7, 0)) << i;
    }
}

TEST(Tokens, OfAnyOtherShapeAreNone)
{
    Tokens tokens(make_token_key());
    const auto token = tokens.block_token("snap-1", 7, 1000);
    for (const auto& text : {std::string(), std::string("AAAB"), token + "AAAA", token.substr(4),
                             std::string("*"), std::string(60, 'A')}) {
        EXPECT_FALSE(tokens.is_block_token(text, "snap-1", 7, 0)) << text;
        EXPECT_EQ(tokens.read_page_token(text, "snap-1"), std::nullopt) << text;
    }
}

TEST(Tokens, OfPagesAreOfTheirListAlone)
{
    Tokens tokens(make_token_key());
    const auto token = tokens.page_token("snap-1", 70'000);
    EXPECT_EQ(tokens.read_page_token(token, "snap-1"), 70'000U);
    EXPECT_EQ(tokens.read_page_token(token, "snap-2"), std::nullopt);
    EXPECT_EQ(tokens.read_page_token(tokens.block_token("snap-1", 0, 70'000), "snap-1"),
              std::nullopt);
    EXPECT_FALSE(tokens.is_block_token(token, "snap-1", 0, 0));
}

}  // namespace
}  // namespace amilab::ebs
