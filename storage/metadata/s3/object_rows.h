#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/s3/bucket_rows.h"
#include "storage/metadata/s3/object_bytes_rows.h"

namespace amilab {

enum class ChecksumAlgorithm : std::uint8_t { kCrc32, kCrc32c, kCrc64Nvme, kSha1, kSha256 };
template <>
inline constexpr auto kWords<ChecksumAlgorithm> = words("CRC32", "CRC32C", "CRC64NVME", "SHA1",
                                                        "SHA256");

/// Of what was uploaded in parts: of their checksums, or of all bytes.
enum class ChecksumType : std::uint8_t { kComposite, kFullObject };
template <>
inline constexpr auto kWords<ChecksumType> = words("COMPOSITE", "FULL_OBJECT");

/// Where an object is.
struct ObjectKey {
    std::string_view bucket;
    std::string_view key;
};

struct ObjectRow {
    std::string bucket{};
    std::string key{};
    std::string owner{};
    ContentNumber content{};
    std::int64_t size_bytes = 0;
    TimeMs modified_ms = 0;
    /// Without quotes.
    std::string etag{};
    /// Headers of answers that carry it, each "Name: value\n".
    std::string headers{};
    /// What the client notes of it, each "name: value\n", without x-amz-meta-.
    std::string metadata{};
    /// As a query has them.
    std::string tags{};
    CannedAcl acl = CannedAcl::kPrivate;
    std::optional<ChecksumAlgorithm> checksum_algorithm{};
    std::optional<ChecksumType> checksum_type{};
    /// In base64; behind a hyphen the number of parts, of composite ones.
    std::optional<std::string> checksum{};
    /// How many it was uploaded in.
    std::optional<std::int64_t> parts{};
    /// Which upload it came of.
    std::optional<std::string> upload{};
};

inline constexpr auto kObjectColumns = columns<ObjectRow>(
    "s3_object", "o", text<&ObjectRow::bucket>("bucket"), text<&ObjectRow::key>("key"),
    text<&ObjectRow::owner>("owner"), integer<&ObjectRow::content>("content"),
    integer<&ObjectRow::size_bytes>("size_bytes"), time<&ObjectRow::modified_ms>("modified_ms"),
    text<&ObjectRow::etag>("etag"), text<&ObjectRow::headers>("headers"),
    text<&ObjectRow::metadata>("metadata"), text<&ObjectRow::tags>("tags"),
    text<&ObjectRow::acl>("acl"), text<&ObjectRow::checksum_algorithm>("checksum_algorithm"),
    text<&ObjectRow::checksum_type>("checksum_type"), text<&ObjectRow::checksum>("checksum"),
    integer<&ObjectRow::parts>("parts"), text<&ObjectRow::upload>("upload"));

std::optional<ObjectRow> select_object(Database& db, const ObjectKey& key);
/// In place of the object of that key, whose bytes go unless others have them.
void put_object_row(Database& db, const ObjectRow& row);
void set_object_tags(Database& db, const ObjectKey& key, std::string_view tags);
void set_object_acl(Database& db, const ObjectKey& key, CannedAcl acl);
/// False when there was none.
bool delete_object_row(Database& db, const ObjectKey& key);

}  // namespace amilab
