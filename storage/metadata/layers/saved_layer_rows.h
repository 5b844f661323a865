#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/blocks/layer_id.h"
#include "storage/blocks/layer_record.h"
#include "storage/metadata/sql/database.h"

/// Layers as a save of a server has them, and as they are put back.
namespace amilab {

/// A volume, or a snapshot that is being uploaded, and the layer that may be written.
struct WritableDiskRow {
    std::string id{};
    LayerId layer{};
    bool is_volume = false;
};
std::vector<WritableDiskRow> select_writable_disks(Database& db);
/// Gives a disk another top.
void set_top_layer(Database& db, const WritableDiskRow& disk, LayerId top);

/// The layer with the next id; nothing behind the last.
std::optional<LayerId> select_layer_behind(Database& db, LayerId layer);

/// Makes rows those of this machine, whose layers have been put back and are on its disk: nothing
/// hangs on the boot of another one, no file is left over and no layer has an index. Inside a
/// transaction; set_layer_record() is for the layers' own.
void adopt_saved_rows(Database& db, std::string_view boot_id);

}  // namespace amilab
