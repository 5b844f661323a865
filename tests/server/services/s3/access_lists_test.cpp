#include <fmt/format.h>

#include "server/calls/secrets.h"
#include "server/wire/types.h"
#include "storage/metadata/s3/object_bytes_rows.h"
#include "storage/state/generation.h"
#include "tests/server/services/s3/s3_world.h"
#include "tests/support/seed.h"

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
    EXPECT_EQ(other.call("GET", "/open").code, "AccessDenied");
    s3.must("PUT", "/open?acl", {}, {{"x-amz-acl", "public-read"}});
    EXPECT_EQ(other.must("GET", "/open").text("Contents/Key"), "a");
    EXPECT_EQ(other.call("PUT", "/open/b", "x").code, "AccessDenied");
    const auto list = s3.must("GET", "/open/a?acl");
    EXPECT_EQ(list.texts("AccessControlList/Grant/Permission"),
              (std::vector<std::string>{"FULL_CONTROL", "READ"}));
}

TEST_F(AccessLists, RefuseWhoIsUnknownAsS3DoesWhateverTheBucketLets)
{
    const auto expect_denied = [&](std::string_view method, const std::string& target) {
        const auto refused = s3.call_unsigned(method, target, method == "PUT" ? "x" : "");
        EXPECT_EQ(refused.status, 403) << method << " " << target;
        if (method != "HEAD") {
            EXPECT_EQ(refused.code, "AccessDenied") << method << " " << target;
        }
    };
    const auto set = [&](const std::string& acl, const std::string& block) {
        s3.must("DELETE", "/open?publicAccessBlock");
        s3.must("PUT", "/open?acl", {}, {{"x-amz-acl", acl}});
        if (!block.empty()) {
            s3.must("PUT", "/open?publicAccessBlock",
                    "<PublicAccessBlockConfiguration><" + block + ">true</" + block +
                        "></PublicAccessBlockConfiguration>");
        }
    };
    for (const auto& [acl, block] : Parameters{{"private", ""},
                                               {"public-read", ""},
                                               {"public-read", "BlockPublicAcls"},
                                               {"public-read-write", "IgnorePublicAcls"},
                                               {"private", "BlockPublicAcls"}}) {
        set(acl, block);
        for (const auto* method : {"GET", "HEAD", "PUT", "DELETE"}) {
            expect_denied(method, "/open/a");
        }
        expect_denied("PUT", "/open/new");
    }
    for (const auto* method : {"GET", "HEAD", "PUT", "DELETE"}) {
        expect_denied(method, "/disks/a");
    }
    for (const auto* method : {"GET", "HEAD", "DELETE"}) {
        expect_denied(method, "/disks");
    }
    EXPECT_EQ(s3.call_unsigned("PUT", "/nowhere/a", "x").status, 405)
        << "of no bucket: nothing says that it is S3's";
    EXPECT_NE(s3.call_unsigned("GET", "/disks/a?Action=DescribeRegions").status, 403) << "a form";
}

class OpenBuckets : public AccessLists {
protected:
    OpenBuckets() { open(); }

    void open() { s3.must("PUT", "/open?acl", {}, {{"x-amz-acl", "public-read-write"}}); }
    std::string owner_of(const S3Caller& caller, const std::string& target)
    {
        return caller.must("GET", target + "?acl").text("Owner/ID");
    }
    std::string id_of(const S3Caller& caller) { return caller.must("GET", "/").text("Owner/ID"); }
    void own(const std::string& ownership)
    {
        s3.must("PUT", "/open?ownershipControls",
                "<OwnershipControls><Rule><ObjectOwnership>" + ownership +
                    "</ObjectOwnership></Rule></OwnershipControls>");
    }
};

