#include "storage/metadata/images/image_rows.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "storage/metadata/images/allowed_image_rows.h"
#include "storage/metadata/images/visibility.h"
#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kColumns =
    "i.region, i.owner, i.owner_alias, i.name, i.description, i.location,"
    " i.architecture, i.image_type, i.public, i.state, i.root_device_name, i.root_device_type,"
    " i.virtualization_type, i.hypervisor, i.boot_mode, i.imds_support, i.tpm_support,"
    " i.ena_support, i.sriov_net_support, i.platform, i.platform_details, i.usage_operation,"
    " i.kernel_id, i.ramdisk_id, i.creation_time_ms, i.deprecation_time_ms,"
    " i.last_launched_time_ms, i.source_instance_id, i.source_image_id, i.source_image_region,"
    " i.free_tier_eligible, i.public_ssm_parameter_name, i.deregistration_protection,"
    " i.state_reason_code, i.state_reason_message, i.annotated";

ImageRow read_image(Statement::Row row)
{
    // Braced initialisers are evaluated from left to right: the id, then the columns above.
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
            row.optional_text(),
            row.text(),
            row.optional_text(),
            row.optional_text(),
            row.boolean()};
}

constexpr std::string_view kOfProductCode =
    "i.id IN (SELECT c.resource_id FROM all_product_code AS c WHERE ";
constexpr std::string_view kOfMapping =
    "i.id IN (SELECT m.image_id FROM all_image_mapping AS m WHERE ";

constexpr std::string_view kOfWatermark =
    "i.id IN (SELECT w.image_id FROM main.image_watermark AS w WHERE ";
constexpr std::string_view kOfSupportedType =
    "i.id IN (SELECT t.image_id FROM main.image_instance_type AS t WHERE t.supported = 1 AND ";
constexpr std::string_view kOfUnsupportedType =
    "i.id IN (SELECT t.image_id FROM main.image_instance_type AS t WHERE t.supported = 0 AND ";

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
    static const auto watermark_source = sql_time("w.source_image_creation_time_ms");
    static const auto watermark_creation = sql_time("w.creation_time_ms");
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
        {"image-watermark.source-image-creation-time", watermark_source, kOfWatermark, ")"},
        {"image-watermark.source-image-id", "w.source_image_id", kOfWatermark, ")"},
        {"image-watermark.source-image-region", "w.source_image_region", kOfWatermark, ")"},
        {"image-watermark.watermark-creation-time", watermark_creation, kOfWatermark, ")"},
        {"image-watermark.watermark-key", "w.watermark_key", kOfWatermark, ")"},
        {"instance-type-specification.supported-instance-type", "t.pattern", kOfSupportedType, ")"},
        {"instance-type-specification.unsupported-instance-type", "t.pattern", kOfUnsupportedType,
         ")"},
        {"is-public", is_public},
        {"kernel-id", "i.kernel_id"},
        {"manifest-location", "i.location"},
        {"name", "i.name"},
        {"owner-alias", "i.owner_alias"},
        {"owner-id", "i.owner"},
        {"platform", "i.platform"},
        {"product-code", "c.code", kOfProductCode, ")"},
        {"product-code.type", "c.type", kOfProductCode, ")"},
        {"public-ssm-parameter-name", "i.public_ssm_parameter_name"},
        {"ramdisk-id", "i.ramdisk_id"},
        {"root-device-name", "i.root_device_name"},
        {"root-device-type", "i.root_device_type"},
        {"source-image-id", "i.source_image_id"},
        {"source-image-region", "i.source_image_region"},
        {"source-instance-id", "i.source_instance_id"},
        {"sriov-net-support", "i.sriov_net_support"},
        {"state", "i.state"},
        {"state-reason-code", "i.state_reason_code"},
        {"state-reason-message", "i.state_reason_message"},
        {"virtualization-type", "i.virtualization_type"},
    };
    return columns;
}

