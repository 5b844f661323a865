#include "storage/metadata/sql/transaction.h"

#include <exception>

#include <sqlite3.h>

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

bool is_inside(Database& db)
{
    return sqlite3_get_autocommit(db.handle()) == 0;
}

void finish(Database& db, std::string_view how) noexcept
{
    // A failed statement (full disk) may have rolled back on its own.
    if (!is_inside(db)) {
        return;
    }
    try {
        Statement(db, how).execute();
    } catch (const std::exception&) {
        // What was not committed SQLite rolls back.
    }
}

}  // namespace

Transaction::Transaction(Database& db) : db_(db)
{
    // Not IMMEDIATE, which would want to write to the attached catalogue too.
    Statement(db, "BEGIN").execute();
}

Transaction::~Transaction()
{
    if (open_) {
        finish(db_, "ROLLBACK");
    }
}

void Transaction::commit()
{
    Statement(db_, "COMMIT").execute();
    open_ = false;
}

Savepoint::Savepoint(Database& db) : db_(db)
{
    Statement(db, "SAVEPOINT part").execute();
}

Savepoint::~Savepoint()
{
    if (open_) {
        finish(db_, "ROLLBACK TO part");
        finish(db_, "RELEASE part");
    }
}

void Savepoint::keep()
{
    Statement(db_, "RELEASE part").execute();
    open_ = false;
}

void begin_snapshot(Database& db)
{
    if (!is_inside(db)) {
        Statement(db, "BEGIN").execute();
    }
}

void end_snapshot(Database& db) noexcept
{
    finish(db, "COMMIT");
}

}  // namespace amilab
