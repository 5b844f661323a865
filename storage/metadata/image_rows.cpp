#include "storage/metadata/image_rows.h"

#include "storage/metadata/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kSelect =
    "SELECT i.id, i.region, i.owner, i.owner_alias, i.name, i.description, i.location,"
    " i.architecture, i.image_type, i.public, i.state, i.root_device_name, i.root_device_type,"
    " i.virtualization_type, i.hypervisor, i.boot_mode, i.imds_support, i.tpm_support,"
    " i.ena_support, i.sriov_net_support, i.platform, i.platform_details, i.usage_operation,"
    " i.kernel_id, i.ramdisk_id, i.creation_time_ms, i.deprecation_time_ms,"
    " i.last_launched_time_ms, i.source_instance_id, i.source_image_id, i.source_image_region,"
    " i.free_tier_eligible, i.public_ssm_parameter_name FROM all_image AS i ";

ImageRow read_image(Statement::Row row)
{
    // Braced initialisers are evaluated from left to right: the columns' order above.
    return {row.id<ImageId>(),
            row.text(),
            row.text(),
            row.optional_text(),
            row.text(),
            row.optional_text(),
            row.text(),
            row.text(),
            row.text(),
            row.boolean(),
            row.text(),
            row.optional_text(),
            row.text(),
            row.text(),
            row.text(),
            row.optional_text(),
            row.optional_text(),
            row.optional_text(),
            row.boolean(),
            row.optional_text(),
            row.optional_text(),
            row.text(),
            row.text(),
            row.optional_text(),
            row.optional_text(),
            row.integer(),
            row.optional_integer(),
            row.optional_integer(),
            row.optional_text(),
            row.optional_text(),
            row.optional_text(),
            row.boolean(),
            row.optional_text()};
}

constexpr std::string_view kOfMapping =
    "i.id IN (SELECT m.image_id FROM all_image_mapping AS m WHERE ";

// Source: EC2 API Reference, DescribeImages (documented). What is missing here belongs to features
// that amilab does not have and matches nothing.
const std::vector<FilterColumn>& filter_columns()
{
    static const auto ena = sql_true_false("i.ena_support");
    static const auto free_tier = sql_true_false("i.free_tier_eligible");
    static const auto is_public = sql_true_false("i.public");
    static const auto creation = sql_time("i.creation_time_ms");
    static const auto encrypted = sql_true_false("m.encrypted");
    static const auto deleted = sql_true_false("m.delete_on_termination");
    static const std::vector<FilterColumn> columns = {
        {"architecture", "i.architecture"},
        {"block-device-mapping.delete-on-termination", deleted, kOfMapping, ")"},
        {"block-device-mapping.device-name", "m.device_name", kOfMapping, ")"},
        {"block-device-mapping.encrypted", encrypted, kOfMapping, " AND m.encrypted IS NOT NULL)"},
        {"block-device-mapping.snapshot-id", "m.snapshot_id", kOfMapping, ")"},
        {"block-device-mapping.volume-size", "CAST(m.volume_size_gib AS TEXT)", kOfMapping, ")"},
        {"block-device-mapping.volume-type", "m.volume_type", kOfMapping, ")"},
        {"boot-mode", "i.boot_mode"},
        {"creation-date", creation},
        {"description", "i.description"},
        {"ena-support", ena},
        {"free-tier-eligible", free_tier},
        {"hypervisor", "i.hypervisor"},
        {"image-id", "i.id"},
        {"image-type", "i.image_type"},
        {"is-public", is_public},
        {"kernel-id", "i.kernel_id"},
        {"manifest-location", "i.location"},
        {"name", "i.name"},
        {"owner-alias", "i.owner_alias"},
        {"owner-id", "i.owner"},
        {"platform", "i.platform"},
        {"public-ssm-parameter-name", "i.public_ssm_parameter_name"},
        {"ramdisk-id", "i.ramdisk_id"},
        {"root-device-name", "i.root_device_name"},
        {"root-device-type", "i.root_device_type"},
        {"source-image-id", "i.source_image_id"},
        {"source-image-region", "i.source_image_region"},
        {"source-instance-id", "i.source_instance_id"},
        {"sriov-net-support", "i.sriov_net_support"},
        {"state", "i.state"},
        {"virtualization-type", "i.virtualization_type"},
    };
    return columns;
}

