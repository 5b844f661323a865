#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/iam/roles_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kCore = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
constexpr const char* kImport = "arn:aws:iam::aws:policy/service-role/AWSBackupFullAccess";

class RoleAttachments : public ::testing::Test {
protected:
    RoleAttachments() { create_role(aws, "web"); }

    Answer ask(std::string_view action, const std::string& arn, const std::string& role = "web")
    {
        return ask_iam(aws, action, {{"RoleName", role}, {"PolicyArn", arn}});
    }
    std::vector<std::string> names(const Parameters& more = {})
    {
        const auto answer =
            ask_iam(aws, "ListAttachedRolePolicies", merged({{"RoleName", "web"}}, more));
        EXPECT_EQ(answer.code, "") << answer.message;
        return answer.texts("ListAttachedRolePoliciesResult/AttachedPolicies/member/PolicyName");
    }

    TestEmulator aws;
};

TEST_F(RoleAttachments, AreMadeListedAndEnded)
{
    EXPECT_THAT(names(), IsEmpty());
    EXPECT_EQ(ask("AttachRolePolicy", kCore).code, "");
    EXPECT_EQ(ask("AttachRolePolicy", kCore).code, "") << "once more";
    EXPECT_EQ(ask("AttachRolePolicy", kImport).code, "");
    EXPECT_THAT(names(), ElementsAre("AmazonSSMManagedInstanceCore", "AWSBackupFullAccess"));
    EXPECT_THAT(names({{"PathPrefix", "/service-role/"}}), ElementsAre("AWSBackupFullAccess"));
    EXPECT_THAT(names({{"PathPrefix", "/"}, {"MaxItems", "1"}}),
                ElementsAre("AmazonSSMManagedInstanceCore"));
    EXPECT_EQ(ask("DetachRolePolicy", kCore).code, "");
    EXPECT_THAT(names(), ElementsAre("AWSBackupFullAccess"));
    const auto gone = ask("DetachRolePolicy", kCore);
    EXPECT_EQ(gone.code, "NoSuchEntity");
    EXPECT_EQ(gone.message, std::string("Policy ") + kCore + " was not found.");
}

TEST_F(RoleAttachments, AreOfPoliciesOfAws)
{
    const auto unreadable = ask("AttachRolePolicy", "longpolicynamebutnoarn");
    EXPECT_EQ(unreadable.code, "ValidationError");
    EXPECT_EQ(unreadable.message, "Invalid ARN:  Could not be parsed!");
    const std::string own = std::string("arn:aws:iam::") + kAccount + ":policy/mine";
    const auto missing = ask("AttachRolePolicy", own);
    EXPECT_EQ(missing.code, "NoSuchEntity");
    EXPECT_EQ(missing.message, "Policy " + own + " does not exist or is not attachable.");
    EXPECT_EQ(ask("AttachRolePolicy", "arn:aws:iam::aws:policy/").code, "NoSuchEntity");
    EXPECT_EQ(ask("AttachRolePolicy", "short").code, "ValidationError");
    EXPECT_EQ(ask("AttachRolePolicy", kCore, "none").code, "NoSuchEntity");
    EXPECT_EQ(ask_iam(aws, "AttachRolePolicy", {{"RoleName", "web"}}).code, "ValidationError");
    EXPECT_EQ(ask_iam(aws, "ListAttachedRolePolicies",
                      {{"RoleName", "web"}, {"PathPrefix", "/service-role"}})
                  .code,
              "ValidationError");
}

TEST_F(RoleAttachments, AreTwentyFiveAtMost)
{
    for (int number = 1; number <= 25; ++number) {
        EXPECT_EQ(ask("AttachRolePolicy", kCore + std::to_string(number)).code, "");
    }
    const auto refused = ask("AttachRolePolicy", kCore);
    EXPECT_EQ(refused.code, "LimitExceeded");
    EXPECT_EQ(refused.message, "Cannot exceed quota for PoliciesPerRole: 25");
    EXPECT_EQ(names().size(), 25U);
}

TEST_F(RoleAttachments, KeepTheirRole)
{
    ask("AttachRolePolicy", kCore);
    const auto kept = ask_iam(aws, "DeleteRole", {{"RoleName", "web"}});
    EXPECT_EQ(kept.code, "DeleteConflict");
    EXPECT_EQ(kept.message, "Cannot delete entity, must detach all policies first.");
    ask("DetachRolePolicy", kCore);
    EXPECT_EQ(ask_iam(aws, "DeleteRole", {{"RoleName", "web"}}).code, "");
}

}  // namespace
}  // namespace amilab::test
