#pragma once

#include "storage/metadata/database.h"

namespace amilab {

/// One transaction; rolled back unless committed. Throws StorageError. On a read-only connection it
/// is a snapshot: what others commit meanwhile is not seen. There is one connection that writes
/// (Generation::Writer), so no transaction waits for another.
class Transaction {
public:
    explicit Transaction(Database& db);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit();

private:
    Database& db_;
    bool open_ = true;
};

}  // namespace amilab
