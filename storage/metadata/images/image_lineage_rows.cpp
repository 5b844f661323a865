#include "storage/metadata/images/image_lineage_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kAncestorColumns = columns<AncestorRow>(
    "all_image", "i", text<&AncestorRow::id>("id"), text<&AncestorRow::region>("region"),
    text<&AncestorRow::owner_alias>("owner_alias"),
    time<&AncestorRow::creation_time_ms>("creation_time_ms"),
    text<&AncestorRow::source_image_id>("source_image_id"),
    text<&AncestorRow::source_image_region>("source_image_region"));

using Kind = ImageReferenceRow::Kind;

/// By the images, hence the + before owner and region: an account may have many other instances and
/// parameters. The + before the state is for SQLite, which merges halves of like columns alone. Of
/// a launch template the newest version that names the image counts; `newer` are those above it.
constexpr std::string_view kReferences =
    "(SELECT image_id, 0 AS kind, id AS name, '0/' || id AS place, +owner AS owner,"
    "  +region AS region, +state AS state, NULL AS newer FROM instance"
    " UNION ALL"
    " SELECT v.value, 1, v.name, '1/' || v.name, +v.owner, +v.region, NULL, NULL"
    "  FROM parameter_version v JOIN parameter p ON p.owner = v.owner AND p.region = v.region"
    "  AND p.name = v.name AND p.version = v.version WHERE v.data_type = 'aws:ec2:image'"
    " UNION ALL"
    " SELECT v.image_id, 2, v.template_id, '2/' || v.template_id, +l.owner, +l.region, NULL,"
    "  (SELECT count(*) FROM launch_template_version n"
    "    WHERE n.template_id = v.template_id AND n.version > v.version)"
    "  FROM launch_template_version v JOIN launch_template l ON l.id = v.template_id"
    "  WHERE NOT EXISTS (SELECT 1 FROM launch_template_version n WHERE n.image_id = v.image_id"
    "   AND n.template_id = v.template_id AND n.version > v.version)) r";
constexpr auto kReferenceColumns = columns<ImageReferenceRow>(
    "image_reference", "r", text<&ImageReferenceRow::image_id>("image_id"),
    integer<&ImageReferenceRow::kind>("kind"), text<&ImageReferenceRow::name>("name"),
    text<&ImageReferenceRow::place>("place"));
constexpr Listing<ImageReferenceRow> kReferenceList{.from = kReferences,
                                                    .key = "r.image_id",
                                                    .second_key = "r.place",
                                                    .columns = kReferenceColumns};

}  // namespace

std::optional<AncestorRow> select_ancestor(Database& db, const ImageId& id, std::string_view region)
{
    return select_row<kAncestorColumns>(db, "FROM all_image i WHERE i.id = ? AND i.region = ?", id,
                                        region);
}

std::optional<std::string> select_snapshot_failure(Database& db, const SnapshotId& id)
{
    Statement select(db, "SELECT status_message FROM main.snapshot WHERE id = ?");
    select.bind(id);
    return select.step() ? select.row().optional_text() : std::nullopt;
}

void want_reference_kinds(ListQuery& wanted, const std::vector<ImageReferenceRow::Kind>& kinds)
{
    wanted.also.sql(" AND (0");
    for (const auto kind : kinds) {
        wanted.also.part(" OR r.kind = ?", kind);
    }
    wanted.also.sql(")");
}

void want_instance_states(ListQuery& wanted, const std::vector<std::string>& states)
{
    if (!states.empty()) {
        wanted.also.sql(" AND (r.state IS NULL OR r.state IN ").list(states).sql(")");
    }
}

void want_version_depth(ListQuery& wanted, std::int64_t depth)
{
    wanted.also.part(" AND (r.newer IS NULL OR r.newer < ?)", depth);
}

std::vector<ImageReferenceRow> select_image_references(Database& db, const ListQuery& wanted)
{
    return select_page<kReferenceList>(db, wanted);
}

std::string image_reference_order_key(const ImageReferenceRow& row)
{
    return row.image_id + "/" + row.place;
}

}  // namespace amilab
