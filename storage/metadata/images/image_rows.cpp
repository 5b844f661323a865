#include "storage/metadata/images/image_rows.h"

#include <algorithm>

#include "storage/base/units.h"
#include "storage/metadata/images/visibility.h"
#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/sql/children.h"

namespace amilab {

namespace {

constexpr Children<ImageMappingRow> kOwnMappings{
    .columns = kImageMappingColumns, .parent = "image_id", .order = "position"};
constexpr Children<ImageMappingRow> kCatalogueMappings{.from = "catalogue.image_mapping",
                                                       .columns = kImageMappingColumns,
                                                       .parent = "image_id",
                                                       .order = "position"};

constexpr auto kPermissionColumns =
    columns<LaunchPermissionRow>("launch_permission", "p", text<&LaunchPermissionRow::kind>("kind"),
                                 text<&LaunchPermissionRow::value>("value"));

constexpr auto kIsThere = "state <> " + sql_word<ImageState::kDeregistered>;

constexpr TimeMs kReportDelayMs = kDayMs;

void set_public(Database& db, const ImageId& id)
{
    Statement(db,
              "UPDATE image SET public = EXISTS (SELECT 1 FROM launch_permission"
              " WHERE image_id = image.id AND kind = ? AND value = ?) WHERE id = ?")
        .execute(GranteeKind::kGroup, kEverybody, id);
}

const ImageMappingRow* find_mapping(std::span<const ImageMappingRow> mappings,
                                    std::string_view device)
{
    const auto found = std::ranges::find(mappings, device, &ImageMappingRow::device_name);
    return found == mappings.end() ? nullptr : &*found;
}

}  // namespace

const ImageMappingRow* find_root_mapping(std::span<const ImageMappingRow> mappings,
                                         const std::optional<std::string>& root_device_name)
{
    const std::string_view name = root_device_name ? *root_device_name : std::string_view();
    if (const auto* root = find_mapping(mappings, name)) {
        return root;
    }
    return find_mapping(mappings, name.substr(0, name.find_last_not_of("0123456789") + 1));
}

bool insert_image(Database& db, const ImageRow& row, const std::optional<std::string>& uefi_data,
                  std::span<const ImageMappingRow> mappings)
{
    if (!insert_unless_there<kImageColumns>(db, row)) {
        return false;
    }
    if (uefi_data) {
        Statement(db, "UPDATE image SET uefi_data = ? WHERE id = ?").execute(*uefi_data, row.id);
    }
    std::int64_t position = 0;
    for (auto mapping : mappings) {
        mapping.image_id = row.id.text();
        mapping.position = position++;
        insert_row<kImageMappingColumns>(db, mapping);
    }
    return true;
}

std::optional<ImageId> select_image_named(Database& db, std::string_view owner,
                                          std::string_view region, std::string_view name)
{
    // In the text: the index of names says the same.
    static constexpr auto kSelect =
        "SELECT id FROM image WHERE owner = ? AND region = ? AND name = ? AND " + kIsThere;
    Statement select(db, kSelect);
    select.bind(owner, region, name);
    if (!select.step()) {
        return std::nullopt;
    }
    return select.row().id<ImageId>();
}

std::optional<ImageRow> select_visible_image(Database& db, std::string_view viewer,
                                             std::string_view region, const ImageId& id)
{
    Query query("SELECT ");
    query.sql(select_list<kImageColumns>()).sql(" FROM all_image AS i WHERE i.id = ");
    query.value(id.text()).sql(" AND i.region = ").value(region);
    append_seen_by(query, kSharedImages, viewer);
    return row_of<kImageColumns>(db, query);
}

bool image_exists(Database& db, std::string_view region, const ImageId& id)
{
    static constexpr auto kSelect =
        "SELECT 1 FROM all_image WHERE id = ? AND region = ? AND " + kIsThere;
    Statement select(db, kSelect);
    select.bind(id, region);
    return select.step();
}

bool is_gone_image_in_use(Database& db, std::string_view viewer, std::string_view region,
                          const ImageId& id)
{
    Statement select(db,
                     "SELECT 1 FROM instance WHERE image_id = ? AND region = ?"
                     " AND ? IN (owner, image_owner) AND state <> ? LIMIT 1");
    select.bind(id, region, viewer, InstanceStateName::kTerminated);
    return select.step();
}

bool is_gone_image_of(Database& db, std::string_view viewer, std::string_view region,
                      const ImageId& id)
{
    std::vector<std::string> names{std::string(viewer), std::string(kEverybody)};
    for (auto& membership : select_memberships(db, viewer)) {
        names.push_back(std::move(membership.value));
    }
    Query query("SELECT 1 FROM image AS i WHERE i.id = ");
    query.value(id.text()).sql(" AND i.region = ").value(region);
    query.sql(" AND i.state = ").value(text_of(ImageState::kDeregistered));
    query.sql(" AND (i.owner = ").value(viewer);
    query.sql(" OR EXISTS (SELECT 1 FROM former_launch_permission AS f WHERE f.image_id = i.id");
    query.sql(" AND f.value IN ").list(names).sql("))");
    return query.on(db).step();
}

bool is_free_tier_image(Database& db, const ImageId& id)
{
    Statement select(db, "SELECT 1 FROM all_image WHERE id = ? AND free_tier_eligible = 1");
    select.bind(id);
    return select.step();
}

bool is_image_row(Database& db, const ImageId& id)
{
    Statement select(db, "SELECT 1 FROM image WHERE id = ?");
    select.bind(id);
    return select.step();
}

bool image_id_is_taken(Database& db, const ImageId& id)
{
    Statement select(db, "SELECT id FROM all_image WHERE id = ?");
    select.bind(id);
    return select.step();
}

std::vector<ImageMappingRow> select_image_mappings(Database& db,
                                                   const std::vector<std::string>& images)
{
    // Two lookups cost less than a merge of both.
    auto rows = select_children<kOwnMappings>(db, images);
    add_children(rows, &ImageMappingRow::image_id,
                 select_children<kCatalogueMappings>(
                     db, childless(rows, &ImageMappingRow::image_id, images)));
    return rows;
}

std::vector<ImageMappingRow> select_image_mappings(Database& db, const ImageId& id)
{
    return select_image_mappings(db, std::vector{id.text()});
}

std::optional<std::string> select_image_uefi_data(Database& db, const ImageId& id)
{
    Statement select(db, "SELECT uefi_data FROM image WHERE id = ?");
    select.bind(id);
    return select.step() ? select.row().optional_text() : std::nullopt;
}

std::optional<TimeMs> reported_launch_ms(const ImageRow& row, TimeMs now_ms)
{
    const auto& last = row.last_launched_time_ms;
    return last && *last <= now_ms - kReportDelayMs ? last : row.launched_before_ms;
}

void set_image_last_launched(Database& db, const ImageId& id, TimeMs now_ms)
{
    Statement(db,
              "UPDATE image SET launched_before_ms = iif(last_launched_time_ms <= ?,"
              " last_launched_time_ms, launched_before_ms), last_launched_time_ms = ? WHERE id = ?")
        .execute(now_ms - kReportDelayMs, now_ms, id);
}

void remember_launch_permissions(Database& db, const ImageId& id)
{
    Statement(db,
              "INSERT OR IGNORE INTO former_launch_permission (image_id, kind, value)"
              " SELECT image_id, kind, value FROM launch_permission WHERE image_id = ?")
        .execute(id);
}

void mark_image_deregistered(Database& db, const ImageId& id)
{
    remember_launch_permissions(db, id);
    Statement(db, "DELETE FROM image_mapping WHERE image_id = ?").execute(id);
    Statement(db, "DELETE FROM launch_permission WHERE image_id = ?").execute(id);
    Statement(db, "DELETE FROM image_watermark WHERE image_id = ?").execute(id);
    Statement(db, "DELETE FROM image_instance_type WHERE image_id = ?").execute(id);
    Statement(db, "UPDATE image SET state = ?, public = 0 WHERE id = ?")
        .execute(ImageState::kDeregistered, id);
}

bool delete_former_image(Database& db, const ImageId& id)
{
    Statement(db,
              "DELETE FROM image WHERE id = ?1 AND state = ?2"
              " AND NOT EXISTS (SELECT 1 FROM instance WHERE image_id = ?1)"
              " AND NOT EXISTS (SELECT 1 FROM main.image c WHERE c.source_image_id = ?1)")
        .execute(id, ImageState::kDeregistered);
    return !is_image_row(db, id);
}

void insert_launch_permission(Database& db, const ImageId& id, const LaunchPermissionRow& row)
{
    Statement(db,
              "INSERT INTO launch_permission (image_id, kind, value) VALUES (?, ?, ?)"
              " ON CONFLICT DO NOTHING")
        .execute(id, row.kind, row.value);
    set_public(db, id);
}

void delete_launch_permission(Database& db, const ImageId& id, const LaunchPermissionRow& row)
{
    Statement(db, "DELETE FROM launch_permission WHERE image_id = ? AND kind = ? AND value = ?")
        .execute(id, row.kind, row.value);
    set_public(db, id);
}

void delete_all_launch_permissions(Database& db, const ImageId& id)
{
    Statement(db, "DELETE FROM launch_permission WHERE image_id = ?").execute(id);
    set_public(db, id);
}

std::vector<LaunchPermissionRow> select_launch_permissions(Database& db, const ImageId& id)
{
    return select_rows<kPermissionColumns>(
        db, "FROM launch_permission p WHERE p.image_id = ? ORDER BY p.kind, p.value", id);
}

}  // namespace amilab
