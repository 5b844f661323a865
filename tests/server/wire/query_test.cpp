#include "server/wire/query.h"

#include <gtest/gtest.h>

namespace amilab::wire {
namespace {

std::string text_of(std::string_view query)
{
    const auto parameters = split_query(query);
    if (!parameters) {
        return "none";
    }
    std::string text;
    for (const auto& [key, value] : *parameters) {
        text.append(key).append(":").append(value).append(" ");
    }
    return text;
}

TEST(QueryString, KeepsOrderAndEncoding)
{
    EXPECT_EQ(text_of("b=1&a=%2F&b=x=y&c"), "b:1 a:%2F b:x=y c: ");
    EXPECT_EQ(text_of(""), "");
}

TEST(QueryString, EndsWhereItsTextDoesWhateverComesBehind)
{
    const std::string text = "a=b&c=defg&h=i";
    EXPECT_EQ(text_of(std::string_view(text).substr(0, 8)), "a:b c:de ");
}

TEST(QueryString, IsNoneWithBrokenEncodingOrOtherCharacters)
{
    for (const std::string_view query : {"a=%", "a=%zz", "a= b", "a=\"", "\xff"}) {
        EXPECT_EQ(text_of(query), "none") << query;
    }
}

}  // namespace
}  // namespace amilab::wire
