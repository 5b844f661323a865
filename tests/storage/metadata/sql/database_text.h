#pragma once

#include <map>
#include <string>
#include <vector>

#include "storage/metadata/sql/database.h"

/// What a database holds as text, to compare it with another.
namespace amilab::test {

/// The schema's texts in SQLite's own order, which decides between indexes that serve alike, and
/// the user_version.
std::string schema_text(Database& db);

int user_version(Database& db);

/// Table → columns.
using TableColumns = std::map<std::string, std::vector<std::string>>;
TableColumns columns_of(Database& db);
/// What is in both.
TableColumns common_columns(const TableColumns& left, const TableColumns& right);

/// Table → its rows in those columns, as SQL literals, sorted.
std::map<std::string, std::vector<std::string>> rows_of(Database& db, const TableColumns& columns);

}  // namespace amilab::test
