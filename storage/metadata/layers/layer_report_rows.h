#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/blocks/layer_id.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

struct LayerRow {
    LayerId id{};
    std::optional<LayerId> parent{};
    bool is_sealed = false;
    bool is_synced = false;
    /// Which boot of the machine sealed it; empty while it is written.
    std::string boot_id{};
};
/// All layers, parents before children or not, by id.
std::vector<LayerRow> select_layers(Database& db);

/// A volume or a snapshot with a layer of its own, of any account and region.
struct DiskRow {
    std::string id{};
    std::string region{};
    std::string owner{};
    std::string state{};
    LayerId layer{};
    std::int64_t size_gib = 0;
    bool is_volume = false;
};
std::vector<DiskRow> select_disks(Database& db);
/// The volumes and snapshots of one account, by the indexes of owners.
std::vector<DiskRow> select_disks_of(Database& db, std::string_view account);

/// A part of all volumes and snapshots, in the order of their ids.
struct DiskPage {
    /// Whose; nothing: everybody's.
    std::optional<std::string> account{};
    /// The id of the last one before; empty: from the first on.
    std::string after{};
    std::int64_t most = 0;
};
std::vector<DiskRow> select_disk_page(Database& db, const DiskPage& page);

/// What a layer stands on, and what stands on it.
struct LayerUse {
    LayerId id{};
    std::optional<LayerId> parent{};
    /// How many layers, volumes and snapshots it is the next one of; 2 where there are more.
    std::int64_t uses = 0;
};
/// The layers of the chains that begin with these, each layer once. Costs what there is of those.
std::vector<LayerUse> select_layers_below(Database& db, const std::vector<LayerId>& tops);

/// The layers that count as the account's: those of its volumes and snapshots, and what lies below
/// them down to the first that somebody else's volume or snapshot has for its own.
std::vector<LayerId> select_layers_held_by(Database& db, std::string_view account);

/// The ids of volumes and snapshots that read from a layer.
std::vector<std::string> select_disks_above(Database& db, LayerId layer);

/// Uploads that were open in another boot of the machine.
std::vector<std::string> select_lost_uploads(Database& db, std::string_view boot_id);

/// Every layer that a row of another table than layer's refers to, once for each reference.
std::vector<LayerId> select_referred_layers(Database& db);

/// Whether indexes are held against their tables too, which takes several times as long.
enum class IndexCheck { kNone, kWhole };
/// What SQLite finds wrong with the file and with references between rows, and which tables are not
/// as this version makes them; empty when it is whole.
/// Throws StorageError (EBADMSG) for one without tables.
std::vector<std::string> check_database(Database& db, IndexCheck indexes = IndexCheck::kWhole);

}  // namespace amilab
