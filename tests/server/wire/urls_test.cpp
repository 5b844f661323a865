#include "server/wire/urls.h"

#include <string>

#include <gtest/gtest.h>

namespace amilab::wire {
namespace {

TEST(Urls, AreTakenApartAsTheyStand)
{
    const auto parts = split_url("http://disks.s3.localhost:4566/a%20b/c?x=1&y=%2F#end");
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->authority, "disks.s3.localhost:4566");
    EXPECT_EQ(parts->path, "/a%20b/c");
    EXPECT_EQ(parts->query, "x=1&y=%2F");
}

TEST(Urls, MayHaveNeitherPathNorQuery)
{
    const auto bare = split_url("https://localhost");
    ASSERT_TRUE(bare);
    EXPECT_EQ(bare->authority, "localhost");
    EXPECT_EQ(bare->path, "/");
    EXPECT_EQ(bare->query, "");
    const auto asked = split_url("https://localhost?x=/a?b");
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->path, "/");
    EXPECT_EQ(asked->query, "x=/a?b");
}

TEST(Urls, AreNotWhatElseIsText)
{
    for (const std::string text : {"", "a", "ftp://localhost/a", "http://", "http:///a",
                                   "//localhost/a", "http://user@localhost/a", "http://a b/",
                                   "http://localhost/\n", "http://localhost/\xc3\xa4"}) {
        EXPECT_FALSE(split_url(text)) << text;
    }
}

}  // namespace
}  // namespace amilab::wire
