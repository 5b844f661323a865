#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/blocks/layer_id.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instances/instance_option_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/volumes/volume_rows.h"

/// What of an account's resources AWS would charge for. What is in the recycle bin is among them,
/// for it costs what it did. Source: EBS User Guide, "Recycle Bin", pricing (documented).
namespace amilab {

struct BilledVolumeRow {
    VolumeId id{};
    std::string volume_type{};
    std::int64_t size_gib = 0;
    std::optional<std::int64_t> iops{};
    /// MiB/s
    std::optional<std::int64_t> throughput{};
};
inline constexpr auto kBilledVolumeColumns = columns<BilledVolumeRow>(
    "volume", "v", text<&BilledVolumeRow::id>("id"),
    text<&BilledVolumeRow::volume_type>("volume_type"),
    integer<&BilledVolumeRow::size_gib>("size_gib"), integer<&BilledVolumeRow::iops>("iops"),
    integer<&BilledVolumeRow::throughput>("throughput"));
inline constexpr Listing<BilledVolumeRow> kBilledVolumeList{.key = "v.id",
                                                            .columns = kBilledVolumeColumns};

struct BilledInstanceRow {
    InstanceId id{};
    std::string instance_type{};
    InstanceStateName state{};
    /// Such as Linux/UNIX.
    std::string platform_details{};
    std::string tenancy{};
    bool is_spot = false;
};
inline constexpr std::string_view kIsSpot =
    "EXISTS (SELECT 1 FROM instance_option o WHERE o.instance_id = n.id"
    " AND o.spot_request_id IS NOT NULL)";
inline constexpr auto kIsNotTerminated = "n.state <> " + sql_word<InstanceStateName::kTerminated>;
inline constexpr auto kBilledInstanceColumns =
    columns<BilledInstanceRow>("instance", "n", text<&BilledInstanceRow::id>("id"),
                               text<&BilledInstanceRow::instance_type>("instance_type"),
                               text<&BilledInstanceRow::state>("state"),
                               text<&BilledInstanceRow::platform_details>("platform_details"),
                               text<&BilledInstanceRow::tenancy>("tenancy").as(kTenancy),
                               flag<&BilledInstanceRow::is_spot>("is_spot").as(kIsSpot));
inline constexpr Listing<BilledInstanceRow> kBilledInstanceList{
    .where = kIsNotTerminated, .key = "n.id", .columns = kBilledInstanceColumns};

struct BilledSnapshotRow {
    SnapshotId id{};
    /// Nothing of one that has no bytes here.
    std::optional<LayerId> layer_id{};
    std::int64_t volume_size_gib = 0;
    SnapshotState state{};
    TimeMs start_time_ms = 0;
    /// Nothing until it has been counted.
    std::optional<std::int64_t> full_size_bytes{};
    StorageTier tier{};
};
inline constexpr auto kBilledSnapshotColumns =
    columns<BilledSnapshotRow>("main.snapshot", "s", text<&BilledSnapshotRow::id>("id"),
                               integer<&BilledSnapshotRow::layer_id>("layer_id"),
                               integer<&BilledSnapshotRow::volume_size_gib>("volume_size_gib"),
                               text<&BilledSnapshotRow::state>("state"),
                               time<&BilledSnapshotRow::start_time_ms>("start_time_ms"),
                               integer<&BilledSnapshotRow::full_size_bytes>("full_size_bytes"),
                               text<&BilledSnapshotRow::tier>("tier").as(kStorageTierOfSnapshot));
inline constexpr Listing<BilledSnapshotRow> kBilledSnapshotList{.key = "s.id",
                                                                .columns = kBilledSnapshotColumns};

/// An image that was made by copying one of another region.
struct CopiedImageRow {
    ImageId id{};
    std::string source_image_id{};
    std::string source_image_region{};
    /// The data of its snapshots; nothing while one of them has not been counted.
    std::optional<std::int64_t> full_size_bytes{};
};
inline constexpr auto kIsFromElsewhere =
    "i.state <> " + sql_word<ImageState::kDeregistered> +
    " AND i.source_image_region IS NOT NULL AND i.source_image_region <> i.region";
inline constexpr std::string_view kFullSizeOfImage =
    "(SELECT iif(count(*) = count(s.full_size_bytes), sum(s.full_size_bytes), NULL)"
    " FROM main.image_mapping m JOIN main.snapshot s ON s.id = m.snapshot_id"
    " WHERE m.image_id = i.id)";
inline constexpr auto kCopiedImageColumns = columns<CopiedImageRow>(
    "main.image", "i", text<&CopiedImageRow::id>("id"),
    text<&CopiedImageRow::source_image_id>("source_image_id"),
    text<&CopiedImageRow::source_image_region>("source_image_region"),
    integer<&CopiedImageRow::full_size_bytes>("full_size_bytes").as(kFullSizeOfImage));
inline constexpr Listing<CopiedImageRow> kCopiedImageList{
    .where = kIsFromElsewhere, .key = "i.id", .columns = kCopiedImageColumns};

/// A snapshot that was copied from another region, and not with an image that was. One that is in
/// error has brought nothing.
struct CopiedSnapshotRow {
    SnapshotId id{};
    std::string source_region{};
    /// All of its data; nothing until it has been counted.
    std::optional<std::int64_t> full_size_bytes{};
};
inline constexpr auto kIsCopiedAlone =
    "s.source_region IS NOT NULL AND s.state <> " + sql_word<SnapshotState::kError> +
    " AND NOT EXISTS (SELECT 1 FROM main.image_mapping m JOIN main.image i ON i.id = m.image_id"
    " WHERE m.snapshot_id = s.id AND i.owner = s.owner AND " +
    kIsFromElsewhere + ")";
inline constexpr auto kCopiedSnapshotColumns =
    columns<CopiedSnapshotRow>("main.snapshot", "s", text<&CopiedSnapshotRow::id>("id"),
                               text<&CopiedSnapshotRow::source_region>("source_region"),
                               integer<&CopiedSnapshotRow::full_size_bytes>("full_size_bytes"));
inline constexpr Listing<CopiedSnapshotRow> kCopiedSnapshotList{
    .where = kIsCopiedAlone, .key = "s.id", .columns = kCopiedSnapshotColumns};

/// An image in its region.
struct ImagePlace {
    std::string region{};
    std::string id{};

    auto operator<=>(const ImagePlace&) const = default;
};
/// The first of the owner's images, deregistered or not, that the snapshot is in.
std::optional<ImagePlace> select_first_image_of(Database& db, std::string_view owner,
                                                const SnapshotId& snapshot);

/// The layer that a layer lies on, and whether it may still be written.
struct LayerPlace {
    std::optional<LayerId> parent{};
    bool is_sealed = false;
};
std::optional<LayerPlace> select_layer_place(Database& db, LayerId layer);

}  // namespace amilab
