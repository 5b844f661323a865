#include "storage/base/vocabulary.h"

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace amilab {

enum class LampState { kOn, kOff, kBurntOut };
template <>
inline constexpr auto kWords<LampState> = words("on", "off", "burnt-out");

enum class NoVocabulary { kOn };

namespace {

/// Whether the comparison compiles.
template <class Left, class Right>
concept Comparable = requires(const Left& left, const Right& right)
{
    left == right;
};

TEST(Vocabulary, IsAnEnumWithWords)
{
    static_assert(Vocabulary<LampState>);
    static_assert(!Vocabulary<NoVocabulary>);
    static_assert(!Vocabulary<std::string>);
}

TEST(Vocabulary, NamesEachWord)
{
    static_assert(text_of(LampState::kOn) == "on");
    EXPECT_EQ(text_of(LampState::kBurntOut), "burnt-out");
    EXPECT_EQ(text_of(std::optional(LampState::kOff)), "off");
    EXPECT_EQ(text_of(std::optional<LampState>()), std::nullopt);
}

TEST(Vocabulary, FindsWordsByTheirTexts)
{
    static_assert(find_word<LampState>("off") == LampState::kOff);
    EXPECT_EQ(find_word<LampState>("burnt-out"), LampState::kBurntOut);
    EXPECT_EQ(find_word<LampState>("Off"), std::nullopt);
    EXPECT_EQ(find_word<LampState>(""), std::nullopt);
}

TEST(Vocabulary, TakesAnotherWordWhereItMustBeOneForABug)
{
    EXPECT_EQ(to_word<LampState>("on"), LampState::kOn);
    EXPECT_THROW(to_word<LampState>("dim"), std::logic_error);
    EXPECT_EQ(to_word("off", LampState::kOn), LampState::kOff);
    EXPECT_EQ(to_word(std::nullopt, LampState::kOn), LampState::kOn);
    EXPECT_THROW(to_word("dim", LampState::kOn), std::logic_error);
}

TEST(Vocabulary, ComparesTextsOfClients)
{
    const std::string asked = "off";
    EXPECT_TRUE(asked == LampState::kOff);
    EXPECT_TRUE(LampState::kOn != asked);
    EXPECT_TRUE(std::optional(asked) == LampState::kOff);
    EXPECT_FALSE(std::optional<std::string>() == LampState::kOff);
}

TEST(Vocabulary, DoesNotCompareTextsOfTheProgram)
{
    static_assert(Comparable<std::string, LampState>);
    static_assert(!Comparable<char[4], LampState>);
    static_assert(!Comparable<LampState, char[4]>);
    static_assert(!Comparable<LampState, NoVocabulary>);
}

}  // namespace
}  // namespace amilab
