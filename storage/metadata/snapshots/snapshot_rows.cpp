#include "storage/metadata/snapshots/snapshot_rows.h"

#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/images/visibility.h"

namespace amilab {

namespace {

constexpr auto kUncountedColumns =
    columns<UncountedSnapshot>("snapshot", "s", text<&UncountedSnapshot::id>("id"),
                               integer<&UncountedSnapshot::layer_id>("layer_id"),
                               integer<&UncountedSnapshot::volume_size_gib>("volume_size_gib"));

// In the text: the indexes of pending snapshots say the same.
constexpr auto kIsPendingSnapshot = "state = " + sql_word<SnapshotState::kPending>;

}  // namespace

void insert_snapshot(Database& db, const SnapshotRow& row)
{
    insert_row<kSnapshotColumns>(db, row);
}

std::optional<SnapshotRow> select_snapshot(Database& db, std::string_view region,
                                           const SnapshotId& id)
{
    return select_row<kSnapshotColumns>(db, "FROM all_snapshot s WHERE s.id = ? AND s.region = ?",
                                        id, region);
}

std::optional<SnapshotRow> select_described_snapshot(Database& db, std::string_view region,
                                                     const SnapshotId& id, TimeMs now_ms)
{
    return select_row_at<kDescribedSnapshotColumns>(
        db, now_ms, "FROM all_snapshot s WHERE s.id = ? AND s.region = ?", id, region);
}

std::optional<SnapshotRow> select_visible_snapshot(Database& db, std::string_view viewer,
                                                   std::string_view region, const SnapshotId& id)
{
    Query query("SELECT ");
    query.sql(select_list<kSnapshotColumns>()).sql(" FROM all_snapshot AS s WHERE s.id = ");
    query.value(id.text()).sql(" AND s.region = ").value(region);
    append_seen_by(query, kSharedSnapshots, viewer);
    return row_of<kSnapshotColumns>(db, query);
}

void complete_snapshot(Database& db, const SnapshotId& id, TimeMs now_ms)
{
    Statement(db,
              "UPDATE snapshot SET state = iif(status_message IS NULL, ?, ?),"
              " completion_time_ms = iif(status_message IS NULL,"
              " min(COALESCE(due_time_ms, ?), ?), NULL)"
              " WHERE id = ? AND state = ?")
        .execute(SnapshotState::kCompleted, SnapshotState::kError, now_ms, now_ms, id,
                 SnapshotState::kPending);
}

std::optional<UncountedSnapshot> select_uncounted_snapshot(Database& db, const SnapshotId& id)
{
    return select_row<kUncountedColumns>(
        db,
        "FROM snapshot s WHERE s.id = ? AND s.full_size_bytes IS NULL AND s.layer_id IS NOT NULL",
        id);
}

std::vector<SnapshotId> select_uncounted_snapshots(Database& db)
{
    Statement select(db,
                     "SELECT s.id FROM snapshot AS s"
                     " JOIN layer AS l ON l.id = s.layer_id AND l.sealed = 1"
                     " WHERE s.full_size_bytes IS NULL AND s.state <> ? ORDER BY s.id");
    select.bind(SnapshotState::kError);
    return select.values<SnapshotId>();
}

std::optional<std::int64_t> select_full_size_below(Database& db, LayerId layer)
{
    Statement select(db,
                     "SELECT iif(l.parent_id IS NULL, 0,"
                     " (SELECT s.full_size_bytes FROM snapshot AS s WHERE s.layer_id = l.parent_id"
                     "   AND s.full_size_bytes IS NOT NULL LIMIT 1))"
                     " FROM layer AS l WHERE l.id = ?");
    select.bind(layer);
    return select.step() ? select.row().optional_integer() : std::nullopt;
}

void set_snapshot_full_size(Database& db, const SnapshotId& id, std::int64_t bytes)
{
    Statement(db, "UPDATE snapshot SET full_size_bytes = ? WHERE id = ?").execute(bytes, id);
}

void set_snapshot_source_region(Database& db, const SnapshotId& id, std::string_view region)
{
    Statement(db, "UPDATE snapshot SET source_region = ? WHERE id = ?").execute(region, id);
}

std::int64_t count_pending_snapshots(Database& db, const VolumeId& volume)
{
    static constexpr auto kSelect =
        "SELECT COUNT(*) FROM snapshot WHERE volume_id = ? AND " + kIsPendingSnapshot;
    Statement select(db, kSelect);
    select.bind(volume);
    select.step();
    return select.row().integer();
}

std::int64_t count_pending_copies(Database& db, std::string_view owner, std::string_view region)
{
    static constexpr auto kSelect =
        "SELECT COUNT(*) FROM snapshot WHERE region = ? AND owner = ?"
        " AND transfer_type IS NOT NULL AND " +
        kIsPendingSnapshot;
    Statement select(db, kSelect);
    select.bind(region, owner);
    select.step();
    return select.row().integer();
}

std::optional<ImageId> select_enabled_image_using_snapshot(Database& db, const SnapshotId& id)
{
    Statement select(db,
                     "SELECT image_id FROM main.image_mapping WHERE snapshot_id = ? AND EXISTS"
                     " (SELECT 1 FROM main.image WHERE id = image_id"
                     " AND state NOT IN (?, ?)) ORDER BY image_id LIMIT 1");
    select.bind(id, ImageState::kDeregistered, ImageState::kDisabled);
    if (!select.step()) {
        return std::nullopt;
    }
    return select.row().id<ImageId>();
}

void delete_snapshot_row(Database& db, const SnapshotId& id)
{
    Statement(db, "DELETE FROM snapshot WHERE id = ?").execute(id);
}

bool snapshot_id_is_taken(Database& db, const SnapshotId& id)
{
    Statement select(db, "SELECT id FROM all_snapshot WHERE id = ?");
    select.bind(id);
    return select.step();
}

void set_snapshot_recycled(Database& db, const SnapshotId& id, bool recycled)
{
    Statement(db, "UPDATE snapshot SET recycled = ? WHERE id = ?").execute(recycled, id);
}

std::optional<SnapshotRow> select_recycled_snapshot(Database& db, const SnapshotId& id)
{
    return select_row<kSnapshotColumns>(
        db, "FROM main.snapshot s WHERE s.id = ? AND s.recycled = 1", id);
}

std::optional<ImageId> select_image_using_snapshot(Database& db, const SnapshotId& id)
{
    Statement select(db,
                     "SELECT image_id FROM main.image_mapping WHERE snapshot_id = ? AND EXISTS"
                     " (SELECT 1 FROM main.image WHERE id = image_id AND state <> ?)"
                     " UNION ALL"
                     " SELECT image_id FROM catalogue.image_mapping WHERE snapshot_id = ?"
                     " ORDER BY image_id LIMIT 1");
    select.bind(id, ImageState::kDeregistered, id);
    if (!select.step()) {
        return std::nullopt;
    }
    return select.row().id<ImageId>();
}

}  // namespace amilab
