#include "server/services/iam/trust_policies.h"

#include <gtest/gtest.h>

namespace amilab::iam {
namespace {

const RoleTaker kRoot{.account = "123456789012",
                      .arn = "arn:aws:iam::123456789012:root",
                      .role_arns = "arn:aws:iam::123456789012:role/",
                      .root_arn = "arn:aws:iam::123456789012:root"};
const RoleTaker kSession{.account = "123456789012",
                         .arn = "arn:aws:sts::123456789012:assumed-role/builder/one",
                         .role_arns = "arn:aws:iam::123456789012:role/",
                         .role_name = "builder",
                         .root_arn = "arn:aws:iam::123456789012:root"};

/// A statement that allows AssumeRole to the principal, with more members.
std::string allow(const std::string& principal, const std::string& more = "")
{
    return R"({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": )" + principal + more +
           "}";
}

bool trusts(const std::string& statements, const RoleTaker& taker = kRoot)
{
    return trusts_taker(R"({"Version": "2012-10-17", "Statement": )" + statements + "}", taker);
}

TEST(TrustPolicy, AllowsWhomItNames)
{
    for (const auto* principal :
         {R"("*")", R"({"AWS": "*"})", R"({"AWS": "123456789012"})",
          R"({"AWS": "arn:aws:iam::123456789012:root"})",
          R"({"Service": "ec2.amazonaws.com", "AWS": ["999999999999", "123456789012"]})"}) {
        EXPECT_TRUE(trusts(allow(principal))) << principal;
        EXPECT_TRUE(trusts(allow(principal), kSession)) << principal;
        EXPECT_TRUE(trusts("[" + allow(R"({"AWS": []})") + ", " + allow(principal) + "]"));
    }
}

TEST(TrustPolicy, AllowsNobodyElse)
{
    for (const auto* principal :
         {R"("123456789012")", R"({"AWS": "999999999999"})", R"({"AWS": 123456789012})",
          R"({"AWS": "arn:aws:iam::999999999999:root"})",
          R"({"AWS": "arn:aws-cn:iam::123456789012:root"})",
          R"({"AWS": "arn:aws:iam::123456789012:user/me"})", R"({"Service": "ec2.amazonaws.com"})",
          R"({"Federated": "*"})", R"({"AWS": {}})", "{}", "[]", "7", "null"}) {
        EXPECT_FALSE(trusts(allow(principal))) << principal;
    }
}

TEST(TrustPolicy, KnowsRolesAndTheirSessions)
{
    for (const auto* principal :
         {R"({"AWS": "arn:aws:iam::123456789012:role/builder"})",
          R"({"AWS": "arn:aws:iam::123456789012:role/teams/builder"})",
          R"({"AWS": "arn:aws:sts::123456789012:assumed-role/builder/one"})"}) {
        EXPECT_TRUE(trusts(allow(principal), kSession)) << principal;
        EXPECT_FALSE(trusts(allow(principal))) << principal;
    }
    for (const auto* principal :
         {R"({"AWS": "arn:aws:iam::123456789012:role/other"})",
          R"({"AWS": "arn:aws:iam::999999999999:role/builder"})",
          R"({"AWS": "arn:aws:sts::123456789012:assumed-role/builder/two"})"}) {
        EXPECT_FALSE(trusts(allow(principal), kSession)) << principal;
    }
}

TEST(TrustPolicy, IsAboutAssumingRoles)
{
    const auto with = [](const std::string& action) {
        return trusts(R"({"Effect": "Allow", "Principal": "*", "Action": )" + action + "}");
    };
    for (const auto* action : {R"("sts:AssumeRole")", R"("STS:assumerole")", R"("sts:*")", R"("*")",
                               R"("sts:Assume*")", R"(["sts:TagSession", "sts:AssumeRole"])"}) {
        EXPECT_TRUE(with(action)) << action;
    }
    for (const auto* action :
         {R"("sts:TagSession")", R"("sts:AssumeRoleWithSAML")", R"([])", R"("")", "{}", "7"}) {
        EXPECT_FALSE(with(action)) << action;
    }
    EXPECT_FALSE(trusts(R"({"Effect": "Allow", "Principal": "*", "NotAction": "s3:*"})"));
}

TEST(TrustPolicy, DeniesBeforeItAllows)
{
    const auto all = allow(R"("*")");
    const auto deny = [&](const std::string& rest) {
        return "[" + all + R"(, {"Effect": "Deny", )" + rest + "}]";
    };
    EXPECT_FALSE(trusts(deny(R"("Action": "sts:*", "Principal": {"AWS": "123456789012"})")));
    EXPECT_TRUE(trusts(deny(R"("Action": "sts:*", "Principal": {"AWS": "999999999999"})")));
    EXPECT_TRUE(trusts(deny(R"("Action": "sts:TagSession", "Principal": "*")")));
    EXPECT_FALSE(trusts(deny(R"("Action": "sts:*", "NotPrincipal": {"AWS": "123456789012"})")))
        << "what is not understood denies";
}

TEST(TrustPolicy, AsksForTheExternalId)
{
    const auto with = [](const std::string& condition, std::optional<std::string> id) {
        auto taker = kRoot;
        taker.external_id = std::move(id);
        return trusts(allow(R"("*")", R"(, "Condition": )" + condition), taker);
    };
    const std::string one = R"({"StringEquals": {"sts:ExternalId": "secret"}})";
    EXPECT_TRUE(with(one, "secret"));
    EXPECT_FALSE(with(one, "Secret"));
    EXPECT_FALSE(with(one, std::nullopt));
    EXPECT_TRUE(with(R"({"StringEquals": {"sts:Externalid": ["a", "b"]}})", "b"));
    EXPECT_TRUE(with("{}", std::nullopt));
    for (const auto* condition : {R"({"Bool": {"aws:MultiFactorAuthPresent": "true"}})",
                                  R"({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})",
                                  R"({"StringEquals": {"sts:ExternalId": "secret"}, "Bool": {}})",
                                  R"({"StringEquals": "secret"})", R"("secret")"}) {
        EXPECT_FALSE(with(condition, "secret")) << condition;
    }
}

TEST(TrustPolicy, MayBeAnything)
{
    for (const auto* policy :
         {"", "{", "7", "[]", "{}", R"({"Statement": 7})", R"({"Statement": [7, [], {}]})",
          R"({"Statement": {"Effect": 7, "Principal": "*", "Action": "*"}})"}) {
        EXPECT_FALSE(trusts_taker(policy, kRoot)) << policy;
    }
}

}  // namespace
}  // namespace amilab::iam