TEST_F(OpenBuckets, AreWrittenIntoByEverybody)
{
    other.must("PUT", "/open/b", "others");
    EXPECT_EQ(other.must("GET", "/open/b").body, "others");
    EXPECT_EQ(s3.call_unsigned("PUT", "/open/c", "unknown").status, 200) << "by the path";
    EXPECT_EQ(s3.call_unsigned("PUT", "/d", "unknown", {{"Host", "open.localhost"}}).status, 200);
    EXPECT_EQ(other.must("GET", "/open").texts("Contents/Key"),
              (std::vector<std::string>{"a", "b", "c", "d"}));
    EXPECT_EQ(s3.must("GET", "/open/c").body, "unknown") << "it is the bucket owner's";
    const auto list = s3.must("GET", "/open?acl");
    EXPECT_EQ(list.texts("AccessControlList/Grant/Permission"),
              (std::vector<std::string>{"FULL_CONTROL", "READ", "WRITE"}));
    s3.must("PUT", "/open?acl", list.body);
    other.must("PUT", "/open/b", "again");
}

TEST_F(OpenBuckets, LetOthersReplaceTheirOwnAlone)
{
    other.must("PUT", "/open/b", "others");
    other.must("PUT", "/open/b", "again");
    EXPECT_EQ(other.call("PUT", "/open/a", "x").code, "AccessDenied");
    EXPECT_EQ(other.call("DELETE", "/open/a").code, "AccessDenied");
    EXPECT_EQ(s3.call_unsigned("PUT", "/open/b", "x").code, "AccessDenied");
    EXPECT_EQ(s3.call_unsigned("DELETE", "/open/b").code, "AccessDenied");
    EXPECT_EQ(other.call("PUT", "/open/a", {}, {{"x-amz-copy-source", "open/b"}}).code,
              "AccessDenied");
    other.must("PUT", "/open/e", {}, {{"x-amz-copy-source", "open/b"}});
    other.must("DELETE", "/open/e");
    other.must("DELETE", "/open/absent");
    s3.must("DELETE", "/open/b");
    EXPECT_EQ(s3.must("GET", "/open/a").body, "content");
}

TEST_F(OpenBuckets, GiveCopiesThatCountAsWhoMadeThem)
{
    const std::string text(5 << 20, 'x');
    s3.must("PUT", "/open/a", text, {{"x-amz-acl", "public-read"}});
    const auto held = [&](const char* account) {
        return sum_held_bytes(emulator.generation().reader().db(), account);
    };
    const auto size = static_cast<std::int64_t>(text.size());
    ASSERT_GE(held(kAccount), size);
    other.must("PUT", "/theirs");
    const Parameters source{{"x-amz-copy-source", "open/a"}};
    other.must("PUT", "/theirs/copy", {}, source);
    EXPECT_GE(held(kOtherAccount), size);
    const auto id = other.must("POST", "/theirs/parts?uploads").text("UploadId");
    const auto part = other.must("PUT", "/theirs/parts?partNumber=1&uploadId=" + id, {}, source);
    const auto both = held(kOtherAccount);
    EXPECT_GE(both, 2 * size);
    other.must("POST", "/theirs/parts?uploadId=" + id, completion({{"1", part.text("ETag")}}));
    other.must("PUT", "/theirs/again", {}, {{"x-amz-copy-source", "theirs/copy"}});
    EXPECT_EQ(held(kOtherAccount), both) << "of one's own bytes there are no others";
    s3.must("DELETE", "/open/a");
    EXPECT_EQ(held(kAccount), 0);
    EXPECT_EQ(other.must("GET", "/theirs/copy").body, text);
    EXPECT_EQ(other.must("GET", "/theirs/parts").body, text);
    for (const auto* key : {"copy", "parts", "again"}) {
        other.must("DELETE", std::string("/theirs/") + key);
    }
    EXPECT_EQ(held(kOtherAccount), 0);
}

