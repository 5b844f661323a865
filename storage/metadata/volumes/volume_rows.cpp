#include "storage/metadata/volumes/volume_rows.h"

#include <array>

#include <fmt/format.h>

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kVolumeColumns =
    "v.id, v.region, v.owner, v.zone, v.layer_id, v.size_gib, v.snapshot_id, v.volume_type,"
    " v.iops, v.throughput, v.encrypted, v.multi_attach, v.state, v.create_time_ms,"
    " v.source_volume_id, v.initialization_rate, v.initialized_ms, v.auto_enable_io,"
    " v.kms_key_id, v.data_key_id, v.fast_restored";

constexpr std::string_view kAttachmentColumns =
    "volume_id, instance_id, device, state, attach_time_ms, delete_on_termination";

VolumeRow read_volume(Statement::Row row)
{
    return {
        .id = row.id<VolumeId>(),
        .region = row.text(),
        .owner = row.text(),
        .zone = row.text(),
        .layer_id = static_cast<LayerId>(row.integer()),
        .size_gib = row.integer(),
        .snapshot_id = row.optional_text(),
        .volume_type = row.text(),
        .iops = row.optional_integer(),
        .throughput = row.optional_integer(),
        .encrypted = row.boolean(),
        .multi_attach = row.boolean(),
        .state = row.text(),
        .create_time_ms = row.integer(),
        .source_volume_id = row.optional_text(),
        .initialization_rate = row.optional_integer(),
        .initialized_ms = row.optional_integer(),
        .auto_enable_io = row.boolean(),
        .kms_key_id = row.optional_text(),
        .data_key_id = row.optional_text(),
        .fast_restored = row.boolean(),
    };
}

AttachmentRow read_attachment(Statement::Row row)
{
    return {
        .volume_id = row.id<VolumeId>(),
        .instance_id = row.id<InstanceId>(),
        .device = row.text(),
        .state = row.text(),
        .attach_time_ms = row.integer(),
        .delete_on_termination = row.boolean(),
    };
}

void append_filters_of(Query& query, const VolumeQuery& wanted)
{
    constexpr std::string_view kAttached = "v.id IN (SELECT a.volume_id FROM attachment a WHERE ";
    const auto attach_time = sql_time("a.attach_time_ms");
    const auto delete_on_termination = sql_true_false("a.delete_on_termination");
    const auto create_time = sql_time("v.create_time_ms");
    const auto encrypted = sql_true_false("v.encrypted");
    const auto fast_restored = sql_true_false("v.fast_restored");
    const auto multi_attach = sql_true_false("v.multi_attach");
    // operator.principal: no service manages a volume here, so nothing matches it.
    const std::array columns = {
        FilterColumn{"attachment.attach-time", attach_time, kAttached, ")"},
        FilterColumn{"attachment.delete-on-termination", delete_on_termination, kAttached, ")"},
        FilterColumn{"attachment.device", "a.device", kAttached, ")"},
        FilterColumn{"attachment.instance-id", "a.instance_id", kAttached, ")"},
        FilterColumn{"attachment.status", "a.state", kAttached, ")"},
        FilterColumn{"availability-zone", "v.zone"},
        FilterColumn{"availability-zone-id",
                     "(SELECT zone_id FROM catalogue.availability_zone WHERE name = v.zone)"},
        FilterColumn{"create-time", create_time},
        FilterColumn{"encrypted", encrypted},
        FilterColumn{"fast-restored", fast_restored},
        FilterColumn{"multi-attach-enabled", multi_attach},
        FilterColumn{"operator.managed", "'false'"},
        FilterColumn{"size", "CAST(v.size_gib AS TEXT)"},
        FilterColumn{"snapshot-id", "snapshot_id", "v.id IN (SELECT id FROM volume WHERE ", ")"},
        FilterColumn{"status", "v.state"},
        FilterColumn{"volume-id", "v.id"},
        FilterColumn{"volume-type", "v.volume_type"},
    };
    append_filters(query, wanted.filters, columns, "v.id", wanted.owner);
}

