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
    "recycled", "r", text<&RecycledRow::resource_id>("resource_id"),
    text<&RecycledRow::resource_type>("resource_type"), text<&RecycledRow::region>("region"),
    text<&RecycledRow::owner>("owner"), text<&RecycledRow::state>("state"),
    time<&RecycledRow::enter_time_ms>("enter_time_ms"),
    time<&RecycledRow::exit_time_ms>("exit_time_ms"));

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
    "recycled", "r", text<&RecycledImageRow::id>("resource_id"),
    text<&RecycledImageRow::name>("name").as("i.name"),
    text<&RecycledImageRow::description>("description").as("i.description"),
    time<&RecycledImageRow::enter_time_ms>("enter_time_ms"),
    time<&RecycledImageRow::exit_time_ms>("exit_time_ms"));
// CROSS JOIN: the bin first, in the order of its index.
inline constexpr Listing<RecycledImageRow> kRecycledImageList{
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
    "recycled", "r", text<&RecycledSnapshotRow::id>("resource_id"),
    text<&RecycledSnapshotRow::description>("description").as("s.description"),
    text<&RecycledSnapshotRow::volume_id>("volume_id").as("s.volume_id"),
    time<&RecycledSnapshotRow::enter_time_ms>("enter_time_ms"),
    time<&RecycledSnapshotRow::exit_time_ms>("exit_time_ms"));
inline constexpr Listing<RecycledSnapshotRow> kRecycledSnapshotList{
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
    "recycled", "r", text<&RecycledVolumeRow::id>("resource_id"),
    text<&RecycledVolumeRow::state>("state"),
    text<&RecycledVolumeRow::volume_type>("volume_type").as("v.volume_type"),
    integer<&RecycledVolumeRow::size_gib>("size_gib").as("v.size_gib"),
    integer<&RecycledVolumeRow::iops>("iops").as("v.iops"),
    integer<&RecycledVolumeRow::throughput>("throughput").as("v.throughput"),
    text<&RecycledVolumeRow::zone>("zone").as("v.zone"),
    text<&RecycledVolumeRow::zone_id>("zone_id").as("z.zone_id"),
    text<&RecycledVolumeRow::source_volume_id>("source_volume_id").as("v.source_volume_id"),
    text<&RecycledVolumeRow::snapshot_id>("snapshot_id").as("v.snapshot_id"),
    time<&RecycledVolumeRow::create_time_ms>("create_time_ms").as("v.create_time_ms"),
    time<&RecycledVolumeRow::enter_time_ms>("enter_time_ms"),
    time<&RecycledVolumeRow::exit_time_ms>("exit_time_ms"));
inline constexpr Listing<RecycledVolumeRow> kRecycledVolumeList{
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
