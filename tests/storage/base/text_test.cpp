#include "storage/base/text.h"

#include <gtest/gtest.h>

namespace amilab {
namespace {

TEST(Trimmed, LosesBlanksAtBothEndsAndNoneBetween)
{
    EXPECT_EQ(trimmed(" \t one  two \t", " \t"), "one  two");
    EXPECT_EQ(trimmed("one", " \t"), "one");
    EXPECT_EQ(trimmed("\none\n", " "), "\none\n") << "another format's blanks";
    EXPECT_EQ(trimmed(", one,", " ,"), "one");
}

TEST(Trimmed, OfBlanksAloneIsEmpty)
{
    EXPECT_EQ(trimmed("", " "), "");
    EXPECT_EQ(trimmed("   ", " "), "");
}

TEST(OneLine, HasNothingThatEndsItOrThatATerminalObeys)
{
    EXPECT_EQ(one_line("a\nb\r\tc\x1b[2J\x7f"), "a?b??c?[2J?");
    EXPECT_EQ(one_line("m\xc3\xbcller's ~/disk"), "m\xc3\xbcller's ~/disk");
    EXPECT_EQ(one_line(""), "");
}

}  // namespace
}  // namespace amilab
