#include "storage/metadata/costs/billed_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<ImagePlace> select_first_image_of(Database& db, std::string_view owner,
                                                const SnapshotId& snapshot)
{
    Statement select(db,
                     "SELECT i.region, i.id FROM main.image_mapping m"
                     " JOIN main.image i ON i.id = m.image_id"
                     " WHERE m.snapshot_id = ? AND i.owner = ?"
                     " ORDER BY i.creation_time_ms, i.id LIMIT 1");
    select.bind(snapshot, owner);
    if (!select.step()) {
        return std::nullopt;
    }
    auto row = select.row();
    ImagePlace place{.region = row.text()};
    place.id = row.text();
    return place;
}

std::optional<LayerPlace> select_layer_place(Database& db, LayerId layer)
{
    Statement select(db, "SELECT parent_id, sealed FROM layer WHERE id = ?");
    select.bind(layer);
    if (!select.step()) {
        return std::nullopt;
    }
    auto row = select.row();
    LayerPlace place;
    row.read(place.parent);
    row.read(place.is_sealed);
    return place;
}

}  // namespace amilab
