#include "storage/metadata/snapshots/snapshot_rows.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "storage/metadata/images/visibility.h"
#include "storage/metadata/snapshots/snapshot_tier_rows.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kColumns =
    "s.region, s.owner, s.owner_alias, s.layer_id, s.volume_id, s.volume_size_gib,"
    " s.description, s.state, s.start_time_ms, s.due_time_ms, s.completion_time_ms, s.encrypted,"
    " s.kms_key_id, s.data_key_id, s.transfer_type, s.completion_duration_minutes,"
    " s.status_message, s.full_size_bytes";

SnapshotRow read_snapshot(Statement::Row row)
{
    SnapshotRow snapshot{
        .id = row.id<SnapshotId>(),
        .region = row.text(),
        .owner = row.text(),
        .owner_alias = row.optional_text(),
        .layer_id = {},
        .volume_id = {},
        .volume_size_gib = 0,
        .description = {},
        .state = {},
        .start_time_ms = 0,
        .due_time_ms = {},
        .completion_time_ms = {},
        .encrypted = false,
    };
    if (const auto layer = row.optional_integer()) {
        snapshot.layer_id = static_cast<LayerId>(*layer);
    }
    snapshot.volume_id = row.text();
    snapshot.volume_size_gib = row.integer();
    snapshot.description = row.text();
    snapshot.state = row.text();
    snapshot.start_time_ms = row.integer();
    snapshot.due_time_ms = row.optional_integer();
    snapshot.completion_time_ms = row.optional_integer();
    snapshot.encrypted = row.boolean();
    snapshot.kms_key_id = row.optional_text();
    snapshot.data_key_id = row.optional_text();
    snapshot.transfer_type = row.optional_text();
    snapshot.completion_duration_minutes = row.optional_integer();
    snapshot.status_message = row.optional_text();
    snapshot.full_size_bytes = row.optional_integer();
    return snapshot;
}

/// snapshot_progress_percent() in SQL.
std::string sql_progress(TimeMs now_ms)
{
    return fmt::format(
        "(iif(s.state = 'completed', 100,"
        " iif(s.due_time_ms IS NULL, COALESCE((SELECT d.progress_percent FROM direct_snapshot AS d"
        " WHERE d.snapshot_id = s.id), 0),"
        " iif(s.due_time_ms > s.start_time_ms,"
        " max(0, min({1}, ({0} - s.start_time_ms) * 100 / (s.due_time_ms - s.start_time_ms))),"
        " 0))) || '%')",
        now_ms, kMostPendingPercent);
}

/// Source: EC2 API Reference, DescribeSnapshots (documented).
void append_restorable_by(Query& query, const SnapshotQuery& wanted)
{
    if (wanted.restorable_by.empty()) {
        return;
    }
    const auto named = named_users(wanted.restorable_by, wanted.viewer);
    query.sql(named.is_all ? " AND (s.public = 1" : " AND (0");
    if (named.is_viewer) {
        query.sql(" OR s.owner = ").value(wanted.viewer).sql(" OR ");
        append_shared_with(query, kSharedSnapshots, {std::string(wanted.viewer)}, {});
    }
    if (!named.others.empty()) {
        query.sql(" OR s.owner = ").value(wanted.viewer).sql(" AND ");
        append_shared_with(query, kSharedSnapshots, named.others, {});
    }
    query.sql(")");
}

void append_filters_of(Query& query, const SnapshotQuery& wanted)
{
    const auto progress = sql_progress(wanted.now_ms);
    const auto encrypted = sql_true_false("s.encrypted");
    const auto start_time = sql_time("s.start_time_ms");
    const auto tier = sql_storage_tier("s.id", std::to_string(wanted.now_ms));
    const std::array columns = {
        FilterColumn{"description", "s.description"},
        FilterColumn{"encrypted", encrypted},
        FilterColumn{"owner-alias", "s.owner_alias"},
        FilterColumn{"owner-id", "s.owner"},
        FilterColumn{"progress", progress},
        FilterColumn{"snapshot-id", "s.id"},
        FilterColumn{"start-time", start_time},
        FilterColumn{"status", "s.state"},
        FilterColumn{"storage-tier", tier},
        FilterColumn{"transfer-type", "s.transfer_type"},
        // Catalogue snapshots are of no volume.
        FilterColumn{"volume-id", "volume_id", "s.id IN (SELECT id FROM main.snapshot WHERE ", ")"},
        FilterColumn{"volume-size", "CAST(s.volume_size_gib AS TEXT)"},
    };
    append_filters(query, wanted.filters, columns, "s.id", wanted.viewer);
}

