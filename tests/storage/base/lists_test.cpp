#include "storage/base/lists.h"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace amilab {
namespace {

using Texts = std::vector<std::string>;

TEST(EachOnce, KeepsTheFirstOfEachInItsPlace)
{
    EXPECT_EQ(each_once(Texts{"b", "a", "b", "c", "a"}), (Texts{"b", "a", "c"}));
    EXPECT_EQ(each_once(Texts{}), Texts{});
}

TEST(Without, LeavesWhatWasNotFoundInItsOrder)
{
    EXPECT_EQ(without(Texts{"b", "a", "b", "c"}, Texts{"a", "d"}), (Texts{"b", "b", "c"}));
    EXPECT_EQ(without(Texts{"a"}, Texts{}), Texts{"a"});
    EXPECT_EQ(without(Texts{}, Texts{"a"}), Texts{});
}

/// Counts what is done to numbers.
struct Counted {
    explicit Counted(int value) : number(value) {}
    Counted(const Counted& other) : number(other.number) { ++work; }
    Counted(Counted&& other) noexcept : number(other.number) { ++work; }
    Counted& operator=(const Counted& other)
    {
        number = other.number;
        ++work;
        return *this;
    }
    bool operator<(const Counted& other) const
    {
        ++work;
        return number < other.number;
    }

    int number;
    static inline std::int64_t work = 0;
};

TEST(EachOnce, TakesAsManyStepsAsTheListIsLongTimesItsLogarithm)
{
    constexpr int kCount = 10'000;
    constexpr int kStepsOfOne = 40;
    std::vector<Counted> values;
    for (int i = 0; i < kCount; ++i) {
        values.emplace_back(kCount - i);
    }
    Counted::work = 0;
    EXPECT_EQ(each_once(values).size(), values.size());
    EXPECT_TRUE(without(values, values).empty());
    EXPECT_LE(Counted::work, 2 * kCount * kStepsOfOne);
}

}  // namespace
}  // namespace amilab
