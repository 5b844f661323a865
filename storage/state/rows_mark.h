#pragma once

#include <string>

#include "storage/metadata/sql/connections.h"

namespace amilab {

class Persistence;

/// A number that the database has and a file beside it, `rows`, so that rows which are older than
/// their folder are noticed: a WAL that was removed after a kill, an older metadata.sqlite put in
/// place. It grows at each start and after each checkpoint; the file never says a number before the
/// database has it on the disk. Throws StorageError.

/// Of a generation that is being made, whose rows have the first number.
void write_first_rows_mark(Database& db);
void write_rows_mark_file(const std::string& folder, std::int64_t number);

/// The next number, in the database, on the disk, and in the file.
void advance_rows_mark(Connections& connections, Persistence& persistence,
                       const std::string& folder);

/// Looks at a database that nobody has open, and changes nothing. EBADMSG when it has no tables, or
/// the file says more than it. Without a file, or with one that has no number, the latter cannot be
/// told.
void require_rows(const std::string& database_path, const std::string& folder);

}  // namespace amilab
