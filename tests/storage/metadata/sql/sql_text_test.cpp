#include "storage/metadata/sql/sql_text.h"

#include <array>
#include <string_view>

#include <gtest/gtest.h>

namespace amilab {
namespace {

constexpr auto kReady = sql("v.ready_ms <= $now");
constexpr auto kState = "iif(" + kReady + ", 'ready', " + sql("'pending'") + ")";
constexpr std::array<std::string_view, 3> kWords = {"gp3", "io1", "io2"};
constexpr std::array<std::string_view, 1> kOneWord = {"gp3"};

TEST(SqlText, IsPutTogetherWhenTheProgramIsCompiled)
{
    static_assert(std::string_view(kState) == "iif(v.ready_ms <= $now, 'ready', 'pending')");
    constexpr std::string_view kView = kState;
    EXPECT_EQ(kView, "iif(v.ready_ms <= $now, 'ready', 'pending')");
}

TEST(SqlText, MakesAListOfWords)
{
    static_assert(std::string_view(sql_list<kWords>()) == "('gp3', 'io1', 'io2')");
    EXPECT_EQ(std::string_view(sql_list<kOneWord>()), "('gp3')");
}

}  // namespace
}  // namespace amilab
