#include <fmt/format.h>

#include "server/services/s3/names.h"
#include "tests/server/services/s3/s3_world.h"

namespace amilab::test {
namespace {

class Buckets : public S3World {};

std::string in_region(const std::string& region)
{
    return "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
           "<LocationConstraint>" +
           region + "</LocationConstraint></CreateBucketConfiguration>";
}

TEST(BucketNames, AreCheckedAsDocumented)
{
    for (const auto* name : {"abc", "my-bucket", "a.b.c", "1bucket", "x12"}) {
        EXPECT_TRUE(s3::is_bucket_name(name)) << name;
    }
    for (const auto* name : {"ab", "Upper", "under_score", "-begins", "ends-", ".dot", "two..dots",
                             "192.168.5.4", "xn--puny", "sthree-x", "it-s3alias", "one--x-s3",
                             "b\xC3\xBC"
                             "cher"}) {
        EXPECT_FALSE(s3::is_bucket_name(name)) << name;
    }
    EXPECT_TRUE(s3::is_bucket_name(std::string(63, 'a')));
    EXPECT_FALSE(s3::is_bucket_name(std::string(64, 'a')));
}

TEST_F(Buckets, AreListedByTheirNames)
{
    s3.must("PUT", "/backups");
    const auto answer = s3.must("GET", "/");
    EXPECT_EQ(answer.texts("Buckets/Bucket/Name"), (std::vector<std::string>{"backups", "disks"}));
    EXPECT_EQ(answer.text("Buckets/Bucket/CreationDate"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(answer.text("Owner/ID").size(), 64U);
    EXPECT_TRUE(other.must("GET", "/").texts("Buckets/Bucket/Name").empty());
}

TEST_F(Buckets, AreListedInPagesAndByPrefixAndRegion)
{
    s3.must("PUT", "/backups");
    s3.must("PUT", "/far", in_region("eu-west-1"));
    const auto first = s3.must("GET", "/?max-buckets=2");
    EXPECT_EQ(first.texts("Buckets/Bucket/Name"), (std::vector<std::string>{"backups", "disks"}));
    const auto second =
        s3.must("GET", "/?continuation-token=" + url_encoded(first.text("ContinuationToken")));
    EXPECT_EQ(second.texts("Buckets/Bucket/Name"), (std::vector<std::string>{"far"}));
    EXPECT_EQ(second.text("ContinuationToken"), "");
    EXPECT_EQ(s3.must("GET", "/?prefix=di").texts("Buckets/Bucket/Name"),
              (std::vector<std::string>{"disks"}));
    EXPECT_EQ(s3.must("GET", "/?bucket-region=eu-west-1").texts("Buckets/Bucket/Name"),
              (std::vector<std::string>{"far"}));
    EXPECT_EQ(s3.call("GET", "/?continuation-token=%21").code, "InvalidArgument");
}

TEST_F(Buckets, HaveNamesThatNoOtherHas)
{
    EXPECT_EQ(s3.call("PUT", "/disks").status, 200);  // in us-east-1
    const auto taken = other.call("PUT", "/disks");
    EXPECT_EQ(taken.status, 409);
    EXPECT_EQ(taken.code, "BucketAlreadyExists");
    s3.must("PUT", "/far", in_region("eu-west-1"));
    const S3Caller there(emulator, kAccount, "eu-west-1");
    const auto again = there.call("PUT", "/far", in_region("eu-west-1"));
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.code, "BucketAlreadyOwnedByYou");
    for (const auto* name : {"Capitals", "ab", "192.168.5.4", "under_score", "ends-", "two..dots",
                             "dot.-dash", "dash-.dot", "xn--disks", "disks-s3alias"}) {
        EXPECT_EQ(s3.call("PUT", fmt::format("/{}", name)).code, "InvalidBucketName") << name;
    }
    s3.must("PUT", "/1.disks-of.2026");
}

TEST_F(Buckets, AreInRegionsThatThereAre)
{
    const S3Caller nowhere(emulator, kAccount, "EU");
    for (const auto* target : {"/", "/disks", "/disks/a"}) {
        const auto refused = nowhere.call("GET", target);
        EXPECT_EQ(refused.status, 400) << target;
        EXPECT_EQ(refused.code, "AuthorizationHeaderMalformed") << target;
        EXPECT_EQ(refused.text("Region"), "us-east-1") << target;
    }
    EXPECT_EQ(nowhere.call("PUT", "/new").code, "AuthorizationHeaderMalformed");
}

TEST_F(Buckets, LoseTheirListWhenTheyAreMadeAgain)
{
    s3.must("PUT", "/open", {}, {{"x-amz-object-ownership", "ObjectWriter"}});
    s3.must("DELETE", "/open?publicAccessBlock");
    s3.must("PUT", "/open?acl", {}, {{"x-amz-acl", "public-read"}});
    s3.must("PUT", "/open/a", "x");
    s3.must("PUT", "/open");
    EXPECT_EQ(s3.must("GET", "/open?acl").texts("AccessControlList/Grant/Permission"),
              (std::vector<std::string>{"FULL_CONTROL"}));
    EXPECT_EQ(s3.must("GET", "/open?ownershipControls").text("Rule/ObjectOwnership"),
              "ObjectWriter");
    EXPECT_EQ(s3.must("GET", "/open/a").body, "x");
}

TEST_F(Buckets, AreNotPublicAtFirst)
{
    const auto enforced = s3.call("PUT", "/open", {}, {{"x-amz-acl", "public-read"}});
    EXPECT_EQ(enforced.code, "InvalidBucketAclWithObjectOwnership");
    for (const auto* acl : {"public-read", "public-read-write", "authenticated-read"}) {
        const auto blocked =
            s3.call("PUT", "/open", {},
                    {{"x-amz-acl", acl}, {"x-amz-object-ownership", "BucketOwnerPreferred"}});
        EXPECT_EQ(blocked.status, 400) << acl;
        EXPECT_EQ(blocked.code, "InvalidBucketAclWithBlockPublicAccessError") << acl;
    }
    s3.must("PUT", "/open", {},
            {{"x-amz-acl", "log-delivery-write"}, {"x-amz-object-ownership", "ObjectWriter"}});
}

TEST_F(Buckets, AreMadeWhereTheRequestSays)
{
    const S3Caller there(emulator, kAccount, "eu-west-1");
    EXPECT_EQ(there.call("PUT", "/nowhere").code, "IllegalLocationConstraintException");
    EXPECT_EQ(there.call("PUT", "/nowhere", in_region("us-west-2")).code,
              "IllegalLocationConstraintException");
    there.must("PUT", "/there", in_region("eu-west-1"));
    EXPECT_EQ(s3.call("PUT", "/mars", in_region("mars-north-1")).code, "InvalidLocationConstraint");
    EXPECT_EQ(s3.call("PUT", "/here", in_region("us-east-1")).code, "InvalidLocationConstraint");
    EXPECT_EQ(s3.call("PUT", "/broken", "<CreateBucketConfiguration>").code, "MalformedXML");
    s3.must("PUT", "/old", in_region("EU"));
    EXPECT_EQ(s3.must("GET", "/old?location").document->document_element().text().get(),
              std::string("eu-west-1"));
    EXPECT_EQ(s3.must("GET", "/disks?location").document->document_element().text().get(),
              std::string());
}

TEST_F(Buckets, OfAnotherRegionTellWhichThatIs)
{
    s3.must("PUT", "/far", in_region("eu-west-1"));
    const auto head = s3.call("HEAD", "/far");
    EXPECT_EQ(head.status, 301);
    EXPECT_EQ(head.header("x-amz-bucket-region"), "eu-west-1");
    const auto list = s3.call("GET", "/far", {}, {{"Host", "localhost:4566"}});
    EXPECT_EQ(list.code, "PermanentRedirect");
    EXPECT_EQ(list.text("Bucket"), "far");
    EXPECT_EQ(list.text("Endpoint"), "localhost:4566");
    const S3Caller there(emulator, kAccount, "eu-west-1");
    EXPECT_EQ(there.must("HEAD", "/far").header("x-amz-bucket-region"), "eu-west-1");
}

TEST_F(Buckets, AreTheirOwnersAlone)
{
    const auto head = other.call("HEAD", "/disks");
    EXPECT_EQ(head.status, 403);
    EXPECT_EQ(head.header("x-amz-bucket-region"), "us-east-1");
    EXPECT_EQ(other.call("GET", "/disks").code, "AccessDenied");
    EXPECT_EQ(other.call("DELETE", "/disks").code, "AccessDenied");
    EXPECT_EQ(other.call("PUT", "/disks/a", "x").code, "AccessDenied");
    EXPECT_EQ(s3.call("GET", "/nobodys").code, "NoSuchBucket");
    EXPECT_EQ(s3.call("HEAD", "/nobodys").status, 404);
}

TEST_F(Buckets, ExpectTheirOwnerWhereTheRequestDoes)
{
    const auto expecting = [&](const char* owner) {
        return s3.call("HEAD", "/disks", {}, {{"x-amz-expected-bucket-owner", owner}}).status;
    };
    EXPECT_EQ(expecting(kAccount), 200);
    EXPECT_EQ(expecting(kOtherAccount), 403);
    EXPECT_EQ(expecting("me"), 400);
}

TEST_F(Buckets, AreDeletedWhenTheyAreEmpty)
{
    s3.must("PUT", "/disks/a", "x");
    const auto refused = s3.call("DELETE", "/disks");
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.code, "BucketNotEmpty");
    s3.must("DELETE", "/disks/a");
    EXPECT_EQ(s3.must("DELETE", "/disks").status, 204);
    EXPECT_EQ(s3.call("HEAD", "/disks").status, 404);
    other.must("PUT", "/disks");
}

TEST_F(Buckets, AreFoundByTheNameOfTheHostToo)
{
    s3.must("PUT", "/disks/a/b", "content");
    for (const auto* host :
         {"disks.localhost:4566", "disks.s3.localhost", "disks.s3.us-east-1.localhost"}) {
        EXPECT_EQ(s3.call("GET", "/a/b", {}, {{"Host", host}}).body, "content") << host;
    }
    EXPECT_EQ(s3.call("GET", "/disks/a/b", {}, {{"Host", "s3.localhost:4566"}}).body, "content");
    EXPECT_EQ(s3.call("GET", "/disks/a/b", {}, {{"Host", "localhost:4566"}}).body, "content");
}

TEST_F(Buckets, RefuseByNameWhatIsNotServed)
{
    const auto lifecycle = s3.call("GET", "/disks?lifecycle");
    EXPECT_EQ(lifecycle.status, 501);
    EXPECT_EQ(lifecycle.code, "NotImplemented");
    EXPECT_NE(lifecycle.message.find("lifecycle"), std::string::npos);
    EXPECT_EQ(s3.call("PUT", "/disks?replication", "<x/>").code, "NotImplemented");
    EXPECT_EQ(s3.call("POST", "/disks").code, "NotImplemented");
    EXPECT_EQ(s3.call("POST", "/disks/a").code, "MethodNotAllowed");
    EXPECT_EQ(s3.call("GET", "/%zz").code, "InvalidURI");
}

TEST_F(Buckets, AreNobodysWithoutASignature)
{
    const Parameters host{{"Host", "disks.localhost"}};
    EXPECT_EQ(s3.call_unsigned("GET", "/", {}, host).code, "AccessDenied");
    EXPECT_EQ(s3.call_unsigned("PUT", "/a", "x", host).code, "AccessDenied");
    EXPECT_EQ(s3.call_unsigned("PUT", "/", "", {{"Host", "new-one.localhost"}}).code,
              "AccessDenied");
}

TEST_F(Buckets, AreReachedByWhatIsPresignedUntilItsTimeIsOver)
{
    s3.must("PUT", "/disks/a", "content");
    const auto presigned = [&](const char* date, int seconds) {
        return s3.call_unsigned(
            "GET", fmt::format("/disks/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
                               "{}%2F20260102%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date={}"
                               "&X-Amz-Expires={}&X-Amz-SignedHeaders=host&X-Amz-Signature=00",
                               kAccount, date, seconds));
    };
    EXPECT_EQ(presigned("29990102T030405Z", 60).body, "content");
    const auto expired = presigned("20200102T030405Z", 60);
    EXPECT_EQ(expired.status, 403);
    EXPECT_EQ(expired.code, "AccessDenied");
    EXPECT_EQ(expired.message, "Request has expired");
    EXPECT_EQ(presigned("29990102T030405Z", 604'801).code, "AuthorizationQueryParametersError");
    EXPECT_EQ(presigned("yesterday", 60).code, "AuthorizationQueryParametersError");
    const auto old = [&](const char* expires) {
        return s3.call_unsigned("GET", fmt::format("/disks/a?AWSAccessKeyId={}&Signature=x%3D"
                                                   "&Expires={}",
                                                   kAccount, expires));
    };
    EXPECT_EQ(old("32503680000").body, "content");
    EXPECT_EQ(old("1000000000").code, "AccessDenied");
    const auto put = [&](const std::string& more) {
        return s3.call_unsigned("PUT",
                                fmt::format("/disks/b?AWSAccessKeyId={}&Signature=x%3D"
                                            "&Expires=32503680000{}",
                                            kAccount, more),
                                "x");
    };
    EXPECT_TRUE(put("&content-type=text%2Fx&x-amz-meta-origin=there").ok());
    const auto got = s3.must("HEAD", "/disks/b");
    EXPECT_EQ(got.header("content-type"), "text/x");
    EXPECT_EQ(got.header("x-amz-meta-origin"), "there");
    EXPECT_EQ(put("&x-amz-meta-a=%0A").code, "InvalidArgument");
    for (const auto* name : {"a%0D", "a%0Ab", "a%20b", "a%3A%20b", "%C3%BC"}) {
        EXPECT_EQ(put(fmt::format("&x-amz-meta-{}=1", name)).code, "InvalidArgument")
            << name << ": no answer could have such a header";
    }
    EXPECT_EQ(put("&x-amz-meta-a=%GG").code, "InvalidURI");
    EXPECT_TRUE(put("&x-amz-meta-a=\"|^").ok()) << "not quite as URLs are written";
    EXPECT_EQ(s3.call("GET", "/disks/b?x-amz-meta-origin=there").code, "NotImplemented");
    EXPECT_EQ(put("&content-md5=AAAA").code, "InvalidDigest");
}

}  // namespace
}  // namespace amilab::test
