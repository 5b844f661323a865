#pragma once

#include <span>
#include <string_view>

#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/migration_steps.h"

namespace amilab {

/// The schema version this program writes; kept in SQLite's user_version.
int schema_version();

/// Brings an empty or older database up to the last of `steps`, all of them in one transaction: one
/// that fails (StorageError) leaves the database as it was.
/// Throws StorageError (EPROTO), the files untouched, when it is newer than that.
void migrate(Database& db, std::span<const char* const> steps = migration_steps());

/// Whether its tables are those that this program reads.
bool has_this_schema(Database& db);

/// Whether it has such a table with such a column, as those of earlier versions may not.
bool has_column(Database& db, std::string_view table, std::string_view column);

/// Whether it has no schema of any version, as a file of no bytes.
bool is_empty(Database& db);

/// Throws StorageError (EPROTO), the files untouched, when a newer amilab wrote the database.
void require_known_version(Database& db);

}  // namespace amilab
