#include "server/http/routes.h"

#include <array>

#include <gtest/gtest.h>

namespace amilab::http {
namespace {

constexpr std::array<std::string_view, 2> kRead = {"GET", "HEAD"};
constexpr std::array<Route<int>, 3> kTable = {{
    {"/one", kRead, 1},
    {"/below/", {}, 2},
    {"", {}, 3},
}};

int answers(std::string_view path, std::string_view method = "GET")
{
    return find_route(std::span<const Route<int>>(kTable), path, method)->handle;
}

TEST(Routes, AreMeantByTheirWholePath)
{
    EXPECT_EQ(answers("/one"), 1);
    EXPECT_EQ(answers("/one/"), 3);
    EXPECT_EQ(answers("/ones"), 3);
}

TEST(Routes, ThatEndWithASlashAreMeantByAllBelow)
{
    EXPECT_EQ(answers("/below/"), 2);
    EXPECT_EQ(answers("/below/a/b"), 2);
    EXPECT_EQ(answers("/below"), 3);
}

TEST(Routes, ThatAreEmptyTakeWhatIsLeft)
{
    EXPECT_EQ(answers("*", "OPTIONS"), 3);
    EXPECT_EQ(find_route(std::span(kTable).first(2), "/other", "GET"), nullptr);
}

TEST(Routes, RefuseOtherMethodsAndNameTheirs)
{
    EXPECT_EQ(answers("/one", "HEAD"), 1);
    EXPECT_EQ(answers("/below/", "DELETE"), 2);
    try {
        answers("/one", "PUT");
        FAIL() << "taken";
    } catch (const HttpError& error) {
        EXPECT_EQ(error.status, 405);
        EXPECT_STREQ(error.what(), "/one does not take PUT; use GET or HEAD");
        ASSERT_EQ(error.headers.size(), 1U);
        EXPECT_EQ(error.headers[0].name, "Allow");
        EXPECT_EQ(error.headers[0].value, "GET, HEAD");
    }
}

}  // namespace
}  // namespace amilab::http
