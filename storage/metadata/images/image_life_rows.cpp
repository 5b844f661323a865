#include "storage/metadata/images/image_life_rows.h"

#include <stdexcept>

#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/sql/columns.h"

namespace amilab {

namespace {

constexpr auto kProtectionColumns = columns<ImageProtectionRow>(
    "image", "i", text<&ImageProtectionRow::protection>("deregistration_protection"),
    time<&ImageProtectionRow::cooldown_end_ms>("cooldown_end_ms"));

}  // namespace

ImageProtectionRow select_image_protection(Database& db, const ImageId& id)
{
    auto row = select_row<kProtectionColumns>(db, "FROM main.image i WHERE i.id = ?", id);
    if (!row) {
        throw std::logic_error("an image without a row");
    }
    return *row;
}

void set_image_protection(Database& db, const ImageId& id, const ImageProtectionRow& row)
{
    Statement(db,
              "UPDATE image SET deregistration_protection = ?, cooldown_end_ms = ? WHERE id = ?")
        .execute(row.protection, row.cooldown_end_ms, id);
}

std::optional<std::string> find_lost_snapshot(Database& db, const ImageId& id)
{
    Statement select(db,
                     "SELECT s.id FROM main.image_mapping AS m"
                     " JOIN main.snapshot AS s ON s.id = m.snapshot_id"
                     " WHERE m.image_id = ? AND s.state = ? ORDER BY m.position LIMIT 1");
    select.bind(id, SnapshotState::kError);
    return select.step() ? std::optional(select.row().text()) : std::nullopt;
}

void fail_image(Database& db, const ImageId& id, std::string_view reason_code,
                std::string_view reason_message)
{
    Statement(db,
              "UPDATE image SET state = ?, state_reason_code = ?,"
              " state_reason_message = ? WHERE id = ?")
        .execute(ImageState::kFailed, reason_code, reason_message, id);
}

}  // namespace amilab
