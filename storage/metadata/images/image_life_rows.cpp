#include "storage/metadata/images/image_life_rows.h"

#include <stdexcept>

#include "storage/metadata/sql/statement.h"

namespace amilab {

ImageProtectionRow select_image_protection(Database& db, const ImageId& id)
{
    Statement select(
        db, "SELECT deregistration_protection, cooldown_end_ms FROM main.image WHERE id = ?1");
    select.bind(id);
    if (!select.step()) {
        throw std::logic_error("an image without a row");
    }
    auto row = select.row();
    auto protection = row.text();
    return {std::move(protection), row.optional_integer()};
}

void set_image_protection(Database& db, const ImageId& id, const ImageProtectionRow& row)
{
    Statement(db,
              "UPDATE image SET deregistration_protection = ?2, cooldown_end_ms = ?3"
              " WHERE id = ?1")
        .execute(id, row.protection, row.cooldown_end_ms);
}

void set_image_deprecation_time(Database& db, const ImageId& id,
                                const std::optional<TimeMs>& time_ms)
{
    Statement(db, "UPDATE image SET deprecation_time_ms = ?2 WHERE id = ?1").execute(id, time_ms);
}

std::optional<std::string> find_lost_snapshot(Database& db, const ImageId& id)
{
    Statement select(db,
                     "SELECT s.id FROM main.image_mapping AS m"
                     " JOIN main.snapshot AS s ON s.id = m.snapshot_id"
                     " WHERE m.image_id = ?1 AND s.state = 'error' ORDER BY m.position LIMIT 1");
    select.bind(id);
    return select.step() ? std::optional(select.row().text()) : std::nullopt;
}

void fail_image(Database& db, const ImageId& id, std::string_view reason_code,
                std::string_view reason_message)
{
    Statement(db,
              "UPDATE image SET state = 'failed', state_reason_code = ?2,"
              " state_reason_message = ?3 WHERE id = ?1")
        .execute(id, reason_code, reason_message);
}

}  // namespace amilab
