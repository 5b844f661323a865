#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/base/ids.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

struct ExportImageTaskTag {
    static constexpr std::string_view kPrefix = "export-ami";
    static constexpr std::string_view kResourceType = "export-image-task";
    static constexpr std::string_view kMalformed = "InvalidExportTaskID.Malformed";
};
using ExportImageTaskId = Id<ExportImageTaskTag>;

struct ExportInstanceTaskTag {
    static constexpr std::string_view kPrefix = "export-i";
    static constexpr std::string_view kResourceType = "export-instance-task";
    static constexpr std::string_view kMalformed = "InvalidExportTaskID.Malformed";
};
using ExportInstanceTaskId = Id<ExportInstanceTaskTag>;

/// What is exported.
enum class ExportKind : std::uint8_t { kImage, kInstance };
template <>
inline constexpr auto kWords<ExportKind> = words("image", "instance");

/// As tasks of images say it; those of instances call the last two cancelling and cancelled.
enum class ExportTaskState : std::uint8_t { kActive, kCompleted, kDeleting, kDeleted };
template <>
inline constexpr auto kWords<ExportTaskState> = words("active", "completed", "deleting", "deleted");

enum class DiskImageFormat : std::uint8_t { kVmdk, kRaw, kVhd };
template <>
inline constexpr auto kWords<DiskImageFormat> = words("VMDK", "RAW", "VHD");

struct ExportTaskRow {
    std::string id{};
    std::string region{};
    std::string owner{};
    ExportKind kind{};
    /// The image's, or the instance's.
    std::string source_id{};
    std::optional<std::string> description{};
    DiskImageFormat format{};
    /// Of instances: "ova", and for what machines.
    std::optional<std::string> container{};
    std::optional<std::string> target_environment{};
    /// Of images.
    std::optional<std::string> role_name{};
    std::string bucket{};
    std::optional<std::string> prefix{};
    std::string object_key{};
    TimeMs start_time_ms = 0;
    /// When its bytes begin to move.
    TimeMs due_ms = 0;
    ExportTaskState state{};
    /// Of the bytes.
    std::int64_t percent = 0;
    /// What it is about, or why it has failed.
    std::optional<std::string> message{};
    /// Read only: of the task.
    std::int64_t progress_percent = 0;
};

/// The share of the time that it waits, or of the bytes, whichever is more.
inline constexpr auto kExportTaskProgress =
    "max(t.percent, iif(t.due_ms > t.start_time_ms, max(0, min(99,"
    " ($now - t.start_time_ms) * 100 / (t.due_ms - t.start_time_ms))), 0))";
inline constexpr auto kExportTaskColumns = columns<ExportTaskRow>(
    "export_task", "t", text<&ExportTaskRow::id>("id"), text<&ExportTaskRow::region>("region"),
    text<&ExportTaskRow::owner>("owner"), text<&ExportTaskRow::kind>("kind"),
    text<&ExportTaskRow::source_id>("source_id"), text<&ExportTaskRow::description>("description"),
    text<&ExportTaskRow::format>("format"), text<&ExportTaskRow::container>("container"),
    text<&ExportTaskRow::target_environment>("target_environment"),
    text<&ExportTaskRow::role_name>("role_name"), text<&ExportTaskRow::bucket>("bucket"),
    text<&ExportTaskRow::prefix>("prefix"), text<&ExportTaskRow::object_key>("object_key"),
    time<&ExportTaskRow::start_time_ms>("start_time_ms"), time<&ExportTaskRow::due_ms>("due_ms"),
    text<&ExportTaskRow::state>("state"), integer<&ExportTaskRow::percent>("percent"),
    text<&ExportTaskRow::message>("message"),
    integer<&ExportTaskRow::progress_percent>("progress_percent").as(kExportTaskProgress));

inline constexpr FilterColumn kExportTaskFilters[] = {{"task-state", "state"}};
inline constexpr auto kIsOfImage = "t.kind = " + sql_word<ExportKind::kImage>;
inline constexpr Listing<ExportTaskRow> kExportImageTaskList{.where = kIsOfImage,
                                                             .key = "t.id",
                                                             .columns = kExportTaskColumns,
                                                             .filters = kExportTaskFilters};
inline constexpr auto kIsOfInstance = "t.kind = " + sql_word<ExportKind::kInstance>;
inline constexpr Listing<ExportTaskRow> kExportInstanceTaskList{
    .where = kIsOfInstance, .key = "t.id", .columns = kExportTaskColumns};

void insert_export_task(Database& db, const ExportTaskRow& row);
std::optional<ExportTaskRow> select_export_task(Database& db, const std::string& id,
                                                TimeMs now_ms = 0);
/// How many of the kind the owner has under way in the region.
std::int64_t count_active_export_tasks(Database& db, std::string_view owner,
                                       std::string_view region, ExportKind kind);
/// Notes how much is done of one that is active, and what it is about.
void set_export_task_progress(Database& db, const std::string& id, std::int64_t percent,
                              const std::string& message);
/// Gives it another state; without a message it says nothing any more.
void set_export_task_state(Database& db, const std::string& id, ExportTaskState state,
                           const std::optional<std::string>& message);

}  // namespace amilab
