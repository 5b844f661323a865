#include "storage/base/memory_budget.h"

#include <utility>

#include <gtest/gtest.h>

namespace amilab {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

TEST(MemoryBudget, RefusesWhatWouldGoBeyondIt)
{
    MemoryBudget budget(100);
    MemoryBudget::Share first(budget);
    MemoryBudget::Share second(budget);
    EXPECT_TRUE(first.try_hold(60));
    EXPECT_FALSE(second.try_hold(41));
    EXPECT_EQ(second.bytes(), 0U);
    EXPECT_TRUE(second.try_hold(40));
    EXPECT_FALSE(second.try_hold(41));
    EXPECT_EQ(second.bytes(), 40U);
    EXPECT_EQ(budget.held(), 100U);
}

TEST(MemoryBudget, HasBackWhatIsHeldNoMore)
{
    MemoryBudget budget(100);
    {
        MemoryBudget::Share share(budget);
        EXPECT_TRUE(share.try_hold(100));
        EXPECT_TRUE(share.try_hold(30));
        EXPECT_EQ(budget.held(), 30U);
        const auto moved = std::move(share);
        EXPECT_EQ(budget.held(), 30U);
    }
    EXPECT_EQ(budget.held(), 0U);
}

TEST(MemoryBudget, IsShortBeforeItIsUsedUpAndCountsWhatIsBeyondIt)
{
    MemoryBudget budget(80);
    MemoryBudget::Share share(budget);
    EXPECT_TRUE(share.try_hold(70));
    EXPECT_FALSE(budget.is_short());
    EXPECT_TRUE(share.try_hold(71));
    EXPECT_TRUE(budget.is_short());
    share.hold(90);
    EXPECT_EQ(budget.held(), 90U);
    MemoryBudget::Share other(budget);
    EXPECT_FALSE(other.try_hold(1));
    share.release();
    EXPECT_FALSE(budget.is_short());
}

TEST(MemoryBudget, TellsOnceThatMuchWasHeldAndIsNoMore)
{
    int told = 0;
    MemoryBudget budget(MemoryBudget::kNoBound, [&told] { ++told; });
    MemoryBudget::Share share(budget);
    share.hold(31 * kMiB);
    share.release();
    EXPECT_EQ(told, 0);
    share.hold(40 * kMiB);
    share.hold(3 * kMiB);
    EXPECT_EQ(told, 0);
    share.release();
    EXPECT_EQ(told, 1);
    share.hold(kMiB);
    share.release();
    EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace amilab