/// The details of a volume's status, as DescribeVolumeStatus gives them: `name` and `status`.
std::string sql_status_details(TimeMs now_ms)
{
    return fmt::format(
        "EXISTS (SELECT 1 FROM ("
        " SELECT 'io-enabled' AS name,"
        "  iif(v.state = 'creating', 'insufficient-data', 'passed') AS status"
        " UNION ALL SELECT 'io-performance',"
        "  iif(v.state = 'creating', 'insufficient-data',"
        "   iif(v.volume_type IN ('gp3', 'io1', 'io2')"
        "    AND EXISTS (SELECT 1 FROM attachment a WHERE a.volume_id = v.id),"
        "    'normal', 'not-applicable'))"
        " UNION ALL SELECT 'initialization-state',"
        "  iif(v.state = 'creating' OR v.initialized_ms > {}, 'initializing', 'completed')"
        "  WHERE v.initialized_ms IS NOT NULL) d WHERE ",
        now_ms);
}

void append_status_filters(Query& query, const VolumeQuery& wanted)
{
    const auto details = sql_status_details(wanted.now_ms);
    constexpr std::string_view kAttached = "v.id IN (SELECT a.volume_id FROM attachment a WHERE ";
    // action.* and event.*: nothing impairs a volume here, so nothing matches them.
    const std::array columns = {
        FilterColumn{"attachment-status.instance-id", "a.instance_id", kAttached, ")"},
        FilterColumn{"attachment-status.io-performance",
                     "iif(v.volume_type IN ('gp3', 'io1', 'io2'), 'normal', 'not-applicable')",
                     "EXISTS (SELECT 1 FROM attachment a WHERE a.volume_id = v.id) AND ", ""},
        FilterColumn{"availability-zone", "v.zone"},
        FilterColumn{"volume-status.details-name", "d.name", details, ")"},
        FilterColumn{"volume-status.details-status", "d.status", details, ")"},
        FilterColumn{"volume-status.status",
                     "iif(v.state = 'creating', 'insufficient-data', 'ok')"},
    };
    append_filters(query, wanted.filters, columns, "v.id", wanted.owner);
}

std::vector<AttachmentRow> collect_attachments(Statement& select)
{
    std::vector<AttachmentRow> rows;
    while (select.step()) {
        rows.push_back(read_attachment(select.row()));
    }
    return rows;
}

}  // namespace

void insert_volume(Database& db, const VolumeRow& row)
{
    Statement(db,
              "INSERT INTO volume (id, region, owner, zone, layer_id, size_gib, snapshot_id,"
              " volume_type, iops, throughput, encrypted, multi_attach, state, create_time_ms,"
              " source_volume_id, initialization_rate, initialized_ms, auto_enable_io, kms_key_id,"
              " data_key_id, fast_restored)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
              " ?17, ?18, ?19, ?20, ?21)")
        .execute(row.id, row.region, row.owner, row.zone, to_number(row.layer_id), row.size_gib,
                 row.snapshot_id, row.volume_type, row.iops, row.throughput, row.encrypted,
                 row.multi_attach, row.state, row.create_time_ms, row.source_volume_id,
                 row.initialization_rate, row.initialized_ms, row.auto_enable_io, row.kms_key_id,
                 row.data_key_id, row.fast_restored);
}

std::optional<VolumeRow> select_volume(Database& db, std::string_view owner,
                                       std::string_view region, const VolumeId& id)
{
    Statement select(db, fmt::format("SELECT {} FROM volume v WHERE v.id = ?1 AND v.owner = ?2"
                                     " AND v.region = ?3 AND v.state <> 'deleted'",
                                     kVolumeColumns));
    select.bind(id, owner, region);
    if (!select.step()) {
        return std::nullopt;
    }
    return read_volume(select.row());
}

