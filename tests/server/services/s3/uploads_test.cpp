#include <fmt/format.h>
#include <gmock/gmock.h>

#include "server/services/s3/checksums.h"
#include "server/wire/types.h"
#include "storage/metadata/s3/object_list_rows.h"
#include "storage/state/generation.h"
#include "tests/server/services/s3/s3_world.h"
#include "tests/support/disks.h"
#include "tests/support/query_plans.h"
#include "tests/support/told_statements.h"

namespace amilab::test {
namespace {

constexpr std::size_t kLeastPart = 5 << 20;

class Uploads : public S3World {
protected:
    std::string begin(const std::string& key = "a", const Parameters& headers = {}) const
    {
        return s3.must("POST", fmt::format("/disks/{}?uploads", key), {}, headers).text("UploadId");
    }
    static std::string part(const std::string& id, int number, const std::string& key = "a")
    {
        return fmt::format("/disks/{}?partNumber={}&uploadId={}", key, number, id);
    }
    std::string put_part(const std::string& id, int number, const std::string& text) const
    {
        return s3.must("PUT", part(id, number), text).header("etag");
    }
    S3Answer end(const std::string& id, const Parameters& parts,
                 const Parameters& headers = {}) const
    {
        return s3.call("POST", "/disks/a?uploadId=" + id, completion(parts), headers);
    }
    std::size_t blobs() { return count(emulator, "SELECT COUNT(*) FROM s3_blob"); }
};

std::string checksum_of(ChecksumAlgorithm algorithm, std::string_view text)
{
    const auto digest = s3::make_digest(algorithm);
    digest->add(std::as_bytes(std::span(text)));
    return wire::encode_base64(digest->finish());
}

TEST_F(Uploads, BecomeAnObjectOfAllTheirParts)
{
    const auto id = begin("a", {{"Content-Type", "text/plain"}, {"x-amz-meta-note", "in parts"}});
    const std::string first(kLeastPart, 'x');
    const auto one = put_part(id, 1, first);
    const auto two = put_part(id, 7, "end");
    EXPECT_EQ(s3.call("GET", "/disks/a").code, "NoSuchKey");
    const auto ended = end(id, {{"1", one}, {"7", two}});
    ASSERT_TRUE(ended.ok()) << ended.body;
    EXPECT_TRUE(ended.text("ETag").ends_with("-2\"")) << ended.body;
    EXPECT_EQ(ended.text("ChecksumType"), "FULL_OBJECT");
    EXPECT_EQ(ended.text("ChecksumCRC64NVME"),
              checksum_of(ChecksumAlgorithm::kCrc64Nvme, first + "end"));
    const auto got = s3.must("GET", "/disks/a");
    EXPECT_EQ(got.body, first + "end");
    EXPECT_EQ(got.header("etag"), ended.text("ETag"));
    EXPECT_EQ(got.header("x-amz-meta-note"), "in parts");
    EXPECT_EQ(blobs(), 2U) << "the parts' own bytes, not others like them";
    const auto last = s3.call("GET", "/disks/a?partNumber=7");
    EXPECT_EQ(last.code, "InvalidPartNumber");
    EXPECT_EQ(s3.call("GET", "/disks/a", {}, {{"Range", "bytes=-4"}}).body, "xend");
    EXPECT_EQ(s3.call("POST", "/disks/a?uploadId=" + id, completion({{"1", one}})).code,
              "NoSuchUpload");
}

TEST_F(Uploads, AreReadByTheirParts)
{
    const auto id = begin();
    const auto one = put_part(id, 1, std::string(kLeastPart, 'x'));
    const auto two = put_part(id, 2, "end");
    ASSERT_TRUE(end(id, {{"1", one}, {"2", two}}).ok());
    const auto second = s3.call("GET", "/disks/a?partNumber=2");
    EXPECT_EQ(second.status, 206);
    EXPECT_EQ(second.body, "end");
    EXPECT_EQ(second.header("x-amz-mp-parts-count"), "2");
    EXPECT_EQ(s3.call("HEAD", "/disks/a?partNumber=1").header("content-length"),
              std::to_string(kLeastPart));
    EXPECT_EQ(s3.call("GET", "/disks/a?partNumber=3").status, 416);
}

TEST_F(Uploads, HaveFilesForWhatAnObjectHasInItsRow)
{
    const auto in_rows = [&] {
        return count(emulator, "SELECT COUNT(*) FROM s3_blob WHERE bytes IS NOT NULL");
    };
    s3.must("PUT", "/disks/source", "0123456789");
    EXPECT_EQ(in_rows(), 1);
    const auto id = begin();
    const auto one = put_part(id, 1, std::string(kLeastPart, 'x'));
    const auto two =
        s3.must("PUT", part(id, 2), {},
                {{"x-amz-copy-source", "disks/source"}, {"x-amz-copy-source-range", "bytes=3-6"}});
    EXPECT_EQ(in_rows(), 1);
    ASSERT_TRUE(end(id, {{"1", one}, {"2", two.text("ETag")}}).ok());
    s3.must("DELETE", "/disks/source");
    EXPECT_EQ(in_rows(), 0);
    EXPECT_EQ(s3.must("GET", "/disks/a").body, std::string(kLeastPart, 'x') + "3456");
}

TEST_F(Uploads, HaveTheLastOfPartsWithOneNumber)
{
    const auto id = begin();
    const auto first = put_part(id, 1, "first");
    const auto second = put_part(id, 1, "second");
    EXPECT_EQ(blobs(), 1U);
    EXPECT_EQ(end(id, {{"1", first}}).code, "InvalidPart");
    ASSERT_TRUE(end(id, {{"1", second}}).ok());
    EXPECT_EQ(s3.must("GET", "/disks/a").body, "second");
}

TEST_F(Uploads, LeaveOutWhatIsNotNamed)
{
    const auto id = begin();
    put_part(id, 1, "left out");
    const auto two = put_part(id, 2, "named");
    ASSERT_TRUE(end(id, {{"2", two}}).ok());
    EXPECT_EQ(s3.must("GET", "/disks/a").body, "named");
    EXPECT_EQ(blobs(), 1U);
}

TEST_F(Uploads, AreRefusedWithPartsThatDoNotFit)
{
    const auto id = begin();
    const auto one = put_part(id, 1, "small");
    const auto two = put_part(id, 2, "end");
    EXPECT_EQ(end(id, {{"2", two}, {"1", one}}).code, "InvalidPartOrder");
    EXPECT_EQ(end(id, {{"1", one}, {"1", one}}).code, "InvalidPartOrder");
    EXPECT_EQ(end(id, {{"3", two}}).code, "InvalidPart");
    const auto small = end(id, {{"1", one}, {"2", two}});
    EXPECT_EQ(small.code, "EntityTooSmall");
    EXPECT_EQ(small.text("ProposedSize"), "5");
    EXPECT_EQ(end(id, {}).code, "MalformedXML");
    EXPECT_EQ(end(id, {{"1", one}}, {{"x-amz-mp-object-size", "6"}}).code, "InvalidRequest");
    EXPECT_EQ(s3.call("PUT", part(id, 0), "x").code, "InvalidArgument");
    EXPECT_EQ(s3.call("PUT", part(id, 10'001), "x").code, "InvalidArgument");
    EXPECT_EQ(s3.call("PUT", part("nothing", 1), "x").code, "NoSuchUpload");
    EXPECT_EQ(s3.call("PUT", part(id, 1, "other"), "x").code, "NoSuchUpload");
    EXPECT_EQ(other.call("PUT", part(id, 1), "x").code, "AccessDenied");
    EXPECT_TRUE(end(id, {{"1", one}}, {{"x-amz-mp-object-size", "5"}}).ok());
}

TEST_F(Uploads, HoldTheDocumentThatEndsThemAgainstItsHash)
{
    const auto id = begin();
    const auto one = put_part(id, 1, "x");
    EXPECT_EQ(end(id, {{"1", one}}, {{"x-amz-content-sha256", std::string(64, '0')}}).code,
              "XAmzContentSHA256Mismatch");
    EXPECT_TRUE(end(id, {{"1", one}}, {{"x-amz-content-sha256", "UNSIGNED-PAYLOAD"}}).ok());
}

TEST_F(Uploads, GoWithTheirParts)
{
    const auto id = begin();
    put_part(id, 1, "x");
    EXPECT_EQ(s3.must("DELETE", "/disks/a?uploadId=" + id).status, 204);
    EXPECT_EQ(blobs(), 0U);
    EXPECT_EQ(s3.call("DELETE", "/disks/a?uploadId=" + id).code, "NoSuchUpload");
}

TEST_F(Uploads, SumUpTheChecksumsOfTheirParts)
{
    for (const auto* algorithm : {"SHA256", "CRC32"}) {
        const auto id = begin("a", {{"x-amz-checksum-algorithm", algorithm}});
        const auto kind = *s3::parse_algorithm(algorithm);
        const std::string header(s3::header_of(kind));
        const auto sum = checksum_of(kind, "content");
        const auto put = s3.must("PUT", part(id, 1), "content", {{header, sum}});
        EXPECT_EQ(put.header(header), sum);
        EXPECT_EQ(end(id, {{"1", put.header("etag")}}).code, "InvalidRequest")
            << "each part's is to be told";
        const auto body = fmt::format(
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{}</ETag><{}>{}</{}>"
            "</Part></CompleteMultipartUpload>",
            put.header("etag"), s3::element_of(kind), sum, s3::element_of(kind));
        const auto ended = s3.must("POST", "/disks/a?uploadId=" + id, body);
        EXPECT_EQ(ended.text("ChecksumType"), "COMPOSITE");
        const auto decoded = *wire::decode_base64(sum);
        EXPECT_EQ(ended.text(s3::element_of(kind)), checksum_of(kind, decoded) + "-1");
    }
}

TEST_F(Uploads, SumUpToTheChecksumOfAllBytes)
{
    const auto id =
        begin("a", {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", "FULL_OBJECT"}});
    const std::string first(kLeastPart, 'x');
    const auto one = put_part(id, 1, first);
    const auto two = put_part(id, 2, "end");
    const auto whole = checksum_of(ChecksumAlgorithm::kCrc32, first + "end");
    EXPECT_EQ(end(id, {{"1", one}, {"2", two}},
                  {{"x-amz-checksum-crc32", checksum_of(ChecksumAlgorithm::kCrc32, "end")}})
                  .code,
              "BadDigest");
    const auto ended = end(id, {{"1", one}, {"2", two}}, {{"x-amz-checksum-crc32", whole}});
    EXPECT_EQ(ended.text("ChecksumCRC32"), whole) << ended.body;
    EXPECT_EQ(ended.text("ChecksumType"), "FULL_OBJECT");
}

TEST_F(Uploads, HaveOneAlgorithm)
{
    const auto id = begin("a", {{"x-amz-checksum-algorithm", "SHA256"}});
    EXPECT_EQ(s3.call("PUT", part(id, 1), "x",
                      {{"x-amz-checksum-crc32", checksum_of(ChecksumAlgorithm::kCrc32, "x")}})
                  .code,
              "InvalidRequest");
    const auto without = s3.call("PUT", part(id, 1), "x");
    EXPECT_EQ(without.code, "InvalidRequest") << "of composite ones each part's is told";
    EXPECT_EQ(without.message,
              "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum "
              "Type: null");
    EXPECT_EQ(s3.call("PUT", part(id, 1), "1\r\nx\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
                      {{"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
                       {"x-amz-decoded-content-length", "1"},
                       {"x-amz-trailer", "x-amz-checksum-crc32"}})
                  .code,
              "InvalidRequest");
    const auto refused = [&](const char* algorithm, const char* type) {
        return s3
            .call("POST", "/disks/a?uploads", {},
                  {{"x-amz-checksum-algorithm", algorithm}, {"x-amz-checksum-type", type}})
            .code;
    };
    EXPECT_EQ(refused("SHA256", "FULL_OBJECT"), "InvalidRequest");
    EXPECT_EQ(refused("CRC64NVME", "COMPOSITE"), "InvalidRequest");
    EXPECT_EQ(refused("MD5", "COMPOSITE"), "NotImplemented");
    EXPECT_EQ(refused("CRC16", "COMPOSITE"), "InvalidRequest");
    EXPECT_EQ(refused("CRC32", "WHOLE"), "InvalidRequest");
    EXPECT_EQ(refused("CRC32", "composite"), "InvalidRequest");
    EXPECT_EQ(refused("crc32", "COMPOSITE"), "") << "in any letters";
    EXPECT_EQ(s3.call("POST", "/disks/a?uploads", {}, {{"x-amz-checksum-type", "COMPOSITE"}}).code,
              "InvalidRequest");
}

TEST_F(Uploads, MayBeEndedAgain)
{
    const auto id = begin();
    const auto one = put_part(id, 1, "x");
    const auto unused = put_part(id, 2, "y");
    const auto first = end(id, {{"1", one}});
    ASSERT_TRUE(first.ok());
    const auto modified = s3.must("HEAD", "/disks/a").header("last-modified");
    EXPECT_EQ(end(id, {{"1", one}}).body, first.body);
    EXPECT_EQ(end(id, {{"1", one}}, {{"If-None-Match", "*"}}).body, first.body);
    EXPECT_EQ(s3.must("HEAD", "/disks/a").header("last-modified"), modified);
    EXPECT_EQ(end(id, {{"2", unused}}).code, "NoSuchUpload");
    EXPECT_EQ(end(id, {{"1", "\"none\""}}).code, "NoSuchUpload");
    EXPECT_EQ(s3.call("PUT", part(id, 1), "x").code, "NoSuchUpload");
    EXPECT_EQ(other.call("POST", "/disks/a?uploadId=" + id, completion({{"1", one}})).code,
              "AccessDenied");
    s3.must("PUT", "/disks/a", {},
            {{"x-amz-copy-source", "disks/a"}, {"x-amz-metadata-directive", "REPLACE"}});
    EXPECT_EQ(end(id, {{"1", one}}).code, "NoSuchUpload") << "it is another object";
    s3.must("DELETE", "/disks/a");
    EXPECT_EQ(end(id, {{"1", one}}).code, "NoSuchUpload");
}

TEST_F(Uploads, TellWhatIsWrongWithTheChecksumOfAll)
{
    const auto id =
        begin("a", {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", "FULL_OBJECT"}});
    const auto one = put_part(id, 1, "x");
    EXPECT_EQ(end(id, {{"1", one}}, {{"x-amz-checksum-crc32", "none"}}).code, "InvalidRequest");
    EXPECT_EQ(end(id, {{"1", one}}, {{"x-amz-mp-object-size", "-1"}}).message,
              "Value for x-amz-mp-object-size header is less than zero: '-1'");
}

TEST_F(Uploads, TakePartsOfObjectsWithoutTheirBytes)
{
    const std::string text = std::string(kLeastPart, 'x') + "0123456789";
    s3.must("PUT", "/disks/source", text);
    const auto id = begin();
    const auto copy_part = [&](int number, const char* range) {
        return s3.call("PUT", part(id, number), {},
                       {{"x-amz-copy-source", "disks/source"}, {"x-amz-copy-source-range", range}});
    };
    const auto one = copy_part(1, "bytes=0-5242879");
    const auto two = copy_part(2, "bytes=5242882-5242885");
    ASSERT_TRUE(two.ok()) << two.body;
    for (const auto* wrong : {"bytes=0-99999999", "bytes=99999999-99999999", "bytes=5-", "0-2",
                              "bytes=0-2,3-5", "bytes=hello-world"}) {
        EXPECT_EQ(copy_part(3, wrong).code, "InvalidArgument") << wrong;
    }
    ASSERT_TRUE(end(id, {{"1", one.text("ETag")}, {"2", two.text("ETag")}}).ok());
    EXPECT_EQ(s3.must("GET", "/disks/a").body, text.substr(0, kLeastPart) + "2345");
    EXPECT_EQ(blobs(), 1U);
    s3.must("DELETE", "/disks/source");
    EXPECT_EQ(s3.must("GET", "/disks/a").body.size(), kLeastPart + 4);
    EXPECT_TRUE(s3.call("PUT", "/disks/copy", {}, {{"x-amz-copy-source", "disks/a"}}).ok());
    EXPECT_EQ(s3.must("HEAD", "/disks/copy").header("etag").find('-'), std::string::npos)
        << "a copy is not in parts";
}

TEST_F(Uploads, ListTheirParts)
{
    const auto id = begin("a", {{"x-amz-checksum-algorithm", "SHA256"}});
    for (const int number : {3, 1, 2}) {
        const std::string text(static_cast<std::size_t>(number), 'x');
        s3.must("PUT", part(id, number), text,
                {{"x-amz-checksum-sha256", checksum_of(ChecksumAlgorithm::kSha256, text)}});
    }
    const auto all = s3.must("GET", "/disks/a?uploadId=" + id);
    EXPECT_EQ(all.texts("Part/PartNumber"), (std::vector<std::string>{"1", "2", "3"}));
    EXPECT_EQ(all.texts("Part/Size"), (std::vector<std::string>{"1", "2", "3"}));
    EXPECT_EQ(all.text("ChecksumAlgorithm"), "SHA256");
    EXPECT_EQ(all.text("Part/ChecksumSHA256"), checksum_of(ChecksumAlgorithm::kSha256, "x"));
    const auto page = s3.must("GET", "/disks/a?max-parts=1&part-number-marker=1&uploadId=" + id);
    EXPECT_EQ(page.texts("Part/PartNumber"), (std::vector<std::string>{"2"}));
    EXPECT_EQ(page.text("IsTruncated"), "true");
    EXPECT_EQ(page.text("NextPartNumberMarker"), "2");
    EXPECT_EQ(s3.call("GET", "/disks/a?uploadId=none").code, "NoSuchUpload");
}

TEST_F(Uploads, AreListedSoManyAtATime)
{
    const auto parts = "/disks/a?uploadId=" + begin("a");
    EXPECT_EQ(s3.must("GET", parts + "&max-parts=2147483647").text("MaxParts"), "1000");
    EXPECT_EQ(s3.must("GET", parts + "&part-number-marker=2147483647").text("PartNumberMarker"),
              "2147483647");
    EXPECT_EQ(s3.must("GET", "/disks?uploads&max-uploads=1001").text("MaxUploads"), "1000");
    const std::pair<std::string, std::string> lists[] = {
        {parts, "max-parts"}, {parts, "part-number-marker"}, {"/disks?uploads", "max-uploads"}};
    for (const auto& [list, name] : lists) {
        const auto refused = s3.call("GET", fmt::format("{}&{}=-42", list, name));
        EXPECT_EQ(refused.code, "InvalidArgument");
        EXPECT_EQ(refused.message,
                  fmt::format("Argument {} must be an integer between 0 and 2147483647", name));
        EXPECT_EQ(refused.text("ArgumentName"), name);
        EXPECT_EQ(refused.text("ArgumentValue"), "-42");
        for (const auto* value : {"2147483689", "many"}) {
            const auto none = s3.call("GET", fmt::format("{}&{}={}", list, name, value));
            EXPECT_EQ(none.code, "InvalidArgument");
            EXPECT_EQ(none.message,
                      fmt::format("Provided {} not an integer or within integer range", name));
        }
    }
}

TEST_F(Uploads, AreListedByTheirKeys)
{
    const auto b = begin("b");
    const auto a = begin("a");
    begin("c/1");
    begin("c/2");
    const auto all = s3.must("GET", "/disks?uploads&delimiter=/");
    EXPECT_EQ(all.texts("Upload/Key"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(all.texts("Upload/UploadId"), (std::vector<std::string>{a, b}));
    EXPECT_EQ(all.texts("CommonPrefixes/Prefix"), (std::vector<std::string>{"c/"}));
    const auto first = s3.must("GET", "/disks?uploads&max-uploads=1");
    EXPECT_EQ(first.text("NextKeyMarker"), "a");
    EXPECT_EQ(first.text("NextUploadIdMarker"), a);
    const auto next =
        s3.must("GET", "/disks?uploads&max-uploads=1&key-marker=a&upload-id-marker=" + a);
    EXPECT_EQ(next.texts("Upload/Key"), (std::vector<std::string>{"b"}));
    EXPECT_EQ(s3.must("GET", "/disks?uploads&prefix=c").texts("Upload/Key").size(), 2U);
}

TEST_F(Uploads, OfOneKeyAreListedAsTheyBegan)
{
    std::vector<std::string> ids;
    for (int number = 0; number < 8; ++number) {
        ids.push_back(begin("a"));
        emulator.advance(1000);
    }
    EXPECT_EQ(s3.must("GET", "/disks?uploads").texts("Upload/UploadId"), ids);
    const auto behind = [&](const std::string& marker) {
        return s3.must("GET", "/disks?uploads&key-marker=a&upload-id-marker=" + marker)
            .texts("Upload/UploadId");
    };
    EXPECT_EQ(behind(ids[2]), std::vector<std::string>(ids.begin() + 3, ids.end()));
    EXPECT_TRUE(s3.must("GET", "/disks?uploads&key-marker=a").texts("Upload/UploadId").empty());
    // A page is listed, and all on it are aborted before the next.
    std::vector<std::string> aborted;
    std::string marker;
    for (int page = 0; page < 4; ++page) {
        const auto list = s3.must(
            "GET", "/disks?uploads&max-uploads=2&key-marker=" + std::string(page == 0 ? "" : "a") +
                       "&upload-id-marker=" + marker);
        marker = list.text("NextUploadIdMarker");
        for (const auto& id : list.texts("Upload/UploadId")) {
            s3.must("DELETE", "/disks/a?uploadId=" + id);
            aborted.push_back(id);
        }
    }
    EXPECT_EQ(aborted, ids);
}

TEST(UploadLists, GoOnBehindAnUploadByTheIndex)
{
    const ToldStatements told;
    TestEmulator emulator;
    const S3Caller s3(emulator);
    s3.must("PUT", "/disks");
    const auto id = s3.must("POST", "/disks/a?uploads").text("UploadId");
    auto reader = emulator.generation().reader();
    const KeyListQuery query{
        .bucket = "disks", .prefix = {}, .delimiter = {}, .after = "a", .most = 1};
    const auto texts = told.texts_of([&] { list_uploads(reader.db(), query, id); });
    ASSERT_FALSE(texts.empty());
    EXPECT_THAT(plan_of(reader.db(), texts.back()),
                testing::ElementsAre(testing::HasSubstr("(key,started_ms,upload_id)>(")))
        << "one key may have very many";
}

}  // namespace
}  // namespace amilab::test
