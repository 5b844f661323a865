#include "storage/metadata/instances/replace_root_rows.h"

#include <array>

#include <fmt/format.h>

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kColumns =
    "t.id, t.region, t.owner, t.instance_id, t.state, t.original_volume_id,"
    " t.replacement_volume_id, t.made_replacement, t.image_id, t.snapshot_id,"
    " t.delete_replaced_root_volume, t.start_time_ms, t.complete_time_ms";

ReplaceRootTaskRow read_task(Statement::Row row)
{
    return {
        .id = row.id<ReplaceRootTaskId>(),
        .region = row.text(),
        .owner = row.text(),
        .instance_id = row.id<InstanceId>(),
        .state = row.text(),
        .original_volume_id = row.id<VolumeId>(),
        .replacement_volume_id = row.id<VolumeId>(),
        .made_replacement = row.boolean(),
        .image_id = row.optional_text(),
        .snapshot_id = row.optional_text(),
        .delete_replaced_root_volume = row.boolean(),
        .start_time_ms = row.integer(),
        .complete_time_ms = row.optional_integer(),
    };
}

}  // namespace

void insert_replace_root_task(Database& db, const ReplaceRootTaskRow& row)
{
    Statement(db,
              "INSERT INTO replace_root_volume_task (id, region, owner, instance_id, state,"
              " original_volume_id, replacement_volume_id, made_replacement, image_id, snapshot_id,"
              " delete_replaced_root_volume, start_time_ms, complete_time_ms)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)")
        .execute(row.id, row.region, row.owner, row.instance_id, row.state, row.original_volume_id,
                 row.replacement_volume_id, row.made_replacement, row.image_id, row.snapshot_id,
                 row.delete_replaced_root_volume, row.start_time_ms, row.complete_time_ms);
}

std::optional<ReplaceRootTaskRow> select_replace_root_task(Database& db,
                                                           const ReplaceRootTaskId& id)
{
    Statement select(
        db, fmt::format("SELECT {} FROM replace_root_volume_task t WHERE t.id = ?1", kColumns));
    select.bind(id);
    if (!select.step()) {
        return std::nullopt;
    }
    return read_task(select.row());
}

std::optional<ReplaceRootTaskId> select_running_replace_root_task(Database& db,
                                                                  const InstanceId& instance)
{
    Statement select(db,
                     "SELECT id FROM replace_root_volume_task"
                     " WHERE instance_id = ?1 AND state IN ('pending', 'in-progress')");
    select.bind(instance);
    if (!select.step()) {
        return std::nullopt;
    }
    return select.row().id<ReplaceRootTaskId>();
}

bool is_replacement_of_running_task(Database& db, const VolumeId& volume)
{
    Statement select(db,
                     "SELECT 1 FROM replace_root_volume_task"
                     " WHERE replacement_volume_id = ?1 AND state IN ('pending', 'in-progress')");
    select.bind(volume);
    return select.step();
}

std::vector<ReplaceRootTaskId> select_replace_root_tasks_of(Database& db,
                                                            const InstanceId& instance)
{
    Statement select(db, "SELECT id FROM replace_root_volume_task WHERE instance_id = ?1");
    select.bind(instance);
    std::vector<ReplaceRootTaskId> tasks;
    while (select.step()) {
        tasks.push_back(select.row().id<ReplaceRootTaskId>());
    }
    return tasks;
}

void set_replace_root_task_state(Database& db, const ReplaceRootTaskId& id, std::string_view state,
                                 std::optional<TimeMs> complete_time_ms)
{
    Statement(db,
              "UPDATE replace_root_volume_task SET state = ?2, complete_time_ms = ?3"
              " WHERE id = ?1")
        .execute(id, state, complete_time_ms);
}

void set_instance_image(Database& db, const InstanceId& id, const RootImageRow& image)
{
    Statement(db,
              "UPDATE instance SET image_id = ?2, image_owner = ?3, boot_mode = ?4,"
              " current_boot_mode = ?5, imds_support = ?6, tpm_support = ?7, ena_support = ?8,"
              " sriov_net_support = ?9 WHERE id = ?1")
        .execute(id, image.image_id, image.image_owner, image.boot_mode, image.current_boot_mode,
                 image.imds_support, image.tpm_support, image.ena_support, image.sriov_net_support);
}

std::vector<ReplaceRootTaskRow> select_replace_root_tasks(Database& db,
                                                          const ReplaceRootTaskQuery& wanted)
{
    Query query("SELECT ");
    query.sql(kColumns).sql(" FROM replace_root_volume_task t WHERE t.region = ");
    query.value(wanted.region).sql(" AND t.owner = ").value(wanted.owner);
    if (!wanted.ids.empty()) {
        query.sql(" AND t.id IN ").list(texts_of(wanted.ids));
    }
    const std::array columns = {FilterColumn{"instance-id", "t.instance_id"}};
    append_filters(query, wanted.filters, columns, "t.id", wanted.owner);
    if (!wanted.after.empty()) {
        query.sql(" AND t.id > ").value(wanted.after);
    }
    query.sql(" ORDER BY t.id LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    std::vector<ReplaceRootTaskRow> rows;
    while (select.step()) {
        rows.push_back(read_task(select.row()));
    }
    return rows;
}

}  // namespace amilab