std::optional<VolumeRow> select_any_volume(Database& db, const VolumeId& id)
{
    Statement select(db, fmt::format("SELECT {} FROM volume v WHERE v.id = ?1", kVolumeColumns));
    select.bind(id);
    if (!select.step()) {
        return std::nullopt;
    }
    return read_volume(select.row());
}

void set_volume_state(Database& db, const VolumeId& id, std::string_view state)
{
    Statement(db, "UPDATE volume SET state = ?2 WHERE id = ?1").execute(id, state);
}

bool change_volume_state(Database& db, const VolumeId& id, std::string_view from,
                         std::string_view to)
{
    Statement(db, "UPDATE volume SET state = ?3 WHERE id = ?1 AND state = ?2")
        .execute(id, from, to);
    return db.changes() == 1;
}

void set_volume_layer(Database& db, const VolumeId& id, LayerId layer)
{
    Statement(db, "UPDATE volume SET layer_id = ?2 WHERE id = ?1").execute(id, to_number(layer));
}

std::optional<LayerId> take_volume_in_state(Database& db, const VolumeId& id,
                                            std::string_view state)
{
    Statement remove(db, "DELETE FROM volume WHERE id = ?1 AND state = ?2 RETURNING layer_id");
    remove.bind(id, state);
    std::optional<LayerId> layer;
    while (remove.step()) {
        layer = static_cast<LayerId>(remove.row().integer());
    }
    return layer;
}

void set_volume_performance(Database& db, const VolumeRow& row)
{
    Statement(db,
              "UPDATE volume SET size_gib = ?2, volume_type = ?3, iops = ?4, throughput = ?5,"
              " multi_attach = ?6 WHERE id = ?1")
        .execute(row.id, row.size_gib, row.volume_type, row.iops, row.throughput, row.multi_attach);
}

void set_volume_auto_enable_io(Database& db, const VolumeId& id, bool value)
{
    Statement(db, "UPDATE volume SET auto_enable_io = ?2 WHERE id = ?1").execute(id, value);
}

bool insert_attachment(Database& db, const AttachmentRow& row)
{
    Statement(db,
              "INSERT INTO attachment (volume_id, instance_id, device, state, attach_time_ms,"
              " delete_on_termination)"
              " SELECT ?1, ?2, ?3, ?4, ?5, ?6"
              " WHERE NOT EXISTS (SELECT 1 FROM attachment WHERE volume_id = ?1)"
              " OR EXISTS (SELECT 1 FROM volume WHERE id = ?1 AND multi_attach = 1)"
              " ON CONFLICT DO NOTHING")
        .execute(row.volume_id, row.instance_id, row.device, row.state, row.attach_time_ms,
                 row.delete_on_termination);
    if (db.changes() != 1) {
        return false;
    }
    Statement(db,
              "INSERT INTO instance_root_volume (instance_id, volume_id)"
              " SELECT id, ?2 FROM instance WHERE id = ?1 AND root_device_name = ?3"
              " ON CONFLICT DO NOTHING")
        .execute(row.instance_id, row.volume_id, row.device);
    return true;
}

void set_attachment_state(Database& db, const VolumeId& volume, const InstanceId& instance,
                          std::string_view state)
{
    Statement(db, "UPDATE attachment SET state = ?3 WHERE volume_id = ?1 AND instance_id = ?2")
        .execute(volume, instance, state);
}

void set_delete_on_termination(Database& db, const VolumeId& volume, const InstanceId& instance,
                               bool delete_on_termination)
{
    Statement(db,
              "UPDATE attachment SET delete_on_termination = ?3"
              " WHERE volume_id = ?1 AND instance_id = ?2")
        .execute(volume, instance, delete_on_termination);
}

void delete_attachment(Database& db, const VolumeId& volume, const InstanceId& instance)
{
    Statement(db, "DELETE FROM attachment WHERE volume_id = ?1 AND instance_id = ?2")
        .execute(volume, instance);
}

