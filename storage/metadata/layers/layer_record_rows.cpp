#include "storage/metadata/layers/layer_record_rows.h"

#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

namespace {

struct Row {
    LayerId id{};
    bool has_record = false;
    std::int64_t segments = 0;
    std::int64_t blocks = 0;
    std::int64_t map_checksum = 0;
    bool is_of_this_boot = false;
};

constexpr auto kColumns =
    columns<Row>("layer", "l", integer<&Row::id>("id"),
                 flag<&Row::has_record>("has_record").as("l.map_checksum IS NOT NULL"),
                 integer<&Row::segments>("segments").as("ifnull(l.segments, 0)"),
                 integer<&Row::blocks>("blocks").as("ifnull(l.blocks, 0)"),
                 integer<&Row::map_checksum>("map_checksum").as("ifnull(l.map_checksum, 0)"),
                 flag<&Row::is_of_this_boot>("of_this_boot").as("l.of_this_boot"));

/// Sealed, and all of it survives power loss.
constexpr auto kIsOnDisk = sql("sealed = 1 AND synced = 1");
constexpr auto kHasRecord = sql("map_checksum IS NOT NULL");
constexpr auto kLacksRecord = kIsOnDisk + " AND map_checksum IS NULL";

template <const auto& kCondition>
bool is_layer(Database& db, LayerId layer)
{
    static constexpr auto kSelect = "SELECT 1 FROM layer WHERE id = ? AND " + kCondition;
    Statement select(db, kSelect);
    select.bind(layer);
    return select.step();
}

/// In the order of their ids.
template <const auto& kCondition>
std::vector<LayerId> select_layers_that(Database& db)
{
    static constexpr auto kSelect = "SELECT id FROM layer WHERE " + kCondition + " ORDER BY id";
    Statement select(db, kSelect);
    select.bind();
    return select.values<LayerId>();
}

}  // namespace

void set_layer_record(Database& db, LayerId layer, const std::optional<LayerRecord>& record)
{
    if (!record) {
        Statement(db,
                  "UPDATE layer SET segments = NULL, blocks = NULL, map_checksum = NULL"
                  " WHERE id = ?")
            .execute(layer);
        return;
    }
    Statement(db, "UPDATE layer SET segments = ?, blocks = ?, map_checksum = ? WHERE id = ?")
        .execute(record->segments, record->blocks, record->map_checksum, layer);
}

bool has_layer_record(Database& db, LayerId layer)
{
    return is_layer<kHasRecord>(db, layer);
}

LayerExpectations select_layer_expectations(Database& db, std::string_view boot_id)
{
    LayerExpectations expectations;
    if (!has_column(db, "layer", "map_checksum")) {
        return expectations;
    }
    const auto rows =
        select_rows<kColumns>(db,
                              "FROM (SELECT id, segments, blocks, map_checksum,"
                              "  ifnull(made_boot_id = ?, 0) AS of_this_boot FROM main.layer) l"
                              " WHERE l.map_checksum IS NOT NULL OR l.of_this_boot",
                              boot_id);
    for (const auto& row : rows) {
        auto& expected = expectations[row.id];
        expected.is_of_this_boot = row.is_of_this_boot;
        if (row.has_record) {
            expected.record = {.segments = static_cast<std::uint64_t>(row.segments),
                               .blocks = static_cast<std::uint64_t>(row.blocks),
                               .map_checksum = static_cast<std::uint32_t>(row.map_checksum)};
        }
    }
    return expectations;
}

std::vector<LayerId> select_layers_without_record(Database& db)
{
    return select_layers_that<kLacksRecord>(db);
}

bool is_layer_on_disk(Database& db, LayerId layer)
{
    return is_layer<kIsOnDisk>(db, layer);
}

std::vector<LayerId> select_layers_on_disk(Database& db)
{
    return select_layers_that<kIsOnDisk>(db);
}

bool may_be_recorded(Database& db, LayerId layer)
{
    return is_layer<kLacksRecord>(db, layer);
}

}  // namespace amilab
