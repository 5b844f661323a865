#include "storage/state/reserve.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

TEST(Reserve, IsGivenUpOnce)
{
    const TemporaryDirectory directory;
    const auto path = directory.path() + "/reserve";
    Reserve reserve(path);
    EXPECT_FALSE(reserve.give_up());
    reserve.make();
    EXPECT_EQ(std::filesystem::file_size(path), 4u << 20);
    EXPECT_TRUE(reserve.give_up());
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_FALSE(reserve.give_up());
}

TEST(Reserve, GoesOverToAnotherWhereThereIsOne)
{
    const TemporaryDirectory directory;
    Reserve old(directory.path() + "/old");
    Reserve fresh(directory.path() + "/fresh");
    fresh.take_over(old);
    EXPECT_FALSE(fresh.give_up());
    old.make();
    fresh.take_over(old);
    EXPECT_FALSE(old.give_up());
    EXPECT_TRUE(fresh.give_up());
}

TEST(Reserve, IsLeftOutWhereNoFileCanBe)
{
    const TemporaryDirectory directory;
    Reserve reserve(directory.path() + "/missing/reserve");
    reserve.make();
    EXPECT_FALSE(reserve.give_up());
}

}  // namespace
}  // namespace amilab