/// Snapshots of the viewer's are looked for unless others' accounts alone are named.
VisibleQuery whose(const SnapshotQuery& wanted, bool names_viewer)
{
    const bool names_alias =
        std::any_of(wanted.owners.begin(), wanted.owners.end(), [](const std::string& owner) {
            return owner.find_first_not_of("0123456789") != std::string::npos;
        });
    const bool is_any = wanted.owners.empty();
    return {.viewer = wanted.viewer,
            .region = wanted.region,
            .wants_own = (is_any || names_viewer || names_alias) &&
                         may_own(wanted.filters, "owner-id", wanted.viewer),
            .wants_others = is_any || !names_viewer || wanted.owners.size() > 1};
}

}  // namespace

std::int64_t snapshot_progress_percent(const SnapshotRow& row, TimeMs now_ms)
{
    if (row.state == "completed") {
        return 100;
    }
    if (row.due_time_ms.value_or(row.start_time_ms) <= row.start_time_ms) {
        return 0;
    }
    const auto percent =
        (now_ms - row.start_time_ms) * 100 / (*row.due_time_ms - row.start_time_ms);
    return std::clamp<std::int64_t>(percent, 0, kMostPendingPercent);
}

void insert_snapshot(Database& db, const SnapshotRow& row)
{
    std::optional<std::uint64_t> layer;
    if (row.layer_id) {
        layer = to_number(*row.layer_id);
    }
    Statement(db,
              "INSERT INTO snapshot (id, region, owner, owner_alias, layer_id, volume_id,"
              " volume_size_gib, description, state, start_time_ms, due_time_ms,"
              " completion_time_ms, encrypted, kms_key_id, data_key_id, transfer_type,"
              " completion_duration_minutes, status_message, full_size_bytes)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
              " ?17, ?18, ?19)")
        .execute(row.id, row.region, row.owner, row.owner_alias, layer, row.volume_id,
                 row.volume_size_gib, row.description, row.state, row.start_time_ms,
                 row.due_time_ms, row.completion_time_ms, row.encrypted, row.kms_key_id,
                 row.data_key_id, row.transfer_type, row.completion_duration_minutes,
                 row.status_message, row.full_size_bytes);
}

std::optional<SnapshotRow> select_snapshot(Database& db, std::string_view region,
                                           const SnapshotId& id)
{
    Statement select(db, fmt::format("SELECT s.id, {} FROM all_snapshot s WHERE s.id = ?1"
                                     " AND s.region = ?2",
                                     kColumns));
    select.bind(id, region);
    if (!select.step()) {
        return std::nullopt;
    }
    return read_snapshot(select.row());
}

std::optional<SnapshotRow> select_visible_snapshot(Database& db, std::string_view viewer,
                                                   std::string_view region, const SnapshotId& id)
{
    Query query("SELECT s.id, ");
    query.sql(kColumns).sql(" FROM all_snapshot AS s WHERE s.id = ").value(id.text());
    query.sql(" AND s.region = ").value(region);
    append_seen_by(query, kSharedSnapshots, viewer);
    auto select = query.on(db);
    if (!select.step()) {
        return std::nullopt;
    }
    return read_snapshot(select.row());
}

void complete_snapshot(Database& db, const SnapshotId& id, TimeMs now_ms)
{
    Statement(db,
              "UPDATE snapshot SET state = iif(status_message IS NULL, 'completed', 'error'),"
              " completion_time_ms = iif(status_message IS NULL,"
              " min(COALESCE(due_time_ms, ?2), ?2), NULL)"
              " WHERE id = ?1 AND state = 'pending'")
        .execute(id, now_ms);
}

std::optional<UncountedSnapshot> select_uncounted_snapshot(Database& db, const SnapshotId& id)
{
    Statement select(db,
                     "SELECT layer_id, volume_size_gib FROM snapshot"
                     " WHERE id = ?1 AND full_size_bytes IS NULL AND layer_id IS NOT NULL");
    select.bind(id);
    if (!select.step()) {
        return std::nullopt;
    }
    auto row = select.row();
    const auto layer = static_cast<LayerId>(row.integer());
    return UncountedSnapshot{.id = id, .layer_id = layer, .volume_size_gib = row.integer()};
}

std::vector<SnapshotId> select_uncounted_snapshots(Database& db)
{
    Statement select(db,
                     "SELECT id FROM snapshot"
                     " WHERE full_size_bytes IS NULL AND layer_id IS NOT NULL"
                     " AND state = 'completed' ORDER BY id");
    select.bind();
    std::vector<SnapshotId> ids;
    while (select.step()) {
        ids.push_back(select.row().id<SnapshotId>());
    }
    return ids;
}

