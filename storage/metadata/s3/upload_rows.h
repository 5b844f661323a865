#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/s3/object_rows.h"

namespace amilab {

/// An object that is being uploaded in parts.
struct UploadRow {
    std::string id{};
    std::string bucket{};
    std::string key{};
    std::string owner{};
    TimeMs started_ms = 0;
    // As the object will have them.
    std::string headers{};
    std::string metadata{};
    std::string tags{};
    CannedAcl acl = CannedAcl::kPrivate;
    std::optional<ChecksumAlgorithm> checksum_algorithm{};
    std::optional<ChecksumType> checksum_type{};
};

inline constexpr auto kUploadColumns = columns<UploadRow>(
    "s3_upload", "u", text<&UploadRow::id>("upload_id"), text<&UploadRow::bucket>("bucket"),
    text<&UploadRow::key>("key"), text<&UploadRow::owner>("owner"),
    time<&UploadRow::started_ms>("started_ms"), text<&UploadRow::headers>("headers"),
    text<&UploadRow::metadata>("metadata"), text<&UploadRow::tags>("tags"),
    text<&UploadRow::acl>("acl"), text<&UploadRow::checksum_algorithm>("checksum_algorithm"),
    text<&UploadRow::checksum_type>("checksum_type"));

struct PartRow {
    std::string upload{};
    std::int64_t number = 0;
    std::string owner{};
    ContentNumber content{};
    std::int64_t size_bytes = 0;
    TimeMs modified_ms = 0;
    std::string etag{};
    /// Of the upload's algorithm, in base64.
    std::optional<std::string> checksum{};
};

inline constexpr auto kPartRowColumns = columns<PartRow>(
    "s3_part", "p", text<&PartRow::upload>("upload"), integer<&PartRow::number>("number"),
    text<&PartRow::owner>("owner"), integer<&PartRow::content>("content"),
    integer<&PartRow::size_bytes>("size_bytes"), time<&PartRow::modified_ms>("modified_ms"),
    text<&PartRow::etag>("etag"), text<&PartRow::checksum>("checksum"));

void insert_upload(Database& db, const UploadRow& row);
std::optional<UploadRow> select_upload(Database& db, std::string_view id);
/// With its parts, whose bytes go unless others have them.
void delete_upload(Database& db, std::string_view id);

/// In place of the part of that number.
void put_part_row(Database& db, const PartRow& row);
/// In the order of their numbers, behind `after`, so many at most.
std::vector<PartRow> select_parts(Database& db, std::string_view upload, std::int64_t after,
                                  std::int64_t most);

}  // namespace amilab
