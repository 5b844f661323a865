#include "storage/metadata/regions/region_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

bool region_exists(Database& db, std::string_view region)
{
    Statement select(db, "SELECT 1 FROM catalogue.region WHERE name = ?");
    select.bind(region);
    return select.step();
}

bool is_opted_out(Database& db, std::string_view region)
{
    Statement select(db, "SELECT 1 FROM opted_out_region WHERE name = ?");
    select.bind(region);
    return select.step();
}

bool any_opted_out(Database& db)
{
    Statement select(db, "SELECT 1 FROM opted_out_region LIMIT 1");
    select.bind();
    return select.step();
}

void set_opted_in(Database& db, std::string_view region, bool is_in)
{
    Statement(db, is_in ? "DELETE FROM opted_out_region WHERE name = ?"
                        : "INSERT OR IGNORE INTO opted_out_region (name) VALUES (?)")
        .execute(region);
}

std::set<std::string, std::less<>> select_region_names(Database& db)
{
    Statement select(db, "SELECT name FROM catalogue.region");
    select.bind();
    const auto names = select.texts();
    return {names.begin(), names.end()};
}

std::optional<ZoneRow> select_zone(Database& db, std::string_view region, std::string_view name)
{
    return select_row<kZoneColumns>(
        db, "FROM catalogue.availability_zone z WHERE z.name = ? AND z.region = ?", name, region);
}

}  // namespace amilab
