#include "tests/server/services/s3/s3_world.h"

namespace amilab::test {
namespace {

class AccessLists : public S3World {
protected:
    AccessLists()
    {
        s3.must("PUT", "/open", {}, {{"x-amz-object-ownership", "ObjectWriter"}});
        s3.must("DELETE", "/open?publicAccessBlock");
        s3.must("PUT", "/open/a", "content");
    }
};

TEST_F(AccessLists, GiveTheOwnerFullControl)
{
    for (const auto* target : {"/disks?acl", "/open/a?acl"}) {
        const auto list = s3.must("GET", target);
        EXPECT_EQ(list.text("AccessControlList/Grant/Permission"), "FULL_CONTROL");
        EXPECT_EQ(list.text("AccessControlList/Grant/Grantee/ID"), list.text("Owner/ID"));
    }
    EXPECT_EQ(other.call("GET", "/disks?acl").code, "AccessDenied");
    EXPECT_EQ(s3.call("GET", "/open/absent?acl").code, "NoSuchKey");
}

TEST_F(AccessLists, LetOthersReadWhatIsPublic)
{
    const Parameters host{{"Host", "open.localhost"}};
    EXPECT_EQ(s3.call_unsigned("GET", "/a", {}, host).status, 403);
    s3.must("PUT", "/open/a?acl", {}, {{"x-amz-acl", "public-read"}});
    EXPECT_EQ(s3.call_unsigned("GET", "/a", {}, host).body, "content");
    EXPECT_EQ(other.must("GET", "/open/a").body, "content");
    EXPECT_EQ(s3.call_unsigned("GET", "/open/a").body, "content") << "by the path too";
    EXPECT_EQ(s3.call_unsigned("GET", "/open/b").code, "AccessDenied");
    EXPECT_EQ(s3.call_unsigned("GET", "/open/a?response-content-type=text/html").code,
              "InvalidRequest")
        << "who is unknown does not say how answers look";
    EXPECT_EQ(s3.call_unsigned("GET", "/disks/a").text("Errors/Error/Code"), "MissingAction")
        << "a bucket in which nothing is public is not told of";
    EXPECT_EQ(other.call("GET", "/open").code, "AccessDenied");
    s3.must("PUT", "/open?acl", {}, {{"x-amz-acl", "public-read"}});
    EXPECT_EQ(other.must("GET", "/open").text("Contents/Key"), "a");
    EXPECT_EQ(other.call("PUT", "/open/b", "x").code, "AccessDenied");
    const auto list = s3.must("GET", "/open/a?acl");
    EXPECT_EQ(list.texts("AccessControlList/Grant/Permission"),
              (std::vector<std::string>{"FULL_CONTROL", "READ"}));
}

TEST_F(AccessLists, AreTakenAsDocumentsToo)
{
    const auto list = s3.must("GET", "/open/a?acl").body;
    s3.must("PUT", "/open/a?acl", list);
    const auto owner = s3.must("GET", "/open/a?acl").text("Owner/ID");
    const auto with = [&](const std::string& grantee) {
        return s3.call("PUT", "/open/a?acl",
                       "<AccessControlPolicy><Owner><ID>" + owner +
                           "</ID></Owner><AccessControlList><Grant><Grantee>" + grantee +
                           "</Grantee><Permission>READ</Permission></Grant></AccessControlList>"
                           "</AccessControlPolicy>");
    };
    EXPECT_TRUE(with("<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>").ok());
    EXPECT_EQ(other.must("GET", "/open/a").body, "content");
    EXPECT_EQ(with("<ID>somebody</ID>").code, "NotImplemented");
    EXPECT_EQ(s3.call("PUT", "/open/a?acl", "<x/>").code, "MalformedXML");
    EXPECT_EQ(s3.call("PUT", "/open/a?acl").code, "MissingSecurityHeader");
    EXPECT_EQ(s3.call("PUT", "/open/a?acl", list, {{"x-amz-acl", "private"}}).code,
              "UnexpectedContent");
}

TEST_F(AccessLists, AreNotTakenWhereTheOwnerOwnsAll)
{
    EXPECT_EQ(s3.call("PUT", "/disks/a", "x", {{"x-amz-acl", "public-read"}}).code,
              "AccessControlListNotSupported");
    for (const auto* said : {"bucket-owner-full-control", "private"}) {
        s3.must("PUT", "/disks/a", "x", {{"x-amz-acl", said}});
        s3.must("POST", "/disks/a?uploads", {}, {{"x-amz-acl", said}});
    }
    EXPECT_EQ(s3.call("PUT", "/disks/a?acl", {}, {{"x-amz-acl", "private"}}).code,
              "AccessControlListNotSupported");
    EXPECT_EQ(s3.call("PUT", "/new-one", {}, {{"x-amz-acl", "public-read"}}).code,
              "InvalidBucketAclWithObjectOwnership");
    EXPECT_EQ(s3.call("PUT", "/open/a", "x", {{"x-amz-acl", "everybody"}}).code, "InvalidArgument");
}

TEST_F(AccessLists, AreNotPublicWhereThatIsBlocked)
{
    s3.must("PUT", "/open/a", "content", {{"x-amz-acl", "public-read"}});
    s3.must("PUT", "/open?publicAccessBlock",
            "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
            "</PublicAccessBlockConfiguration>");
    EXPECT_EQ(s3.call("PUT", "/open/b", "x", {{"x-amz-acl", "public-read"}}).code, "AccessDenied");
    EXPECT_EQ(other.must("GET", "/open/a").body, "content") << "what is public stays so";
    s3.must("PUT", "/open?publicAccessBlock",
            "<PublicAccessBlockConfiguration><IgnorePublicAcls>true</IgnorePublicAcls>"
            "</PublicAccessBlockConfiguration>");
    EXPECT_EQ(other.call("GET", "/open/a").code, "AccessDenied");
}

}  // namespace
}  // namespace amilab::test
