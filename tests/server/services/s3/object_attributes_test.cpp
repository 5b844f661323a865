#include <fmt/format.h>

#include "server/services/s3/checksums.h"
#include "server/wire/types.h"
#include "tests/server/services/s3/s3_world.h"

namespace amilab::test {
namespace {

constexpr std::size_t kLeastPart = 5 << 20;
constexpr const char* kAll = "ETag, Checksum,ObjectParts,StorageClass,ObjectSize";

class ObjectAttributes : public S3World {
protected:
    S3Answer attributes(const std::string& key, const std::string& names,
                        const Parameters& headers = {}) const
    {
        return s3.call("GET", "/disks/" + key + "?attributes", {},
                       merged({{"x-amz-object-attributes", names}}, headers));
    }
    /// Of two parts; `headers` of the request that begins the upload.
    void upload(const std::string& key, const Parameters& headers) const
    {
        const auto id =
            s3.must("POST", fmt::format("/disks/{}?uploads", key), {}, headers).text("UploadId");
        Parameters parts;
        for (const auto& [number, text] :
             {std::pair("1", std::string(kLeastPart, 'x')), std::pair("2", std::string("end"))}) {
            const auto put = s3.must(
                "PUT", fmt::format("/disks/{}?partNumber={}&uploadId={}", key, number, id), text);
            parts.emplace_back(number, put.header("etag"));
        }
        s3.must("POST", fmt::format("/disks/{}?uploadId={}", key, id), completion(parts));
    }
};

std::string crc32_of(std::string_view text)
{
    const auto digest = s3::make_digest(ChecksumAlgorithm::kCrc32);
    digest->add(std::as_bytes(std::span(text)));
    return wire::encode_base64(digest->finish());
}

TEST_F(ObjectAttributes, AreThoseThatAreAskedFor)
{
    s3.must("PUT", "/disks/a", "x");
    const auto all = attributes("a", kAll);
    EXPECT_EQ(all.text("ETag"), "9dd4e461268c8034f5c8564e155c67a6") << "without quotes";
    EXPECT_EQ(all.text("ObjectSize"), "1");
    EXPECT_EQ(all.text("StorageClass"), "STANDARD");
    EXPECT_EQ(all.text("Checksum/ChecksumType"), "FULL_OBJECT");
    EXPECT_NE(all.text("Checksum/ChecksumCRC64NVME"), "");
    EXPECT_EQ(all.text("ObjectParts/PartsCount"), "") << "it was not uploaded in parts";
    EXPECT_EQ(all.header("last-modified"), "Fri, 02 Jan 2026 03:04:05 GMT");
    const auto one = attributes("a", "ObjectSize");
    EXPECT_EQ(one.text("ObjectSize"), "1");
    EXPECT_EQ(one.text("ETag"), "");
}

TEST_F(ObjectAttributes, AreRefusedWithNamesThatNoneHas)
{
    s3.must("PUT", "/disks/a", "x");
    EXPECT_EQ(attributes("a", "Owner").code, "InvalidArgument");
    EXPECT_EQ(attributes("a", "").code, "InvalidArgument");
    EXPECT_EQ(s3.call("GET", "/disks/a?attributes").code, "InvalidArgument");
    EXPECT_EQ(attributes("absent", kAll).code, "NoSuchKey");
    EXPECT_EQ(
        other.call("GET", "/disks/a?attributes", {}, {{"x-amz-object-attributes", kAll}}).code,
        "AccessDenied");
}

TEST_F(ObjectAttributes, ListPartsWhoseUploadNamedAnAlgorithm)
{
    upload("a", {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", "FULL_OBJECT"}});
    const auto all = attributes("a", kAll);
    EXPECT_EQ(all.text("ObjectParts/PartsCount"), "2");
    EXPECT_EQ(all.texts("ObjectParts/Part/PartNumber"), (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(all.texts("ObjectParts/Part/Size"),
              (std::vector<std::string>{std::to_string(kLeastPart), "3"}));
    EXPECT_EQ(all.texts("ObjectParts/Part/ChecksumCRC32").back(), crc32_of("end"));
    EXPECT_EQ(all.text("ObjectParts/IsTruncated"), "false");
    const auto first = attributes("a", "ObjectParts", {{"x-amz-max-parts", "1"}});
    EXPECT_EQ(first.texts("ObjectParts/Part/PartNumber"), (std::vector<std::string>{"1"}));
    EXPECT_EQ(first.text("ObjectParts/IsTruncated"), "true");
    EXPECT_EQ(first.text("ObjectParts/NextPartNumberMarker"), "1");
    for (const auto* name : {"x-amz-max-parts", "x-amz-part-number-marker"}) {
        EXPECT_EQ(attributes("a", "ObjectParts", {{name, "-1"}}).message,
                  fmt::format("Argument {} must be an integer between 0 and 2147483647", name));
        EXPECT_EQ(attributes("a", "ObjectParts", {{name, "2147483648"}}).message,
                  fmt::format("Provided {} not an integer or within integer range", name));
    }
    const auto rest = attributes("a", "ObjectParts", {{"x-amz-part-number-marker", "1"}});
    EXPECT_EQ(rest.texts("ObjectParts/Part/PartNumber"), (std::vector<std::string>{"2"}));
    EXPECT_EQ(rest.text("ObjectParts/IsTruncated"), "false");
}

TEST_F(ObjectAttributes, CountTheOtherParts)
{
    upload("a", {});
    const auto all = attributes("a", kAll);
    EXPECT_EQ(all.text("ObjectParts/PartsCount"), "2");
    EXPECT_TRUE(all.texts("ObjectParts/Part/PartNumber").empty());
    s3.must("PUT", "/disks/b", {}, {{"x-amz-copy-source", "disks/a"}});
    EXPECT_EQ(attributes("b", kAll).text("ObjectParts/PartsCount"), "") << "copies have none";
}

TEST_F(ObjectAttributes, OfAPartAreToldWithItsBytes)
{
    upload("a", {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", "FULL_OBJECT"}});
    const Parameters mode{{"x-amz-checksum-mode", "ENABLED"}};
    const auto part = s3.call("GET", "/disks/a?partNumber=2", {}, mode);
    EXPECT_EQ(part.body, "end");
    EXPECT_EQ(part.header("x-amz-checksum-crc32"), crc32_of("end"));
    EXPECT_EQ(part.header("x-amz-checksum-type"), "FULL_OBJECT");
    const auto some = s3.call("GET", "/disks/a", {}, merged(mode, {{"Range", "bytes=1-2"}}));
    EXPECT_EQ(some.header("x-amz-checksum-crc32"), "") << "nothing says what that is";
}

}  // namespace
}  // namespace amilab::test