std::optional<std::int64_t> select_full_size_below(Database& db, LayerId layer)
{
    Statement select(db,
                     "SELECT s.full_size_bytes FROM layer AS l"
                     " JOIN snapshot AS s ON s.layer_id = l.parent_id"
                     " WHERE l.id = ?1 AND s.full_size_bytes IS NOT NULL LIMIT 1");
    select.bind(to_number(layer));
    return select.step() ? std::optional(select.row().integer()) : std::nullopt;
}

void set_snapshot_full_size(Database& db, const SnapshotId& id, std::int64_t bytes)
{
    Statement(db, "UPDATE snapshot SET full_size_bytes = ?2 WHERE id = ?1").execute(id, bytes);
}

std::int64_t count_pending_snapshots(Database& db, const VolumeId& volume)
{
    Statement select(db,
                     "SELECT COUNT(*) FROM snapshot WHERE volume_id = ?1 AND state = 'pending'");
    select.bind(volume);
    select.step();
    return select.row().integer();
}

std::int64_t count_pending_copies(Database& db, std::string_view owner, std::string_view region)
{
    Statement select(db,
                     "SELECT COUNT(*) FROM snapshot WHERE region = ?1 AND owner = ?2"
                     " AND state = 'pending' AND transfer_type IS NOT NULL");
    select.bind(region, owner);
    select.step();
    return select.row().integer();
}

std::optional<ImageId> select_enabled_image_using_snapshot(Database& db, const SnapshotId& id)
{
    Statement select(db,
                     "SELECT image_id FROM main.image_mapping WHERE snapshot_id = ?1 AND EXISTS"
                     " (SELECT 1 FROM main.image WHERE id = image_id"
                     " AND state NOT IN ('deregistered', 'disabled')) ORDER BY image_id LIMIT 1");
    select.bind(id);
    if (!select.step()) {
        return std::nullopt;
    }
    return select.row().id<ImageId>();
}

void delete_snapshot_row(Database& db, const SnapshotId& id)
{
    Statement(db, "DELETE FROM snapshot WHERE id = ?1").execute(id);
}

void set_snapshot_recycled(Database& db, const SnapshotId& id, bool recycled)
{
    Statement(db, "UPDATE snapshot SET recycled = ?2 WHERE id = ?1").execute(id, recycled);
}

std::optional<SnapshotRow> select_recycled_snapshot(Database& db, const SnapshotId& id)
{
    Statement select(
        db, fmt::format("SELECT s.id, {} FROM main.snapshot s WHERE s.id = ?1 AND s.recycled = 1",
                        kColumns));
    select.bind(id);
    if (!select.step()) {
        return std::nullopt;
    }
    return read_snapshot(select.row());
}

std::optional<ImageId> select_image_using_snapshot(Database& db, const SnapshotId& id)
{
    Statement select(db,
                     "SELECT image_id FROM main.image_mapping WHERE snapshot_id = ?1 AND EXISTS"
                     " (SELECT 1 FROM main.image WHERE id = image_id AND state <> 'deregistered')"
                     " UNION ALL"
                     " SELECT image_id FROM catalogue.image_mapping WHERE snapshot_id = ?1"
                     " ORDER BY image_id LIMIT 1");
    select.bind(id);
    if (!select.step()) {
        return std::nullopt;
    }
    return select.row().id<ImageId>();
}

std::vector<SnapshotRow> select_snapshots(Database& db, const SnapshotQuery& wanted)
{
    const bool names_viewer =
        std::find(wanted.owners.begin(), wanted.owners.end(), wanted.viewer) != wanted.owners.end();
    const auto append_rest = [&](Query& query, Seen seen) {
        if (!wanted.owners.empty() && !(seen == Seen::kAsOwner && names_viewer)) {
            query.sql(" AND (s.owner IN ").list(wanted.owners);
            query.sql(" OR s.owner_alias IN ").list(wanted.owners).sql(")");
        }
        append_restorable_by(query, wanted);
        append_filters_of(query, wanted);
        if (!wanted.after.empty()) {
            query.sql(" AND s.id > ").value(wanted.after);
        }
    };
    Query query;
    if (wanted.ids.empty()) {
        append_visible(query, kSharedSnapshots, whose(wanted, names_viewer), kColumns, append_rest);
    } else {
        query.sql("SELECT s.id, ").sql(kColumns).sql(" FROM all_snapshot AS s WHERE s.region = ");
        query.value(wanted.region).sql(" AND s.id IN ").list(texts_of(wanted.ids));
        append_seen_by(query, kSharedSnapshots, wanted.viewer);
        append_rest(query, Seen::kEither);
    }
    query.sql(" ORDER BY 1 LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    std::vector<SnapshotRow> rows;
    while (select.step()) {
        rows.push_back(read_snapshot(select.row()));
    }
    return rows;
}

}  // namespace amilab
