#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/blocks/layer_id.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"

/// Snapshots that the EBS direct APIs write, and the blocks written into those that are open.
namespace amilab {

struct DirectSnapshotRow {
    SnapshotId id{};
    std::optional<SnapshotId> parent = {};
    /// Pending, and blocks may be written.
    bool open = true;
    TimeMs timeout_ms = 0;
    TimeMs last_activity_ms = 0;
    /// As the client tells it.
    std::int64_t progress_percent = 0;
    /// BlockStore::boot_id of the process that opened it.
    std::string boot_id = {};
};

inline constexpr auto kDirectSnapshotColumns = columns<DirectSnapshotRow>(
    "direct_snapshot", "d", text<&DirectSnapshotRow::id>("snapshot_id"),
    text<&DirectSnapshotRow::parent>("parent_snapshot_id"), flag<&DirectSnapshotRow::open>("open"),
    integer<&DirectSnapshotRow::timeout_ms>("timeout_ms"),
    time<&DirectSnapshotRow::last_activity_ms>("last_activity_ms"),
    integer<&DirectSnapshotRow::progress_percent>("progress_percent"),
    text<&DirectSnapshotRow::boot_id>("boot_id"));

void insert_direct_snapshot(Database& db, const DirectSnapshotRow& row);
/// Nothing for snapshots that were made otherwise.
std::optional<DirectSnapshotRow> select_direct_snapshot(Database& db, const SnapshotId& id);
/// How many the owner has open in the region.
std::int64_t count_open_direct_snapshots(Database& db, std::string_view owner,
                                         std::string_view region);

/// Notes that a block has these 32 bytes as its SHA-256, now.
void put_direct_block(Database& db, const SnapshotId& id, std::int64_t block_index,
                      std::span<const std::byte> checksum, TimeMs now_ms,
                      std::optional<std::int64_t> progress_percent);
std::int64_t count_direct_blocks(Database& db, const SnapshotId& id);
/// Calls `take` with each checksum, in the order of the blocks.
void for_each_direct_checksum(Database& db, const SnapshotId& id,
                              const std::function<void(std::string_view)>& take);

/// No more blocks, all of them noted: the snapshot is completed at `due_ms`.
void close_direct_snapshot(Database& db, const SnapshotId& id, TimeMs due_ms);
/// Gives it up: the snapshot is in error and has no layer. The one that it had is for the caller to
/// release.
std::optional<LayerId> fail_direct_snapshot(Database& db, const SnapshotId& id);
/// Open ones of another boot are in error: power was lost, and what was written with it. Returns
/// how many there were.
std::int64_t mark_lost_direct_snapshots(Database& db, std::string_view boot_id);

/// The key that block tokens are signed with; nothing until one is written.
std::optional<std::string> read_block_token_key(Database& db);
/// Keeps the first key for good.
void write_block_token_key(Database& db, std::span<const std::byte> key);

}  // namespace amilab
