#include "storage/metadata/sql/migrations.h"

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

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
    if (has_wal(db.path())) {
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

/// The connection's own views are away while steps run: one that drops a column wants every view to
/// be right, and these name columns that later steps add.
class WithoutViews {
public:
    explicit WithoutViews(Database& db) : db_(db), made_by_(texts("sql"))
    {
        for (const auto& name : texts("name")) {
            db_.run(fmt::format("DROP VIEW temp.{}", name));
        }
    }
    void make_again()
    {
        constexpr std::string_view kCreate = "CREATE ";
        for (const auto& statement : made_by_) {
            db_.run(fmt::format("CREATE TEMP {}", statement.substr(kCreate.size())));
        }
    }

private:
    std::vector<std::string> texts(std::string_view column)
    {
        Statement select(
            db_, fmt::format("SELECT {} FROM sqlite_temp_master WHERE type = 'view'", column));
        select.bind();
        return select.texts();
    }

    Database& db_;
    std::vector<std::string> made_by_;
};

}  // namespace

int schema_version()
{
    return static_cast<int>(migration_steps().size());
}

bool has_this_schema(Database& db)
{
    return read_version(db) == schema_version();
}

bool has_column(Database& db, std::string_view table, std::string_view column)
{
    return Statement(db, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?")
        .bind(table, column)
        .step();
}

bool is_empty(Database& db)
{
    return read_version(db) == 0;
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
    WithoutViews views(db);
    for (const auto* step : steps.subspan(static_cast<std::size_t>(version))) {
        db.run(step);
    }
    db.run(fmt::format("PRAGMA user_version = {}", last));
    views.make_again();
    transaction.commit();
}

}  // namespace amilab
