#pragma once

#include <string>

#include "storage/metadata/sql/database.h"

namespace amilab {

/// Writes what a connection sees into a new file, in WAL mode and without a WAL. Inside a read
/// transaction that is of its instant, whoever commits meanwhile. Nothing is synced. Throws
/// StorageError; what there is of the file then is the caller's to remove.
void copy_database(Database& from, const std::string& path);

}  // namespace amilab
