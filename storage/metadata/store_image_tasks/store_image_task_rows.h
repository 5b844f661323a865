#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/base/ids.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/tags/tag_rows.h"

namespace amilab {

/// No client sees it: AWS tells such tasks by the image.
struct StoreImageTaskTag {
    static constexpr std::string_view kPrefix = "store-image-task";
};
using StoreImageTaskId = Id<StoreImageTaskTag>;

enum class StoreImageTaskState : std::uint8_t { kInProgress, kCompleted, kFailed };
template <>
inline constexpr auto kWords<StoreImageTaskState> = words("InProgress", "Completed", "Failed");

struct StoreImageTaskRow {
    StoreImageTaskId id{};
    std::string region{};
    std::string owner{};
    /// In the order of the list: the latest first.
    std::string place{};
    ImageId image_id{};
    std::string bucket{};
    std::string object_key{};
    /// Of all disks.
    std::int64_t size_gib = 0;
    TimeMs start_time_ms = 0;
    /// When its bytes begin to move.
    TimeMs due_ms = 0;
    StoreImageTaskState state{};
    /// Of the bytes.
    std::int64_t percent = 0;
    std::optional<std::string> failure{};
    /// Read only: of the task.
    std::int64_t progress_percent = 0;
};

/// The share of the time that it waits, or of the bytes, whichever is more.
inline constexpr auto kStoreImageTaskProgress =
    "CASE WHEN t.state = " + sql_word<StoreImageTaskState::kInProgress> +
    " THEN max(t.percent, iif(t.due_ms > t.start_time_ms, max(0, min(99,"
    " ($now - t.start_time_ms) * 100 / (t.due_ms - t.start_time_ms))), 0)) ELSE t.percent END";
inline constexpr auto kStoreImageTaskColumns = columns<StoreImageTaskRow>(
    "store_image_task", "t", text<&StoreImageTaskRow::id>("id"),
    text<&StoreImageTaskRow::region>("region"), text<&StoreImageTaskRow::owner>("owner"),
    text<&StoreImageTaskRow::place>("place"), text<&StoreImageTaskRow::image_id>("image_id"),
    text<&StoreImageTaskRow::bucket>("bucket"), text<&StoreImageTaskRow::object_key>("object_key"),
    integer<&StoreImageTaskRow::size_gib>("size_gib"),
    time<&StoreImageTaskRow::start_time_ms>("start_time_ms"),
    time<&StoreImageTaskRow::due_ms>("due_ms"), text<&StoreImageTaskRow::state>("state"),
    integer<&StoreImageTaskRow::percent>("percent"), text<&StoreImageTaskRow::failure>("failure"),
    integer<&StoreImageTaskRow::progress_percent>("progress_percent").as(kStoreImageTaskProgress));
inline constexpr FilterColumn kStoreImageTaskFilters[] = {
    {"bucket", "bucket"},
    {"task-state", "state"},
};
/// Source: those of the past 31 days (documented).
inline constexpr Listing<StoreImageTaskRow> kStoreImageTaskList{
    .where = "t.start_time_ms > $now - 31 * 86400000",
    .key = "t.place",
    .second_key = "t.id",
    .columns = kStoreImageTaskColumns,
    .filters = kStoreImageTaskFilters};

/// `tags` are for the object.
void insert_store_image_task(Database& db, const StoreImageTaskRow& row,
                             const std::vector<TagRow>& tags);
std::optional<StoreImageTaskRow> select_store_image_task(Database& db, const StoreImageTaskId& id);
std::vector<TagRow> select_store_image_task_tags(Database& db, const StoreImageTaskId& id);
/// The sizes of all that the owner has under way.
std::int64_t sum_store_image_task_gib(Database& db, std::string_view owner);
/// Whether the image is under way to that place.
bool is_image_being_stored(Database& db, std::string_view owner, std::string_view bucket,
                           std::string_view object_key);
/// Notes how much is done of one that is under way.
void set_store_image_task_percent(Database& db, const StoreImageTaskId& id, std::int64_t percent);
/// Ends one that is under way: completed, or failed for a reason.
void end_store_image_task(Database& db, const StoreImageTaskId& id,
                          const std::optional<std::string>& failure);

}  // namespace amilab
