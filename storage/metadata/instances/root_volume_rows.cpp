#include "storage/metadata/instances/root_volume_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kIsRunning = "state IN " + sql_list<kRunningReplaceRootStates>();

}  // namespace

void insert_replace_root_task(Database& db, const ReplaceRootTaskRow& row)
{
    insert_row<kReplaceRootTaskColumns>(db, row);
}

std::optional<ReplaceRootTaskRow> select_replace_root_task(Database& db,
                                                           const ReplaceRootTaskId& id)
{
    return select_row<kReplaceRootTaskColumns>(db, "FROM replace_root_volume_task k WHERE k.id = ?",
                                               id);
}

std::optional<ReplaceRootTaskId> select_running_replace_root_task(Database& db,
                                                                  const InstanceId& instance)
{
    static constexpr auto kSelect =
        "SELECT id FROM replace_root_volume_task WHERE instance_id = ? AND " + kIsRunning;
    Statement select(db, kSelect);
    select.bind(instance);
    if (!select.step()) {
        return std::nullopt;
    }
    return select.row().id<ReplaceRootTaskId>();
}

bool is_replacement_of_running_task(Database& db, const VolumeId& volume)
{
    static constexpr auto kSelect =
        "SELECT 1 FROM replace_root_volume_task WHERE replacement_volume_id = ? AND " + kIsRunning;
    Statement select(db, kSelect);
    select.bind(volume);
    return select.step();
}

std::vector<ReplaceRootTaskRow> select_replace_root_tasks_of(Database& db,
                                                             const InstanceId& instance)
{
    return select_rows<kReplaceRootTaskColumns>(
        db, "FROM replace_root_volume_task k WHERE k.instance_id = ?", instance);
}

void set_replace_root_task_state(Database& db, const ReplaceRootTaskId& id, ReplaceRootState state,
                                 std::optional<TimeMs> complete_time_ms)
{
    Statement(db,
              "UPDATE replace_root_volume_task SET state = ?, complete_time_ms = ? WHERE id = ?")
        .execute(state, complete_time_ms, id);
}

void set_instance_image(Database& db, const InstanceId& id, const RootImageRow& image)
{
    Statement(db,
              "UPDATE instance SET image_id = ?, image_owner = ?, boot_mode = ?,"
              " current_boot_mode = ?, imds_support = ?, tpm_support = ?, ena_support = ?,"
              " sriov_net_support = ? WHERE id = ?")
        .execute(image.image_id, image.image_owner, image.boot_mode, image.current_boot_mode,
                 image.imds_support, image.tpm_support, image.ena_support, image.sriov_net_support,
                 id);
}

}  // namespace amilab
