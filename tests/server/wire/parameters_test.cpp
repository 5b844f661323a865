#include "server/wire/parameters.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/server/wire/refusal.h"

namespace amilab::wire {
namespace {

/// Paths and values in the order of the tree.
std::vector<std::string> flattened(const ParameterNode& node)
{
    std::vector<std::string> lines;
    for (const auto& child : node.children()) {
        if (child.has_value) {
            lines.push_back(fmt::format("{}={}", child.path, child.value));
        }
        const auto below = flattened(child);
        lines.insert(lines.end(), below.begin(), below.end());
    }
    return lines;
}

using Lines = std::vector<std::string>;

Lines read_form(std::string_view form)
{
    const Parameters parameters(form);
    return flattened(parameters.root());
}

TEST(Parameters, DecodesPercentSignsPlusesAndUtf8)
{
    EXPECT_EQ(read_form("Name=a+b%20c%2Bd%26%3d&%4eame2=%C3%A9%E2%82%AC%F0%9F%98%80"),
              (Lines{"Name=a b c+d&=", "Name2=é€😀"}));
}

TEST(Parameters, TakesTextsThatAreNotEncodedThoughTheyShouldBe)
{
    EXPECT_EQ(read_form("Name=a/b:c=d é"), (Lines{"Name=a/b:c=d é"}));
}

TEST(Parameters, KeepsEmptyValuesAndSkipsEmptyPairs)
{
    EXPECT_EQ(read_form("&&A=&B&&C=1&"), (Lines{"A=", "B=", "C=1"}));
    EXPECT_EQ(read_form(""), Lines{});
}

TEST(Parameters, JoinsAQueryStringAndABody)
{
    const Parameters parameters("Action=A", "B=1");
    EXPECT_EQ(parameters.find("Action"), "A");
    EXPECT_EQ(parameters.find("B"), "1");
    EXPECT_EQ(parameters.find("C"), std::nullopt);
    EXPECT_EQ(refusal_code([] { Parameters("A=1", "A=1"); }), "InvalidQueryParameter");
}

TEST(Parameters, SortsListMembersByNumberAndAllowsGaps)
{
    EXPECT_EQ(read_form("Id.10=c&Id.2=b&Id.999999999=d&Id.1=a"),
              (Lines{"Id.1=a", "Id.2=b", "Id.10=c", "Id.999999999=d"}));
}

TEST(Parameters, BuildsOneNodeForEachPartOfAName)
{
    const Parameters parameters("Filter.2.Value.1=x&Filter.1.Name=n&Filters=f&Filter.2.Name=m");
    const auto& root = parameters.root();
    const auto* filter = root.child("Filter");
    ASSERT_NE(filter, nullptr);
    EXPECT_FALSE(filter->has_value);
    ASSERT_NE(filter->child("2"), nullptr);
    EXPECT_EQ(filter->child("2")->place, 3U);
    EXPECT_EQ(filter->child("2")->child("Name")->value, "m");
    EXPECT_EQ(filter->child("2")->child("Value")->path, "Filter.2.Value");
    EXPECT_EQ(filter->child("3"), nullptr);
    EXPECT_EQ(root.child("Filters")->value, "f");
    EXPECT_EQ(std::distance(root.children().begin(), root.children().end()), 2);
}

TEST(Parameters, GivesPlacesOnlyToPlainNumbers)
{
    const Parameters parameters("A.00=&A.01=&A.-1=&A.1x=&A.1=&A.9999999999=&A.+2=");
    for (const auto& child : parameters.root().child("A")->children()) {
        EXPECT_EQ(child.place, child.name == "1" ? 2U : 0U) << child.name;
    }
}

TEST(Parameters, MayNumberAListFromZero)
{
    EXPECT_EQ(read_form("Id.1=b&Id.0=a&Id.2=c"), (Lines{"Id.0=a", "Id.1=b", "Id.2=c"}));
    EXPECT_EQ(Parameters("Id.0=a&Id.1=b").canonical({}), Parameters("Id.1=a&Id.2=b").canonical({}));
}

TEST(Parameters, TreeDoesNotDependOnTheOrderOfTheForm)
{
    std::vector<std::string> pairs = {"A=1",     "A.1=2",   "A.2.B=3", "A.10=4", "AB=5",
                                      "A.B.1=6", "A.1.C=7", "A-=8",    "Z.1=9",  "A.1x=0"};
    std::sort(pairs.begin(), pairs.end());
    const auto wanted = read_form(fmt::format("{}", fmt::join(pairs, "&")));
    EXPECT_EQ(wanted.size(), pairs.size());
    for (int i = 0; i < 1000 && std::next_permutation(pairs.begin(), pairs.end()); ++i) {
        ASSERT_EQ(read_form(fmt::format("{}", fmt::join(pairs, "&"))), wanted);
    }
}

TEST(Parameters, RefusesDuplicates)
{
    EXPECT_EQ(refusal([] { Parameters("Name=a&Other=b&Name=a"); }),
              "InvalidQueryParameter: The parameter Name is given more than once");
    EXPECT_EQ(refusal_code([] { Parameters("A.1=a&A.1=b"); }), "InvalidQueryParameter");
    EXPECT_EQ(refusal_code([] { Parameters("A=a&%41=b"); }), "InvalidQueryParameter");
}

TEST(Parameters, RefusesBadPercentEncoding)
{
    for (const auto* form : {"A=%", "A=%4", "A=%4g", "A=%%41", "%zz=1"}) {
        EXPECT_EQ(refusal_code([&] { Parameters{form}; }), "MalformedQueryString") << form;
    }
    EXPECT_EQ(refusal_code([] { Parameters("=1"); }), "MalformedQueryString");
}

TEST(Parameters, RefusesTextThatIsNotUtf8)
{
    EXPECT_EQ(refusal([] { Parameters("Name=%FF"); }),
              "InvalidCharacter: The value of parameter Name is not valid UTF-8");
    EXPECT_EQ(refusal_code([] { Parameters("Name=%ED%A0%80"); }), "InvalidCharacter");
    EXPECT_EQ(refusal_code([] { Parameters("%C3=1"); }), "InvalidCharacter");
    EXPECT_EQ(refusal_code([] { Parameters("Name=\xC3"); }), "InvalidCharacter");
}

std::string numbered(std::string_view name, std::size_t count)
{
    std::string form;
    for (std::size_t i = count; i > 0; --i) {
        fmt::format_to(std::back_inserter(form), "{}.{}=x&", name, i);
    }
    return form;
}

TEST(Parameters, TakesTenThousandListMembersAndNotOneMore)
{
    EXPECT_EQ(read_form(numbered("Id", 10'000)).size(), 10'000U);
    EXPECT_EQ(refusal_code([] { Parameters(numbered("Id", 10'001)); }), "InvalidQueryParameter");
}

TEST(Parameters, RefusesTooManyParametersAndLevels)
{
    std::string form;
    for (const auto* list : {"A", "B", "C", "D", "E", "F"}) {
        form += numbered(list, 10'000);
    }
    EXPECT_EQ(refusal([&] { Parameters{form}; }), "no refusal");
    EXPECT_EQ(refusal_code([&] { Parameters(form + numbered("G", 10)); }), "InvalidQueryParameter");
    EXPECT_EQ(refusal([] { Parameters("a.b.c.d.e.f.g.h.i.j.k.l=1"); }), "no refusal");
    EXPECT_EQ(refusal_code([] { Parameters("a.b.c.d.e.f.g.h.i.j.k.l.m=1"); }),
              "InvalidQueryParameter");
    EXPECT_EQ(refusal_code([] { Parameters(std::string(100'000, '.') + "=1"); }),
              "InvalidQueryParameter");
}

TEST(Parameters, CanonicalTextIgnoresOrderGapsTokensAndSignatures)
{
    const auto text = [](std::string_view form) { return Parameters(form).canonical(); };
    const auto wanted = text("ImageId=ami-1&Tag.1.Key=a&Tag.2.Key=b");
    EXPECT_EQ(wanted, "ImageId=5:ami-1\nTag.1.Key=1:a\nTag.2.Key=1:b\n");
    EXPECT_EQ(text("Tag.9.Key=b&Tag.3.Key=a&ImageId=ami-1&ClientToken=t&DryRun=true&Action=A"
                   "&Version=2016-11-15&X-Amz-Date=d&x-amz-signature=s&AWSAccessKeyId=k"),
              wanted);
    EXPECT_NE(text("ImageId=ami-1&Tag.1.Key=b&Tag.2.Key=a"), wanted);
    EXPECT_NE(text("A=1%0AB=1:2"), text("A=1&B=2"));
}

}  // namespace
}  // namespace amilab::wire
