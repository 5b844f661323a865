#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "storage/blocks/layer_id.h"
#include "storage/blocks/layer_record.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

/// Nothing: the layer is about to change.
void set_layer_record(Database& db, LayerId layer, const std::optional<LayerRecord>& record);
bool has_layer_record(Database& db, LayerId layer);
/// What is expected of the layers of which anything is. A database of an older version knows
/// nothing of any.
LayerExpectations select_layer_expectations(Database& db, std::string_view boot_id);
/// Sealed layers on the disk that have none: those of older versions, and those that were merged
/// into when the process ended.
std::vector<LayerId> select_layers_without_record(Database& db);
/// Sealed, and all of it on the disk.
bool is_layer_on_disk(Database& db, LayerId layer);
std::vector<LayerId> select_layers_on_disk(Database& db);
bool may_be_recorded(Database& db, LayerId layer);

}  // namespace amilab
