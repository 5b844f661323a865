#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "server/calls/secrets.h"
#include "server/services/s3/checksums.h"
#include "server/wire/types.h"
#include "storage/base/background.h"
#include "storage/metadata/s3/object_bytes_rows.h"
#include "storage/state/check.h"
#include "storage/state/generation.h"
#include "tests/server/services/s3/s3_world.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/blocked_background.h"
#include "tests/support/disks.h"
#include "tests/support/query_plans.h"
#include "tests/support/told_statements.h"

namespace amilab::test {
namespace {

std::size_t files_of(TestEmulator& emulator)
{
    emulator.data().background().drain();
    const auto folder = emulator.generation().path() + "/objects";
    if (!std::filesystem::exists(folder)) {
        return 0;
    }
    const std::filesystem::directory_iterator entries(folder);
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

/// More than rows have.
const std::string kOfFile(20'000, 'f');

class Objects : public S3World {
protected:
    std::size_t files() { return files_of(emulator); }
};

std::string checksum_of(ChecksumAlgorithm algorithm, std::string_view text)
{
    const auto digest = s3::make_digest(algorithm);
    digest->add(std::as_bytes(std::span(text)));
    return wire::encode_base64(digest->finish());
}

std::string chunked(std::string_view text, std::string_view trailers = {})
{
    return fmt::format("{:x}\r\n{}\r\n0\r\n{}\r\n", text.size(), text, trailers);
}

TEST_F(Objects, AreWhatWasPut)
{
    const auto put = s3.must("PUT", "/disks/a/b%20c", "content", {{"Content-Type", "text/plain"}});
    EXPECT_EQ(put.header("etag"), "\"9a0364b9e99bb480dd25e1f0284c8555\"");
    EXPECT_EQ(put.header("x-amz-server-side-encryption"), "AES256");
    EXPECT_EQ(put.header("x-amz-checksum-crc64nvme"),
              checksum_of(ChecksumAlgorithm::kCrc64Nvme, "content"));
    const auto got = s3.must("GET", "/disks/a/b%20c");
    EXPECT_EQ(got.body, "content");
    EXPECT_EQ(got.header("etag"), put.header("etag"));
    EXPECT_EQ(got.header("content-type"), "text/plain");
    EXPECT_EQ(got.header("last-modified"), "Fri, 02 Jan 2026 03:04:05 GMT");
    EXPECT_EQ(got.header("accept-ranges"), "bytes");
    const auto head = s3.must("HEAD", "/disks/a/b%20c");
    EXPECT_EQ(head.header("content-length"), "7");
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(s3.call("GET", "/disks/a/b+c").code, "NoSuchKey") << "a plus in a path is a plus";
}

TEST_F(Objects, OfFewBytesArePutByOneTurnOfAWorkerAndNeedNoneForTheirRows)
{
    EXPECT_EQ(s3.must("PUT", "/disks/smallest", std::string(16'384, 'x')).turns, 0);
    EXPECT_EQ(s3.must("GET", "/disks/smallest").turns, 0);
    EXPECT_EQ(s3.must("PUT", "/disks/small", std::string(65'536, 'x')).turns, 1);
    EXPECT_EQ(s3.must("HEAD", "/disks/small").turns, 0);
    // One where the file system cannot tell whether it would wait.
    EXPECT_LE(s3.must("GET", "/disks/small").turns, 1);
    EXPECT_GT(s3.must("PUT", "/disks/large", std::string(65'537, 'x')).turns, 1);
}

TEST_F(Objects, AreLookedForBehindWhatIsDue)
{
    emulator.set_delay("volume.creating", 1000);
    s3.must("PUT", "/disks/a", "x");
    emulator.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}});
    EXPECT_EQ(s3.must("HEAD", "/disks/a").turns, 0);
    emulator.advance(1000);
    EXPECT_EQ(s3.must("HEAD", "/disks/a").turns, 1);
    EXPECT_EQ(s3.must("HEAD", "/disks/a").turns, 0) << "nothing is due any more";
}

TEST_F(Objects, OfAnyLengthComeBackWhole)
{
    for (const std::size_t size :
         {0UL, 1UL, 16'384UL, 16'385UL, 65'536UL, 65'537UL, 300'000UL, 1'000'001UL}) {
        std::string text(size, '\0');
        for (std::size_t at = 0; at < size; at += 7) {
            text[at] = static_cast<char>(at % 251);
        }
        s3.must("PUT", "/disks/a", text);
        EXPECT_EQ(s3.must("GET", "/disks/a").body, text) << size;
        if (size > 0) {
            EXPECT_EQ(s3.must("GET", "/disks/a", {}, {{"Range", "bytes=-9000"}}).body,
                      text.substr(size - std::min(size, 9000UL)));
        }
        EXPECT_EQ(s3.must("HEAD", "/disks/a").header("content-length"), std::to_string(size));
    }
}

TEST_F(Objects, TakeNoSpaceForZeros)
{
    std::string text(4 << 20, '\0');
    text.back() = 'x';
    s3.must("PUT", "/disks/a", text);
    EXPECT_EQ(s3.must("GET", "/disks/a").body, text);
    EXPECT_LE(sum_held_bytes(emulator.generation().reader().db(), kAccount), 128 * 1024);
    s3.must("PUT", "/disks/zeros", std::string(1 << 20, '\0'));
    EXPECT_EQ(s3.must("GET", "/disks/zeros").body, std::string(1 << 20, '\0'));
}

TEST_F(Objects, GiveTheirSpaceBackWhenTheyGo)
{
    s3.must("PUT", "/disks/a", kOfFile);
    s3.must("PUT", "/disks/b", kOfFile);
    EXPECT_EQ(files(), 2U);
    s3.must("PUT", "/disks/a", kOfFile + "another");
    EXPECT_EQ(files(), 2U);
    s3.must("DELETE", "/disks/a");
    EXPECT_EQ(files(), 1U);
    EXPECT_EQ(s3.must("DELETE", "/disks/a").status, 204) << "what is not there is deleted as well";
    s3.must("DELETE", "/disks/b");
    EXPECT_EQ(files(), 0U);
    EXPECT_EQ(sum_held_bytes(emulator.generation().reader().db()), 0);
}

TEST_F(Objects, OfFewBytesLieInRows)
{
    s3.must("PUT", "/disks/a", std::string(16'384, 'x'));
    s3.must("PUT", "/disks/b", "some");
    s3.must("PUT", "/disks/empty", "");
    EXPECT_EQ(files(), 0U);
    EXPECT_EQ(sum_held_bytes(emulator.generation().reader().db(), kAccount), 16'388);
    s3.must("PUT", "/disks/copy", {}, {{"x-amz-copy-source", "/disks/b"}});
    EXPECT_EQ(count(emulator, "SELECT COUNT(*) FROM s3_blob"), 2);
    s3.must("DELETE", "/disks/b");
    EXPECT_EQ(s3.must("GET", "/disks/copy").body, "some");
    EXPECT_EQ(s3.must("GET", "/disks/copy", {}, {{"Range", "bytes=1-2"}}).body, "om");
    s3.must("PUT", "/disks/a", "less");
    EXPECT_EQ(sum_held_bytes(emulator.generation().reader().db(), kAccount), 8);
    s3.must("DELETE", "/disks/a");
    s3.must("DELETE", "/disks/copy");
    EXPECT_EQ(count(emulator, "SELECT COUNT(*) FROM s3_blob"), 0);
    EXPECT_EQ(count(emulator, "SELECT COUNT(*) FROM s3_removed_blob"), 0)
        << "there is no file to remove";
}

TEST_F(Objects, WhoseRowsHaveNotTheirBytesAreLost)
{
    s3.must("PUT", "/disks/a", "content");
    for (const char* damage :
         {"UPDATE s3_piece SET offset_bytes = -1", "UPDATE s3_piece SET start_bytes = 1",
          "UPDATE s3_blob SET bytes = x'00'"}) {
        emulator.generation().writer().db().run(damage);
        EXPECT_EQ(s3.call("GET", "/disks/a").code, "MethodNotAllowed") << damage;
        EXPECT_EQ(s3.call("HEAD", "/disks/a").status, 405) << damage;
        emulator.generation().writer().db().run(
            "UPDATE s3_piece SET offset_bytes = 0, start_bytes = 0");
    }
}

/// How an object's file is lost.
enum class Loss { kGone, kCut, kFolder, kPipe };

void lose(const std::filesystem::path& file, Loss loss)
{
    if (loss == Loss::kCut) {
        std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
        return;
    }
    std::filesystem::remove(file);
    if (loss == Loss::kFolder) {
        std::filesystem::create_directory(file);
    } else if (loss == Loss::kPipe) {
        ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
    }
}

TEST_F(Objects, ThatAreLostAreRefusedAsS3SaysIt)
{
    for (const std::size_t size : {20'000UL, 300'000UL}) {
        for (const auto loss : {Loss::kGone, Loss::kCut, Loss::kFolder, Loss::kPipe}) {
            s3.must("PUT", "/disks/a", std::string(size, 'x'));
            ASSERT_EQ(files(), 1U);
            const auto file =
                std::filesystem::directory_iterator(emulator.generation().path() + "/objects")
                    ->path();
            lose(file, loss);
            const auto refused = s3.call("GET", "/disks/a");
            EXPECT_EQ(refused.status, 405) << size;
            EXPECT_EQ(refused.code, "MethodNotAllowed");
            EXPECT_EQ(refused.text("ResourceType"), "OBJECT");
            EXPECT_EQ(s3.call("HEAD", "/disks/a").status, 405);
            EXPECT_EQ(s3.call("HEAD", "/disks/a", {}, {{"If-None-Match", "\"x\""}}).status, 405);
            EXPECT_EQ(s3.call("GET", "/disks/a?attributes", {},
                              {{"x-amz-object-attributes", "ObjectSize"}})
                          .status,
                      405);
            for (const Parameters& more :
                 {Parameters{}, Parameters{{"x-amz-checksum-algorithm", "SHA256"}}}) {
                const auto copy = s3.call("PUT", "/disks/copy", {},
                                          merged({{"x-amz-copy-source", "/disks/a"}}, more));
                EXPECT_EQ(copy.code, "MethodNotAllowed");
            }
            EXPECT_EQ(s3.call("GET", "/disks/copy").code, "NoSuchKey");
            const auto upload = s3.must("POST", "/disks/parts?uploads").text("UploadId");
            EXPECT_EQ(s3.call("PUT", "/disks/parts?partNumber=1&uploadId=" + upload, {},
                              {{"x-amz-copy-source", "/disks/a"}})
                          .code,
                      "MethodNotAllowed");
            s3.must("DELETE", "/disks/parts?uploadId=" + upload);
            s3.must("DELETE", "/disks/a");
            // A folder is left to who has put it there.
            EXPECT_EQ(files(), loss == Loss::kFolder ? 1U : 0U);
            std::filesystem::remove(file);
        }
    }
}

TEST_F(Objects, GoThoughAFolderIsInThePlaceOfOneThatGoes)
{
    s3.must("PUT", "/disks/a", kOfFile);
    const auto file =
        std::filesystem::directory_iterator(emulator.generation().path() + "/objects")->path();
    lose(file, Loss::kFolder);
    s3.must("PUT", "/disks/b", kOfFile);
    s3.must("DELETE", "/disks/a");
    s3.must("DELETE", "/disks/b");
    EXPECT_EQ(files(), 1U);
    EXPECT_TRUE(std::filesystem::is_directory(file));
}

TEST_F(Objects, ThatAreBrokenOffLeaveNothing)
{
    EXPECT_EQ(s3.call("PUT", "/disks/a", "short",
                      {{"Transfer-Encoding", "chunked"},
                       {"x-amz-decoded-content-length", "9"},
                       {"Content-Encoding", "aws-chunked"}})
                  .code,
              "IncompleteBody");
    const auto refused =
        s3.call("PUT", "/disks/a", "abc", {{"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="}});
    EXPECT_EQ(refused.code, "BadDigest");
    EXPECT_EQ(refused.text("CalculatedDigest"), "kAFQmDzST7DWlj99KOF/cg==");
    EXPECT_EQ(s3.call("GET", "/disks/a").code, "NoSuchKey");
    EXPECT_EQ(files(), 0U);
}

TEST(ObjectsOfALimitedAccount, LeaveNothingWhenTheirRowsAreRefused)
{
    TestEmulator emulator(DataDirectory::Options{.path = {},
                                                 .seed = test_seed(),
                                                 .catalogue = {},
                                                 .account_limits = {.rows = 12},
                                                 .report = {}});
    const S3Caller s3(emulator);
    s3.must("PUT", "/disks");
    std::size_t kept = 0;
    S3Answer last = s3.must("PUT", "/disks/0", kOfFile);
    while (last.ok() && kept < 12) {
        last = s3.call("PUT", fmt::format("/disks/{}", ++kept), kOfFile);
    }
    EXPECT_EQ(last.code, "QuotaExceeded");
    EXPECT_EQ(files_of(emulator), kept);
    EXPECT_EQ(s3.call("PUT", "/disks/large", std::string(300'000, 'x')).code, "QuotaExceeded");
    EXPECT_EQ(files_of(emulator), kept);
}

TEST_F(Objects, AreHeldAgainstTheirChecksums)
{
    for (const auto algorithm :
         {ChecksumAlgorithm::kCrc32, ChecksumAlgorithm::kCrc32c, ChecksumAlgorithm::kCrc64Nvme,
          ChecksumAlgorithm::kSha1, ChecksumAlgorithm::kSha256}) {
        const std::string header(s3::header_of(algorithm));
        const auto value = checksum_of(algorithm, "content");
        const auto put = s3.must("PUT", "/disks/a", "content", {{header, value}});
        EXPECT_EQ(put.header(header), value);
        EXPECT_EQ(s3.must("GET", "/disks/a").header(header), "") << "only where it is asked for";
        const auto got = s3.must("GET", "/disks/a", {}, {{"x-amz-checksum-mode", "ENABLED"}});
        EXPECT_EQ(got.header(header), value);
        EXPECT_EQ(got.header("x-amz-checksum-type"), "FULL_OBJECT");
        const auto wrong = checksum_of(algorithm, "other");
        EXPECT_EQ(s3.call("PUT", "/disks/b", "content", {{header, wrong}}).code, "BadDigest");
        EXPECT_EQ(s3.call("PUT", "/disks/b", "content", {{header, "AA=="}}).code, "InvalidRequest");
    }
    EXPECT_EQ(s3.call("PUT", "/disks/b", "content",
                      {{"x-amz-checksum-crc32", checksum_of(ChecksumAlgorithm::kCrc32, "content")},
                       {"x-amz-checksum-sha1", checksum_of(ChecksumAlgorithm::kSha1, "content")}})
                  .code,
              "InvalidRequest");
    EXPECT_EQ(s3.call("PUT", "/disks/b", "x", {{"x-amz-checksum-xxhash64", "AA=="}}).code,
              "NotImplemented");
    EXPECT_EQ(s3.call("PUT", "/disks/b", "x", {{"x-amz-sdk-checksum-algorithm", "CRC32"}}).code,
              "InvalidRequest");
    EXPECT_EQ(s3.call("PUT", "/disks/b", "x", {{"Content-MD5", "no"}}).code, "InvalidDigest");
    EXPECT_EQ(s3.call("GET", "/disks/b").code, "NoSuchKey");
}

TEST_F(Objects, AreHeldAgainstTheHashThatTheirSignatureHas)
{
    const auto hash = to_hex(sha256("content"));
    s3.must("PUT", "/disks/a", "content", {{"x-amz-content-sha256", hash}});
    s3.must("PUT", "/disks/a", "content", {{"x-amz-content-sha256", "UNSIGNED-PAYLOAD"}});
    const auto refused = s3.call("PUT", "/disks/b", "other", {{"x-amz-content-sha256", hash}});
    EXPECT_EQ(refused.code, "XAmzContentSHA256Mismatch");
    EXPECT_EQ(refused.text("ClientComputedContentSHA256"), hash);
    EXPECT_EQ(s3.call("PUT", "/disks/b", "x", {{"x-amz-content-sha256", "abc"}}).code,
              "InvalidArgument");
}

TEST_F(Objects, MayComeInChunksWithTheirChecksumBehindThem)
{
    const Parameters headers{{"Content-Encoding", "aws-chunked"},
                             {"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
                             {"x-amz-decoded-content-length", "7"},
                             {"x-amz-trailer", "x-amz-checksum-crc32"}};
    const auto trailer = [](std::string_view text) {
        return fmt::format("x-amz-checksum-crc32:{}\r\n",
                           checksum_of(ChecksumAlgorithm::kCrc32, text));
    };
    const auto put = s3.must("PUT", "/disks/a", chunked("content", trailer("content")), headers);
    EXPECT_EQ(put.header("x-amz-checksum-crc32"),
              checksum_of(ChecksumAlgorithm::kCrc32, "content"));
    const auto got = s3.must("GET", "/disks/a");
    EXPECT_EQ(got.body, "content");
    EXPECT_EQ(got.header("content-encoding"), "") << "that was the request's own";
    EXPECT_EQ(s3.call("PUT", "/disks/b", chunked("content", trailer("x")), headers).code,
              "BadDigest");
    EXPECT_EQ(s3.call("PUT", "/disks/b", chunked("content"), headers).code,
              "MalformedTrailerError");
    EXPECT_EQ(s3.call("PUT", "/disks/b", chunked("contents", trailer("contents")), headers).code,
              "IncompleteBody");
    const auto bad =
        s3.call("PUT", "/disks/b", chunked("content", "x-amz-checksum-crc32:bad\r\n"), headers);
    EXPECT_EQ(bad.code, "InvalidRequest");
    EXPECT_EQ(bad.message, "Value for x-amz-checksum-crc32 trailing header is invalid.");
    const Parameters unannounced(headers.begin(), headers.begin() + 3);
    EXPECT_EQ(s3.call("PUT", "/disks/b", chunked("content", trailer("content")), unannounced).code,
              "MalformedTrailerError");
    const auto other_algorithm = merged(headers, {{"x-amz-sdk-checksum-algorithm", "SHA256"}});
    EXPECT_EQ(
        s3.call("PUT", "/disks/b", chunked("content", trailer("content")), other_algorithm).message,
        "Value for x-amz-sdk-checksum-algorithm header is invalid.");
    auto without_length = headers;
    without_length.erase(without_length.begin() + 2);
    EXPECT_EQ(s3.call("PUT", "/disks/b", chunked("content"), without_length).code,
              "MissingContentLength");
    auto another = headers;
    another.back().second = "x-amz-checksum-md5";
    EXPECT_EQ(s3.call("PUT", "/disks/b", chunked("content"), another).code, "NotImplemented");
    const auto zipped = merged(headers, {{"Content-Encoding", "gzip,aws-chunked"}});
    s3.must("PUT", "/disks/z", chunked("content", trailer("content")), zipped);
    EXPECT_EQ(s3.must("GET", "/disks/z").header("content-encoding"), "gzip");
}

TEST_F(Objects, NeedALength)
{
    EXPECT_EQ(s3.call("PUT", "/disks/a", "x", {{"Transfer-Encoding", "chunked"}}).code,
              "NotImplemented");
    EXPECT_EQ(s3.call("PUT", "/disks/a", "x",
                      {{"Content-Encoding", "aws-chunked"},
                       {"x-amz-decoded-content-length", "5368709121"}})
                  .code,
              "EntityTooLarge");
}

TEST_F(Objects, AreReadInRanges)
{
    s3.must("PUT", "/disks/a", "0123456789");
    const auto range = [&](const char* header) {
        return s3.call("GET", "/disks/a", {}, {{"Range", header}});
    };
    for (const auto* number : {"0", "10001", "-1"}) {
        for (const auto* key : {"a", "absent"}) {
            EXPECT_EQ(s3.call("GET", fmt::format("/disks/{}?partNumber={}", key, number)).code,
                      "InvalidArgument");
        }
    }
    EXPECT_EQ(s3.call("GET", "/disks/a?partNumber=2").code, "InvalidPartNumber");
    const auto middle = range("bytes=2-4");
    EXPECT_EQ(middle.status, 206);
    EXPECT_EQ(middle.body, "234");
    EXPECT_EQ(middle.header("content-range"), "bytes 2-4/10");
    EXPECT_EQ(range("bytes=-2").body, "89");
    EXPECT_EQ(range("bytes=8-").body, "89");
    EXPECT_EQ(range("bytes=1-2,4-5").status, 200);
    const auto behind = range("bytes=10-");
    EXPECT_EQ(behind.status, 416);
    EXPECT_EQ(behind.code, "InvalidRange");
    EXPECT_EQ(behind.text("ActualObjectSize"), "10");
    const auto head = s3.call("HEAD", "/disks/a", {}, {{"Range", "bytes=2-4"}});
    EXPECT_EQ(head.status, 206);
    EXPECT_EQ(head.header("content-length"), "3");
}

TEST_F(Objects, KeepTheirEncodingAsItWasSaid)
{
    for (const auto* encoding : {"gzip", "deflate, gzip"}) {
        s3.must("PUT", "/disks/a", "x", {{"Content-Encoding", encoding}});
        EXPECT_EQ(s3.must("GET", "/disks/a").header("content-encoding"), encoding);
    }
    s3.must("PUT", "/disks/a", "x", {{"Content-Encoding", "gzip, aws-chunked"}});
    const auto got = s3.must("GET", "/disks/a");
    EXPECT_EQ(got.body, "x") << "no chunks: nothing says how long what is in them is";
    EXPECT_EQ(got.header("content-encoding"), "gzip");
}

TEST_F(Objects, ShowMetadataInEncodedWordsWhereItIsNotAscii)
{
    const std::pair<const char*, const char*> values[] = {
        {"build 7", "build 7"},
        {"gr\xC3\xBC\xC3\x9F", "=?UTF-8?B?Z3LDvMOf?="},
        {"=?UTF-8?B?Z3LDvMOf?=", "=?UTF-8?B?Z3LDvMOf?="},
        {"=?utf-8?q?gr=C3=BC=C3=9F?=", "=?UTF-8?B?Z3LDvMOf?="},
        {"=?UTF-8?Q?a_b?= =?UTF-8?B?Yw==?= d", "a bc d"},
        {"=?UTF-8?Q?a=01b?=", "=?UTF-8?B?YQFi?="},
        {"=?UTF-8?X?a?=", "=?UTF-8?X?a?="},
        {"=?UTF-8?B?!?=", "=?UTF-8?B?!?="},
        // Blanks that a header would lose, and words that are what was put.
        {"=?UTF-8?Q?_a_?=", "=?UTF-8?B?IGEg?="},
        {"=?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fa=3F=3D?=", "=?UTF-8?B?PT9VVEYtOD9RP2E/PQ==?="}};
    for (const auto& [put, shown] : values) {
        s3.must("PUT", "/disks/a", "x", {{"x-amz-meta-word", put}});
        EXPECT_EQ(s3.must("HEAD", "/disks/a").header("x-amz-meta-word"), shown);
    }
    EXPECT_EQ(s3.call("PUT", "/disks/a", "x", {{"x-amz-meta-word", "=?UTF-8?Q?a=0Ab?="}}).code,
              "InvalidArgument")
        << "no line of its own";
}

TEST_F(Objects, AreReadOnConditions)
{
    const auto etag = s3.must("PUT", "/disks/a", "x").header("etag");
    EXPECT_EQ(s3.call("GET", "/disks/a", {}, {{"If-None-Match", etag}}).status, 304);
    EXPECT_EQ(s3.call("GET", "/disks/a", {}, {{"If-Match", "\"other\""}}).status, 412);
    EXPECT_EQ(s3.call("GET", "/disks/a", {}, {{"If-Match", etag}}).status, 200);
    EXPECT_EQ(
        s3.call("HEAD", "/disks/a", {}, {{"If-Modified-Since", "Fri, 02 Jan 2026 03:04:05 GMT"}})
            .status,
        304);
    EXPECT_EQ(
        s3.call("HEAD", "/disks/a", {}, {{"If-Unmodified-Since", "Fri, 02 Jan 2026 03:04:04 GMT"}})
            .status,
        412);
}

TEST_F(Objects, AreWrittenOnConditions)
{
    const Parameters new_one{{"If-None-Match", "*"}};
    const auto etag = s3.must("PUT", "/disks/a", "x", new_one).header("etag");
    const auto refused = s3.call("PUT", "/disks/a", "y", new_one);
    EXPECT_EQ(refused.status, 412);
    EXPECT_EQ(refused.code, "PreconditionFailed");
    EXPECT_EQ(refused.text("Condition"), "If-None-Match");
    EXPECT_EQ(s3.call("PUT", "/disks/a", "y", {{"If-None-Match", etag}}).code, "NotImplemented");
    EXPECT_EQ(s3.call("PUT", "/disks/a", "y", {{"If-Match", "\"other\""}}).status, 412);
    EXPECT_EQ(s3.call("PUT", "/disks/b", "y", {{"If-Match", etag}}).code, "NoSuchKey");
    EXPECT_EQ(s3.must("GET", "/disks/a").body, "x");
    s3.must("PUT", "/disks/a", "y", {{"If-Match", etag}});
    EXPECT_EQ(s3.call("DELETE", "/disks/a", {}, {{"If-Match", etag}}).status, 412);
    EXPECT_EQ(s3.must("GET", "/disks/a").body, "y");
}

TEST_F(Objects, KeepWhatTheirRequestSaidOfThem)
{
    s3.must("PUT", "/disks/a", "x",
            {{"Cache-Control", "no-store"},
             {"Content-Disposition", "inline"},
             {"Content-Language", "de"},
             {"Expires", "Thu, 01 Jan 2037 00:00:00 GMT"},
             {"x-amz-meta-Origin", "build 7"},
             {"x-amz-tagging", "stage=test&team=a%20b"}});
    const auto got = s3.must("GET", "/disks/a");
    EXPECT_EQ(got.header("cache-control"), "no-store");
    EXPECT_EQ(got.header("content-disposition"), "inline");
    EXPECT_EQ(got.header("content-language"), "de");
    EXPECT_EQ(got.header("expires"), "Thu, 01 Jan 2037 00:00:00 GMT");
    EXPECT_EQ(got.header("x-amz-meta-origin"), "build 7");
    EXPECT_EQ(got.header("x-amz-tagging-count"), "2");
    EXPECT_EQ(got.header("content-type"), "binary/octet-stream");
    const auto shown = s3.must("GET",
                               "/disks/a?response-content-type=text/html"
                               "&response-cache-control=private");
    EXPECT_EQ(shown.header("content-type"), "text/html");
    EXPECT_EQ(shown.header("cache-control"), "private");
    for (const auto* name : {"content-type", "cache-control"}) {
        EXPECT_EQ(s3.call("GET", fmt::format("/disks/a?response-{}=a%0D%0Ab", name)).code,
                  "InvalidArgument")
            << name;
    }
    const auto large = s3.call("PUT", "/disks/b", "x", {{"x-amz-meta-a", std::string(2048, 'm')}});
    EXPECT_EQ(large.code, "MetadataTooLarge");
    for (const auto* method : {"PUT", "GET", "DELETE"}) {
        EXPECT_EQ(s3.call(method, "/disks/" + std::string(1025, 'k')).code, "KeyTooLongError");
    }
}

// A page that somebody uploads must not run as one of this server's.
TEST_F(Objects, DoNotRunInBrowsers)
{
    s3.must("PUT", "/disks/page", "<script>alert(1)</script>",
            {{"Content-Type", "text/html"}, {"Content-Disposition", "inline"}});
    const auto got = s3.must("GET", "/disks/page");
    EXPECT_EQ(got.header("x-content-type-options"), "nosniff");
    EXPECT_EQ(got.header("content-security-policy"), "sandbox; default-src 'none'");
    EXPECT_EQ(got.header("content-disposition"), "inline");
    for (const auto* destination : {"document", "iframe", "object", "embed", "frame"}) {
        const auto shown = s3.must("GET", "/disks/page", {}, {{"Sec-Fetch-Dest", destination}});
        EXPECT_EQ(shown.header("content-disposition"), "attachment") << destination;
    }
    EXPECT_EQ(s3.must("GET", "/disks/page", {}, {{"Sec-Fetch-Dest", "empty"}})
                  .header("content-disposition"),
              "inline");
}

TEST_F(Objects, AreRefusedWithWhatIsNotOffered)
{
    EXPECT_EQ(s3.call("PUT", "/disks/a", "x", {{"x-amz-storage-class", "GLACIER"}}).code,
              "NotImplemented");
    EXPECT_EQ(s3.call("PUT", "/disks/a", "x", {{"x-amz-server-side-encryption", "aws:kms"}}).code,
              "NotImplemented");
    EXPECT_EQ(s3.call("GET", "/disks/a?versionId=abc").code, "NotImplemented");
    s3.must("PUT", "/disks/a", "x", {{"x-amz-storage-class", "STANDARD"}});
    EXPECT_EQ(s3.must("GET", "/disks/a?versionId=null").body, "x");
    EXPECT_EQ(s3.call("GET", "/disks/a?torrent").code, "NotImplemented");
}

TEST_F(Objects, AreDeletedManyAtOnce)
{
    for (const auto* key : {"a", "b", "c"}) {
        s3.must("PUT", fmt::format("/disks/{}", key), "x");
    }
    const auto deletion = [&](const std::string& body) {
        return s3.call("POST", "/disks?delete", body,
                       {{"x-amz-checksum-crc32", checksum_of(ChecksumAlgorithm::kCrc32, body)}});
    };
    const auto answer = deletion(
        "<Delete><Object><Key>a</Key></Object><Object><Key>absent</Key></Object>"
        "<Object><Key>b</Key><ETag>other</ETag></Object></Delete>");
    EXPECT_EQ(answer.texts("Deleted/Key"), (std::vector<std::string>{"a", "absent"}));
    EXPECT_EQ(answer.text("Error/Key"), "b");
    EXPECT_EQ(answer.text("Error/Code"), "PreconditionFailed");
    const auto quiet =
        deletion("<Delete><Object><Key>b</Key></Object><Quiet>true</Quiet></Delete>");
    EXPECT_TRUE(quiet.texts("Deleted/Key").empty());
    EXPECT_EQ(s3.must("GET", "/disks?list-type=2").texts("Contents/Key"),
              (std::vector<std::string>{"c"}));
    s3.must("PUT", "/disks/%20", "x");
    const auto blank =
        deletion("<Delete><Object><Key> </Key><VersionId>null</VersionId></Object></Delete>");
    EXPECT_NE(blank.body.find("<Key> </Key>"), std::string::npos) << blank.body;
    EXPECT_EQ(blank.text("Deleted/VersionId"), "null");
    EXPECT_EQ(s3.call("GET", "/disks/%20").code, "NoSuchKey");
    EXPECT_EQ(deletion("<Delete/>").code, "MalformedXML");
    EXPECT_EQ(deletion("<Delete><Object><Name>c</Name></Object></Delete>").code, "MalformedXML");
    EXPECT_EQ(
        deletion("<Delete><Object><Key>c</Key><VersionId>1</VersionId></Object></Delete>").code,
        "NotImplemented");
    EXPECT_EQ(s3.call("POST", "/disks?delete", "<Delete/>").code, "InvalidRequest");
    std::string many = "<Delete>";
    for (int key = 0; key < 1001; ++key) {
        many += fmt::format("<Object><Key>{}</Key></Object>", key);
    }
    EXPECT_EQ(deletion(many + "</Delete>").code, "MalformedXML");
}

TEST_F(Objects, GoWithAResetOfTheirAccount)
{
    other.must("PUT", "/others");
    other.must("PUT", "/others/a", kOfFile);
    s3.must("PUT", "/disks/a", kOfFile);
    EXPECT_EQ(files(), 2U);
    emulator.data().reset();
    EXPECT_EQ(files(), 0U);
    EXPECT_EQ(s3.call("HEAD", "/disks").status, 404);
}

TEST(ObjectsOnDisk, SurviveARestartAndAreChecked)
{
    const TemporaryDirectory scratch;
    const std::filesystem::path folder = scratch.path();
    {
        TestEmulator emulator(folder.string());
        const S3Caller s3(emulator);
        s3.must("PUT", "/disks");
        s3.must("PUT", "/disks/a", std::string(100'000, 'a'));
        s3.must("PUT", "/disks/small", "small");
    }
    EXPECT_EQ(check_data_directory(folder.string()).problems, std::vector<std::string>{});
    const auto file = [&] {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
            if (entry.path().parent_path().filename() == "objects") {
                return entry.path();
            }
        }
        return std::filesystem::path();
    }();
    std::filesystem::copy_file(file, file.parent_path() / "00000000000000ff");
    EXPECT_EQ(check_data_directory(folder.string()).leftovers.size(), 1U);
    {
        TestEmulator emulator(folder.string());
        emulator.data().sweep();
        emulator.data().background().drain();
        EXPECT_EQ(S3Caller(emulator).must("GET", "/disks/a").body, std::string(100'000, 'a'));
        EXPECT_EQ(S3Caller(emulator).must("GET", "/disks/small").body, "small");
        EXPECT_FALSE(std::filesystem::exists(file.parent_path() / "00000000000000ff"));
        EXPECT_TRUE(std::filesystem::exists(file));
    }
    std::filesystem::resize_file(file, 5);
    EXPECT_EQ(check_data_directory(folder.string()).problems.size(), 1U);
    lose(file, Loss::kFolder);
    EXPECT_EQ(check_data_directory(folder.string()).problems,
              std::vector{file.string() + ": the file is missing"});
    {
        TestEmulator emulator(folder.string());
        emulator.generation().writer().db().run(
            "UPDATE s3_blob SET bytes = x'00' WHERE bytes IS NOT NULL");
    }
    EXPECT_EQ(check_data_directory(folder.string()).problems.size(), 2U);
}

TEST(ObjectsBytes, OfRowsAreNotWalkedForThoseOfFiles)
{
    const ToldStatements told;  // before any connection
    TestEmulator emulator;
    auto reader = emulator.generation().reader();
    const auto texts = told.texts_of([&] {
        select_unsynced_blobs(reader.db());
        select_blob_file_behind(reader.db(), BlobNumber{0});
        sum_held_bytes(reader.db(), kAccount);
        has_removed_blobs(reader.db());
    });
    ASSERT_EQ(texts.size(), 4U);
    for (const auto& text : texts) {
        EXPECT_THAT(scans(plan_of(reader.db(), text)), testing::IsEmpty()) << text;
    }
}

TEST(ObjectsBytes, ReachTheDiskOfLargeObjectsToo)
{
    const auto folder = std::filesystem::path(::testing::TempDir()) / "amilab-large-objects";
    std::filesystem::remove_all(folder);
    {
        TestEmulator emulator(folder.string());
        const S3Caller s3(emulator);
        s3.must("PUT", "/disks");
        s3.must("PUT", "/disks/first", kOfFile);
        s3.must("PUT", "/disks/large", std::string(70 << 20, '\0'));
        s3.must("PUT", "/disks/last", kOfFile);
        emulator.data().background().drain();
        EXPECT_EQ(count(emulator, "SELECT COUNT(*) FROM s3_blob WHERE boot_id IS NULL"), 3);
    }
    std::filesystem::remove_all(folder);
}

/// Counts how often files of a folder that were opened to be written, as a sync opens them, are
/// closed.
class ClosedWriters {
public:
    explicit ClosedWriters(const std::string& folder)
    {
        ::inotify_add_watch(events_, folder.c_str(), IN_CLOSE_WRITE);
    }
    ~ClosedWriters() { ::close(events_); }
    ClosedWriters(const ClosedWriters&) = delete;
    ClosedWriters& operator=(const ClosedWriters&) = delete;

    /// Since it was asked.
    int count() const
    {
        constexpr std::size_t kNameBytes = 256;
        int found = 0;
        std::array<char, sizeof(inotify_event) + kNameBytes> some{};
        for (;;) {
            const auto bytes = ::read(events_, some.data(), some.size());
            if (bytes <= 0) {
                return found;
            }
            for (std::size_t at = 0; at < static_cast<std::size_t>(bytes); ++found) {
                inotify_event event{};
                std::memcpy(&event, some.data() + at, sizeof event);
                at += sizeof event + event.len;
            }
        }
    }

private:
    int events_ = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
};

TEST(ObjectsBytes, AreNotSyncedWhereTheirRowsHaveGone)
{
    const TemporaryDirectory scratch;
    TestEmulator emulator(scratch.path());
    const S3Caller s3(emulator);
    s3.must("PUT", "/disks");
    s3.must("PUT", "/disks/a", kOfFile);
    emulator.data().background().drain();
    const ClosedWriters writers(emulator.generation().path() + "/objects");
    {
        const BlockedBackground blocked(emulator);
        for (int count = 0; count < 5; ++count) {
            s3.must("PUT", "/disks/a", kOfFile);
        }
        EXPECT_EQ(writers.count(), 5);
    }
    EXPECT_EQ(files_of(emulator), 1U);
    EXPECT_EQ(writers.count(), 1);
    EXPECT_EQ(count(emulator, "SELECT COUNT(*) FROM s3_blob WHERE boot_id IS NULL"), 1);
}

}  // namespace
}  // namespace amilab::test
