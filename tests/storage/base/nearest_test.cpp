#include "storage/base/nearest.h"

#include <string>

#include <gtest/gtest.h>

namespace amilab {
namespace {

const std::string kNames[] = {"CreateImage", "RunInstances", "DescribeInstances"};

TEST(Nearest, IsWhatAFewLettersLead)
{
    EXPECT_EQ(nearest("RunInstance", kNames), "RunInstances");
    EXPECT_EQ(nearest("runinstances", kNames), "RunInstances");
    EXPECT_EQ(nearest("CraeteImage", kNames), "CreateImage");
    EXPECT_EQ(nearest("Descr", kNames), "DescribeInstances");
}

TEST(Nearest, IsNothingWhereNoWordIsNear)
{
    EXPECT_EQ(nearest("Frobnicate", kNames), std::nullopt);
    EXPECT_EQ(nearest("", kNames), std::nullopt);
    EXPECT_EQ(nearest(std::string(1000, 'R'), kNames), std::nullopt);
}

}  // namespace
}  // namespace amilab
