#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/iam/roles_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

const std::string kMade = "CreateInstanceProfileResult/InstanceProfile/";
const std::string kFound = "GetInstanceProfileResult/InstanceProfile/";
const std::string kListed = "ListInstanceProfilesResult/";
const std::string kOfRole = "ListInstanceProfilesForRoleResult/";

class IamInstanceProfiles : public ::testing::Test {
protected:
    Answer ask(std::string_view action, const Parameters& parameters,
               std::string_view account = kAccount)
    {
        return ask_iam(aws, action, parameters, account);
    }
    Answer of(std::string_view action, const std::string& profile,
              std::string_view account = kAccount)
    {
        return ask(action, {{"InstanceProfileName", profile}}, account);
    }
    Answer of_both(std::string_view action, const std::string& profile, const std::string& role)
    {
        return ask(action, {{"InstanceProfileName", profile}, {"RoleName", role}});
    }

    TestEmulator aws;
};

TEST_F(IamInstanceProfiles, AreFoundAsTheyWereMade)
{
    const auto made = create_profile(
        aws, "web",
        {{"Path", "/servers/"}, {"Tags.member.1.Key", "of"}, {"Tags.member.1.Value", "test"}});
    const auto found = of("GetInstanceProfile", "WEB");
    for (const auto& [answer, at] : {std::pair(&made, kMade), std::pair(&found, kFound)}) {
        EXPECT_EQ(answer->text(at + "Arn"),
                  "arn:aws:iam::123456789012:instance-profile/servers/web");
        EXPECT_EQ(answer->text(at + "InstanceProfileName"), "web");
        EXPECT_EQ(answer->text(at + "Path"), "/servers/");
        EXPECT_EQ(answer->text(at + "CreateDate"), "2026-01-02T03:04:05.000Z");
        EXPECT_THAT(answer->text(at + "InstanceProfileId"), MatchesRegex("AIPA[A-Z2-7]{17}"));
        EXPECT_EQ(answer->text(at + "Tags/member/Key"), "of");
        EXPECT_EQ(answer->count(at + "Roles"), 1U) << "there, and empty";
        EXPECT_EQ(answer->count(at + "Roles/member"), 0U);
    }
    EXPECT_EQ(made.text(kMade + "InstanceProfileId"), found.text(kFound + "InstanceProfileId"));
}

TEST_F(IamInstanceProfiles, AreOfThePartitionThatIsCalled)
{
    const auto made = aws.call_form(iam::kService, "CreateInstanceProfile",
                                    {{"InstanceProfileName", "web"}}, kAccount, "cn-north-1");
    EXPECT_EQ(made.text(kMade + "Arn"), "arn:aws-cn:iam::123456789012:instance-profile/web");
}

TEST_F(IamInstanceProfiles, HaveAnotherIdWhenTheyAreMadeAnew)
{
    const auto before = create_profile(aws, "web").text(kMade + "InstanceProfileId");
    EXPECT_EQ(of("DeleteInstanceProfile", "web").code, "");
    EXPECT_NE(create_profile(aws, "web").text(kMade + "InstanceProfileId"), before);
}

TEST_F(IamInstanceProfiles, RefuseANameThatIsTaken)
{
    create_profile(aws, "web");
    const auto refused = of("CreateInstanceProfile", "Web");
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.code, "EntityAlreadyExists");
    EXPECT_EQ(refused.message, "Instance Profile Web already exists.");
    create_profile(aws, "web", {}, kOtherAccount);
}

TEST_F(IamInstanceProfiles, HaveNamesPathsAndTagsWithinTheirLimits)
{
    const auto code = [&](const Parameters& more) {
        return ask("CreateInstanceProfile", merged({{"InstanceProfileName", "x"}}, more)).code;
    };
    EXPECT_EQ(code({{"InstanceProfileName", std::string(128, 'n')}}), "");
    EXPECT_EQ(code({{"InstanceProfileName", std::string(129, 'n')}}), "ValidationError");
    EXPECT_EQ(code({{"InstanceProfileName", ""}}), "ValidationError");
    EXPECT_EQ(code({{"InstanceProfileName", "a b"}}), "ValidationError");
    EXPECT_EQ(code({{"Path", "servers"}}), "ValidationError");
    EXPECT_EQ(code({{"Path", "/" + std::string(511, 'p') + "/"}}), "ValidationError");
    EXPECT_EQ(code({{"InstanceProfileName", "deep"}, {"Path", "/" + std::string(510, 'p') + "/"}}),
              "");
    EXPECT_EQ(code({{"Tags.member.1.Key", "a"},
                    {"Tags.member.1.Value", "1"},
                    {"Tags.member.2.Key", "A"},
                    {"Tags.member.2.Value", "2"}}),
              "InvalidInput");
    Parameters tags;
    for (int number = 1; number <= 51; ++number) {
        const auto tag = "Tags.member." + std::to_string(number);
        tags.emplace_back(tag + ".Key", std::to_string(number));
        tags.emplace_back(tag + ".Value", "");
    }
    EXPECT_EQ(code(tags), "ValidationError");
    const auto refused = ask("CreateInstanceProfile", {{"Tags.member.1.Value", "1"}});
    EXPECT_THAT(refused.message, StartsWith("2 validation errors detected: "));
    EXPECT_THAT(refused.message, HasSubstr("'tags.1.member.key'"));
    EXPECT_EQ(of("GetInstanceProfile", "x").code, "NoSuchEntity");
}

