#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/blocks/layer_id.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/volumes/volume_ids.h"

namespace amilab {

/// The volume of a snapshot that was made of none. Source: "an arbitrary volume ID" (documented),
/// this one (observed).
inline constexpr const char* kNoVolumeId = "vol-ffffffff";

/// A row of the view all_snapshot: an account's own, or the catalogue's.
struct SnapshotRow {
    SnapshotId id;
    std::string region;
    std::string owner;
    std::optional<std::string> owner_alias;
    /// Nothing for catalogue snapshots: they read as zeros.
    std::optional<LayerId> layer_id;
    /// The volume it is of, which may be gone; "vol-ffffffff" for those of no volume.
    std::string volume_id;
    std::int64_t volume_size_gib;
    std::string description;
    std::string state;
    TimeMs start_time_ms;
    /// When it will be, or was, completed.
    std::optional<TimeMs> due_time_ms;
    std::optional<TimeMs> completion_time_ms;
    bool encrypted;
    /// The key's ARN and the identifier of the data key; nothing while not encrypted.
    std::optional<std::string> kms_key_id = {};
    std::optional<std::string> data_key_id = {};
    /// Of copies only: standard or time-based.
    std::optional<std::string> transfer_type = {};
    std::optional<std::int64_t> completion_duration_minutes = {};
    /// Why it is in error; of a pending copy: why it will be.
    std::optional<std::string> status_message = {};
    /// Nothing until it has been counted: see storage/upkeep/snapshot_sizes.h.
    std::optional<std::int64_t> full_size_bytes = {};
};

void insert_snapshot(Database& db, const SnapshotRow& row);
/// Own and catalogue snapshots alike; who may see or use it is for the caller to decide.
std::optional<SnapshotRow> select_snapshot(Database& db, std::string_view region,
                                           const SnapshotId& id);
/// One that `viewer` may see and make volumes of: own, shared with that account, or public.
std::optional<SnapshotRow> select_visible_snapshot(Database& db, std::string_view viewer,
                                                   std::string_view region, const SnapshotId& id);
/// Completes a pending one: when it was due, which is by `now_ms`. A copy that cannot be made is in
/// error instead.
void complete_snapshot(Database& db, const SnapshotId& id, TimeMs now_ms);
/// The row's layer is for the caller to release.
void delete_snapshot_row(Database& db, const SnapshotId& id);
/// Puts it into the bin, where select_snapshot does not find it, or takes it out again.
void set_snapshot_recycled(Database& db, const SnapshotId& id, bool recycled);
/// One that is in the bin.
std::optional<SnapshotRow> select_recycled_snapshot(Database& db, const SnapshotId& id);

/// A snapshot whose full size nobody has counted yet.
struct UncountedSnapshot {
    SnapshotId id;
    LayerId layer_id;
    std::int64_t volume_size_gib;
};
std::optional<UncountedSnapshot> select_uncounted_snapshot(Database& db, const SnapshotId& id);
/// All that are completed.
std::vector<SnapshotId> select_uncounted_snapshots(Database& db);
/// The full size, where it is known, of a snapshot of the layer right below.
std::optional<std::int64_t> select_full_size_below(Database& db, LayerId layer);
void set_snapshot_full_size(Database& db, const SnapshotId& id, std::int64_t bytes);

std::int64_t count_pending_snapshots(Database& db, const VolumeId& volume);
/// How many copies the owner has under way into the region.
std::int64_t count_pending_copies(Database& db, std::string_view owner, std::string_view region);

/// An image, neither deregistered nor disabled, that has a mapping with this snapshot.
std::optional<ImageId> select_enabled_image_using_snapshot(Database& db, const SnapshotId& id);
/// An image, not deregistered, that has a mapping with this snapshot.
std::optional<ImageId> select_image_using_snapshot(Database& db, const SnapshotId& id);

/// What a pending snapshot gets to at most.
inline constexpr std::int64_t kMostPendingPercent = 99;

/// How much of it is done at a time: all once it is completed, else by the time between its start
/// and when it is due. Source: a percentage (documented); how it grows is amilab's own.
std::int64_t snapshot_progress_percent(const SnapshotRow& row, TimeMs now_ms);

struct SnapshotQuery {
    std::string_view region;
    /// Whose view it is: tags are this account's.
    std::string_view viewer;
    std::vector<SnapshotId> ids;
    /// Only those of these owners: account ids and owner aliases; empty: of all.
    std::vector<std::string> owners;
    /// Only those that one of these may make volumes of: account ids, of the viewer's own snapshots
    /// or "self" of those that it owns or that are shared with it, and "all" for public ones;
    /// empty: any.
    std::vector<std::string> restorable_by = {};
    std::span<const Filter> filters;
    TimeMs now_ms;
    std::string_view after;
    std::int64_t limit;
};

/// Snapshots that `viewer` may see, in the order of their ids.
std::vector<SnapshotRow> select_snapshots(Database& db, const SnapshotQuery& query);

/// Which snapshots an account may tag, those in the recycle bin included: ?1 the id, ?2 the region,
/// ?3 the account.
inline constexpr std::string_view kTaggableSnapshot =
    "SELECT 1 FROM all_snapshot s WHERE s.id = ?1 AND s.region = ?2 AND (s.owner = ?3"
    " OR s.public = 1 OR EXISTS (SELECT 1 FROM create_volume_permission p"
    " WHERE p.snapshot_id = s.id AND p.kind = 'userId' AND p.value = ?3))"
    " UNION ALL SELECT 1 FROM recycled WHERE resource_id = ?1 AND region = ?2 AND owner = ?3";

}  // namespace amilab
