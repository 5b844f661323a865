#include "server/services/s3/public_policies.h"

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
