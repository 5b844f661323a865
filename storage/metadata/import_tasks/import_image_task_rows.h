#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/base/ids.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/import_tasks/import_task_rows.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/sql/children.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"

/// Tasks that make images of S3's objects.
namespace amilab {

struct ImportImageTaskTag {
    static constexpr std::string_view kPrefix = "import-ami";
    static constexpr std::string_view kResourceType = "import-image-task";
    static constexpr std::string_view kMalformed = "InvalidConversionTaskId.Malformed";
};
using ImportImageTaskId = Id<ImportImageTaskTag>;

struct ImportImageTaskRow {
    ImportImageTaskId id{};
    std::string region{};
    std::string owner{};
    ImportTaskState state = ImportTaskState::kActive;
    /// Of one that is active nothing: it follows from how far that is.
    std::optional<std::string> status_message{};
    std::optional<std::string> description{};
    /// Asked for, and then as it came to be, like what follows.
    std::optional<std::string> architecture{};
    std::optional<std::string> hypervisor{};
    std::optional<std::string> platform{};
    std::optional<std::string> license_type{};
    std::optional<std::string> usage_operation{};
    std::optional<std::string> boot_mode{};
    /// ARNs.
    std::vector<std::string> license_configurations{};
    std::optional<bool> encrypted{};
    std::optional<std::string> kms_key_id{};
    TimeMs start_time_ms = 0;
    /// When it ends, unless its bytes take longer.
    TimeMs due_time_ms = 0;
    std::optional<ImageId> image_id{};
};

inline constexpr auto kImportImageTaskColumns = columns<ImportImageTaskRow>(
    "import_image_task", "k", text<&ImportImageTaskRow::id>("id"),
    text<&ImportImageTaskRow::region>("region"), text<&ImportImageTaskRow::owner>("owner"),
    text<&ImportImageTaskRow::state>("state"),
    text<&ImportImageTaskRow::status_message>("status_message"),
    text<&ImportImageTaskRow::description>("description"),
    text<&ImportImageTaskRow::architecture>("architecture"),
    text<&ImportImageTaskRow::hypervisor>("hypervisor"),
    text<&ImportImageTaskRow::platform>("platform"),
    text<&ImportImageTaskRow::license_type>("license_type"),
    text<&ImportImageTaskRow::usage_operation>("usage_operation"),
    text<&ImportImageTaskRow::boot_mode>("boot_mode"),
    list<&ImportImageTaskRow::license_configurations>("license_configurations"),
    flag<&ImportImageTaskRow::encrypted>("encrypted"),
    text<&ImportImageTaskRow::kms_key_id>("kms_key_id"),
    time<&ImportImageTaskRow::start_time_ms>("start_time_ms"),
    time<&ImportImageTaskRow::due_time_ms>("due_time_ms"),
    text<&ImportImageTaskRow::image_id>("image_id"));
inline constexpr FilterColumn kImportImageTaskFilters[] = {{"task-state", "state"}};
inline constexpr Listing<ImportImageTaskRow> kImportImageTaskList{
    .key = "k.id", .columns = kImportImageTaskColumns, .filters = kImportImageTaskFilters};

struct ImportImageDiskRow {
    std::string task_id{};
    std::int64_t position = 0;
    std::optional<std::string> description{};
    std::optional<std::string> device_name{};
    std::string bucket{};
    std::string key{};
    /// By which the request named them, if it did.
    std::optional<std::string> url{};
    /// As it was asked for, then as it was found.
    std::optional<std::string> format{};
    /// The object's when the task began; nothing: there was none to read.
    std::optional<std::string> etag{};
    std::int64_t image_bytes = 0;
    std::optional<SnapshotId> snapshot_id{};
};
inline constexpr auto kImportImageDiskColumns = columns<ImportImageDiskRow>(
    "import_image_disk", "d", text<&ImportImageDiskRow::task_id>("task_id"),
    integer<&ImportImageDiskRow::position>("position"),
    text<&ImportImageDiskRow::description>("description"),
    text<&ImportImageDiskRow::device_name>("device_name"),
    text<&ImportImageDiskRow::bucket>("bucket"), text<&ImportImageDiskRow::key>("key"),
    text<&ImportImageDiskRow::url>("url"), text<&ImportImageDiskRow::format>("format"),
    text<&ImportImageDiskRow::etag>("etag"),
    integer<&ImportImageDiskRow::image_bytes>("image_bytes"),
    text<&ImportImageDiskRow::snapshot_id>("snapshot_id"));
inline constexpr Children<ImportImageDiskRow> kImportImageDisks{
    .columns = kImportImageDiskColumns, .parent = "task_id", .order = "position"};

/// What became of it: state, message, image and what it came to be, as the row has them.
void update_import_image_task(Database& db, const ImportImageTaskRow& row);
/// What became of a disk: format, size of its image and snapshot, as the row has them.
void update_import_image_disk(Database& db, const ImportImageDiskRow& row);

}  // namespace amilab
