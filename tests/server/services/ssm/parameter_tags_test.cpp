#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/json_caller.h"

namespace amilab::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Parameters tag(const std::string& key, const std::string& value)
{
    return {{"Tags.1.Key", key}, {"Tags.1.Value", value}};
}

class ParameterTags : public testing::Test {
protected:
    ParameterTags() { EXPECT_TRUE(put("p").ok()); }

    JsonAnswer put(const std::string& name, const Parameters& more = {}) const
    {
        return ssm.call_operation(
            "PutParameter", merged({{"Name", name}, {"Value", "x"}, {"Type", "String"}}, more));
    }
    /// Of the tags of p, unless the parameters say of which.
    JsonAnswer call(std::string_view action, const Parameters& parameters = {}) const
    {
        return ssm.call_operation(
            action, merged({{"ResourceType", "Parameter"}, {"ResourceId", "p"}}, parameters));
    }
    /// "key=value" of each tag.
    std::vector<std::string> tags() const
    {
        const auto answer = call("ListTagsForResource");
        std::vector<std::string> all;
        for (std::size_t at = 0; at < answer.size("/TagList"); ++at) {
            all.push_back(fmt::format("{}={}", answer.text(fmt::format("/TagList/{}/Key", at)),
                                      answer.text(fmt::format("/TagList/{}/Value", at))));
        }
        return all;
    }
    std::size_t found(const std::string& key, const std::string& option,
                      const std::string& value) const
    {
        return ssm
            .call_operation("DescribeParameters", {{"ParameterFilters.1.Key", key},
                                                   {"ParameterFilters.1.Option", option},
                                                   {"ParameterFilters.1.Values.1", value}})
            .size("/Parameters");
    }

    TestEmulator emulator;
    JsonCaller ssm{emulator, "ssm"};
};

TEST_F(ParameterTags, AreAddedReplacedAndRemoved)
{
    EXPECT_THAT(tags(), IsEmpty());
    EXPECT_TRUE(call("AddTagsToResource", tag("team", "images")).ok());
    EXPECT_TRUE(call("AddTagsToResource", tag("stage", "test")).ok());
    EXPECT_TRUE(call("AddTagsToResource", tag("team", "all")).ok());
    EXPECT_THAT(tags(), ElementsAre("stage=test", "team=all"));
    EXPECT_TRUE(
        call("RemoveTagsFromResource", {{"TagKeys.1", "stage"}, {"TagKeys.2", "absent"}}).ok());
    EXPECT_THAT(tags(), ElementsAre("team=all"));
}

TEST_F(ParameterTags, AreFoundWithASlashBeforeTheNameToo)
{
    EXPECT_TRUE(
        call("AddTagsToResource", merged(tag("team", "images"), {{"ResourceId", "/p"}})).ok());
    EXPECT_THAT(tags(), ElementsAre("team=images"));
}

TEST_F(ParameterTags, ComeWithANewParameterAndGoWithIt)
{
    ssm.call_operation("DeleteParameter", {{"Name", "p"}});
    EXPECT_TRUE(put("p", tag("team", "images")).ok());
    EXPECT_TRUE(put("p", {{"Overwrite", "true"}}).ok());
    EXPECT_THAT(tags(), ElementsAre("team=images"));
    EXPECT_EQ(put("p", merged(tag("a", "b"), {{"Overwrite", "true"}})).code, "ValidationException");
    ssm.call_operation("DeleteParameter", {{"Name", "p"}});
    EXPECT_TRUE(put("p").ok());
    EXPECT_THAT(tags(), IsEmpty());
}

TEST_F(ParameterTags, FindTheirParameters)
{
    put("other", tag("stage", "live"));
    call("AddTagsToResource", tag("stage", "test"));
    EXPECT_EQ(found("tag:stage", "Equals", "test"), 1U);
    EXPECT_EQ(found("tag:stage", "BeginsWith", "li"), 1U);
    EXPECT_EQ(found("tag:stage", "Equals", "none"), 0U);
    EXPECT_EQ(found("tag:team", "Equals", "test"), 0U);
    const auto any =
        ssm.call_operation("DescribeParameters", {{"ParameterFilters.1.Key", "tag:stage"}});
    EXPECT_EQ(any.size("/Parameters"), 2U) << "whatever the value is";
}

TEST_F(ParameterTags, AreRefusedWhereTheyDoNotFit)
{
    const auto code = [&](const Parameters& parameters) {
        return call("AddTagsToResource", parameters).code;
    };
    EXPECT_EQ(code(merged(tag("a", "b"), {{"ResourceId", "none"}})), "InvalidResourceId");
    EXPECT_EQ(code(merged(tag("a", "b"), {{"ResourceType", "Document"}})),
              "UnsupportedOperationException");
    EXPECT_EQ(code(merged(tag("a", "b"), {{"ResourceType", "Planet"}})), "ValidationException");
    EXPECT_EQ(code(tag("aws:a", "b")), "ValidationException");
    EXPECT_EQ(code(tag("a!", "b")), "ValidationException");
    Parameters many;
    for (int number = 1; number <= 51; ++number) {
        many.emplace_back(fmt::format("Tags.{}.Key", number), fmt::format("k{}", number));
        many.emplace_back(fmt::format("Tags.{}.Value", number), "v");
    }
    EXPECT_EQ(code(many), "TooManyTagsError");
    EXPECT_THAT(tags(), IsEmpty());
}

}  // namespace
}  // namespace amilab::test
