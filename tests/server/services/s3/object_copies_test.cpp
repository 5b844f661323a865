#include "tests/server/services/s3/s3_world.h"
#include "tests/support/disks.h"

namespace amilab::test {
namespace {

class ObjectCopies : public S3World {
protected:
    ObjectCopies()
    {
        s3.must("PUT", "/disks/source", "content",
                {{"Content-Type", "text/plain"},
                 {"x-amz-meta-note", "first"},
                 {"x-amz-tagging", "a=b"}});
    }

    S3Answer copy(std::string_view to, std::string source, Parameters headers = {}) const
    {
        headers.emplace_back("x-amz-copy-source", std::move(source));
        return s3.call("PUT", to, {}, headers);
    }
    std::size_t blobs() { return count(emulator, "SELECT COUNT(*) FROM s3_blob"); }
};

TEST_F(ObjectCopies, AreTheSameBytesAndNotMoreOfThem)
{
    const auto answer = copy("/disks/copy", "/disks/source");
    EXPECT_EQ(answer.text("ETag"), "\"9a0364b9e99bb480dd25e1f0284c8555\"");
    EXPECT_EQ(answer.text("LastModified"), "2026-01-02T03:04:05.000Z");
    const auto got = s3.must("GET", "/disks/copy");
    EXPECT_EQ(got.body, "content");
    EXPECT_EQ(got.header("content-type"), "text/plain");
    EXPECT_EQ(got.header("x-amz-meta-note"), "first");
    EXPECT_EQ(got.header("x-amz-tagging-count"), "1");
    EXPECT_EQ(blobs(), 1U);
    s3.must("DELETE", "/disks/source");
    EXPECT_EQ(s3.must("GET", "/disks/copy").body, "content");
    EXPECT_EQ(blobs(), 1U);
    s3.must("DELETE", "/disks/copy");
    EXPECT_EQ(blobs(), 0U);
}

TEST_F(ObjectCopies, HaveOtherHeadersWhereTheRequestSays)
{
    EXPECT_TRUE(copy("/disks/copy", "disks/source",
                     {{"x-amz-metadata-directive", "REPLACE"},
                      {"x-amz-meta-note", "second"},
                      {"x-amz-tagging-directive", "REPLACE"},
                      {"x-amz-tagging", "c=d&e=f"}})
                    .ok());
    const auto got = s3.must("GET", "/disks/copy");
    EXPECT_EQ(got.header("content-type"), "binary/octet-stream");
    EXPECT_EQ(got.header("x-amz-meta-note"), "second");
    EXPECT_EQ(got.header("x-amz-tagging-count"), "2");
}

TEST_F(ObjectCopies, OntoThemselvesHaveToChangeSomething)
{
    EXPECT_EQ(copy("/disks/source", "disks/source").code, "InvalidRequest");
    EXPECT_TRUE(copy("/disks/source", "disks/source",
                     {{"x-amz-metadata-directive", "REPLACE"}, {"x-amz-meta-note", "second"}})
                    .ok());
    const auto got = s3.must("GET", "/disks/source");
    EXPECT_EQ(got.body, "content");
    EXPECT_EQ(got.header("x-amz-meta-note"), "second");
    EXPECT_EQ(blobs(), 1U);
}

TEST_F(ObjectCopies, MayHaveAnotherChecksum)
{
    const auto answer = copy("/disks/copy", "disks/source", {{"x-amz-checksum-algorithm", "SHA1"}});
    EXPECT_EQ(answer.text("ChecksumSHA1"), "BA8G/XdAkkeNRQd09bowxdp4rMg=");
    EXPECT_EQ(copy("/disks/copy", "disks/source", {{"x-amz-checksum-algorithm", "MD5"}}).code,
              "NotImplemented");
}

TEST_F(ObjectCopies, HangOnConditionsOfTheSource)
{
    const auto if_match = [&](const char* etag) {
        return copy("/disks/copy", "disks/source", {{"x-amz-copy-source-if-match", etag}}).status;
    };
    EXPECT_EQ(if_match("\"9a0364b9e99bb480dd25e1f0284c8555\""), 200);
    EXPECT_EQ(if_match("\"other\""), 412);
    EXPECT_EQ(copy("/disks/copy", "disks/source",
                   {{"x-amz-copy-source-if-none-match", "9a0364b9e99bb480dd25e1f0284c8555"}})
                  .status,
              412);
    EXPECT_EQ(copy("/disks/copy", "disks/source", {{"If-None-Match", "*"}}).status, 412);
}

TEST_F(ObjectCopies, NeedASourceThatIsThereAndReadable)
{
    EXPECT_EQ(copy("/disks/copy", "disks/absent").code, "NoSuchKey");
    EXPECT_EQ(copy("/disks/copy", "nobodys/source").code, "NoSuchBucket");
    EXPECT_EQ(copy("/disks/copy", "disks").code, "InvalidArgument");
    EXPECT_EQ(copy("/disks/copy", "disks/source?versionId=7").code, "NotImplemented");
    other.must("PUT", "/others");
    EXPECT_EQ(other.call("PUT", "/others/copy", {}, {{"x-amz-copy-source", "disks/source"}}).code,
              "AccessDenied");
}

}  // namespace
}  // namespace amilab::test
