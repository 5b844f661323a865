#include "storage/metadata/images/lineage_rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kAncestorColumns = columns<AncestorRow>(
    "all_image", "i", text("id", &AncestorRow::id), text("region", &AncestorRow::region),
    text("owner_alias", &AncestorRow::owner_alias),
    time("creation_time_ms", &AncestorRow::creation_time_ms),
    text("source_image_id", &AncestorRow::source_image_id),
    text("source_image_region", &AncestorRow::source_image_region));

using Kind = ImageReferenceRow::Kind;

/// Of the compound SELECT that finds them.
constexpr auto kReferenceColumns = columns<ImageReferenceRow>(
    "", "", text("image_id", &ImageReferenceRow::image_id),
    integer("kind", &ImageReferenceRow::kind), text("name", &ImageReferenceRow::name));

std::int64_t rank_of(Kind kind)
{
    return static_cast<std::int64_t>(kind);
}

struct OrderKey {
    std::string_view image;
    std::int64_t rank;
    std::string_view name;
};

/// "image/rank/name". A name may have slashes; what is no such key comes of a token that somebody
/// made up.
OrderKey cut_key(std::string_view key)
{
    const auto first = std::min(key.find('/'), key.size());
    const auto rest = key.substr(std::min(first + 1, key.size()));
    const bool is_instance = rest.starts_with("0/");
    return {.image = key.substr(0, first),
            .rank = rank_of(is_instance ? Kind::kInstance : Kind::kParameter),
            .name = rest.substr(std::min<std::size_t>(2, rest.size()))};
}

/// What is behind the last row of the page before, whose key image_reference_order_key() made.
void append_after(Query& query, const ImageReferenceQuery& wanted, std::string_view image,
                  Kind kind, std::string_view name)
{
    if (wanted.after.empty()) {
        return;
    }
    const auto last = cut_key(wanted.after);
    query.sql(fmt::format(" AND ({}, {}, {}) > (", image, rank_of(kind), name));
    query.value(last.image).sql(", ").value(last.rank).sql(", ").value(last.name).sql(")");
}

// Each by the images: an account may have many other instances and parameters.

void append_instances(Query& query, const ImageReferenceQuery& wanted)
{
    query.sql("SELECT image_id, ").value(rank_of(Kind::kInstance));
    query.sql(", id FROM instance WHERE image_id IN ").list(wanted.ids);
    query.sql(" AND +region = ").value(wanted.region);
    query.sql(" AND +owner = ").value(wanted.owner);
    if (!wanted.states.empty()) {
        query.sql(" AND state IN ").list(wanted.states);
    }
    append_after(query, wanted, "image_id", Kind::kInstance, "id");
}

void append_parameters(Query& query, const ImageReferenceQuery& wanted)
{
    query.sql("SELECT v.value, ").value(rank_of(Kind::kParameter));
    query.sql(
        ", v.name FROM parameter_version AS v JOIN parameter AS p ON p.owner = v.owner"
        " AND p.region = v.region AND p.name = v.name AND p.version = v.version"
        " WHERE v.data_type = 'aws:ec2:image' AND v.value IN ");
    query.list(wanted.ids).sql(" AND +v.region = ").value(wanted.region);
    query.sql(" AND +v.owner = ").value(wanted.owner);
    append_after(query, wanted, "v.value", Kind::kParameter, "v.name");
}

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

std::vector<ImageReferenceRow> select_image_references(Database& db,
                                                       const ImageReferenceQuery& wanted)
{
    Query query;
    if (wanted.instances) {
        append_instances(query, wanted);
    }
    if (wanted.parameters) {
        query.sql(wanted.instances ? " UNION ALL " : "");
        append_parameters(query, wanted);
    }
    if (query.text().empty()) {
        return {};
    }
    query.sql(" ORDER BY 1, 2, 3 LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    std::vector<ImageReferenceRow> rows;
    while (select.step()) {
        rows.push_back(read_row(kReferenceColumns, select.row()));
    }
    return rows;
}

std::string image_reference_order_key(const ImageReferenceRow& row)
{
    return fmt::format("{}/{}/{}", row.image_id, rank_of(row.kind), row.name);
}

}  // namespace amilab
