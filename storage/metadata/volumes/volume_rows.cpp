#include "storage/metadata/volumes/volume_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kHostColumns = columns<AttachmentHost>(
    "instance", "i", text<&AttachmentHost::state>("state"), text<&AttachmentHost::zone>("zone"),
    text<&AttachmentHost::root_device_name>("root_device_name"),
    text<&AttachmentHost::virtualization_type>("virtualization_type"),
    text<&AttachmentHost::instance_type>("instance_type"),
    integer<&AttachmentHost::attachments>("attachments")
        .as("(SELECT COUNT(*) FROM attachment a WHERE a.instance_id = i.id)"),
    text<&AttachmentHost::hypervisor>("hypervisor").as("t.hypervisor"),
    flag<&AttachmentHost::bare_metal>("bare_metal").as("t.bare_metal"));

/// Whether it is attached already, and may not be attached twice.
bool is_taken(Database& db, const VolumeId& volume)
{
    Statement select(db,
                     "SELECT 1 FROM attachment a JOIN volume v ON v.id = a.volume_id"
                     " WHERE a.volume_id = ? AND v.multi_attach = 0");
    select.bind(volume);
    return select.step();
}

}  // namespace

void insert_volume(Database& db, const VolumeRow& row)
{
    insert_row<kVolumeColumns>(db, row);
}

std::optional<VolumeRow> select_volume(Database& db, std::string_view owner,
                                       std::string_view region, const VolumeId& id)
{
    static constexpr auto kTail =
        "FROM volume v WHERE v.id = ? AND v.owner = ? AND v.region = ? AND " + kNotInBin;
    return select_row<kVolumeColumns>(db, kTail, id, owner, region);
}

std::optional<VolumeRow> select_any_volume(Database& db, const VolumeId& id)
{
    return select_row<kVolumeColumns>(db, "FROM volume v WHERE v.id = ?", id);
}

void set_volume_state(Database& db, const VolumeId& id, VolumeState state)
{
    Statement(db, "UPDATE volume SET state = ? WHERE id = ?").execute(state, id);
}

bool change_volume_state(Database& db, const VolumeId& id, VolumeState from, VolumeState to)
{
    Statement(db, "UPDATE volume SET state = ? WHERE id = ? AND state = ?").execute(to, id, from);
    return db.changes() == 1;
}

void set_volume_layer(Database& db, const VolumeId& id, LayerId layer)
{
    Statement(db, "UPDATE volume SET layer_id = ? WHERE id = ?").execute(layer, id);
}

std::optional<LayerId> take_volume_in_state(Database& db, const VolumeId& id, VolumeState state)
{
    Statement remove(db, "DELETE FROM volume WHERE id = ? AND state = ? RETURNING layer_id");
    remove.bind(id, state);
    std::optional<LayerId> layer;
    while (remove.step()) {
        remove.row().read(layer);
    }
    return layer;
}

void set_volume_performance(Database& db, const VolumeRow& row)
{
    Statement(db,
              "UPDATE volume SET size_gib = ?, volume_type = ?, iops = ?, throughput = ?,"
              " multi_attach = ? WHERE id = ?")
        .execute(row.size_gib, row.volume_type, row.iops, row.throughput, row.multi_attach, row.id);
}

void set_volume_auto_enable_io(Database& db, const VolumeId& id, bool value)
{
    Statement(db, "UPDATE volume SET auto_enable_io = ? WHERE id = ?").execute(value, id);
}

bool insert_attachment(Database& db, const AttachmentRow& row)
{
    if (is_taken(db, row.volume_id) || !insert_unless_there<kAttachmentColumns>(db, row)) {
        return false;
    }
    Statement(db,
              "INSERT INTO instance_root_volume (instance_id, volume_id)"
              " SELECT id, ? FROM instance WHERE id = ? AND root_device_name = ?"
              " ON CONFLICT DO NOTHING")
        .execute(row.volume_id, row.instance_id, row.device);
    return true;
}

void set_attachment_state(Database& db, const VolumeId& volume, const InstanceId& instance,
                          AttachmentState state)
{
    Statement(db, "UPDATE attachment SET state = ? WHERE volume_id = ? AND instance_id = ?")
        .execute(state, volume, instance);
}

void set_delete_on_termination(Database& db, const VolumeId& volume, const InstanceId& instance,
                               bool delete_on_termination)
{
    Statement(db,
              "UPDATE attachment SET delete_on_termination = ?"
              " WHERE volume_id = ? AND instance_id = ?")
        .execute(delete_on_termination, volume, instance);
}

void delete_attachment(Database& db, const VolumeId& volume, const InstanceId& instance)
{
    Statement(db, "DELETE FROM attachment WHERE volume_id = ? AND instance_id = ?")
        .execute(volume, instance);
}

std::optional<AttachmentRow> select_attachment(Database& db, const VolumeId& volume,
                                               const InstanceId& instance)
{
    return select_row<kAttachmentColumns>(
        db, "FROM attachment a WHERE a.volume_id = ? AND a.instance_id = ?", volume, instance);
}

std::vector<AttachmentRow> select_attachments_on(Database& db, const VolumeId& volume)
{
    return select_rows<kAttachmentColumns>(
        db, "FROM attachment a WHERE a.volume_id = ? ORDER BY a.instance_id", volume);
}

std::vector<AttachmentRow> select_attachments_on_all(Database& db,
                                                     const std::vector<std::string>& volumes)
{
    return select_rows<kAttachmentColumns>(db,
                                           "FROM json_each(?) i"
                                           " JOIN attachment a ON a.volume_id = i.value"
                                           " ORDER BY a.volume_id, a.instance_id",
                                           json_list(volumes));
}

std::vector<AttachmentRow> select_attachments_of(Database& db, const InstanceId& instance)
{
    return select_rows<kAttachmentColumns>(
        db,
        "FROM attachment a WHERE a.instance_id = ?"
        " ORDER BY a.device IS NOT (SELECT i.root_device_name FROM instance i"
        "  WHERE i.id = ?), a.attach_time_ms, a.device",
        instance, instance);
}

bool was_root_volume(Database& db, std::string_view volume)
{
    Statement select(db, "SELECT 1 FROM instance_root_volume WHERE volume_id = ?");
    select.bind(volume);
    return select.step();
}

bool was_root_volume_of(Database& db, std::string_view volume, const InstanceId& instance)
{
    Statement select(db,
                     "SELECT 1 FROM instance_root_volume"
                     " WHERE instance_id = ? AND volume_id = ?");
    select.bind(instance, volume);
    return select.step();
}

std::int64_t count_attachments_of(Database& db, const InstanceId& instance)
{
    Statement select(db, "SELECT COUNT(*) FROM attachment WHERE instance_id = ?");
    select.bind(instance);
    return select.values<std::int64_t>().front();
}

std::optional<AttachmentHost> select_attachment_host(Database& db, std::string_view owner,
                                                     std::string_view region,
                                                     const InstanceId& instance)
{
    return select_row<kHostColumns>(
        db,
        "FROM instance i JOIN catalogue.instance_type t ON t.name = i.instance_type"
        " WHERE i.id = ? AND i.owner = ? AND i.region = ?",
        instance, owner, region);
}

}  // namespace amilab