TEST_F(OpenBuckets, LeaveWhatOthersPutToThem)
{
    other.must("PUT", "/open/b", "others");
    EXPECT_EQ(owner_of(other, "/open/b"), id_of(other));
    EXPECT_EQ(s3.call("GET", "/open/b").code, "AccessDenied") << "the bucket's owner";
    EXPECT_EQ(s3.call("GET", "/open/b?acl").code, "AccessDenied");
    EXPECT_EQ(other.call("GET", "/open/a?acl").code, "AccessDenied");
    other.must("PUT", "/open/b?acl", {}, {{"x-amz-acl", "bucket-owner-read"}});
    EXPECT_EQ(s3.must("GET", "/open/b").body, "others");
    EXPECT_EQ(s3.call("GET", "/open/b?acl").code, "AccessDenied");
    other.must("PUT", "/open/b?acl", {}, {{"x-amz-acl", "bucket-owner-full-control"}});
    const auto list = s3.must("GET", "/open/b?acl");
    EXPECT_EQ(list.text("Owner/ID"), id_of(other));
    EXPECT_EQ(list.texts("AccessControlList/Grant/Grantee/ID"),
              (std::vector<std::string>{id_of(other), id_of(s3)}));
    EXPECT_EQ(s3.must("GET", "/open").texts("Contents/Owner/ID").back(), id_of(other));
}

TEST_F(OpenBuckets, GiveObjectsToTheirOwnerWhereThatIsPreferred)
{
    own("BucketOwnerPreferred");
    other.must("PUT", "/open/b", "others");
    EXPECT_EQ(owner_of(other, "/open/b"), id_of(other));
    other.must("PUT", "/open/c", "given", {{"x-amz-acl", "bucket-owner-full-control"}});
    EXPECT_EQ(owner_of(s3, "/open/c"), id_of(s3));
    EXPECT_EQ(other.call("PUT", "/open/c", "x").code, "AccessDenied");
}

TEST_F(OpenBuckets, AreClosedByTheirSettings)
{
    other.must("PUT", "/open/b", "others");
    s3.must("PUT", "/open?publicAccessBlock",
            "<PublicAccessBlockConfiguration><IgnorePublicAcls>true</IgnorePublicAcls>"
            "</PublicAccessBlockConfiguration>");
    EXPECT_EQ(other.call("PUT", "/open/b", "x").code, "AccessDenied");
    EXPECT_EQ(s3.call_unsigned("PUT", "/open/c", "x").code, "AccessDenied");
    s3.must("PUT", "/open?publicAccessBlock",
            "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
            "</PublicAccessBlockConfiguration>");
    EXPECT_EQ(s3.call("PUT", "/open?acl", {}, {{"x-amz-acl", "public-read-write"}}).code,
              "AccessDenied");
    other.must("PUT", "/open/b", "what is public stays so");
    s3.must("DELETE", "/open?publicAccessBlock");
    s3.must("PUT", "/open?acl", {}, {{"x-amz-acl", "private"}});
    own("BucketOwnerEnforced");
    EXPECT_EQ(other.call("PUT", "/open/b", "x").code, "AccessDenied");
    EXPECT_EQ(s3.must("GET", "/open/b").body, "what is public stays so") << "the owner owns all";
}

TEST_F(OpenBuckets, TakeOthersUploadsInParts)
{
    const auto id = other.must("POST", "/open/b?uploads").text("UploadId");
    const auto part = "/open/b?partNumber=1&uploadId=" + id;
    const auto etag = other.must("PUT", part, "others").header("etag");
    const S3Caller third(emulator, "333333333333");
    EXPECT_EQ(third.call("PUT", part, "x").code, "AccessDenied");
    EXPECT_EQ(third.call("DELETE", "/open/b?uploadId=" + id).code, "AccessDenied");
    EXPECT_EQ(s3.must("GET", "/open/b?uploadId=" + id).text("Initiator/ID"), id_of(other));
    other.must("POST", "/open/b?uploadId=" + id, completion({{"1", etag}}));
    EXPECT_EQ(owner_of(other, "/open/b"), id_of(other));
    const auto refused = s3.call_unsigned("POST", "/open/c?uploads");
    EXPECT_EQ(refused.code, "AccessDenied");
    EXPECT_EQ(refused.message,
              "Anonymous users cannot initiate multipart uploads.  Please authenticate.");
    s3.must("PUT", "/open/a?acl", {}, {{"x-amz-acl", "public-read"}});
    EXPECT_EQ(s3.call_unsigned("PUT", "/open/c", {}, {{"x-amz-copy-source", "open/a"}}).message,
              "Anonymous users cannot copy objects.  Please authenticate.");
}

