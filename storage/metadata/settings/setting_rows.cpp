#include "storage/metadata/settings/setting_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

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
              "INSERT INTO setting (name, value) VALUES ('clock_frozen', ?1), ('clock_ms', ?2)"
              " ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .execute(setting.frozen ? 1 : 0, setting.value_ms);
}

std::vector<std::pair<std::string, TimeMs>> read_delay_settings(Database& db)
{
    std::vector<std::pair<std::string, TimeMs>> settings;
    Statement select(db, "SELECT name, delay_ms FROM transition_delay ORDER BY name");
    select.bind();
    while (select.step()) {
        auto row = select.row();
        auto name = row.text();
        settings.emplace_back(std::move(name), row.integer());
    }
    return settings;
}

void write_delay_setting(Database& db, std::string_view name, TimeMs delay_ms)
{
    Statement(db,
              "INSERT INTO transition_delay (name, delay_ms) VALUES (?1, ?2)"
              " ON CONFLICT (name) DO UPDATE SET delay_ms = excluded.delay_ms")
        .execute(name, delay_ms);
}

}  // namespace amilab
