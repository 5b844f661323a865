#include "storage/metadata/sql/migrations.h"

#include <cerrno>

#include <fmt/format.h>

#include "storage/base/storage_error.h"
#include "storage/metadata/sql/migration_steps.h"
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

}  // namespace

int schema_version()
{
    return static_cast<int>(migration_steps().size());
}

void require_known_version(Database& db)
{
    const int version = read_version(db);
    if (version > schema_version()) {
        throw StorageError(EPROTO, "open", db.path(),
                           fmt::format("written by a newer amilab (schema {}, this one knows {}); "
                                       "use that version or another --data directory",
                                       version, schema_version()));
    }
}

void migrate(Database& db)
{
    const int version = read_version(db);
    require_known_version(db);
    if (version == schema_version()) {
        return;
    }
    Transaction transaction(db);
    for (int step = version; step < schema_version(); ++step) {
        db.run(migration_steps()[static_cast<std::size_t>(step)]);
    }
    db.run(fmt::format("PRAGMA user_version = {}", schema_version()));
    transaction.commit();
}

}  // namespace amilab
