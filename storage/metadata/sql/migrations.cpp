#include "storage/metadata/sql/migrations.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <sqlite3.h>

#include "storage/base/storage_error.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"

namespace amilab {

namespace {

int read_version(Database& db)
{
    Statement select(db, "PRAGMA user_version");
    select.bind();
    select.step();
    return static_cast<int>(select.row().integer());
}

/// Closing a database copies what a server that was killed left in the WAL, unless it is told not
/// to; then an empty WAL, which opening has made, would stay.
void leave_wal_alone(Database& db)
{
    std::error_code error;
    const auto size = std::filesystem::file_size(db.path() + "-wal", error);
    if (!error && size > 0) {
        sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    }
}

void refuse_newer(Database& db, int version, int known)
{
    if (version > known) {
        leave_wal_alone(db);
        throw StorageError(EPROTO, "open", db.path(),
                           fmt::format("written by a newer amilab (schema {}, this one knows {}); "
                                       "use that version or another --data directory",
                                       version, known));
    }
}

}  // namespace

int schema_version()
{
    return static_cast<int>(migration_steps().size());
}

void require_known_version(Database& db)
{
    refuse_newer(db, read_version(db), schema_version());
}

void migrate(Database& db, std::span<const char* const> steps)
{
    const int version = read_version(db);
    const int last = static_cast<int>(steps.size());
    refuse_newer(db, version, last);
    if (version == last) {
        return;
    }
    Transaction transaction(db);
    for (const auto* step : steps.subspan(static_cast<std::size_t>(version))) {
        db.run(step);
    }
    db.run(fmt::format("PRAGMA user_version = {}", last));
    transaction.commit();
}

}  // namespace amilab
