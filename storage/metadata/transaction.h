#pragma once

#include "storage/metadata/database.h"

namespace amilab {

/// One transaction; rolled back unless committed. Throws StorageError, a busy database included.
class Transaction {
public:
    enum class Kind { kRead, kWrite };

    /// kWrite takes the database's writer at once (BEGIN IMMEDIATE).
    explicit Transaction(Database& db, Kind kind = Kind::kWrite);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit();

private:
    Database& db_;
    bool open_ = true;
};

}  // namespace amilab
