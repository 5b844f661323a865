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

}  // namespace
}  // namespace amilab
