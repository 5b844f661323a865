#include "storage/metadata/transaction.h"

#include <sqlite3.h>

#include "storage/metadata/statement.h"

namespace amilab {

Transaction::Transaction(Database& db) : db_(db)
{
    // Not IMMEDIATE, which would want to write to the attached catalogue too.
    Statement(db, "BEGIN").execute();
}

Transaction::~Transaction()
{
    // A failed statement (full disk) may have rolled back on its own.
    if (open_ && sqlite3_get_autocommit(db_.handle()) == 0) {
        sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

void Transaction::commit()
{
    Statement(db_, "COMMIT").execute();
    open_ = false;
}

}  // namespace amilab
