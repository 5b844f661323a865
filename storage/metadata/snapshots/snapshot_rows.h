#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/blocks/layer_id.h"
#include "storage/metadata/images/grantee.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/snapshots/snapshot_state.h"
#include "storage/metadata/snapshots/snapshot_tier_rows.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/volumes/volume_ids.h"

namespace amilab {

/// The volume of a snapshot that was made of none. Source: "an arbitrary volume ID" (documented),
/// this one (observed).
inline constexpr const char* kNoVolumeId = "vol-ffffffff";

/// How a copy is made.
enum class TransferType : std::uint8_t { kStandard, kTimeBased };
template <>
inline constexpr auto kWords<TransferType> = words("standard", "time-based");

/// A row of the view all_snapshot: an account's own, or the catalogue's.
struct SnapshotRow {
    SnapshotId id{};
    std::string region = {};
    std::string owner = {};
    std::optional<std::string> owner_alias = {};
    /// Nothing for catalogue snapshots: they read as zeros.
    std::optional<LayerId> layer_id = {};
    /// The volume it is of, which may be gone; "vol-ffffffff" for those of no volume.
    std::string volume_id = kNoVolumeId;
    std::int64_t volume_size_gib = 0;
    std::string description = {};
    SnapshotState state{};
    TimeMs start_time_ms = 0;
    /// When it will be, or was, completed.
    std::optional<TimeMs> due_time_ms = {};
    std::optional<TimeMs> completion_time_ms = {};
    bool encrypted = false;
    /// The key's ARN and the identifier of the data key; nothing while not encrypted.
    std::optional<std::string> kms_key_id = {};
    std::optional<std::string> data_key_id = {};
    /// Of copies only.
    std::optional<TransferType> transfer_type = {};
    std::optional<std::int64_t> completion_duration_minutes = {};
    /// Why it is in error; of a pending copy: why it will be.
    std::optional<std::string> status_message = {};
    /// Nothing until it has been counted: see storage/upkeep/snapshot_sizes.h.
    std::optional<std::int64_t> full_size_bytes = {};
    /// Read only, of select_described_snapshot() and select_snapshots() alone: how much of it is
    /// done ("40%"), its tier, and until when it is restored for a time.
    std::string progress = {};
    StorageTier tier{};
    std::optional<TimeMs> restore_expiry_ms = {};
};

inline constexpr auto kSnapshotColumns = columns<SnapshotRow>(
    "snapshot", "s", text<&SnapshotRow::id>("id"), text<&SnapshotRow::region>("region"),
    text<&SnapshotRow::owner>("owner"), text<&SnapshotRow::owner_alias>("owner_alias"),
    integer<&SnapshotRow::layer_id>("layer_id"), text<&SnapshotRow::volume_id>("volume_id"),
    integer<&SnapshotRow::volume_size_gib>("volume_size_gib"),
    text<&SnapshotRow::description>("description"), text<&SnapshotRow::state>("state"),
    time<&SnapshotRow::start_time_ms>("start_time_ms"),
    time<&SnapshotRow::due_time_ms>("due_time_ms"),
    time<&SnapshotRow::completion_time_ms>("completion_time_ms"),
    flag<&SnapshotRow::encrypted>("encrypted"), text<&SnapshotRow::kms_key_id>("kms_key_id"),
    text<&SnapshotRow::data_key_id>("data_key_id"),
    text<&SnapshotRow::transfer_type>("transfer_type"),
    integer<&SnapshotRow::completion_duration_minutes>("completion_duration_minutes"),
    text<&SnapshotRow::status_message>("status_message"),
    integer<&SnapshotRow::full_size_bytes>("full_size_bytes"));

/// All once it is completed, else by the time between its start and when it is due; of one that is
/// written block by block: what its writer says.
/// Source: a percentage (documented); how it grows is amilab's own.
inline constexpr auto kSnapshotProgress =
    "CASE WHEN s.state = " + sql_word<SnapshotState::kCompleted> +
    " THEN 100"
    " WHEN s.due_time_ms > s.start_time_ms THEN max(0, min(99,"
    " ($now - s.start_time_ms) * 100 / (s.due_time_ms - s.start_time_ms)))"
    " WHEN s.due_time_ms IS NULL AND s.state = " +
    sql_word<SnapshotState::kPending> +
    " THEN"
    " COALESCE((SELECT d.progress_percent FROM direct_snapshot d WHERE d.snapshot_id = s.id), 0)"
    " ELSE 0 END || '%'";
inline constexpr auto kDescribedSnapshotColumns = and_columns(
    kSnapshotColumns, text<&SnapshotRow::progress>("progress").as(kSnapshotProgress),
    text<&SnapshotRow::tier>("tier").as(kStorageTierOfSnapshot),
    time<&SnapshotRow::restore_expiry_ms>("restore_expiry_ms").as(kRestoreExpiryOfSnapshot));

void insert_snapshot(Database& db, const SnapshotRow& row);
/// Reads own and catalogue snapshots alike; who may see or use it is for the caller to decide.
std::optional<SnapshotRow> select_snapshot(Database& db, std::string_view region,
                                           const SnapshotId& id);
/// The snapshot with what is told of it at `now_ms`.
std::optional<SnapshotRow> select_described_snapshot(Database& db, std::string_view region,
                                                     const SnapshotId& id, TimeMs now_ms);
/// One that `viewer` may see and make volumes of: own, shared with that account, or public.
std::optional<SnapshotRow> select_visible_snapshot(Database& db, std::string_view viewer,
                                                   std::string_view region, const SnapshotId& id);
/// Completes a pending one: when it was due, which is by `now_ms`. A copy that cannot be made is in
/// error instead.
void complete_snapshot(Database& db, const SnapshotId& id, TimeMs now_ms);
/// The row's layer is for the caller to release.
void delete_snapshot_row(Database& db, const SnapshotId& id);
/// Whether there is one of that id, an account's or the catalogue's.
bool snapshot_id_is_taken(Database& db, const SnapshotId& id);
/// Puts it into the bin, where select_snapshot does not find it, or takes it out again.
void set_snapshot_recycled(Database& db, const SnapshotId& id, bool recycled);
/// One that is in the bin.
std::optional<SnapshotRow> select_recycled_snapshot(Database& db, const SnapshotId& id);

/// A snapshot whose full size nobody has counted yet.
struct UncountedSnapshot {
    SnapshotId id{};
    LayerId layer_id = {};
    std::int64_t volume_size_gib = 0;
};
std::optional<UncountedSnapshot> select_uncounted_snapshot(Database& db, const SnapshotId& id);
/// All that nobody writes to any more, be they completed or not.
std::vector<SnapshotId> select_uncounted_snapshots(Database& db);
/// The full size, where it is known, of a snapshot of the layer right below; 0 with none below.
std::optional<std::int64_t> select_full_size_below(Database& db, LayerId layer);
void set_snapshot_full_size(Database& db, const SnapshotId& id, std::int64_t bytes);
/// The other region that it is a copy from.
void set_snapshot_source_region(Database& db, const SnapshotId& id, std::string_view region);

std::int64_t count_pending_snapshots(Database& db, const VolumeId& volume);
/// How many copies the owner has under way into the region.
std::int64_t count_pending_copies(Database& db, std::string_view owner, std::string_view region);

/// An image, neither deregistered nor disabled, that has a mapping with this snapshot.
std::optional<ImageId> select_enabled_image_using_snapshot(Database& db, const SnapshotId& id);
/// An image, not deregistered, that has a mapping with this snapshot.
std::optional<ImageId> select_image_using_snapshot(Database& db, const SnapshotId& id);

/// Which snapshots an account may tag, those in the recycle bin included.
inline constexpr auto kTaggableSnapshot =
    "SELECT 1 FROM all_snapshot s WHERE s.id = $id AND s.region = $region AND (s.owner = $viewer"
    " OR s.public = 1 OR EXISTS (SELECT 1 FROM create_volume_permission p"
    " WHERE p.snapshot_id = s.id AND p.kind = " +
    sql_word<GranteeKind::kUserId> +
    " AND p.value = $viewer))"
    " UNION ALL SELECT 1 FROM recycled WHERE resource_id = $id AND region = $region AND owner = "
    "$viewer";

}  // namespace amilab
