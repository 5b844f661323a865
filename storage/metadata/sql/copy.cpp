#include "storage/metadata/sql/copy.h"

#include <memory>

#include <sqlite3.h>

namespace amilab {

void copy_database(Database& from, const std::string& path)
{
    Database to(path, Database::Mode::kReadWrite);
    // Nobody reads it before it is whole.
    to.run("PRAGMA journal_mode = OFF");
    to.run("PRAGMA synchronous = OFF");
    std::unique_ptr<sqlite3_backup, int (*)(sqlite3_backup*)> backup(
        sqlite3_backup_init(to.handle(), "main", from.handle(), "main"), sqlite3_backup_finish);
    const int copied = backup ? sqlite3_backup_step(backup.get(), -1) : SQLITE_ERROR;
    if (copied != SQLITE_DONE) {
        const int code = backup ? copied : sqlite3_errcode(to.handle());
        backup.reset();  // only now the connection knows why
        throw_sqlite_error(to.handle(), code, "copy", path);
    }
}

}  // namespace amilab
