#include "storage/metadata/instances/instance_rows.h"

#include "storage/metadata/instances/instance_filters.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kSelect =
    "SELECT i.id, i.region, i.owner, i.reservation_id, i.launch_index, i.client_token,"
    " i.launch_time_ms, i.state, i.state_reason_code, i.state_reason_message,"
    " i.state_transition_reason, i.state_change_time_ms, i.instance_type, i.zone, i.subnet_id,"
    " i.vpc_id, i.private_ip, i.public_ip, i.network_interface_id, i.network_attachment_id,"
    " i.mac_address, i.image_id, i.image_owner, i.architecture, i.virtualization_type,"
    " i.hypervisor, i.root_device_name, i.root_device_type, i.boot_mode, i.current_boot_mode,"
    " i.imds_support, i.tpm_support, i.ena_support, i.sriov_net_support, i.platform,"
    " i.platform_details, i.usage_operation, i.usage_operation_time_ms, i.kernel_id,"
    " i.ramdisk_id, i.user_data, i.ebs_optimized, i.source_dest_check,"
    " i.disable_api_termination, i.disable_api_stop, i.shutdown_behavior, i.http_tokens,"
    " i.http_put_response_hop_limit, z.zone_id, t.default_cores, t.default_threads_per_core,"
    " i.initializing"
    " FROM instance i"
    " JOIN catalogue.availability_zone z ON z.name = i.zone"
    " JOIN catalogue.instance_type t ON t.name = i.instance_type ";

InstanceRow read_instance(Statement::Row row)
{
    // Braced initialisers are evaluated from left to right: the columns' order above.
    return {row.id<InstanceId>(), row.text(),          row.text(),          row.text(),
            row.integer(),        row.text(),          row.integer(),       row.text(),
            row.optional_text(),  row.optional_text(), row.text(),          row.integer(),
            row.text(),           row.text(),          row.optional_text(), row.optional_text(),
            row.optional_text(),  row.optional_text(), row.optional_text(), row.optional_text(),
            row.optional_text(),  row.text(),          row.text(),          row.text(),
            row.text(),           row.text(),          row.optional_text(), row.text(),
            row.optional_text(),  row.text(),          row.optional_text(), row.optional_text(),
            row.boolean(),        row.optional_text(), row.optional_text(), row.text(),
            row.text(),           row.integer(),       row.optional_text(), row.optional_text(),
            row.optional_text(),  row.boolean(),       row.boolean(),       row.boolean(),
            row.boolean(),        row.text(),          row.text(),          row.integer(),
            row.text(),           row.integer(),       row.integer(),       row.boolean()};
}

std::vector<InstanceRow> read_all(Statement& select)
{
    std::vector<InstanceRow> rows;
    while (select.step()) {
        rows.push_back(read_instance(select.row()));
    }
    return rows;
}

void insert_groups(Database& db, const InstanceId& id, std::span<const std::string> groups)
{
    Statement insert(db,
                     "INSERT INTO instance_security_group (instance_id, position, group_id)"
                     " VALUES (?1, ?2, ?3)");
    std::int64_t position = 0;
    for (const auto& group : groups) {
        insert.execute(id, position++, group);
    }
}

constexpr std::string_view set_flag_sql(InstanceFlag flag)
{
    switch (flag) {
        case InstanceFlag::kDisableApiStop:
            return "UPDATE instance SET disable_api_stop = ?2 WHERE id = ?1";
        case InstanceFlag::kDisableApiTermination:
            return "UPDATE instance SET disable_api_termination = ?2 WHERE id = ?1";
        case InstanceFlag::kEbsOptimized:
            return "UPDATE instance SET ebs_optimized = ?2 WHERE id = ?1";
        case InstanceFlag::kEnaSupport:
            return "UPDATE instance SET ena_support = ?2 WHERE id = ?1";
        case InstanceFlag::kSourceDestCheck:
            return "UPDATE instance SET source_dest_check = ?2 WHERE id = ?1";
    }
    return {};
}

constexpr std::string_view set_text_sql(InstanceText which)
{
    switch (which) {
        case InstanceText::kShutdownBehavior:
            return "UPDATE instance SET shutdown_behavior = ?2 WHERE id = ?1";
        case InstanceText::kSriovNetSupport:
            return "UPDATE instance SET sriov_net_support = ?2 WHERE id = ?1";
        case InstanceText::kUserData:
            return "UPDATE instance SET user_data = ?2 WHERE id = ?1";
    }
    return {};
}

}  // namespace