std::optional<AttachmentRow> select_attachment(Database& db, const VolumeId& volume,
                                               const InstanceId& instance)
{
    Statement select(
        db, fmt::format("SELECT {} FROM attachment WHERE volume_id = ?1 AND instance_id = ?2",
                        kAttachmentColumns));
    select.bind(volume, instance);
    if (!select.step()) {
        return std::nullopt;
    }
    return read_attachment(select.row());
}

std::vector<AttachmentRow> select_attachments_on(Database& db, const VolumeId& volume)
{
    Statement select(db, fmt::format("SELECT {} FROM attachment WHERE volume_id = ?1"
                                     " ORDER BY instance_id",
                                     kAttachmentColumns));
    select.bind(volume);
    return collect_attachments(select);
}

std::vector<AttachmentRow> select_attachments_of(Database& db, const InstanceId& instance)
{
    Statement select(db, fmt::format("SELECT {} FROM attachment WHERE instance_id = ?1"
                                     " ORDER BY device IS NOT (SELECT root_device_name"
                                     " FROM instance WHERE id = ?1), attach_time_ms, device",
                                     kAttachmentColumns));
    select.bind(instance);
    return collect_attachments(select);
}

bool was_root_volume(Database& db, std::string_view volume)
{
    Statement select(db, "SELECT 1 FROM instance_root_volume WHERE volume_id = ?1");
    select.bind(volume);
    return select.step();
}

bool was_root_volume_of(Database& db, std::string_view volume, const InstanceId& instance)
{
    Statement select(db,
                     "SELECT 1 FROM instance_root_volume"
                     " WHERE instance_id = ?2 AND volume_id = ?1");
    select.bind(volume, instance);
    return select.step();
}

std::vector<VolumeRow> select_volumes(Database& db, const VolumeQuery& wanted)
{
    Query query("SELECT ");
    query.sql(kVolumeColumns).sql(" FROM volume v WHERE v.region = ").value(wanted.region);
    query.sql(" AND v.owner = ").value(wanted.owner).sql(" AND v.state <> 'deleted'");
    if (!wanted.ids.empty()) {
        query.sql(" AND v.id IN ").list(texts_of(wanted.ids));
    }
    if (wanted.filters_of == VolumeFilters::kStatuses) {
        append_status_filters(query, wanted);
    } else {
        append_filters_of(query, wanted);
    }
    if (!wanted.after.empty()) {
        query.sql(" AND v.id > ").value(wanted.after);
    }
    query.sql(" ORDER BY v.id LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    std::vector<VolumeRow> rows;
    while (select.step()) {
        rows.push_back(read_volume(select.row()));
    }
    return rows;
}

std::optional<AttachmentHost> select_attachment_host(Database& db, std::string_view owner,
                                                     std::string_view region,
                                                     const InstanceId& instance)
{
    Statement select(db,
                     "SELECT i.state, i.zone, i.root_device_name, i.instance_type,"
                     " t.ebs_maximum_attachments,"
                     " (SELECT COUNT(*) FROM attachment a WHERE a.instance_id = i.id),"
                     " t.hypervisor, COALESCE(t.bare_metal, 0)"
                     " FROM instance i"
                     " LEFT JOIN catalogue.instance_type t ON t.name = i.instance_type"
                     " WHERE i.id = ?1 AND i.owner = ?2 AND i.region = ?3");
    select.bind(instance, owner, region);
    if (!select.step()) {
        return std::nullopt;
    }
    auto row = select.row();
    return AttachmentHost{
        .state = row.text(),
        .zone = row.text(),
        .root_device_name = row.optional_text(),
        .instance_type = row.text(),
        .maximum_attachments = row.optional_integer(),
        .attachments = row.integer(),
        .hypervisor = row.optional_text(),
        .bare_metal = row.boolean(),
    };
}

}  // namespace amilab
