#include "storage/metadata/sql/sql_text.h"

#include <array>
#include <string_view>

#include <gtest/gtest.h>

namespace amilab {

enum class Way { kIn, kOut, kNoWay };
template <>
inline constexpr auto kWords<Way> = words("in", "out", "no-way");

struct SideDoorTag {
    static constexpr std::string_view kPrefix = "side-door";
};

namespace {

constexpr auto kReady = sql("v.ready_ms <= $now");
constexpr auto kState = "iif(" + kReady + ", 'ready', " + sql("'pending'") + ")";
constexpr std::array kWays = {Way::kIn, Way::kOut, Way::kNoWay};
constexpr std::array kOneWay = {Way::kNoWay};

TEST(SqlText, IsPutTogetherWhenTheProgramIsCompiled)
{
    static_assert(std::string_view(kState) == "iif(v.ready_ms <= $now, 'ready', 'pending')");
    constexpr std::string_view kView = kState;
    EXPECT_EQ(kView, "iif(v.ready_ms <= $now, 'ready', 'pending')");
}

TEST(SqlText, QuotesAWord)
{
    constexpr auto kIsOut = "d.way = " + sql_word<Way::kOut>;
    static_assert(std::string_view(kIsOut) == "d.way = 'out'");
}

TEST(SqlText, KnowsHowIdsOfAKindBegin)
{
    static_assert(std::string_view(sql_id_prefix<SideDoorTag>) == "'side-door-'");
    static_assert(std::string_view(sql_any_id<SideDoorTag>) == "'side-door-%'");
}

TEST(SqlText, MakesAListOfWords)
{
    static_assert(std::string_view(sql_list<kWays>()) == "('in', 'out', 'no-way')");
    EXPECT_EQ(std::string_view(sql_list<kOneWay>()), "('no-way')");
}

}  // namespace
}  // namespace amilab
