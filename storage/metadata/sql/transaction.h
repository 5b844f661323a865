#pragma once

#include "storage/metadata/sql/database.h"

namespace amilab {

/// One transaction that writes; rolled back unless committed. Throws StorageError. There is one
/// connection that writes (Writer, in connections.h), so no transaction waits for another.
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

/// A part of the open transaction, which is undone alone unless it is kept. They nest.
class Savepoint {
public:
    explicit Savepoint(Database& db);
    ~Savepoint();
    Savepoint(const Savepoint&) = delete;
    Savepoint& operator=(const Savepoint&) = delete;

    void keep();

private:
    Database& db_;
    bool open_ = true;
};

/// Reads from now on see one instant. Nothing when they do already.
void begin_snapshot(Database& db);
/// Nothing when there is none.
void end_snapshot(Database& db) noexcept;

}  // namespace amilab
