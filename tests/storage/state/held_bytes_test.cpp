#include "storage/state/held_bytes.h"

#include <gtest/gtest.h>

#include "storage/base/storage_error.h"

namespace amilab {
namespace {

class HeldBytesTest : public ::testing::Test {
protected:
    HeldBytes held{100,
                   [this](std::string_view) {
                       ++looks;
                       return on_disk;
                   },
                   [this] { return frees; }};
    std::uint64_t on_disk = 0;
    std::uint64_t frees = 0;
    int looks = 0;
};

TEST_F(HeldBytesTest, LooksOnceWhileWhatIsWrittenIsWithinTheBound)
{
    EXPECT_TRUE(held.take("a", 40));
    EXPECT_TRUE(held.take("a", 40));
    EXPECT_EQ(looks, 1);
}

TEST_F(HeldBytesTest, LooksAgainBeforeItRefuses)
{
    EXPECT_TRUE(held.take("a", 80));
    on_disk = 30;  // the same bytes were written over and over
    EXPECT_TRUE(held.take("a", 70));
    EXPECT_EQ(looks, 2);
}

TEST_F(HeldBytesTest, RefusesWhatComesToMoreThanTheBound)
{
    on_disk = 90;
    EXPECT_FALSE(held.take("a", 11));
    EXPECT_TRUE(held.take("a", 10));
    on_disk = 100;
    EXPECT_FALSE(held.take("a", 1));
}

TEST_F(HeldBytesTest, RefusesWithoutALookUntilSomethingIsFreed)
{
    on_disk = 90;
    for (int i = 0; i < 10; ++i) {
        EXPECT_FALSE(held.take("a", 11));
    }
    EXPECT_EQ(looks, 1);
    ++frees;  // a file got a hole
    EXPECT_FALSE(held.take("a", 11));
    EXPECT_EQ(looks, 2);
    on_disk = 80;
    held.note_freed();  // a row let go of what others have too
    EXPECT_TRUE(held.take("a", 11));
    EXPECT_EQ(looks, 3);
}

TEST_F(HeldBytesTest, LooksAgainWhenSomethingWasWrittenSinceItRefused)
{
    on_disk = 90;
    EXPECT_FALSE(held.take("a", 11));
    EXPECT_TRUE(held.take("a", 10));  // over the same bytes
    EXPECT_FALSE(held.take("a", 11));
    EXPECT_EQ(looks, 2);
    EXPECT_TRUE(held.take("a", 10));
}

TEST_F(HeldBytesTest, LooksAgainWhenWhatIsFreedGoesWhileItLooks)
{
    HeldBytes busy(
        100,
        [this](std::string_view) {
            ++frees;
            return on_disk;
        },
        [this] { return frees; });
    on_disk = 100;
    EXPECT_FALSE(busy.take("a", 1));
    on_disk = 0;
    EXPECT_TRUE(busy.take("a", 1));
}

TEST_F(HeldBytesTest, CountsNothingThatWasRefused)
{
    EXPECT_FALSE(held.take("a", 101));
    EXPECT_TRUE(held.take("a", 100));
    EXPECT_EQ(looks, 1);
}

TEST_F(HeldBytesTest, RefusesNumbersWhoseSumWouldWrap)
{
    on_disk = 50;
    EXPECT_FALSE(held.take("a", ~std::uint64_t{0}));
    on_disk = ~std::uint64_t{0};
    EXPECT_FALSE(held.take("b", 1));
}

TEST_F(HeldBytesTest, CountsEachAccountAlone)
{
    EXPECT_TRUE(held.take("a", 100));
    EXPECT_TRUE(held.take("b", 100));
}

TEST_F(HeldBytesTest, LooksAgainWhenTheAccountHasAnotherDisk)
{
    EXPECT_TRUE(held.take("a", 10));
    EXPECT_TRUE(held.is_known_to_have_room("a", 90));
    EXPECT_FALSE(held.is_known_to_have_room("a", 91));
    held.note_disks("a", 1);
    EXPECT_FALSE(held.is_known_to_have_room("a", 0));
    on_disk = 100;
    EXPECT_FALSE(held.take("a", 1));
}

TEST_F(HeldBytesTest, LooksTheMoreSeldomTheMoreDisksThereAre)
{
    constexpr int kDisks = 10'000;
    std::int64_t looked_at = 0;
    for (int disks = 1; disks <= kDisks; ++disks) {
        const auto before = looks;
        EXPECT_TRUE(held.take("a", 0));
        looked_at += (looks - before) * disks;
        held.note_disks("a", disks);
    }
    EXPECT_LT(looked_at, 10 * kDisks);
    EXPECT_GT(looks, 10);
}

TEST_F(HeldBytesTest, LooksAgainSoonWhenMostDisksAreGone)
{
    held.note_disks("a", 1000);
    held.note_disks("a", 1);
    EXPECT_TRUE(held.take("a", 0));
    held.note_disks("a", 2);
    EXPECT_FALSE(held.is_known_to_have_room("a", 0));
}

TEST_F(HeldBytesTest, CountsUploadsSideBySide)
{
    HeldBytes::Upload one(held, "a");
    HeldBytes::Upload other(held, "a");
    EXPECT_TRUE(one.note(40));
    EXPECT_TRUE(other.note(60));
    EXPECT_FALSE(one.note(41));
    EXPECT_FALSE(held.take("a", 1));
    EXPECT_TRUE(held.take("b", 100));
    EXPECT_TRUE(other.note(59));  // zeros in place of data
}

TEST_F(HeldBytesTest, CountsAnUploadUntilItGoes)
{
    {
        HeldBytes::Upload upload(held, "a");
        EXPECT_TRUE(upload.note(100));
        EXPECT_FALSE(held.take("a", 1));
    }
    EXPECT_TRUE(held.take("a", 1));
}

TEST_F(HeldBytesTest, LooksAgainWhenAnUploadHasBecomeADisk)
{
    {
        HeldBytes::Upload upload(held, "a");
        EXPECT_TRUE(upload.note(100));
        on_disk = 100;
    }
    EXPECT_FALSE(held.take("a", 1));
}

TEST_F(HeldBytesTest, ForgetsNothingOfALookThatFailed)
{
    HeldBytes broken(
        100, [](std::string_view) -> std::uint64_t { throw StorageError(EIO, "look", "there"); },
        [this] { return frees; });
    EXPECT_THROW(broken.take("a", 1), StorageError);
    EXPECT_FALSE(broken.is_known_to_have_room("a", 0));
}

TEST(HeldBytes, AreNotCountedWithoutABound)
{
    const auto fail = [](auto&&...) -> std::uint64_t {
        ADD_FAILURE();
        return 0;
    };
    HeldBytes held({}, fail, fail);
    EXPECT_TRUE(held.take("a", ~std::uint64_t{0}));
    EXPECT_TRUE(held.is_known_to_have_room("a", ~std::uint64_t{0}));
    held.note_disks("a", 1);
}

}  // namespace
}  // namespace amilab