TEST_F(OpenBuckets, TellWhatOthersMayNotDelete)
{
    other.must("PUT", "/open/b", "others");
    const std::string body =
        "<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object></Delete>";
    const auto told = other.must("POST", "/open?delete", body,
                                 {{"x-amz-checksum-sha256", wire::encode_base64(sha256(body))}});
    EXPECT_EQ(told.text("Error/Key"), "a");
    EXPECT_EQ(told.text("Error/Code"), "AccessDenied");
    EXPECT_EQ(told.text("Deleted/Key"), "b");
}

TEST_F(AccessLists, AreTakenAsDocumentsToo)
{
    const auto list = s3.must("GET", "/open/a?acl").body;
    s3.must("PUT", "/open/a?acl", list);
    const auto owner = s3.must("GET", "/open/a?acl").text("Owner/ID");
    const auto with = [&](const std::string& grantee) {
        return s3.call("PUT", "/open/a?acl",
                       "<AccessControlPolicy><Owner><ID>" + owner +
                           "</ID></Owner><AccessControlList><Grant><Grantee><ID>" + owner +
                           "</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>"
                           "<Grant><Grantee>" +
                           grantee +
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

/// A bucket into which others and the unknown may put objects that become its owner's.
void make_open(const S3Caller& host)
{
    host.must("PUT", "/theirs", {}, {{"x-amz-object-ownership", "BucketOwnerPreferred"}});
    host.must("DELETE", "/theirs?publicAccessBlock");
    host.must("PUT", "/theirs?acl", {}, {{"x-amz-acl", "public-read-write"}});
}

const Parameters kForTheHost{{"x-amz-acl", "bucket-owner-full-control"}};

TEST_F(AccessLists, HaveBytesCountedAsWhoseTheObjectsAre)
{
    const auto held = [&](const char* account) {
        auto lease = emulator.generation().reader();
        return sum_held_bytes(lease.db(), account);
    };
    const std::string bytes(64 << 10, 'x');
    const auto size = static_cast<std::int64_t>(bytes.size());
    make_open(other);
    const auto before = held(kAccount);  // the unknown's too
    EXPECT_EQ(s3.call_unsigned("PUT", "/theirs/a", bytes).status, 200);
    EXPECT_EQ(held(kOtherAccount), size);
    s3.must("PUT", "/theirs/b", bytes, kForTheHost);
    EXPECT_EQ(held(kOtherAccount), 2 * size);
    const auto upload = s3.must("POST", "/theirs/c?uploads", {}, kForTheHost).text("UploadId");
    s3.must("PUT", "/theirs/c?partNumber=1&uploadId=" + upload, bytes);
    EXPECT_EQ(held(kOtherAccount), 3 * size);
    EXPECT_EQ(held(kAccount), before);
    s3.must("PUT", "/theirs/d", bytes);
    EXPECT_EQ(held(kAccount), before + size) << "it stays the writer's";
}

TEST(OpenBucketLimits, AreThoseOfWhoseTheObjectsBecome)
{
    TestEmulator emulator(DataDirectory::Options{.path = {},
                                                 .seed = test_seed(),
                                                 .catalogue = {},
                                                 .account_limits = {.rows = 20},
                                                 .report = {}});
    const S3Caller host(emulator, kOtherAccount);
    const S3Caller stranger(emulator);
    make_open(host);
    S3Answer last;
    for (int i = 0; i < 20 && last.code.empty(); ++i) {
        last = stranger.call_unsigned("PUT", fmt::format("/theirs/{}", i), "x");
    }
    EXPECT_EQ(last.code, "QuotaExceeded");
    EXPECT_EQ(stranger.call("PUT", "/theirs/more", "x", kForTheHost).code, "QuotaExceeded");
    EXPECT_EQ(stranger
                  .call("PUT", "/theirs/copy", {},
                        merged(kForTheHost, {{"x-amz-copy-source", "/theirs/0"}}))
                  .status,
              403);
    stranger.must("PUT", "/theirs/own", "x");
    host.must("DELETE", "/theirs/0");
    EXPECT_EQ(stranger.call_unsigned("PUT", "/theirs/0", "x").status, 200);
}

}  // namespace
}  // namespace amilab::test
