#include "storage/state/rows_mark.h"

#include <cerrno>
#include <fstream>

#include "storage/base/storage_error.h"
#include "storage/metadata/settings/setting_rows.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/upkeep/persistence.h"

namespace amilab {

namespace {

std::string path_in(const std::string& folder)
{
    return folder + "/rows";
}

/// 0: it says nothing.
std::int64_t read_file(const std::string& folder)
{
    std::int64_t number = 0;
    std::ifstream file(path_in(folder));
    return file >> number ? number : 0;
}

}  // namespace

void write_first_rows_mark(Database& db)
{
    write_rows_mark(db, 1);
}

void write_rows_mark_file(const std::string& folder, std::int64_t number)
{
    // One small write, which a kill does not tear, and power loss at most empties.
    std::ofstream file(path_in(folder));
    file << std::to_string(number) + "\n";
    if (!file.flush()) {
        throw StorageError(errno, "write", path_in(folder));
    }
}

void advance_rows_mark(Connections& connections, Persistence& persistence,
                       const std::string& folder)
{
    std::int64_t number = 0;
    {
        auto held = connections.writer();
        Transaction transaction(held.db());
        number = read_rows_mark(held.db()) + 1;
        write_rows_mark(held.db(), number);
        transaction.commit();
    }
    persistence.make_metadata_durable();
    write_rows_mark_file(folder, number);
}

void require_rows(const std::string& database_path, const std::string& folder)
{
    Database db(database_path, Database::Mode::kUntouched);
    if (is_empty(db)) {
        throw StorageError(EBADMSG, "open", database_path, "it has no tables");
    }
    if (read_file(folder) > read_rows_mark(db)) {
        throw StorageError(EBADMSG, "open", database_path,
                           "its rows are older than this folder: metadata.sqlite-wal has been "
                           "removed, or another metadata.sqlite is in its place; put back what "
                           "was there");
    }
}

}  // namespace amilab
