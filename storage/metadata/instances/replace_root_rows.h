#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/volumes/volume_ids.h"

namespace amilab {

/// The replacement of an instance's root volume.
struct ReplaceRootTaskRow {
    ReplaceRootTaskId id;
    std::string region;
    std::string owner;
    InstanceId instance_id;
    /// pending, in-progress, succeeded, failed, failed-detached
    std::string state;
    VolumeId original_volume_id;
    VolumeId replacement_volume_id;
    /// The task made the replacement; otherwise the caller named it.
    bool made_replacement;
    std::optional<std::string> image_id;
    std::optional<std::string> snapshot_id;
    bool delete_replaced_root_volume;
    TimeMs start_time_ms;
    std::optional<TimeMs> complete_time_ms{};
};

void insert_replace_root_task(Database& db, const ReplaceRootTaskRow& row);
std::optional<ReplaceRootTaskRow> select_replace_root_task(Database& db,
                                                           const ReplaceRootTaskId& id);
/// The task of an instance that is neither done nor failed.
std::optional<ReplaceRootTaskId> select_running_replace_root_task(Database& db,
                                                                  const InstanceId& instance);
/// Whether such a task is about to attach the volume.
bool is_replacement_of_running_task(Database& db, const VolumeId& volume);
std::vector<ReplaceRootTaskId> select_replace_root_tasks_of(Database& db,
                                                            const InstanceId& instance);
void set_replace_root_task_state(Database& db, const ReplaceRootTaskId& id, std::string_view state,
                                 std::optional<TimeMs> complete_time_ms);

/// What the instance takes over from the image that its new root volume is made of.
struct RootImageRow {
    std::string image_id;
    std::string image_owner;
    std::optional<std::string> boot_mode;
    std::string current_boot_mode;
    std::optional<std::string> imds_support;
    std::optional<std::string> tpm_support;
    bool ena_support;
    std::optional<std::string> sriov_net_support;
};
void set_instance_image(Database& db, const InstanceId& id, const RootImageRow& image);

struct ReplaceRootTaskQuery {
    std::string_view owner;
    std::string_view region;
    std::vector<ReplaceRootTaskId> ids;
    std::span<const Filter> filters;
    std::string_view after;
    std::int64_t limit;
};

/// In the order of their ids.
std::vector<ReplaceRootTaskRow> select_replace_root_tasks(Database& db,
                                                          const ReplaceRootTaskQuery& query);

/// Which tasks an account may tag: ?1 the id, ?2 the region, ?3 the account.
inline constexpr std::string_view kTaggableReplaceRootTask =
    "SELECT 1 FROM replace_root_volume_task WHERE id = ?1 AND region = ?2 AND owner = ?3";

}  // namespace amilab
