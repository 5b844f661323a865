#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/volumes/volume_ids.h"

namespace amilab {

/// Source: EC2 API Reference, ReplaceRootVolumeTask (documented).
enum class ReplaceRootState : std::uint8_t {
    kPending,
    kInProgress,
    kSucceeded,
    kFailed,
    kFailedDetached
};
template <>
inline constexpr auto kWords<ReplaceRootState> = words("pending", "in-progress", "succeeded",
                                                       "failed", "failed-detached");

/// Of a task that is neither done nor failed.
inline constexpr std::array kRunningReplaceRootStates = {ReplaceRootState::kPending,
                                                         ReplaceRootState::kInProgress};
constexpr bool is_running(ReplaceRootState state)
{
    return state == ReplaceRootState::kPending || state == ReplaceRootState::kInProgress;
}

/// The replacement of an instance's root volume.
struct ReplaceRootTaskRow {
    ReplaceRootTaskId id{};
    std::string region{};
    std::string owner{};
    InstanceId instance_id{};
    ReplaceRootState state{};
    VolumeId original_volume_id{};
    VolumeId replacement_volume_id{};
    /// The task made the replacement; otherwise the caller named it.
    bool made_replacement = false;
    std::optional<std::string> image_id{};
    std::optional<std::string> snapshot_id{};
    bool delete_replaced_root_volume = false;
    TimeMs start_time_ms = 0;
    std::optional<TimeMs> complete_time_ms{};
};

inline constexpr auto kReplaceRootTaskColumns = columns<ReplaceRootTaskRow>(
    "replace_root_volume_task", "k", text<&ReplaceRootTaskRow::id>("id"),
    text<&ReplaceRootTaskRow::region>("region"), text<&ReplaceRootTaskRow::owner>("owner"),
    text<&ReplaceRootTaskRow::instance_id>("instance_id"),
    text<&ReplaceRootTaskRow::state>("state"),
    text<&ReplaceRootTaskRow::original_volume_id>("original_volume_id"),
    text<&ReplaceRootTaskRow::replacement_volume_id>("replacement_volume_id"),
    flag<&ReplaceRootTaskRow::made_replacement>("made_replacement"),
    text<&ReplaceRootTaskRow::image_id>("image_id"),
    text<&ReplaceRootTaskRow::snapshot_id>("snapshot_id"),
    flag<&ReplaceRootTaskRow::delete_replaced_root_volume>("delete_replaced_root_volume"),
    time<&ReplaceRootTaskRow::start_time_ms>("start_time_ms"),
    time<&ReplaceRootTaskRow::complete_time_ms>("complete_time_ms"));
inline constexpr FilterColumn kReplaceRootTaskFilters[] = {{"instance-id", "instance_id"}};
inline constexpr Listing<ReplaceRootTaskRow> kReplaceRootTaskList{
    .key = "k.id", .columns = kReplaceRootTaskColumns, .filters = kReplaceRootTaskFilters};

void insert_replace_root_task(Database& db, const ReplaceRootTaskRow& row);
std::optional<ReplaceRootTaskRow> select_replace_root_task(Database& db,
                                                           const ReplaceRootTaskId& id);
/// The task of an instance that is neither done nor failed.
std::optional<ReplaceRootTaskId> select_running_replace_root_task(Database& db,
                                                                  const InstanceId& instance);
/// Whether such a task is about to attach the volume.
bool is_replacement_of_running_task(Database& db, const VolumeId& volume);
std::vector<ReplaceRootTaskRow> select_replace_root_tasks_of(Database& db,
                                                             const InstanceId& instance);
void set_replace_root_task_state(Database& db, const ReplaceRootTaskId& id, ReplaceRootState state,
                                 std::optional<TimeMs> complete_time_ms);

/// What the instance takes over from the image that its new root volume is made of.
struct RootImageRow {
    std::string image_id{};
    std::string image_owner{};
    std::optional<std::string> boot_mode{};
    std::string current_boot_mode{};
    std::optional<std::string> imds_support{};
    std::optional<std::string> tpm_support{};
    bool ena_support = false;
    std::optional<std::string> sriov_net_support{};
};
void set_instance_image(Database& db, const InstanceId& id, const RootImageRow& image);

}  // namespace amilab