/// What a Describe call says of owners.
struct Owners {
    explicit Owners(const ImageQuery& wanted)
    {
        for (const auto& owner : wanted.owners) {
            const bool is_account = owner.find_first_not_of("0123456789") == std::string::npos;
            if (owner == wanted.viewer) {
                has_viewer = true;
            } else {
                (is_account ? accounts : aliases).push_back(owner);
            }
        }
        are_any = wanted.owners.empty();
    }

    bool are_any;
    bool has_viewer = false;
    /// Besides the viewer.
    std::vector<std::string> accounts;
    std::vector<std::string> aliases;
};

void append_owners(Query& query, const Owners& owners, Seen seen, std::string_view viewer)
{
    if (owners.are_any || (seen == Seen::kAsOwner && owners.has_viewer)) {
        return;
    }
    auto accounts = owners.accounts;
    if (seen == Seen::kEither && owners.has_viewer) {
        accounts.emplace_back(viewer);
    }
    if (owners.aliases.empty()) {
        query.sql(" AND i.owner IN ").list(accounts);
        return;
    }
    query.sql(" AND (i.owner IN ").list(accounts);
    query.sql(" OR i.owner_alias IN ").list(owners.aliases).sql(")");
}

/// Source: an account's id or "self" means what is explicitly shared with it; with the caller's own
/// account also what is shared with its organization and units (documented).
void append_executable_by(Query& query, const ImageQuery& wanted,
                          const std::vector<Grantee>& memberships)
{
    if (wanted.executable_by.empty()) {
        return;
    }
    auto named = named_users(wanted.executable_by, wanted.viewer);
    if (named.is_viewer) {
        named.others.emplace_back(wanted.viewer);
    }
    query.sql(named.is_all ? " AND (i.public = 1 OR " : " AND (");
    append_shared_with(query, kSharedImages, named.others,
                       named.is_viewer ? memberships : std::vector<Grantee>());
    query.sql(")");
}

void append_image_filters(Query& query, const ImageQuery& wanted)
{
    std::vector<Filter> others;
    for (const auto& filter : wanted.filters) {
        if (filter.name == "image-allowed") {
            append_allowed_filter(query, wanted.allowed, wanted.viewer, wanted.now_ms, filter);
        } else {
            others.push_back(filter);
        }
    }
    append_filters(query, others, filter_columns(), "i.id", wanted.viewer);
}

/// Whether a value of the filter begins with a wildcard, so that no index finds what it means.
bool begins_anywhere(const Filter& filter)
{
    return std::any_of(filter.values.begin(), filter.values.end(), [](const std::string& value) {
        return value.starts_with('*') || value.starts_with('?');
    });
}

/// Whether the filter is on a column of the image's row that no index has.
bool is_on_row(const Filter& filter)
{
    const auto& columns = filter_columns();
    const auto column = std::find_if(columns.begin(), columns.end(), [&](const FilterColumn& one) {
        return one.name == filter.name;
    });
    return column != columns.end() && column->before.empty() && filter.name != "image-id";
}

/// How own images are found of whose names only the end or the middle is known: by the index of
/// ids and names, and only the rows of those that match are read. Nothing when there is a better
/// way.
std::function<void(Query&, std::string_view)> walk_of_names(const ImageQuery& wanted)
{
    bool is_by_name = false;
    for (const auto& filter : wanted.filters) {
        const bool is_name = filter.name == "name";
        if (!is_on_row(filter) || (is_name && !begins_anywhere(filter))) {
            return {};
        }
        is_by_name = is_by_name || is_name;
    }
    if (!is_by_name || !wanted.executable_by.empty()) {
        return {};
    }
    return [&wanted](Query& query, std::string_view alias) {
        for (const auto& filter : wanted.filters) {
            if (filter.name == "name") {
                query.sql(" AND ");
                append_match(query, fmt::format("{}.name", alias), filter.values);
            }
        }
        if (!wanted.after.empty()) {
            query.sql(fmt::format(" AND {}.id > ", alias)).value(wanted.after);
        }
    };
}

