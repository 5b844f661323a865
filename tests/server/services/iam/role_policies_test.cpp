#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/iam/roles_support.h"

namespace amilab::test {
namespace {

class RolePolicies : public ::testing::Test {
protected:
    RolePolicies() { create_role(aws, "vmimport"); }

    Answer put(const std::string& name, const std::string& document)
    {
        return ask_iam(
            aws, "PutRolePolicy",
            {{"RoleName", "vmimport"}, {"PolicyName", name}, {"PolicyDocument", document}});
    }
    Answer get(const std::string& name, const std::string& role = "vmimport")
    {
        return ask_iam(aws, "GetRolePolicy", {{"RoleName", role}, {"PolicyName", name}});
    }

    TestEmulator aws;
};

TEST_F(RolePolicies, AreKeptAsTheyWerePut)
{
    put("disks", kTrustPolicy);
    put("disks", kEmptyPolicy);
    const auto shown = get("disks");
    EXPECT_EQ(shown.text("GetRolePolicyResult/RoleName"), "vmimport");
    EXPECT_EQ(shown.text("GetRolePolicyResult/PolicyName"), "disks");
    EXPECT_EQ(shown.text("GetRolePolicyResult/PolicyDocument"),
              "%7B%22Statement%22%3A%20%5B%5D%7D");
}

TEST_F(RolePolicies, RefuseWhatIsNotThere)
{
    EXPECT_EQ(get("disks").code, "NoSuchEntity");
    EXPECT_EQ(get("disks").message, "The role policy with name disks cannot be found.");
    EXPECT_EQ(get("disks", "other").message, "The role with name other cannot be found.");
    EXPECT_EQ(
        ask_iam(aws, "DeleteRolePolicy", {{"RoleName", "vmimport"}, {"PolicyName", "disks"}}).code,
        "NoSuchEntity");
}

TEST_F(RolePolicies, RefuseWhatIsNoPolicy)
{
    EXPECT_EQ(put("disks", "no JSON").code, "MalformedPolicyDocument");
    EXPECT_EQ(put("a policy", kEmptyPolicy).code, "ValidationError");
    EXPECT_EQ(ask_iam(aws, "PutRolePolicy", {{"RoleName", "vmimport"}}).code, "ValidationError");
}

TEST_F(RolePolicies, AreTenThousandCharactersInAllAtMost)
{
    const auto document = [](std::size_t length) {
        return R"({"Statement": [], "Id": ")" + std::string(length, 'x') + "\"}";
    };
    EXPECT_EQ(put("one", document(6000)).code, "");
    EXPECT_EQ(put("two", document(6000)).code, "LimitExceeded");
    EXPECT_EQ(put("one", document(9000)).code, "") << "in place of the first";
}

TEST_F(RolePolicies, AreListedByTheirNames)
{
    put("disks", kEmptyPolicy);
    put("buckets", kEmptyPolicy);
    const auto listed = ask_iam(aws, "ListRolePolicies", {{"RoleName", "vmimport"}});
    EXPECT_THAT(listed.texts("ListRolePoliciesResult/PolicyNames/member"),
                testing::ElementsAre("buckets", "disks"));
    EXPECT_EQ(ask_iam(aws, "ListRolePolicies", {{"RoleName", "none"}}).code, "NoSuchEntity");
    EXPECT_EQ(ask_iam(aws, "ListRolePolicies", {}).code, "ValidationError");
}

TEST_F(RolePolicies, GoByThemselves)
{
    put("disks", kEmptyPolicy);
    ask_iam(aws, "DeleteRolePolicy", {{"RoleName", "vmimport"}, {"PolicyName", "disks"}});
    EXPECT_EQ(get("disks").code, "NoSuchEntity");
}

}  // namespace
}  // namespace amilab::test
