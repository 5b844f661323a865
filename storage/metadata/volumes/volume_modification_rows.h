#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/volumes/volume_ids.h"

namespace amilab {

/// What a modification changes of a volume.
struct VolumeSettings {
    std::int64_t size_gib;
    std::string volume_type;
    std::optional<std::int64_t> iops;
    /// MiB/s
    std::optional<std::int64_t> throughput;
    bool multi_attach;
};

struct VolumeModificationRow {
    VolumeId volume_id;
    std::string region;
    std::string owner;
    /// modifying, optimizing, completed, failed
    std::string state;
    VolumeSettings original;
    VolumeSettings target;
    TimeMs start_time_ms;
    /// When it began to optimize, and when that will be over.
    std::optional<TimeMs> optimizing_time_ms{};
    std::optional<TimeMs> due_time_ms{};
    std::optional<TimeMs> end_time_ms{};
};

/// The volume's latest from now on. Those that began before `forget_before_ms` are forgotten.
void insert_volume_modification(Database& db, const VolumeModificationRow& row,
                                TimeMs forget_before_ms);
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

struct VolumeModificationQuery {
    std::string_view owner;
    std::string_view region;
    std::vector<VolumeId> ids;
    std::span<const Filter> filters;
    std::string_view after;
    std::int64_t limit;
};

/// The latest of each volume, in the order of the volumes' ids.
std::vector<VolumeModificationRow> select_volume_modifications(
    Database& db, const VolumeModificationQuery& query);

}  // namespace amilab