void append_visible(Query& query, std::string_view viewer)
{
    query.sql(" AND (i.owner = ").value(viewer);
    query.sql(
        " OR i.public = 1 OR i.id IN (SELECT image_id FROM launch_permission"
        " WHERE kind = 'userId' AND value = ");
    query.value(viewer).sql("))");
}

void append_owners(Query& query, const std::vector<std::string>& owners)
{
    if (owners.empty()) {
        return;
    }
    std::vector<std::string> accounts;
    std::vector<std::string> aliases;
    for (const auto& owner : owners) {
        const bool is_account = owner.find_first_not_of("0123456789") == std::string::npos;
        (is_account ? accounts : aliases).push_back(owner);
    }
    if (aliases.empty()) {
        query.sql(" AND i.owner IN ").list(accounts);
        return;
    }
    query.sql(" AND (i.owner IN ").list(accounts);
    query.sql(" OR i.owner_alias IN ").list(aliases).sql(")");
}

void append_executable_by(Query& query, const ImageQuery& wanted)
{
    if (wanted.executable_by.empty()) {
        return;
    }
    std::vector<std::string> accounts;
    query.sql(" AND (0");
    for (const auto& who : wanted.executable_by) {
        if (who == "all") {
            query.sql(" OR i.public = 1");
        } else {
            accounts.push_back(who == "self" ? std::string(wanted.viewer) : who);
        }
    }
    query.sql(
        " OR i.id IN (SELECT image_id FROM launch_permission WHERE kind = 'userId'"
        " AND value IN ");
    query.list(accounts).sql("))");
}

std::vector<std::string> texts(const std::vector<ImageId>& ids)
{
    std::vector<std::string> all;
    all.reserve(ids.size());
    for (const auto& id : ids) {
        all.push_back(id.text());
    }
    return all;
}

void set_public(Database& db, const ImageId& id)
{
    Statement(db,
              "UPDATE image SET public = EXISTS (SELECT 1 FROM launch_permission"
              " WHERE image_id = ?1 AND kind = 'group' AND value = 'all') WHERE id = ?1")
        .execute(id);
}

}  // namespace

