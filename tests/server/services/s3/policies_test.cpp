#include "server/services/s3/policies.h"

#include <string>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "tests/server/services/s3/s3_world.h"

namespace amilab::test {
namespace {

/// A statement with that effect and those further members.
std::string statement(const std::string& members, const std::string& effect = "Allow")
{
    return R"({"Effect": ")" + effect +
           R"(", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::disks/*", )" + members + "}";
}

std::string policy(const std::string& statements)
{
    return R"({"Version": "2012-10-17", "Statement": [)" + statements + "]}";
}

constexpr const char* kEverybody = R"("Principal": "*")";
constexpr const char* kSomebody =
    R"("Principal": {"AWS": ["arn:aws:iam::111122223333:root", "210987654321"]})";

bool is_public(const std::string& text)
{
    return s3::is_public_policy(boost::json::parse(text));
}

TEST(PublicPolicies, LetEverybodyDoSomething)
{
    for (const auto* members :
         {kEverybody, R"("Principal": {"AWS": "*"})", R"("Principal": {"AWS": ["1", "*"]})",
          R"("Principal": {"AWS": []})", R"("NotPrincipal": {"AWS": "111122223333"})",
          R"("Principal": 7)",
          R"("Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})",
          R"("Principal": "*", "Condition": {"StringLike": {"aws:SourceVpc": "vpc-*"}})",
          R"("Principal": "*", "Condition": {"StringEquals": {"aws:SourceArn": "${aws:userid}"}})",
          R"("Principal": "*", "Condition": {"StringEquals": {"aws:Referer": "here"}})",
          R"("Principal": "*", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}})",
          R"("Principal": "*", "Condition": {"StringEquals": 7})"}) {
        EXPECT_TRUE(is_public(policy(statement(members)))) << members;
    }
    EXPECT_TRUE(is_public(policy(statement(kSomebody) + "," + statement(kEverybody))));
    EXPECT_TRUE(is_public(R"({"Statement": )" + statement(kEverybody) + "}"));
}

TEST(PublicPolicies, AreNotThoseForSomeCallers)
{
    for (const auto* members :
         {kSomebody, R"("Principal": {"Service": "vmie.amazonaws.com"})",
          R"("Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})",
          R"("Principal": "*", "Condition": {"StringEquals": {"AWS:sourcevpce": ["vpce-1"]}})",
          R"("Principal": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:a:1:b"}})",
          R"("Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}})"}) {
        EXPECT_FALSE(is_public(policy(statement(members)))) << members;
    }
    EXPECT_FALSE(is_public(policy(statement(kEverybody, "Deny"))));
    EXPECT_FALSE(is_public(policy("")));
    EXPECT_FALSE(is_public(policy("7")));
}

class Policies : public S3World {
protected:
    std::string put(const std::string& text) { return s3.call("PUT", "/disks?policy", text).code; }
};

TEST_F(Policies, AreTakenWhereTheirStatementsAreWhole)
{
    s3.must("DELETE", "/disks?publicAccessBlock");
    for (const auto& text :
         {policy(statement(kSomebody)), policy(statement(kEverybody, "Deny")),
          policy(statement(R"("Principal": {"AWS": "*"})")),
          policy(statement(R"("NotPrincipal": {"CanonicalUser": ["ab"], "Service": "s3"})")),
          R"({"Statement": )" + statement(kEverybody) + "}",
          R"({"Version": "2008-10-17", "Id": "x", "Statement": [)" + statement(kEverybody) + "]}",
          std::string(
              R"({"Statement": {"Effect": "Allow", "Principal": "*", "NotAction": ["*"],)"
              R"( "NotResource": ["arn:aws:s3:::di?ks", "arn:aws:s3:::${aws:userid}/*"]}})")}) {
        EXPECT_EQ(put(text), "") << text;
    }
}

TEST_F(Policies, AreRefusedWhereOneIsNot)
{
    const auto whole = [](const std::string& effect, const std::string& principal,
                          const std::string& action, const std::string& resource) {
        return R"({"Statement": [{"Effect": )" + effect + R"(, "Principal": )" + principal +
               R"(, "Action": )" + action + R"(, "Resource": )" + resource + "}]}";
    };
    const std::string allow = R"("Allow")";
    const std::string all = R"("*")";
    const std::string objects = R"("arn:aws:s3:::disks/*")";
    s3.must("DELETE", "/disks?publicAccessBlock");
    ASSERT_EQ(put(whole(allow, all, all, objects)), "");
    for (const auto& text :
         {std::string(" {}"), std::string("[]"), std::string("{"), std::string("{}"), policy(""),
          policy("7"), policy("{}"),
          R"({"Version": "2012", "Statement": )" + statement(kEverybody) + "}",
          R"({"Version": 1, "Statement": )" + statement(kEverybody) + "}",
          policy(R"({"Effect": "Allow", "Action": "*", "Resource": )" + objects + "}"),
          policy(R"({"Effect": "Allow", "Principal": "*", "Resource": )" + objects + "}"),
          policy(R"({"Effect": "Allow", "Principal": "*", "Action": "*"})"),
          policy(R"({"Principal": "*", "Action": "*", "Resource": )" + objects + "}"),
          whole(R"("allow")", all, all, objects), whole("7", all, all, objects)}) {
        EXPECT_EQ(put(text), "MalformedPolicy") << text;
    }
    for (const auto* principal :
         {R"("")", R"("somebody")", "[]", "{}", R"({"AWS": ""})", R"({"AWS": []})",
          R"({"AWS": "arn:aws:iam::*:root"})", R"({"User": "*"})", R"({"AWS": [7]})"}) {
        EXPECT_EQ(put(whole(allow, principal, all, objects)), "MalformedPolicy") << principal;
    }
    for (const auto* action :
         {R"("")", "[]", R"("ec2:RunInstances")", R"("s3:")", R"(["s3:*", 7])"}) {
        EXPECT_EQ(put(whole(allow, all, action, objects)), "MalformedPolicy") << action;
    }
    for (const auto* resource :
         {R"("")", "[]", all.c_str(), R"("disks/*")", R"("arn:aws:s3:::other/*")",
          R"("arn:aws:s3:::/disks")", R"("arn:aws:ec2:::disks")"}) {
        EXPECT_EQ(put(whole(allow, all, all, resource)), "MalformedPolicy") << resource;
    }
}

class BlockedPolicies : public S3World {};

TEST_F(BlockedPolicies, AreThePublicOnesOfABucketThatBlocksThem)
{
    const auto blocked = s3.call("PUT", "/disks?policy", policy(statement(kEverybody)));
    EXPECT_EQ(blocked.status, 403);
    EXPECT_EQ(blocked.code, "AccessDenied");
    EXPECT_EQ(s3.call("GET", "/disks?policy").code, "NoSuchBucketPolicy");
    s3.must("PUT", "/disks?policy", policy(statement(kSomebody)));
    s3.must("DELETE", "/disks?publicAccessBlock");
    s3.must("PUT", "/disks?policy", policy(statement(kEverybody)));
    s3.must("PUT", "/disks?publicAccessBlock",
            "<PublicAccessBlockConfiguration><BlockPublicPolicy>true</BlockPublicPolicy>"
            "</PublicAccessBlockConfiguration>");
    EXPECT_EQ(s3.must("GET", "/disks?policy").body, policy(statement(kEverybody)))
        << "what is there stays";
}

}  // namespace
}  // namespace amilab::test
