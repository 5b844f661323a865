#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/volumes/volume_ids.h"

/// What has been deleted and can still be restored.
namespace amilab {

/// How the bin names the kinds of what is in it, as tags do.
enum class RecycledType : std::uint8_t { kImage, kSnapshot, kVolume };
template <>
inline constexpr auto kWords<RecycledType> = words("image", "snapshot", "volume");

struct RecycledRow {
    std::string resource_id = {};
    RecycledType resource_type{};
    std::string region = {};
    std::string owner = {};
    /// What it was before: a word of its own states.
    std::string state = {};
    TimeMs enter_time_ms = 0;
    TimeMs exit_time_ms = 0;
};

inline constexpr auto kRecycledColumns = columns<RecycledRow>(
    "recycled", "r", text("resource_id", &RecycledRow::resource_id),
    text("resource_type", &RecycledRow::resource_type), text("region", &RecycledRow::region),
    text("owner", &RecycledRow::owner), text("state", &RecycledRow::state),
    time("enter_time_ms", &RecycledRow::enter_time_ms),
    time("exit_time_ms", &RecycledRow::exit_time_ms));

template <RecycledType kType>
inline constexpr auto kIsRecycled = "r.resource_type = " + sql_word<kType>;

/// An image in the bin.
struct RecycledImageRow {
    ImageId id{};
    std::string name = {};
    std::optional<std::string> description = {};
    TimeMs enter_time_ms = 0;
    TimeMs exit_time_ms = 0;
};

inline constexpr auto kRecycledImageColumns = columns<RecycledImageRow>(
    "recycled", "r", text("resource_id", &RecycledImageRow::id),
    text("name", &RecycledImageRow::name).as("i.name"),
    text("description", &RecycledImageRow::description).as("i.description"),
    time("enter_time_ms", &RecycledImageRow::enter_time_ms),
    time("exit_time_ms", &RecycledImageRow::exit_time_ms));
// CROSS JOIN: the bin first, in the order of its index.
inline constexpr Listing<decltype(kRecycledImageColumns)> kRecycledImageList{
    .from = "recycled r CROSS JOIN main.image i ON i.id = r.resource_id",
    .where = kIsRecycled<RecycledType::kImage>,
    .key = "r.resource_id",
    .columns = kRecycledImageColumns};

/// A snapshot in the bin.
struct RecycledSnapshotRow {
    SnapshotId id{};
    std::string description = {};
    std::string volume_id = {};
    TimeMs enter_time_ms = 0;
    TimeMs exit_time_ms = 0;
};

inline constexpr auto kRecycledSnapshotColumns = columns<RecycledSnapshotRow>(
    "recycled", "r", text("resource_id", &RecycledSnapshotRow::id),
    text("description", &RecycledSnapshotRow::description).as("s.description"),
    text("volume_id", &RecycledSnapshotRow::volume_id).as("s.volume_id"),
    time("enter_time_ms", &RecycledSnapshotRow::enter_time_ms),
    time("exit_time_ms", &RecycledSnapshotRow::exit_time_ms));
inline constexpr Listing<decltype(kRecycledSnapshotColumns)> kRecycledSnapshotList{
    .from = "recycled r CROSS JOIN main.snapshot s ON s.id = r.resource_id",
    .where = kIsRecycled<RecycledType::kSnapshot>,
    .key = "r.resource_id",
    .columns = kRecycledSnapshotColumns};

/// A volume in the bin.
struct RecycledVolumeRow {
    VolumeId id{};
    std::string state = {};
    std::string volume_type = {};
    std::int64_t size_gib = 0;
    std::optional<std::int64_t> iops = {};
    std::optional<std::int64_t> throughput = {};
    std::string zone = {};
    std::optional<std::string> zone_id = {};
    std::optional<std::string> source_volume_id = {};
    std::optional<std::string> snapshot_id = {};
    TimeMs create_time_ms = 0;
    TimeMs enter_time_ms = 0;
    TimeMs exit_time_ms = 0;
};

inline constexpr auto kRecycledVolumeColumns = columns<RecycledVolumeRow>(
    "recycled", "r", text("resource_id", &RecycledVolumeRow::id),
    text("state", &RecycledVolumeRow::state),
    text("volume_type", &RecycledVolumeRow::volume_type).as("v.volume_type"),
    integer("size_gib", &RecycledVolumeRow::size_gib).as("v.size_gib"),
    integer("iops", &RecycledVolumeRow::iops).as("v.iops"),
    integer("throughput", &RecycledVolumeRow::throughput).as("v.throughput"),
    text("zone", &RecycledVolumeRow::zone).as("v.zone"),
    text("zone_id", &RecycledVolumeRow::zone_id).as("z.zone_id"),
    text("source_volume_id", &RecycledVolumeRow::source_volume_id).as("v.source_volume_id"),
    text("snapshot_id", &RecycledVolumeRow::snapshot_id).as("v.snapshot_id"),
    time("create_time_ms", &RecycledVolumeRow::create_time_ms).as("v.create_time_ms"),
    time("enter_time_ms", &RecycledVolumeRow::enter_time_ms),
    time("exit_time_ms", &RecycledVolumeRow::exit_time_ms));
inline constexpr Listing<decltype(kRecycledVolumeColumns)> kRecycledVolumeList{
    .from =
        "recycled r CROSS JOIN volume v ON v.id = r.resource_id"
        " LEFT JOIN catalogue.availability_zone z ON z.name = v.zone",
    .where = kIsRecycled<RecycledType::kVolume>,
    .key = "r.resource_id",
    .columns = kRecycledVolumeColumns};

void insert_recycled(Database& db, const RecycledRow& row);
std::optional<RecycledRow> select_recycled(Database& db, std::string_view owner,
                                           std::string_view region, std::string_view resource_id);
void delete_recycled(Database& db, std::string_view resource_id);
/// Deletes the row and returns it; nothing when it is not there, or not until later.
std::optional<RecycledRow> take_expired(Database& db, std::string_view resource_id, TimeMs now_ms);

/// Puts the image's launch permissions aside, so that nobody sees it by them; the row in the bin is
/// there before.
void set_launch_permissions_aside(Database& db, const ImageId& id);
/// Gives them back; the row in the bin is still there.
void restore_launch_permissions(Database& db, const ImageId& id);

}  // namespace amilab
