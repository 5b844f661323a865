#include "tests/server/services/s3/s3_world.h"

namespace amilab::test {
namespace {

class BucketSettings : public S3World {};

TEST_F(BucketSettings, KeepAPolicyAsItWasPut)
{
    EXPECT_EQ(s3.call("GET", "/disks?policy").code, "NoSuchBucketPolicy");
    const std::string policy =
        R"({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*",)"
        R"( "Action": "s3:*", "Resource": ["arn:aws:s3:::disks", "arn:aws:s3:::disks/*"]}]})";
    EXPECT_EQ(s3.must("PUT", "/disks?policy", policy).status, 204);
    const auto shown = s3.must("GET", "/disks?policy");
    EXPECT_EQ(shown.body, policy);
    EXPECT_EQ(shown.header("content-type"), "application/json");
    EXPECT_EQ(s3.must("DELETE", "/disks?policy").status, 204);
    EXPECT_EQ(s3.call("GET", "/disks?policy").status, 404);
    EXPECT_EQ(s3.call("PUT", "/disks?policy", "no JSON").code, "MalformedPolicy");
    EXPECT_EQ(s3.call("PUT", "/disks?policy", "{}").code, "MalformedPolicy");
    EXPECT_EQ(s3.call("PUT", "/disks?policy", std::string(20'481, ' ')).code, "EntityTooLarge");
}

TEST_F(BucketSettings, BlockPublicAccessAtFirst)
{
    EXPECT_EQ(s3.must("GET", "/disks?publicAccessBlock").text("BlockPublicAcls"), "true");
    s3.must("PUT", "/disks?publicAccessBlock",
            "<PublicAccessBlockConfiguration><BlockPublicPolicy>true</BlockPublicPolicy>"
            "<IgnorePublicAcls>false</IgnorePublicAcls></PublicAccessBlockConfiguration>");
    const auto shown = s3.must("GET", "/disks?publicAccessBlock");
    EXPECT_EQ(shown.text("BlockPublicPolicy"), "true");
    EXPECT_EQ(shown.text("BlockPublicAcls"), "false");
    s3.must("DELETE", "/disks?publicAccessBlock");
    EXPECT_EQ(s3.call("GET", "/disks?publicAccessBlock").code,
              "NoSuchPublicAccessBlockConfiguration");
    EXPECT_EQ(s3.call("PUT", "/disks?publicAccessBlock",
                      "<PublicAccessBlockConfiguration><BlockAll>true</BlockAll>"
                      "</PublicAccessBlockConfiguration>")
                  .code,
              "MalformedXML");
}

TEST_F(BucketSettings, SayWhoOwnsObjects)
{
    const auto ownership = [&] {
        return s3.must("GET", "/disks?ownershipControls").text("Rule/ObjectOwnership");
    };
    EXPECT_EQ(ownership(), "BucketOwnerEnforced");
    s3.must("PUT", "/disks?ownershipControls",
            "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>"
            "</OwnershipControls>");
    EXPECT_EQ(ownership(), "ObjectWriter");
    s3.must("PUT", "/disks/a", "x", {{"x-amz-acl", "private"}});
    EXPECT_EQ(s3.call("PUT", "/disks?ownershipControls",
                      "<OwnershipControls><Rule><ObjectOwnership>Nobody</ObjectOwnership></Rule>"
                      "</OwnershipControls>")
                  .code,
              "MalformedXML");
}

TEST_F(BucketSettings, MayLackWhoOwnsObjects)
{
    const auto own = [&](const std::string& rules) {
        return s3.call("PUT", "/disks?ownershipControls",
                       "<OwnershipControls>" + rules + "</OwnershipControls>");
    };
    const std::string enforced =
        "<Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>";
    EXPECT_EQ(s3.must("DELETE", "/disks?ownershipControls").status, 204);
    const auto none = s3.call("GET", "/disks?ownershipControls");
    EXPECT_EQ(none.status, 404);
    EXPECT_EQ(none.code, "OwnershipControlsNotFoundError");
    s3.must("DELETE", "/disks?ownershipControls");
    s3.must("PUT", "/disks?acl", {}, {{"x-amz-acl", "log-delivery-write"}});
    const auto refused = own(enforced);
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.code, "InvalidBucketAclWithObjectOwnership");
    s3.must("PUT", "/disks?acl", {}, {{"x-amz-acl", "private"}});
    EXPECT_EQ(own(enforced + enforced).code, "MalformedXML") << "there is one rule";
    EXPECT_EQ(own("").code, "MalformedXML");
    EXPECT_TRUE(own(enforced).ok());
    EXPECT_EQ(s3.must("GET", "/disks?ownershipControls").text("Rule/ObjectOwnership"),
              "BucketOwnerEnforced");
}

TEST_F(BucketSettings, KnowNoVersions)
{
    const auto put = [&](const char* status) {
        return s3.call("PUT", "/disks?versioning",
                       std::string("<VersioningConfiguration><Status>") + status +
                           "</Status></VersioningConfiguration>");
    };
    EXPECT_EQ(s3.must("GET", "/disks?versioning").text("Status"), "");
    const auto enabled = put("Enabled");
    EXPECT_EQ(enabled.status, 501);
    EXPECT_EQ(enabled.code, "NotImplemented");
    EXPECT_TRUE(put("Suspended").ok());
    EXPECT_EQ(s3.must("GET", "/disks?versioning").text("Status"), "Suspended");
    EXPECT_EQ(put("Perhaps").code, "MalformedXML");
    EXPECT_TRUE(put("Suspended</Status><MfaDelete>Disabled</MfaDelete><Status>").ok());
    EXPECT_EQ(put("Suspended</Status><MfaDelete>Enabled</MfaDelete><Status>").code,
              "NotImplemented");
}

TEST_F(BucketSettings, AreTheOwnersAlone)
{
    for (const auto* target : {"/disks?policy", "/disks?publicAccessBlock",
                               "/disks?ownershipControls", "/disks?versioning"}) {
        EXPECT_EQ(other.call("GET", target).code, "AccessDenied") << target;
        EXPECT_EQ(s3.call_unsigned("GET", std::string(target).replace(0, 6, "/"), {},
                                   {{"Host", "disks.localhost"}})
                      .code,
                  "AccessDenied")
            << target;
    }
}

}  // namespace
}  // namespace amilab::test
