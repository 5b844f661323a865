#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/blocks/layer_id.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

/// A volume or snapshot as a disk, whoever owns it.
struct ExportRow {
    std::string id{};
    std::string owner{};
    bool is_read_only = false;
    std::int64_t size_gib = 0;
    /// A VolumeState or SnapshotState, or "archived"; only some are disks: see is_disk.
    std::string state{};
    /// The topmost layer; nothing for a row that is no disk now.
    std::optional<LayerId> top{};
    /// Top first.
    std::vector<LayerId> chain{};

    /// Whether its bytes can be read: a volume that is available or in use, a snapshot that is
    /// completed, in the standard tier, and has layers (the public catalogue's have none).
    bool is_disk() const { return !chain.empty(); }
};

/// Nothing when there is no such volume or snapshot, in any account or region; what is in the
/// recycle bin is not there.
std::optional<ExportRow> select_export(Database& db, std::string_view id, TimeMs now_ms);

/// A page of all disks' ids, whoever's, in their order: snapshots before volumes.
std::vector<std::string> select_export_ids(Database& db, const ListQuery& wanted);

}  // namespace amilab