void insert_instance(Database& db, const InstanceRow& row, std::span<const std::string> groups)
{
    Statement insert(
        db,
        "INSERT INTO instance (id, region, owner, reservation_id, launch_index, client_token,"
        " launch_time_ms, state, state_reason_code, state_reason_message,"
        " state_transition_reason, state_change_time_ms, instance_type, zone, subnet_id, vpc_id,"
        " private_ip, public_ip, network_interface_id, network_attachment_id, mac_address,"
        " image_id, image_owner, architecture, virtualization_type, hypervisor, root_device_name,"
        " root_device_type, boot_mode, current_boot_mode, imds_support, tpm_support, ena_support,"
        " sriov_net_support, platform, platform_details, usage_operation,"
        " usage_operation_time_ms, kernel_id, ramdisk_id, user_data, ebs_optimized,"
        " source_dest_check, disable_api_termination, disable_api_stop, shutdown_behavior,"
        " http_tokens, http_put_response_hop_limit)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
        " ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35,"
        " ?36, ?37, ?38, ?39, ?40, ?41, ?42, ?43, ?44, ?45, ?46, ?47, ?48)");
    insert.execute(
        row.id, row.region, row.owner, row.reservation_id, row.launch_index, row.client_token,
        row.launch_time_ms, row.state, row.state_reason_code, row.state_reason_message,
        row.state_transition_reason, row.state_change_time_ms, row.instance_type, row.zone,
        row.subnet_id, row.vpc_id, row.private_ip, row.public_ip, row.network_interface_id,
        row.network_attachment_id, row.mac_address, row.image_id, row.image_owner, row.architecture,
        row.virtualization_type, row.hypervisor, row.root_device_name, row.root_device_type,
        row.boot_mode, row.current_boot_mode, row.imds_support, row.tpm_support, row.ena_support,
        row.sriov_net_support, row.platform, row.platform_details, row.usage_operation,
        row.usage_operation_time_ms, row.kernel_id, row.ramdisk_id, row.user_data,
        row.ebs_optimized, row.source_dest_check, row.disable_api_termination, row.disable_api_stop,
        row.shutdown_behavior, row.http_tokens, row.http_put_response_hop_limit);
    insert_groups(db, row.id, groups);
}

std::optional<InstanceRow> select_instance(Database& db, std::string_view owner,
                                           std::string_view region, const InstanceId& id)
{
    static const std::string sql =
        std::string(kSelect) + "WHERE i.id = ?1 AND i.owner = ?2 AND i.region = ?3";
    Statement select(db, sql);
    select.bind(id, owner, region);
    if (!select.step()) {
        return std::nullopt;
    }
    return read_instance(select.row());
}

bool instance_exists(Database& db, std::string_view owner, std::string_view region,
                     const InstanceId& id)
{
    Statement select(db, "SELECT 1 FROM instance WHERE id = ?1 AND owner = ?2 AND region = ?3");
    select.bind(id, owner, region);
    return select.step();
}

std::optional<std::string> select_instance_owner(Database& db, std::string_view region,
                                                 const InstanceId& id)
{
    Statement select(db, "SELECT owner FROM instance WHERE id = ?1 AND region = ?2");
    select.bind(id, region);
    return select.step() ? std::optional(select.row().text()) : std::nullopt;
}

std::vector<InstanceRow> select_reservation(Database& db, std::string_view owner,
                                            std::string_view region,
                                            std::string_view reservation_id)
{
    static const std::string sql =
        std::string(kSelect) +
        "WHERE i.reservation_id = ?1 AND i.owner = ?2 AND i.region = ?3 ORDER BY i.launch_index";
    Statement select(db, sql);
    select.bind(reservation_id, owner, region);
    return read_all(select);
}

std::vector<InstanceGroupRow> select_instance_groups(Database& db, const InstanceId& id)
{
    Statement select(db,
                     "SELECT s.id, s.name FROM instance_security_group g"
                     " JOIN security_group s ON s.id = g.group_id"
                     " WHERE g.instance_id = ?1 ORDER BY g.position");
    select.bind(id);
    std::vector<InstanceGroupRow> groups;
    while (select.step()) {
        auto row = select.row();
        groups.push_back({row.text(), row.text()});
    }
    return groups;
}

std::optional<std::string> select_instance_interface(Database& db, const InstanceId& id)
{
    Statement select(db, "SELECT network_interface_id FROM instance WHERE id = ?1");
    select.bind(id);
    return select.step() ? select.row().optional_text() : std::nullopt;
}

bool change_instance_state(Database& db, const InstanceId& id, std::string_view from,
                           const InstanceStateRow& to)
{
    Statement(db,
              "UPDATE instance SET state = ?3, state_reason_code = ?4, state_reason_message = ?5,"
              " state_transition_reason = ?6, state_change_time_ms = ?7"
              " WHERE id = ?1 AND state = ?2")
        .execute(id, from, to.state, to.reason_code, to.reason_message, to.transition_reason,
                 to.time_ms);
    return db.changes() == 1;
}

