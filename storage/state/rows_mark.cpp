#include "storage/state/rows_mark.h"

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <span>

#include <fmt/format.h>

#include "storage/base/storage_error.h"
#include "storage/files/file_io.h"
#include "storage/files/posix_file_system.h"
#include "storage/metadata/settings/setting_rows.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/upkeep/persistence.h"

namespace amilab {
namespace {

// As many bytes whatever the number is: written in place, on a full disk too.
constexpr std::size_t kWidth = 20;

std::string path_in(const std::string& folder)
{
    return folder + "/rows";
}

/// 0: it says nothing.
std::int64_t read_file(const std::string& folder)
{
    PosixFileSystem files;
    const auto file = files.open_if_exists(path_in(folder), OpenMode::kRead);
    std::string text(kWidth, '\0');
    std::int64_t number = 0;
    if (file) {
        text.resize(read_fully(*file, 0, std::as_writable_bytes(std::span(text))));
        std::from_chars(text.data(), text.data() + text.size(), number);
    }
    return number;
}

}  // namespace

void write_first_rows_mark(Database& db)
{
    write_rows_mark(db, 1);
}

void write_rows_mark_file(const std::string& folder, std::int64_t number)
{
    const auto text = fmt::format("{:0{}}\n", number, kWidth - 1);
    const auto file = PosixFileSystem().open(path_in(folder), OpenMode::kCreate);
    write_fully(*file, 0, std::as_bytes(std::span(text)));
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
    db.run("PRAGMA schema_version", "open");
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
