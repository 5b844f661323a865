#include "storage/metadata/instances/instance_rows.h"

#include "storage/metadata/volumes/volume_rows.h"

namespace amilab {

namespace {

/// "FROM ...", and what follows.
std::string from_instances(std::string_view where)
{
    return "FROM " + std::string(kInstanceFrom) + " WHERE " + std::string(where);
}

}  // namespace

void insert_instance(Database& db, const InstanceRow& row)
{
    insert_row<kInstanceColumns>(db, row);
}

std::optional<InstanceRow> select_instance(Database& db, std::string_view owner,
                                           std::string_view region, const InstanceId& id)
{
    static const auto tail = from_instances("n.id = ? AND n.owner = ? AND n.region = ?");
    return select_row<kInstanceColumns>(db, tail, id, owner, region);
}

bool instance_exists(Database& db, std::string_view owner, std::string_view region,
                     const InstanceId& id)
{
    Statement select(db, "SELECT 1 FROM instance WHERE id = ? AND owner = ? AND region = ?");
    select.bind(id, owner, region);
    return select.step();
}

std::optional<std::string> select_instance_owner(Database& db, std::string_view region,
                                                 const InstanceId& id)
{
    Statement select(db, "SELECT owner FROM instance WHERE id = ? AND region = ?");
    select.bind(id, region);
    return select.step() ? std::optional(select.row().text()) : std::nullopt;
}

std::vector<InstanceRow> select_reservation(Database& db, std::string_view owner,
                                            std::string_view region,
                                            std::string_view reservation_id)
{
    static const auto tail = from_instances(
        "n.region = ? AND n.owner = ? AND n.reservation_id = ? ORDER BY n.launch_index");
    return select_rows<kInstanceColumns>(db, tail, region, owner, reservation_id);
}

std::vector<AttachmentRow> select_instance_attachments(Database& db,
                                                       const std::vector<std::string>& instances)
{
    return select_rows<kAttachmentColumns>(
        db,
        "FROM json_each(?) one CROSS JOIN instance n ON n.id = one.value"
        " CROSS JOIN attachment a ON a.instance_id = n.id"
        " ORDER BY n.id, a.device IS NOT n.root_device_name, a.attach_time_ms, a.device",
        json_list(instances));
}

bool change_instance_state(Database& db, const InstanceId& id, InstanceStateName from,
                           const InstanceStateRow& to)
{
    Statement(db,
              "UPDATE instance SET state = ?, state_reason_code = ?, state_reason_message = ?,"
              " state_transition_reason = ?, state_change_time_ms = ? WHERE id = ? AND state = ?")
        .execute(to.state, to.reason_code, to.reason_message, to.transition_reason, to.time_ms, id,
                 from);
    return db.changes() == 1;
}

bool end_instance_state(Database& db, const InstanceId& id, InstanceStateName from,
                        InstanceStateName to, TimeMs now_ms)
{
    Statement(db,
              "UPDATE instance SET state = ?, state_change_time_ms = ? WHERE id = ? AND state = ?")
        .execute(to, now_ms, id, from);
    return db.changes() == 1;
}

void set_instance_state(Database& db, const InstanceId& id, const InstanceStateRow& to)
{
    Statement(db,
              "UPDATE instance SET state = ?, state_reason_code = ?, state_reason_message = ?,"
              " state_transition_reason = ?, state_change_time_ms = ? WHERE id = ?")
        .execute(to.state, to.reason_code, to.reason_message, to.transition_reason, to.time_ms, id);
}

void delete_instance_row(Database& db, const InstanceId& id)
{
    Statement(db, "DELETE FROM instance WHERE id = ?").execute(id);
}

void mark_attachments_attached(Database& db, const InstanceId& id)
{
    Statement(db, "UPDATE attachment SET state = ? WHERE instance_id = ? AND state = ?")
        .execute(AttachmentState::kAttached, id, AttachmentState::kAttaching);
}

std::vector<std::pair<VolumeId, bool>> take_attachments_of(Database& db, const InstanceId& id)
{
    Statement remove(db,
                     "DELETE FROM attachment WHERE instance_id = ?"
                     " RETURNING volume_id, delete_on_termination");
    remove.bind(id);
    std::vector<std::pair<VolumeId, bool>> taken;
    while (remove.step()) {
        auto row = remove.row();
        auto volume = row.id<VolumeId>();
        taken.emplace_back(std::move(volume), row.boolean());
    }
    return taken;
}

void set_instance_type(Database& db, const InstanceId& id, std::string_view instance_type,
                       std::string_view current_boot_mode)
{
    Statement(db, "UPDATE instance SET instance_type = ?, current_boot_mode = ? WHERE id = ?")
        .execute(instance_type, current_boot_mode, id);
}

}  // namespace amilab
