#include "tests/support/row_changes.h"

#include <stdexcept>
#include <vector>

#include <fmt/format.h>

// Sessions are declared only for who asks. Source: SQLite, "The Session Extension".
#define SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include <sqlite3.h>

#include "storage/metadata/sql/statement.h"

namespace amilab::test {

namespace {

struct Finalize {
    void operator()(sqlite3_changeset_iter* iterator) const { sqlite3changeset_finalize(iterator); }
};

void require(int code)
{
    if (code != SQLITE_OK) {
        throw std::runtime_error(fmt::format("a session: {}", sqlite3_errstr(code)));
    }
}

std::string text_of(sqlite3_value* value)
{
    const auto* text = sqlite3_value_text(value);
    const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
    return text == nullptr ? "NULL" : std::string(reinterpret_cast<const char*>(text), size);
}

/// The value after the change, else the one before; a null pointer for one that did not change.
sqlite3_value* value_at(sqlite3_changeset_iter* at, int operation, int column)
{
    sqlite3_value* value = nullptr;
    if (operation != SQLITE_DELETE) {
        require(sqlite3changeset_new(at, column, &value));
    }
    if (operation != SQLITE_INSERT && value == nullptr) {
        require(sqlite3changeset_old(at, column, &value));
    }
    return value;
}

std::vector<std::string> columns_of(Database& db, const char* table)
{
    Statement select(db, "SELECT name FROM pragma_table_info(?1) ORDER BY cid");
    select.bind(table);
    return select.texts();
}

void add_change(Database& db, sqlite3_changeset_iter* at, RowChanges& changes)
{
    const char* table = nullptr;
    int count = 0;
    int operation = 0;
    unsigned char* is_key = nullptr;
    require(sqlite3changeset_op(at, &table, &count, &operation, nullptr));
    require(sqlite3changeset_pk(at, &is_key, nullptr));
    const auto columns = columns_of(db, table);
    RowName name{table, {}};
    std::string values;
    for (int i = 0; i < count; ++i) {
        const auto& column = columns.at(static_cast<std::size_t>(i));
        auto* const value = value_at(at, operation, i);
        if (is_key[i] != 0) {
            name.key[column] = text_of(value);
        } else if (value != nullptr) {
            values += fmt::format(" {}={}", column, text_of(value));
        }
    }
    changes[name] = operation == SQLITE_DELETE ? " gone" : values;
}

}  // namespace

std::string RowName::text() const
{
    auto text = table;
    for (const auto& [column, value] : key) {
        text += fmt::format(" {}={}", column, value);
    }
    return text;
}

void RowRecorder::Delete::operator()(sqlite3_session* session) const
{
    const auto writer = generation->writer();
    sqlite3session_delete(session);
}

RowRecorder::RowRecorder(Generation& generation)
    : generation_(generation), session_(nullptr, Delete{&generation})
{
    auto writer = generation_.writer();
    sqlite3_session* session = nullptr;
    require(sqlite3session_create(writer.db().handle(), "main", &session));
    session_.reset(session);
    require(sqlite3session_attach(session, nullptr));
}

RowChanges RowRecorder::changes()
{
    auto writer = generation_.writer();
    int size = 0;
    void* bytes = nullptr;
    require(sqlite3session_changeset(session_.get(), &size, &bytes));
    const std::unique_ptr<void, decltype(&sqlite3_free)> changeset(bytes, &sqlite3_free);
    sqlite3_changeset_iter* started = nullptr;
    require(sqlite3changeset_start(&started, size, bytes));
    const std::unique_ptr<sqlite3_changeset_iter, Finalize> iterator(started);
    RowChanges changes;
    int code = SQLITE_ROW;
    while ((code = sqlite3changeset_next(started)) == SQLITE_ROW) {
        add_change(writer.db(), started, changes);
    }
    require(code == SQLITE_DONE ? SQLITE_OK : code);
    return changes;
}

}  // namespace amilab::test
