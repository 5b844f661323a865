#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/volumes/volume_ids.h"

namespace amilab {

enum class VolumeModificationState : std::uint8_t { kModifying, kOptimizing, kCompleted, kFailed };
template <>
inline constexpr auto kWords<VolumeModificationState> = words("modifying", "optimizing",
                                                              "completed", "failed");

struct VolumeModificationRow {
    VolumeId volume_id{};
    /// Of the volume's modifications; insert_volume_modification gives it.
    std::int64_t number = 0;
    bool is_latest = true;
    std::string region{};
    std::string owner{};
    VolumeModificationState state{};
    std::int64_t original_size_gib = 0;
    std::string original_volume_type{};
    std::optional<std::int64_t> original_iops{};
    /// MiB/s
    std::optional<std::int64_t> original_throughput{};
    bool original_multi_attach = false;
    std::int64_t target_size_gib = 0;
    std::string target_volume_type{};
    std::optional<std::int64_t> target_iops{};
    /// MiB/s
    std::optional<std::int64_t> target_throughput{};
    bool target_multi_attach = false;
    TimeMs start_time_ms = 0;
    /// When it began to optimize, and when that will be over.
    std::optional<TimeMs> optimizing_time_ms{};
    std::optional<TimeMs> due_time_ms{};
    std::optional<TimeMs> end_time_ms{};
};

inline constexpr auto kVolumeModificationColumns = columns<VolumeModificationRow>(
    "volume_modification", "m", text("volume_id", &VolumeModificationRow::volume_id),
    integer("number", &VolumeModificationRow::number),
    flag("is_latest", &VolumeModificationRow::is_latest),
    text("region", &VolumeModificationRow::region), text("owner", &VolumeModificationRow::owner),
    text("state", &VolumeModificationRow::state),
    integer("original_size_gib", &VolumeModificationRow::original_size_gib),
    text("original_volume_type", &VolumeModificationRow::original_volume_type),
    integer("original_iops", &VolumeModificationRow::original_iops),
    integer("original_throughput", &VolumeModificationRow::original_throughput),
    flag("original_multi_attach", &VolumeModificationRow::original_multi_attach),
    integer("target_size_gib", &VolumeModificationRow::target_size_gib),
    text("target_volume_type", &VolumeModificationRow::target_volume_type),
    integer("target_iops", &VolumeModificationRow::target_iops),
    integer("target_throughput", &VolumeModificationRow::target_throughput),
    flag("target_multi_attach", &VolumeModificationRow::target_multi_attach),
    time("start_time_ms", &VolumeModificationRow::start_time_ms),
    time("optimizing_time_ms", &VolumeModificationRow::optimizing_time_ms),
    time("due_time_ms", &VolumeModificationRow::due_time_ms),
    time("end_time_ms", &VolumeModificationRow::end_time_ms));

inline constexpr FilterColumn kVolumeModificationFilters[] = {
    {"modification-state", "state"},
    {"original-iops", "original_iops"},
    {"original-size", "original_size_gib"},
    {"original-volume-type", "original_volume_type"},
    {"originalMultiAttachEnabled", "original_multi_attach"},
    {"start-time", "start_time_ms"},
    {"target-iops", "target_iops"},
    {"target-size", "target_size_gib"},
    {"target-volume-type", "target_volume_type"},
    {"targetMultiAttachEnabled", "target_multi_attach"},
    {"volume-id", "volume_id"},
};
/// The latest of each volume.
inline constexpr Listing<decltype(kVolumeModificationColumns)> kVolumeModificationList{
    .where = "m.is_latest = 1",
    .key = "m.volume_id",
    .columns = kVolumeModificationColumns,
    .filters = kVolumeModificationFilters};

/// The volume's latest from now on. Those that began before `forget_before_ms` are forgotten.
void insert_volume_modification(Database& db, VolumeModificationRow row, TimeMs forget_before_ms);
/// The volume's latest modification.
std::optional<VolumeModificationRow> select_volume_modification(Database& db,
                                                                const VolumeId& volume);
/// When the volume's modifications since `from_ms` (exclusive) began, the earliest first.
std::vector<TimeMs> select_modification_starts(Database& db, const VolumeId& volume,
                                               TimeMs from_ms);
/// What time brings about: state and times of the volume's latest modification.
void update_volume_modification(Database& db, const VolumeModificationRow& row);

/// How far it is, in percent.
std::int64_t modification_progress_percent(const VolumeModificationRow& row, TimeMs now_ms);

}  // namespace amilab
