#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/base/ids.h"
#include "storage/metadata/import_tasks/import_task_rows.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"

/// Tasks that make snapshots of S3's objects.
namespace amilab {

struct ImportSnapshotTaskTag {
    static constexpr std::string_view kPrefix = "import-snap";
    static constexpr std::string_view kResourceType = "import-snapshot-task";
    static constexpr std::string_view kMalformed = "InvalidConversionTaskId.Malformed";
};
using ImportSnapshotTaskId = Id<ImportSnapshotTaskTag>;

struct ImportSnapshotTaskRow {
    ImportSnapshotTaskId id{};
    std::string region{};
    std::string owner{};
    ImportTaskState state = ImportTaskState::kActive;
    /// Of one that is active nothing: it follows from how far that is.
    std::optional<std::string> status_message{};
    std::optional<std::string> description{};
    /// The disk's.
    std::optional<std::string> disk_description{};
    std::string bucket{};
    std::string key{};
    /// By which the request named them, if it did.
    std::optional<std::string> url{};
    /// As it was asked for, then as it was found.
    std::optional<std::string> format{};
    /// The object's when the task began; nothing: there was none to read.
    std::optional<std::string> etag{};
    /// As it was asked for.
    std::optional<bool> encrypted{};
    std::optional<std::string> kms_key_id{};
    TimeMs start_time_ms = 0;
    /// When it ends, unless its bytes take longer.
    TimeMs due_time_ms = 0;
    /// Of the object, if there is one.
    std::int64_t image_bytes = 0;
    std::optional<SnapshotId> snapshot_id{};
};

inline constexpr auto kImportSnapshotTaskColumns = columns<ImportSnapshotTaskRow>(
    "import_snapshot_task", "k", text<&ImportSnapshotTaskRow::id>("id"),
    text<&ImportSnapshotTaskRow::region>("region"), text<&ImportSnapshotTaskRow::owner>("owner"),
    text<&ImportSnapshotTaskRow::state>("state"),
    text<&ImportSnapshotTaskRow::status_message>("status_message"),
    text<&ImportSnapshotTaskRow::description>("description"),
    text<&ImportSnapshotTaskRow::disk_description>("disk_description"),
    text<&ImportSnapshotTaskRow::bucket>("bucket"), text<&ImportSnapshotTaskRow::key>("key"),
    text<&ImportSnapshotTaskRow::url>("url"), text<&ImportSnapshotTaskRow::format>("format"),
    text<&ImportSnapshotTaskRow::etag>("etag"),
    flag<&ImportSnapshotTaskRow::encrypted>("encrypted"),
    text<&ImportSnapshotTaskRow::kms_key_id>("kms_key_id"),
    time<&ImportSnapshotTaskRow::start_time_ms>("start_time_ms"),
    time<&ImportSnapshotTaskRow::due_time_ms>("due_time_ms"),
    integer<&ImportSnapshotTaskRow::image_bytes>("image_bytes"),
    text<&ImportSnapshotTaskRow::snapshot_id>("snapshot_id"));
inline constexpr Listing<ImportSnapshotTaskRow> kImportSnapshotTaskList{
    .key = "k.id", .columns = kImportSnapshotTaskColumns};

/// What became of it: state, message, format, bytes and snapshot, as the row has them.
void update_import_snapshot_task(Database& db, const ImportSnapshotTaskRow& row);

}  // namespace amilab