bool insert_image(Database& db, const ImageRow& row, const std::optional<std::string>& uefi_data,
                  std::span<const ImageMappingRow> mappings)
{
    Statement insert(
        db,
        "INSERT INTO image (id, region, owner, owner_alias, name, description, location,"
        " architecture, image_type, public, state, root_device_name, root_device_type,"
        " virtualization_type, hypervisor, boot_mode, imds_support, tpm_support, ena_support,"
        " sriov_net_support, platform, platform_details, usage_operation, kernel_id, ramdisk_id,"
        " creation_time_ms, deprecation_time_ms, last_launched_time_ms, source_instance_id,"
        " source_image_id, source_image_region, uefi_data)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
        " ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32)"
        " ON CONFLICT DO NOTHING");
    insert.execute(row.id, row.region, row.owner, row.owner_alias, row.name, row.description,
                   row.location, row.architecture, row.image_type, row.is_public, row.state,
                   row.root_device_name, row.root_device_type, row.virtualization_type,
                   row.hypervisor, row.boot_mode, row.imds_support, row.tpm_support,
                   row.ena_support, row.sriov_net_support, row.platform, row.platform_details,
                   row.usage_operation, row.kernel_id, row.ramdisk_id, row.creation_time_ms,
                   row.deprecation_time_ms, row.last_launched_time_ms, row.source_instance_id,
                   row.source_image_id, row.source_image_region, uefi_data);
    if (db.changes() == 0) {
        return false;
    }
    Statement insert_mapping(
        db,
        "INSERT INTO image_mapping (image_id, position, device_name, virtual_name, no_device,"
        " snapshot_id, volume_size_gib, volume_type, iops, throughput, encrypted,"
        " delete_on_termination) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
    std::int64_t position = 0;
    for (const auto& mapping : mappings) {
        insert_mapping.execute(row.id, position++, mapping.device_name, mapping.virtual_name,
                               mapping.no_device, mapping.snapshot_id, mapping.volume_size_gib,
                               mapping.volume_type, mapping.iops, mapping.throughput,
                               mapping.encrypted, mapping.delete_on_termination);
    }
    return true;
}

std::optional<ImageSourceRow> select_image_source(Database& db, std::string_view owner,
                                                  std::string_view region, const InstanceId& id)
{
    Statement select(
        db,
        "SELECT state, image_id, architecture, virtualization_type, hypervisor, root_device_name,"
        " root_device_type, boot_mode, imds_support, tpm_support, ena_support, sriov_net_support,"
        " platform, platform_details, usage_operation, kernel_id, ramdisk_id FROM instance"
        " WHERE id = ?1 AND owner = ?2 AND region = ?3");
    select.bind(id, owner, region);
    if (!select.step()) {
        return std::nullopt;
    }
    auto row = select.row();
    return ImageSourceRow{row.text(),          row.text(),          row.text(),
                          row.text(),          row.text(),          row.optional_text(),
                          row.text(),          row.optional_text(), row.optional_text(),
                          row.optional_text(), row.boolean(),       row.optional_text(),
                          row.optional_text(), row.text(),          row.text(),
                          row.optional_text(), row.optional_text()};
}

std::optional<ImageId> select_image_named(Database& db, std::string_view owner,
                                          std::string_view region, std::string_view name)
{
    Statement select(db,
                     "SELECT id FROM image WHERE owner = ?1 AND region = ?2 AND name = ?3"
                     " AND state <> 'deregistered'");
    select.bind(owner, region, name);
    if (!select.step()) {
        return std::nullopt;
    }
    return select.row().id<ImageId>();
}

std::optional<ImageRow> select_visible_image(Database& db, std::string_view viewer,
                                             std::string_view region, const ImageId& id)
{
    static const std::string sql =
        std::string(kSelect) +
        "WHERE i.id = ?1 AND i.region = ?2 AND (i.owner = ?3 OR i.public = 1 OR EXISTS"
        " (SELECT 1 FROM launch_permission WHERE image_id = ?1 AND kind = 'userId' AND value = "
        "?3))";
    Statement select(db, sql);
    select.bind(id, region, viewer);
    if (!select.step()) {
        return std::nullopt;
    }
    return read_image(select.row());
}

bool is_image_row(Database& db, const ImageId& id)
{
    Statement select(db, "SELECT 1 FROM image WHERE id = ?1");
    select.bind(id);
    return select.step();
}

bool image_id_is_taken(Database& db, const ImageId& id)
{
    Statement select(db, "SELECT id FROM all_image WHERE id = ?1");
    select.bind(id);
    return select.step();
}

std::vector<ImageMappingRow> select_image_mappings(Database& db, const ImageId& id)
{
    Statement select(db,
                     "SELECT device_name, virtual_name, no_device, snapshot_id, volume_size_gib,"
                     " volume_type, iops, throughput, encrypted, delete_on_termination"
                     " FROM all_image_mapping WHERE image_id = ?1 ORDER BY position");
    select.bind(id);
    std::vector<ImageMappingRow> mappings;
    while (select.step()) {
        auto row = select.row();
        mappings.push_back({row.text(), row.optional_text(), row.boolean(), row.optional_text(),
                            row.optional_integer(), row.optional_text(), row.optional_integer(),
                            row.optional_integer(), row.optional_boolean(),
                            row.optional_boolean()});
    }
    return mappings;
}

std::optional<std::string> select_image_uefi_data(Database& db, const ImageId& id)
{
    Statement select(db, "SELECT uefi_data FROM image WHERE id = ?1");
    select.bind(id);
    return select.step() ? select.row().optional_text() : std::nullopt;
}

void set_image_state(Database& db, const ImageId& id, std::string_view state)
{
    Statement(db, "UPDATE image SET state = ?2 WHERE id = ?1").execute(id, state);
}

void set_image_description(Database& db, const ImageId& id, std::string_view description)
{
    Statement(db, "UPDATE image SET description = ?2 WHERE id = ?1").execute(id, description);
}

void set_image_imds_support(Database& db, const ImageId& id, std::string_view imds_support)
{
    Statement(db, "UPDATE image SET imds_support = ?2 WHERE id = ?1").execute(id, imds_support);
}

void set_image_last_launched(Database& db, const ImageId& id, TimeMs now_ms)
{
    Statement(db, "UPDATE image SET last_launched_time_ms = ?2 WHERE id = ?1").execute(id, now_ms);
}

void mark_image_deregistered(Database& db, const ImageId& id)
{
    Statement(db, "DELETE FROM image_mapping WHERE image_id = ?1").execute(id);
    Statement(db, "DELETE FROM launch_permission WHERE image_id = ?1").execute(id);
    Statement(db, "UPDATE image SET state = 'deregistered', public = 0 WHERE id = ?1").execute(id);
}

void insert_launch_permission(Database& db, const ImageId& id, const LaunchPermissionRow& row)
{
    Statement(db,
              "INSERT INTO launch_permission (image_id, kind, value) VALUES (?1, ?2, ?3)"
              " ON CONFLICT DO NOTHING")
        .execute(id, row.kind, row.value);
    set_public(db, id);
}

void delete_launch_permission(Database& db, const ImageId& id, const LaunchPermissionRow& row)
{
    Statement(db, "DELETE FROM launch_permission WHERE image_id = ?1 AND kind = ?2 AND value = ?3")
        .execute(id, row.kind, row.value);
    set_public(db, id);
}

void delete_all_launch_permissions(Database& db, const ImageId& id)
{
    Statement(db, "DELETE FROM launch_permission WHERE image_id = ?1").execute(id);
    set_public(db, id);
}

std::vector<LaunchPermissionRow> select_launch_permissions(Database& db, const ImageId& id)
{
    Statement select(
        db, "SELECT kind, value FROM launch_permission WHERE image_id = ?1 ORDER BY kind, value");
    select.bind(id);
    std::vector<LaunchPermissionRow> rows;
    while (select.step()) {
        auto row = select.row();
        auto kind = row.text();
        rows.push_back({std::move(kind), row.text()});
    }
    return rows;
}

std::vector<ImageRow> select_images(Database& db, const ImageQuery& wanted)
{
    Query query(kSelect);
    query.sql("WHERE i.region = ").value(wanted.region).sql(" AND i.state <> 'deregistered'");
    append_visible(query, wanted.viewer);
    if (!wanted.ids.empty()) {
        query.sql(" AND i.id IN ").list(texts(wanted.ids));
    } else if (!wanted.include_deprecated) {
        query.sql(" AND (i.deprecation_time_ms IS NULL OR i.deprecation_time_ms > ");
        query.value(wanted.now_ms).sql(" OR i.owner = ").value(wanted.viewer).sql(")");
    }
    if (!wanted.include_disabled) {
        query.sql(" AND i.state <> 'disabled'");
    }
    append_owners(query, wanted.owners);
    append_executable_by(query, wanted);
    append_filters(query, wanted.filters, filter_columns(), "i.id", wanted.viewer);
    if (!wanted.after.empty()) {
        query.sql(" AND i.id > ").value(wanted.after);
    }
    query.sql(" ORDER BY i.id LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    std::vector<ImageRow> rows;
    while (select.step()) {
        rows.push_back(read_image(select.row()));
    }
    return rows;
}

}  // namespace amilab