bool end_instance_state(Database& db, const InstanceId& id, std::string_view from,
                        std::string_view to, TimeMs now_ms)
{
    Statement(db,
              "UPDATE instance SET state = ?3, state_change_time_ms = ?4"
              " WHERE id = ?1 AND state = ?2")
        .execute(id, from, to, now_ms);
    return db.changes() == 1;
}

void set_instance_state(Database& db, const InstanceId& id, const InstanceStateRow& to)
{
    Statement(db,
              "UPDATE instance SET state = ?2, state_reason_code = ?3, state_reason_message = ?4,"
              " state_transition_reason = ?5, state_change_time_ms = ?6 WHERE id = ?1")
        .execute(id, to.state, to.reason_code, to.reason_message, to.transition_reason, to.time_ms);
}

void set_instance_launch(Database& db, const InstanceId& id, TimeMs launch_time_ms,
                         const std::optional<std::string>& public_ip)
{
    Statement(db, "UPDATE instance SET launch_time_ms = ?2, public_ip = ?3 WHERE id = ?1")
        .execute(id, launch_time_ms, public_ip);
}

void set_instance_initializing(Database& db, const InstanceId& id, bool initializing)
{
    Statement(db, "UPDATE instance SET initializing = ?2 WHERE id = ?1").execute(id, initializing);
}

void clear_instance_public_ip(Database& db, const InstanceId& id)
{
    Statement(db, "UPDATE instance SET public_ip = NULL WHERE id = ?1").execute(id);
}

void clear_instance_network(Database& db, const InstanceId& id)
{
    Statement(db,
              "UPDATE instance SET subnet_id = NULL, vpc_id = NULL, private_ip = NULL,"
              " public_ip = NULL, network_interface_id = NULL, network_attachment_id = NULL,"
              " mac_address = NULL WHERE id = ?1")
        .execute(id);
    Statement(db, "DELETE FROM instance_security_group WHERE instance_id = ?1").execute(id);
}

void delete_instance_row(Database& db, const InstanceId& id)
{
    Statement(db, "DELETE FROM instance WHERE id = ?1").execute(id);
}

void mark_attachments_attached(Database& db, const InstanceId& id)
{
    Statement(db,
              "UPDATE attachment SET state = 'attached'"
              " WHERE instance_id = ?1 AND state = 'attaching'")
        .execute(id);
}

std::vector<std::pair<VolumeId, bool>> take_attachments_of(Database& db, const InstanceId& id)
{
    Statement remove(db,
                     "DELETE FROM attachment WHERE instance_id = ?1"
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

void set_instance_flag(Database& db, const InstanceId& id, InstanceFlag flag, bool value)
{
    Statement(db, set_flag_sql(flag)).execute(id, value);
}

void set_instance_text(Database& db, const InstanceId& id, InstanceText which,
                       const std::optional<std::string>& value)
{
    Statement(db, set_text_sql(which)).execute(id, value);
}

void set_instance_type(Database& db, const InstanceId& id, std::string_view instance_type,
                       std::string_view current_boot_mode)
{
    Statement(db, "UPDATE instance SET instance_type = ?2, current_boot_mode = ?3 WHERE id = ?1")
        .execute(id, instance_type, current_boot_mode);
}

void replace_instance_groups(Database& db, const InstanceId& id,
                             std::span<const std::string> groups)
{
    Statement(db, "DELETE FROM instance_security_group WHERE instance_id = ?1").execute(id);
    insert_groups(db, id, groups);
}

std::vector<InstanceRow> select_instances(Database& db, const InstanceQuery& wanted)
{
    Query query(kSelect);
    query.sql("WHERE i.region = ").value(wanted.region);
    query.sql(" AND i.owner = ").value(wanted.owner);
    if (!wanted.ids.empty()) {
        query.sql(" AND i.id IN ").list(texts_of(wanted.ids));
    }
    if (wanted.states == InstanceStates::kRunning) {
        query.sql(" AND i.state = 'running'");
    }
    append_filters(query, wanted.filters,
                   wanted.filters_of == InstanceFilters::kInstances ? instance_filter_columns()
                                                                    : status_filter_columns(),
                   "i.id", wanted.owner);
    if (!wanted.after.empty()) {
        query.sql(" AND i.id > ").value(wanted.after);
    }
    query.sql(" ORDER BY i.id LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    return read_all(select);
}

}  // namespace amilab