void append_ids(Query& query, const std::vector<ImageId>& ids)
{
    // What waiters ask for, without the table that a list makes.
    if (ids.size() == 1) {
        query.sql(" AND i.id = ").value(ids.front().text());
        return;
    }
    query.sql(" AND i.id IN ").list(texts_of(ids));
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
    Query query("SELECT i.id, ");
    query.sql(kColumns).sql(" FROM all_image AS i WHERE i.id = ").value(id.text());
    query.sql(" AND i.region = ").value(region);
    append_seen_by(query, kSharedImages, viewer);
    auto select = query.on(db);
    if (!select.step()) {
        return std::nullopt;
    }
    return read_image(select.row());
}

bool image_exists(Database& db, std::string_view region, const ImageId& id)
{
    Statement select(db,
                     "SELECT 1 FROM all_image WHERE id = ?1 AND region = ?2"
                     " AND state <> 'deregistered'");
    select.bind(id, region);
    return select.step();
}

bool is_gone_image_in_use(Database& db, std::string_view viewer, std::string_view region,
                          const ImageId& id)
{
    Statement select(db,
                     "SELECT 1 FROM instance WHERE image_id = ?1 AND region = ?2"
                     " AND (owner = ?3 OR image_owner = ?3) AND state <> 'terminated' LIMIT 1");
    select.bind(id, region, viewer);
    return select.step();
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

void set_image_architecture(Database& db, const ImageId& id, std::string_view architecture)
{
    Statement(db, "UPDATE image SET architecture = ?2 WHERE id = ?1").execute(id, architecture);
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
    Statement(db, "DELETE FROM image_watermark WHERE image_id = ?1").execute(id);
    Statement(db, "DELETE FROM image_instance_type WHERE image_id = ?1").execute(id);
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
    const bool is_by_id = !wanted.ids.empty();
    const auto memberships = is_by_id && wanted.executable_by.empty()
                                 ? std::vector<Grantee>()
                                 : select_memberships(db, wanted.viewer);
    const Owners owners(wanted);
    const auto append_rest = [&](Query& query, Seen seen) {
        query.sql(" AND i.state <> 'deregistered'");
        if (!is_by_id && !wanted.include_deprecated && seen != Seen::kAsOwner) {
            query.sql(" AND (i.deprecation_time_ms IS NULL OR i.deprecation_time_ms > ");
            query.value(wanted.now_ms).sql(" OR i.owner = ").value(wanted.viewer).sql(")");
        }
        if (!wanted.include_disabled) {
            query.sql(" AND i.state <> 'disabled'");
        }
        if (wanted.allowed.state == AllowedImages::kEnabled && seen != Seen::kAsOwner) {
            query.sql(" AND ");
            append_allowed(query, wanted.allowed, wanted.viewer, wanted.now_ms);
        }
        append_owners(query, owners, seen, wanted.viewer);
        append_executable_by(query, wanted, memberships);
        append_image_filters(query, wanted);
        if (!wanted.after.empty()) {
            query.sql(" AND i.id > ").value(wanted.after);
        }
    };
    Query query;
    if (!is_by_id) {
        // Only catalogue images, which are public, have an alias.
        append_visible(query, kSharedImages,
                       {.viewer = wanted.viewer,
                        .region = wanted.region,
                        .memberships = memberships,
                        .wants_own = (owners.are_any || owners.has_viewer) &&
                                     may_own(wanted.filters, "owner-id", wanted.viewer),
                        .wants_others = owners.are_any || !owners.accounts.empty() ||
                                        !owners.aliases.empty() || !owners.has_viewer,
                        .append_walk = walk_of_names(wanted)},
                       kColumns, append_rest);
    } else {
        query.sql("SELECT i.id, ").sql(kColumns).sql(" FROM all_image AS i WHERE i.region = ");
        query.value(wanted.region);
        append_ids(query, wanted.ids);
        append_seen_by(query, kSharedImages, wanted.viewer);
        append_rest(query, Seen::kEither);
    }
    // Ids are unique: one image needs no sorting.
    query.sql(wanted.ids.size() == 1 ? " LIMIT " : " ORDER BY 1 LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    std::vector<ImageRow> rows;
    while (select.step()) {
        rows.push_back(read_image(select.row()));
    }
    return rows;
}

}  // namespace amilab
