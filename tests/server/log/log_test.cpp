#include "server/log/log.h"

#include <string>

#include <gtest/gtest.h>

namespace amilab::log {
namespace {

TEST(LogColumns, AreOneWordEach)
{
    EXPECT_EQ(as_word("DescribeImages"), "DescribeImages");
    EXPECT_EQ(as_word(""), "-");
    EXPECT_EQ(as_word("two words"), R"(two\x20words)");
    EXPECT_EQ(as_word("a\n\x1b[31m\x7f\xff"), R"(a\x0a\x1b[31m\x7f\xff)");
    EXPECT_EQ(as_word(std::string(128, 'x')), std::string(128, 'x'));
    EXPECT_EQ(as_word(std::string(129, 'x')), std::string(128, 'x') + "...");
}

TEST(LogTexts, AreQuotedAndStayInTheirLine)
{
    EXPECT_EQ(as_text("two words", 100), R"("two words")");
    EXPECT_EQ(as_text("", 100), R"("")");
    EXPECT_EQ(as_text("a\r\nb", 100), R"("a\x0d\x0ab")");
    EXPECT_EQ(as_text("12345", 5), R"("12345")");
    EXPECT_EQ(as_text("12345", 4), R"("1234...")");
}

TEST(LogLevels, BelowTheLeastAreNotWritten)
{
    // Until it is set up: info and above.
    EXPECT_FALSE(writes(Level::kDebug));
    EXPECT_TRUE(writes(Level::kInfo));
    EXPECT_TRUE(writes(Level::kError));
}

}  // namespace
}  // namespace amilab::log
