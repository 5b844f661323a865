#pragma once

#include "storage/metadata/sql/database.h"

namespace amilab {

/// The schema version this program writes; kept in SQLite's user_version.
int schema_version();

/// Brings an empty or older database up to schema_version(), all steps in one transaction.
/// Throws StorageError (EPROTO), the database untouched, when it is newer than that.
void migrate(Database& db);

/// Throws StorageError (EPROTO) when a newer amilab wrote the database.
void require_known_version(Database& db);

}  // namespace amilab
