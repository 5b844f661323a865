#include "storage/metadata/sql/patterns.h"

#include <atomic>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "storage/metadata/sql/statement.h"
#include "tests/support/seed.h"

namespace amilab {
namespace {

bool matches(std::string_view pattern, std::string_view text)
{
    return Pattern(pattern).matches(text);
}

TEST(Pattern, StarIsAnyCharactersAndQuestionMarkOne)
{
    EXPECT_TRUE(matches("web*", "web"));
    EXPECT_TRUE(matches("*web*1", "a web of 1"));
    EXPECT_FALSE(matches("*web*1", "a web of 12"));
    EXPECT_TRUE(matches("w?b", "web"));
    EXPECT_FALSE(matches("w?b", "wb"));
    EXPECT_TRUE(matches("**", ""));
    EXPECT_FALSE(matches("?", ""));
    EXPECT_FALSE(matches("", "a"));
    EXPECT_TRUE(matches("", ""));
}

TEST(Pattern, ACharacterIsNotAByte)
{
    EXPECT_TRUE(matches("caf?", "caf\xc3\xa9"));
    EXPECT_FALSE(matches("caf??", "caf\xc3\xa9"));
    EXPECT_TRUE(matches("*?-1", "\xc3\xa9-1"));
    EXPECT_FALSE(matches("*?\?-1", "\xc3\xa9-1"));
}

TEST(Pattern, EndsAreHeldAtTheEnds)
{
    EXPECT_FALSE(matches("ab*ab", "ab"));
    EXPECT_TRUE(matches("ab*ab", "abab"));
    EXPECT_TRUE(matches("a*b*c", "abbbc"));
    EXPECT_FALSE(matches("a*b*c", "acb"));
}

TEST(Pattern, ABackslashTakesTheMeaningAway)
{
    EXPECT_TRUE(matches("\\*", "*"));
    EXPECT_FALSE(matches("\\*", "a"));
    EXPECT_FALSE(Pattern("\\*\\?").has_wildcards());
    EXPECT_EQ(Pattern("\\*\\?").prefix(), "*?");
    EXPECT_TRUE(matches("a\\", "a\\"));
}

TEST(Pattern, KnowsWhatEveryMatchBeginsWith)
{
    EXPECT_EQ(Pattern("web-*-1").prefix(), "web-");
    EXPECT_EQ(Pattern("we?-*").prefix(), "we");
    EXPECT_EQ(Pattern("*").prefix(), "");
    EXPECT_TRUE(Pattern("***").is_everything());
    EXPECT_FALSE(Pattern("*?").is_everything());
}

/// By the definition, whatever that takes.
bool matches_slowly(std::string_view pattern, std::string_view text)
{
    if (pattern.empty()) {
        return text.empty();
    }
    if (pattern[0] == '*') {
        return matches_slowly(pattern.substr(1), text) ||
               (!text.empty() && matches_slowly(pattern, text.substr(1)));
    }
    return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
           matches_slowly(pattern.substr(1), text.substr(1));
}

TEST(Pattern, MatchesAsItsDefinitionSays)
{
    auto random = test::seeded_random();
    const auto make = [&](std::string_view letters, std::size_t longest) {
        std::string text;
        for (auto left = random() % (longest + 1); left > 0; --left) {
            text += letters[random() % letters.size()];
        }
        return text;
    };
    for (int i = 0; i < 20'000; ++i) {
        const auto pattern = make("ab*?", 7);
        const auto text = make("ab", 9);
        ASSERT_EQ(matches(pattern, text), matches_slowly(pattern, text)) << pattern << " " << text;
    }
}

TEST(Pattern, OfManyStarsTakesNoLongerThanTheTextIsLong)
{
    std::string pattern;
    for (int i = 0; i < 2'000; ++i) {
        pattern += "*a";
    }
    // By trying each star's every length this would not end.
    EXPECT_FALSE(matches(pattern + "*b", std::string(4'000, 'a')));
}

TEST(MatchesAny, TakesOffTheBudgetWhatItCompares)
{
    Database db(":memory:", Database::Mode::kReadWrite);
    const auto count = [&](std::size_t patterns) {
        const std::vector<std::string_view> values(patterns, "*no such name*");
        Statement select(db,
                         "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                         " WHERE i < 1000) SELECT count(*) FROM n WHERE matches_any(i, ?)");
        db.set_budget(50'000);
        select.bind(pattern_list(values));
        return select.step();
    };
    EXPECT_TRUE(count(1));
    EXPECT_THROW(count(200), BudgetExceeded);
    db.clear_budget();
}

TEST(MatchesAny, IsAskedOfEachRowWithOneListForTheRun)
{
    Database db(":memory:", Database::Mode::kReadWrite);
    db.run(
        "CREATE TABLE thing (name TEXT);"
        " INSERT INTO thing VALUES ('web-1'), ('db:3'), (NULL), ('x')");
    Statement select(db, "SELECT name FROM thing WHERE matches_any(name, ?)");
    select.bind(pattern_list({"web-?", "db:*", "5:x"}));
    EXPECT_EQ(select.texts(), (std::vector<std::string>{"web-1", "db:3"}));
    select.bind(pattern_list({"?"}));
    EXPECT_EQ(select.texts(), (std::vector<std::string>{"x"}));
    select.bind(pattern_list({}));
    EXPECT_EQ(select.texts(), (std::vector<std::string>{}));
}

TEST(Statement, EndsWhenItIsStopped)
{
    Database db(":memory:", Database::Mode::kReadWrite);
    std::atomic<bool> stop{false};
    db.stop_when(&stop);
    constexpr const char* kEndless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < "
        "0";
    Statement select(db, kEndless);
    select.bind();
    stop = true;
    EXPECT_THROW(select.step(), Interrupted);
    EXPECT_THROW(Statement(db, "SELECT 1").bind(), Interrupted);
    db.stop_when(nullptr);
    EXPECT_EQ(Statement(db, "SELECT 'a'").bind().texts(), (std::vector<std::string>{"a"}));
}

}  // namespace
}  // namespace amilab
