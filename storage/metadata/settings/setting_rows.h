#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

/// What the control API set: kept over a restart, gone with a reset.
Clock::Setting read_clock_setting(Database& db);
void write_clock_setting(Database& db, Clock::Setting setting);

/// How far the rows have come, for storage/state/rows_mark.h; 0 of a database that never said.
std::int64_t read_rows_mark(Database& db);
void write_rows_mark(Database& db, std::int64_t number);

/// (name, milliseconds) of every delay that was set.
std::vector<std::pair<std::string, TimeMs>> read_delay_settings(Database& db);
void write_delay_setting(Database& db, std::string_view name, TimeMs delay_ms);

}  // namespace amilab
