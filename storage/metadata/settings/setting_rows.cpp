#include "storage/metadata/settings/setting_rows.h"

#include "storage/metadata/sql/columns.h"

namespace amilab {

namespace {

using DelaySetting = std::pair<std::string, TimeMs>;
constexpr auto kDelayColumns =
    columns<DelaySetting>("transition_delay", "d", text<&DelaySetting::first>("name"),
                          integer<&DelaySetting::second>("delay_ms"));

}  // namespace

Clock::Setting read_clock_setting(Database& db)
{
    Clock::Setting setting;
    Statement select(db,
                     "SELECT name, value FROM setting WHERE name IN ('clock_frozen', 'clock_ms')");
    select.bind();
    while (select.step()) {
        auto row = select.row();
        if (row.view() == "clock_frozen") {
            setting.frozen = row.boolean();
        } else {
            setting.value_ms = row.integer();
        }
    }
    return setting;
}

void write_clock_setting(Database& db, Clock::Setting setting)
{
    Statement(db,
              "INSERT INTO setting (name, value) VALUES ('clock_frozen', ?), ('clock_ms', ?)"
              " ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .execute(setting.frozen ? 1 : 0, setting.value_ms);
}

std::int64_t read_rows_mark(Database& db)
{
    Statement select(db, "SELECT value FROM setting WHERE name = 'rows_mark'");
    select.bind();
    return select.step() ? select.row().integer() : 0;
}

void write_rows_mark(Database& db, std::int64_t number)
{
    Statement(db,
              "INSERT INTO setting (name, value) VALUES ('rows_mark', ?)"
              " ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .execute(number);
}

std::vector<std::pair<std::string, TimeMs>> read_delay_settings(Database& db)
{
    return select_rows<kDelayColumns>(db, "FROM transition_delay d ORDER BY d.name");
}

void write_delay_setting(Database& db, std::string_view name, TimeMs delay_ms)
{
    Statement(db,
              "INSERT INTO transition_delay (name, delay_ms) VALUES (?, ?)"
              " ON CONFLICT (name) DO UPDATE SET delay_ms = excluded.delay_ms")
        .execute(name, delay_ms);
}

}  // namespace amilab
