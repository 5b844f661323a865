#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/iam/roles_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// What the calls about the tags of one kind are called.
struct Tagged {
    std::string kind;
    std::string named;
};
const Tagged kRole{"Role", "RoleName"};
const Tagged kProfile{"InstanceProfile", "InstanceProfileName"};

Parameters tags(const std::vector<std::pair<std::string, std::string>>& pairs)
{
    Parameters parameters;
    for (std::size_t index = 0; index < pairs.size(); ++index) {
        const auto at = "Tags.member." + std::to_string(index + 1);
        parameters.emplace_back(at + ".Key", pairs[index].first);
        parameters.emplace_back(at + ".Value", pairs[index].second);
    }
    return parameters;
}

class IamTags : public ::testing::TestWithParam<Tagged> {
protected:
    IamTags()
    {
        create_role(aws, "web");
        create_profile(aws, "web");
    }

    Answer ask(const std::string& verb, const Parameters& more, const std::string& behind = "",
               const std::string& name = "web")
    {
        return ask_iam(aws, verb + GetParam().kind + behind,
                       merged({{GetParam().named, name}}, more));
    }
    Answer put(const std::vector<std::pair<std::string, std::string>>& pairs)
    {
        return ask("Tag", tags(pairs));
    }
    Answer list(const Parameters& more = {}) { return ask("List", more, "Tags"); }
    std::vector<std::string> listed(std::string_view member)
    {
        return list().texts("List" + GetParam().kind + "TagsResult/Tags/member/" +
                            std::string(member));
    }

    TestEmulator aws;
};

INSTANTIATE_TEST_SUITE_P(Kinds, IamTags, ::testing::Values(kRole, kProfile),
                         [](const auto& one) { return one.param.kind; });

TEST_P(IamTags, AreToldInTheOrderOfTheirKeys)
{
    EXPECT_THAT(listed("Key"), IsEmpty());
    EXPECT_EQ(put({{"team", "infra"}, {"of", "test"}}).code, "");
    EXPECT_THAT(listed("Key"), ElementsAre("of", "team"));
    EXPECT_THAT(listed("Value"), ElementsAre("test", "infra"));
    const auto found = ask("Get", {});
    EXPECT_THAT(
        found.texts("Get" + GetParam().kind + "Result/" + GetParam().kind + "/Tags/member/Key"),
        ElementsAre("of", "team"));
}

TEST_P(IamTags, TakeThePlaceOfThoseWithTheirKeys)
{
    EXPECT_EQ(put({{"Team", "infra"}, {"of", "test"}}).code, "");
    EXPECT_EQ(put({{"team", ""}}).code, "");
    EXPECT_THAT(listed("Key"), ElementsAre("of", "team"));
    EXPECT_THAT(listed("Value"), ElementsAre("test", ""));
}

TEST_P(IamTags, AreTakenAwayByTheirKeys)
{
    put({{"team", "infra"}, {"of", "test"}, {"cost", "1"}});
    EXPECT_EQ(ask("Untag", {{"TagKeys.member.1", "TEAM"}, {"TagKeys.member.2", "none"}}).code, "");
    EXPECT_THAT(listed("Key"), ElementsAre("cost", "of"));
}

TEST_P(IamTags, AreListedAPageAtATime)
{
    put({{"a", "1"}, {"b", "2"}, {"c", "3"}});
    const auto at = "List" + GetParam().kind + "TagsResult/";
    const auto first = list({{"MaxItems", "2"}});
    EXPECT_THAT(first.texts(at + "Tags/member/Key"), ElementsAre("a", "b"));
    EXPECT_EQ(first.text(at + "IsTruncated"), "true");
    const auto second = list({{"MaxItems", "2"}, {"Marker", first.text(at + "Marker")}});
    EXPECT_THAT(second.texts(at + "Tags/member/Key"), ElementsAre("c"));
    EXPECT_EQ(second.text(at + "IsTruncated"), "false");
    EXPECT_EQ(list({{"MaxItems", "0"}}).code, "ValidationError");
    EXPECT_EQ(list({{"Marker", "bm90IG91cnM="}}).code, "ValidationError");
}

TEST_P(IamTags, AreFiftyAtMost)
{
    std::vector<std::pair<std::string, std::string>> most;
    for (int number = 0; number < 50; ++number) {
        most.emplace_back("key-" + std::to_string(number), "x");
    }
    EXPECT_EQ(put(most).code, "");
    EXPECT_EQ(put({{"key-7", "y"}}).code, "") << "it takes a place that is taken";
    const auto refused = put({{"one-more", "x"}});
    EXPECT_EQ(refused.code, "LimitExceeded");
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.message, "Cannot exceed quota for TagsPer" + GetParam().kind + ": 50");
    EXPECT_EQ(listed("Key").size(), 50U);
    most.emplace_back("one-more", "x");
    EXPECT_EQ(put(most).code, "ValidationError");
}

TEST_P(IamTags, RefuseWhatIsNone)
{
    const auto twice = put({{"a", "1"}, {"A", "2"}});
    EXPECT_EQ(twice.code, "InvalidInput");
    EXPECT_EQ(put({{"", "1"}}).code, "ValidationError");
    EXPECT_EQ(put({{"a*", "1"}}).code, "ValidationError");
    EXPECT_THAT(put({}).message, HasSubstr("at 'tags' failed to satisfy constraint: Member must "
                                           "not be null"));
    EXPECT_THAT(ask("Untag", {}).message, HasSubstr("'tagKeys'"));
    EXPECT_THAT(ask("Untag", {{"TagKeys.member.1", "a*"}}).message,
                HasSubstr("'tagKeys.1.member'"));
    EXPECT_THAT(listed("Key"), IsEmpty());
}

TEST_P(IamTags, AreOfWhatTheCallerHas)
{
    const auto tag = tags({{"a", "1"}});
    const Parameters key{{"TagKeys.member.1", "a"}};
    for (const auto& answer : {ask("Tag", tag, "", "none"), ask("Untag", key, "", "none"),
                               ask("List", {}, "Tags", "none")}) {
        EXPECT_EQ(answer.code, "NoSuchEntity");
        EXPECT_EQ(answer.status, 404);
    }
    EXPECT_EQ(ask("Tag", tag, "", "a role").code, "ValidationError");
}

TEST(IamTagsOfRoles, AreNotThoseOfProfiles)
{
    TestEmulator aws;
    create_role(aws, "web", tags({{"of", "role"}}));
    create_profile(aws, "web", tags({{"of", "profile"}}));
    ask_iam(aws, "UntagRole", {{"RoleName", "web"}, {"TagKeys.member.1", "of"}});
    EXPECT_EQ(ask_iam(aws, "ListInstanceProfileTags", {{"InstanceProfileName", "web"}})
                  .text("ListInstanceProfileTagsResult/Tags/member/Value"),
              "profile");
}

}  // namespace
}  // namespace amilab::test
