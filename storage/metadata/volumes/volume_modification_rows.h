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
    "volume_modification", "m", text<&VolumeModificationRow::volume_id>("volume_id"),
    integer<&VolumeModificationRow::number>("number"),
    flag<&VolumeModificationRow::is_latest>("is_latest"),
    text<&VolumeModificationRow::region>("region"), text<&VolumeModificationRow::owner>("owner"),
    text<&VolumeModificationRow::state>("state"),
    integer<&VolumeModificationRow::original_size_gib>("original_size_gib"),
    text<&VolumeModificationRow::original_volume_type>("original_volume_type"),
    integer<&VolumeModificationRow::original_iops>("original_iops"),
    integer<&VolumeModificationRow::original_throughput>("original_throughput"),
    flag<&VolumeModificationRow::original_multi_attach>("original_multi_attach"),
    integer<&VolumeModificationRow::target_size_gib>("target_size_gib"),
    text<&VolumeModificationRow::target_volume_type>("target_volume_type"),
    integer<&VolumeModificationRow::target_iops>("target_iops"),
    integer<&VolumeModificationRow::target_throughput>("target_throughput"),
    flag<&VolumeModificationRow::target_multi_attach>("target_multi_attach"),
    time<&VolumeModificationRow::start_time_ms>("start_time_ms"),
    time<&VolumeModificationRow::optimizing_time_ms>("optimizing_time_ms"),
    time<&VolumeModificationRow::due_time_ms>("due_time_ms"),
    time<&VolumeModificationRow::end_time_ms>("end_time_ms"));

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
inline constexpr Listing<VolumeModificationRow> kVolumeModificationList{
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