TEST_F(IamInstanceProfiles, AreTheCallersOwn)
{
    create_profile(aws, "web");
    const auto refused = of("GetInstanceProfile", "web", kOtherAccount);
    EXPECT_EQ(refused.status, 404);
    EXPECT_EQ(refused.code, "NoSuchEntity");
    EXPECT_EQ(refused.message, "Instance Profile web cannot be found.");
    EXPECT_EQ(of("DeleteInstanceProfile", "web", kOtherAccount).code, "NoSuchEntity");
    EXPECT_EQ(ask("GetInstanceProfile", {}).code, "ValidationError");
}

TEST_F(IamInstanceProfiles, AreAThousandAtMost)
{
    for (int number = 0; number < 1000; ++number) {
        create_profile(aws, "profile-" + std::to_string(number));
    }
    const auto refused = of("CreateInstanceProfile", "one-more");
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.code, "LimitExceeded");
    EXPECT_EQ(refused.message, "Cannot exceed quota for InstanceProfilesPerAccount: 1000");
    EXPECT_EQ(of("GetInstanceProfile", "one-more").code, "NoSuchEntity");
}

TEST_F(IamInstanceProfiles, HaveOneRole)
{
    create_profile(aws, "web");
    create_role(aws, "vmimport", {{"Path", "/images/"}, {"Description", "imports"}});
    create_role(aws, "other");
    add_role(aws, "Web", "VmImport");
    const auto role = kFound + "Roles/member/";
    const auto found = of("GetInstanceProfile", "web");
    EXPECT_EQ(found.text(role + "RoleName"), "vmimport");
    EXPECT_EQ(found.text(role + "Arn"), "arn:aws:iam::123456789012:role/images/vmimport");
    EXPECT_EQ(found.text(role + "RoleId"),
              ask("GetRole", {{"RoleName", "vmimport"}}).text("GetRoleResult/Role/RoleId"));
    EXPECT_THAT(found.text(role + "AssumeRolePolicyDocument"), StartsWith("%7B%22Version"));
    EXPECT_EQ(found.count(role + "MaxSessionDuration"), 0U);
    for (const auto* name : {"other", "vmimport"}) {
        const auto refused = of_both("AddRoleToInstanceProfile", "web", name);
        EXPECT_EQ(refused.status, 409);
        EXPECT_EQ(refused.code, "LimitExceeded");
        EXPECT_EQ(refused.message, "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
    }
    EXPECT_EQ(of_both("RemoveRoleFromInstanceProfile", "web", "vmimport").code, "");
    EXPECT_EQ(of("GetInstanceProfile", "web").count(kFound + "Roles/member"), 0U);
    EXPECT_EQ(of_both("RemoveRoleFromInstanceProfile", "web", "vmimport").code, "NoSuchEntity");
    add_role(aws, "web", "other");
}

TEST_F(IamInstanceProfiles, AndRolesHaveToBeThere)
{
    create_profile(aws, "web");
    create_role(aws, "vmimport");
    for (const auto* action : {"AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile"}) {
        EXPECT_EQ(of_both(action, "none", "vmimport").message,
                  "Instance Profile none cannot be found.");
        EXPECT_EQ(of_both(action, "web", "none").message,
                  "The role with name none cannot be found.");
        EXPECT_EQ(of_both(action, "web", "").code, "ValidationError");
    }
}

TEST_F(IamInstanceProfiles, AndTheirRolesGoOneAfterTheOther)
{
    create_profile(aws, "web", {{"Tags.member.1.Key", "of"}, {"Tags.member.1.Value", "test"}});
    create_role(aws, "vmimport");
    add_role(aws, "web", "vmimport");
    const std::string text = "Cannot delete entity, must remove roles from instance profile first.";
    for (const auto& refused :
         {of("DeleteInstanceProfile", "web"), ask("DeleteRole", {{"RoleName", "vmimport"}})}) {
        EXPECT_EQ(refused.status, 409);
        EXPECT_EQ(refused.code, "DeleteConflict");
        EXPECT_EQ(refused.message, text);
    }
    of_both("RemoveRoleFromInstanceProfile", "web", "vmimport");
    EXPECT_EQ(ask("DeleteRole", {{"RoleName", "vmimport"}}).code, "");
    EXPECT_EQ(of("DeleteInstanceProfile", "web").code, "");
    EXPECT_EQ(of("DeleteInstanceProfile", "web").code, "NoSuchEntity");
}

// Lists

TEST_F(IamInstanceProfiles, AreListedByPathInTheOrderOfNames)
{
    create_role(aws, "vmimport");
    create_profile(aws, "web", {{"Path", "/servers/"}});
    create_profile(aws, "bare", {{"Tags.member.1.Key", "of"}, {"Tags.member.1.Value", "test"}});
    add_role(aws, "web", "vmimport");
    const auto names = [&](const Parameters& more) {
        return ask("ListInstanceProfiles", more)
            .texts(kListed + "InstanceProfiles/member/InstanceProfileName");
    };
    EXPECT_THAT(names({}), ElementsAre("bare", "web"));
    EXPECT_THAT(names({{"PathPrefix", "/"}}), ElementsAre("bare", "web"));
    EXPECT_THAT(names({{"PathPrefix", "/serv"}}), ElementsAre("web"));
    EXPECT_THAT(names({{"PathPrefix", "/SERV"}}), IsEmpty());
    const auto all = ask("ListInstanceProfiles", {});
    EXPECT_THAT(all.texts(kListed + "InstanceProfiles/member/Roles/member/RoleName"),
                ElementsAre("vmimport"));
    EXPECT_EQ(all.count(kListed + "InstanceProfiles/member/Tags"), 0U);
    EXPECT_EQ(all.text(kListed + "IsTruncated"), "false");
    EXPECT_EQ(all.count(kListed + "Marker"), 0U);
    EXPECT_THAT(ask("ListInstanceProfiles", {}, kOtherAccount)
                    .texts(kListed + "InstanceProfiles/member/InstanceProfileName"),
                IsEmpty());
}

TEST_F(IamInstanceProfiles, ComeInPages)
{
    for (int number = 0; number < 101; ++number) {
        create_profile(aws, "profile-" + std::to_string(number));
    }
    const auto member = kListed + "InstanceProfiles/member";
    const auto first = ask("ListInstanceProfiles", {});
    EXPECT_EQ(first.count(member), 100U) << "unless MaxItems says otherwise";
    EXPECT_EQ(first.text(kListed + "IsTruncated"), "true");
    const auto marker = first.text(kListed + "Marker");
    EXPECT_EQ(ask("ListInstanceProfiles", {{"Marker", marker}, {"MaxItems", "7"}}).count(member),
              1U);
    EXPECT_EQ(ask("ListInstanceProfiles", {{"MaxItems", "1000"}}).count(member), 101U);
    const auto code = [&](const Parameters& more) {
        return ask("ListInstanceProfiles", more).code;
    };
    EXPECT_EQ(code({{"Marker", marker}, {"PathPrefix", "/x"}}), "ValidationError");
    EXPECT_EQ(code({{"Marker", "bm90IG91cnM="}}), "ValidationError");
    EXPECT_EQ(
        ask("ListInstanceProfiles", {{"Marker", ""}, {"MaxItems", "0"}, {"PathPrefix", "servers"}})
            .message.substr(0, 29),
        "3 validation errors detected:");
    EXPECT_EQ(code({{"MaxItems", "1001"}}), "ValidationError");
}

TEST_F(IamInstanceProfiles, AreListedByTheirRole)
{
    create_role(aws, "vmimport");
    create_role(aws, "other");
    for (const auto* name : {"one", "two"}) {
        create_profile(aws, name);
        add_role(aws, name, "vmimport");
    }
    create_profile(aws, "bare");
    const auto names = kOfRole + "InstanceProfiles/member/InstanceProfileName";
    const auto list = [&](const std::string& role, const Parameters& more = {}) {
        return ask("ListInstanceProfilesForRole", merged({{"RoleName", role}}, more));
    };
    EXPECT_THAT(list("VMIMPORT").texts(names), ElementsAre("one", "two"));
    EXPECT_THAT(list("other").texts(names), IsEmpty());
    const auto first = list("vmimport", {{"MaxItems", "1"}});
    EXPECT_THAT(first.texts(names), ElementsAre("one"));
    EXPECT_THAT(list("vmimport", {{"Marker", first.text(kOfRole + "Marker")}}).texts(names),
                ElementsAre("two"));
    EXPECT_EQ(list("none").code, "NoSuchEntity");
    EXPECT_EQ(list("a role").code, "ValidationError");
}

}  // namespace
}  // namespace amilab::test
