#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/ids.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/sql/columns.h"

namespace amilab {

/// No client sees it: AWS tells of the image alone.
struct RestoreImageTaskTag {
    static constexpr std::string_view kPrefix = "restore-image-task";
};
using RestoreImageTaskId = Id<RestoreImageTaskTag>;

/// There as long as the task is under way.
struct RestoreImageTaskRow {
    RestoreImageTaskId id{};
    std::string region{};
    std::string owner{};
    ImageId image_id{};
    std::string bucket{};
    std::string object_key{};
    /// The object's, when the call looked at it.
    std::string etag{};
    /// Of all disks.
    std::int64_t size_gib = 0;
};

inline constexpr auto kRestoreImageTaskColumns = columns<RestoreImageTaskRow>(
    "restore_image_task", "t", text<&RestoreImageTaskRow::id>("id"),
    text<&RestoreImageTaskRow::region>("region"), text<&RestoreImageTaskRow::owner>("owner"),
    text<&RestoreImageTaskRow::image_id>("image_id"), text<&RestoreImageTaskRow::bucket>("bucket"),
    text<&RestoreImageTaskRow::object_key>("object_key"), text<&RestoreImageTaskRow::etag>("etag"),
    integer<&RestoreImageTaskRow::size_gib>("size_gib"));

/// `snapshots` are to have the object's disks, in their order.
void insert_restore_image_task(Database& db, const RestoreImageTaskRow& row,
                               const std::vector<SnapshotId>& snapshots);
std::optional<RestoreImageTaskRow> select_restore_image_task(Database& db,
                                                             const RestoreImageTaskId& id);
std::vector<SnapshotId> select_restore_image_task_snapshots(Database& db,
                                                            const RestoreImageTaskId& id);
/// The sizes of all that the owner has under way.
std::int64_t sum_restore_image_task_gib(Database& db, std::string_view owner);
/// Forgets a task that has ended.
void delete_restore_image_task(Database& db, const RestoreImageTaskId& id);

}  // namespace amilab
