#include "storage/metadata/snapshots/direct_snapshot_rows.h"

#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

void insert_direct_snapshot(Database& db, const DirectSnapshotRow& row)
{
    insert_row<kDirectSnapshotColumns>(db, row);
}

std::optional<DirectSnapshotRow> select_direct_snapshot(Database& db, const SnapshotId& id)
{
    return select_row<kDirectSnapshotColumns>(db, "FROM direct_snapshot d WHERE d.snapshot_id = ?",
                                              id);
}

std::int64_t count_open_direct_snapshots(Database& db, std::string_view owner,
                                         std::string_view region)
{
    // From those that are open: an account may have any number of snapshots, and few of those.
    Statement select(db,
                     "SELECT COUNT(*) FROM direct_snapshot AS d CROSS JOIN snapshot AS s"
                     " ON s.id = d.snapshot_id"
                     " WHERE d.open = 1 AND s.owner = ? AND s.region = ?");
    select.bind(owner, region);
    select.step();
    return select.row().integer();
}

void put_direct_block(Database& db, const SnapshotId& id, std::int64_t block_index,
                      std::span<const std::byte> checksum, TimeMs now_ms,
                      std::optional<std::int64_t> progress_percent)
{
    Statement(db,
              "INSERT INTO direct_block (snapshot_id, block_index, checksum) VALUES (?, ?, ?)"
              " ON CONFLICT DO UPDATE SET checksum = excluded.checksum")
        .execute(id, block_index, checksum);
    Statement(db,
              "UPDATE direct_snapshot SET last_activity_ms = ?,"
              " progress_percent = COALESCE(?, progress_percent) WHERE snapshot_id = ?")
        .execute(now_ms, progress_percent, id);
}

std::int64_t count_direct_blocks(Database& db, const SnapshotId& id)
{
    Statement select(db, "SELECT COUNT(*) FROM direct_block WHERE snapshot_id = ?");
    select.bind(id);
    select.step();
    return select.row().integer();
}

void for_each_direct_checksum(Database& db, const SnapshotId& id,
                              const std::function<void(std::string_view)>& take)
{
    Statement select(db,
                     "SELECT checksum FROM direct_block WHERE snapshot_id = ?"
                     " ORDER BY block_index");
    select.bind(id);
    while (select.step()) {
        take(select.row().blob());
    }
}

void close_direct_snapshot(Database& db, const SnapshotId& id, TimeMs due_ms)
{
    Statement(db, "DELETE FROM direct_block WHERE snapshot_id = ?").execute(id);
    Statement(db, "UPDATE direct_snapshot SET open = 0 WHERE snapshot_id = ?").execute(id);
    Statement(db, "UPDATE snapshot SET due_time_ms = ? WHERE id = ?").execute(due_ms, id);
}

std::optional<LayerId> fail_direct_snapshot(Database& db, const SnapshotId& id)
{
    Statement select(db, "SELECT layer_id FROM snapshot WHERE id = ?");
    select.bind(id);
    std::optional<LayerId> layer;
    if (select.step()) {
        if (const auto number = select.row().optional_integer()) {
            layer = static_cast<LayerId>(*number);
        }
    }
    Statement(db, "DELETE FROM direct_block WHERE snapshot_id = ?").execute(id);
    Statement(db, "UPDATE direct_snapshot SET open = 0 WHERE snapshot_id = ?").execute(id);
    Statement(db, "UPDATE snapshot SET state = ?, layer_id = NULL WHERE id = ?")
        .execute(SnapshotState::kError, id);
    return layer;
}

std::int64_t mark_lost_direct_snapshots(Database& db, std::string_view boot_id)
{
    Statement(db,
              "UPDATE snapshot SET state = ? WHERE id IN"
              " (SELECT snapshot_id FROM direct_snapshot WHERE open = 1 AND boot_id <> ?)")
        .execute(SnapshotState::kError, boot_id);
    const auto count = db.changes();
    Statement(db, "UPDATE direct_snapshot SET open = 0 WHERE open = 1 AND boot_id <> ?")
        .execute(boot_id);
    return count;
}

std::optional<std::string> read_block_token_key(Database& db)
{
    Statement select(db, "SELECT value FROM setting WHERE name = 'block_token_key'");
    select.bind();
    if (!select.step()) {
        return std::nullopt;
    }
    return select.row().blob();
}

void write_block_token_key(Database& db, std::span<const std::byte> key)
{
    Statement(db,
              "INSERT INTO setting (name, value) VALUES ('block_token_key', ?)"
              " ON CONFLICT DO NOTHING")
        .execute(key);
}

}  // namespace amilab
