#include "tests/support/told_statements.h"

#include <sqlite3.h>

#include "storage/base/background.h"
#include "storage/metadata/sql/database.h"

namespace amilab::test {

namespace {

/// Where the thread's statements are noted, while they are.
thread_local std::vector<std::string>* noted_texts = nullptr;

int note(unsigned, void*, void* statement, void*)
{
    if (noted_texts != nullptr) {
        noted_texts->emplace_back(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
    }
    return 0;
}

int trace(sqlite3* db, char**, const sqlite3_api_routines*)
{
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, note, nullptr);
}

void (*entry())()
{
    return reinterpret_cast<void (*)()>(trace);
}

}  // namespace

ToldStatements::ToldStatements()
{
    // SQLite is configured with the first of these, before anything else uses it.
    const Database first(":memory:", Database::Mode::kReadWrite);
    sqlite3_auto_extension(entry());
}

ToldStatements::~ToldStatements()
{
    sqlite3_cancel_auto_extension(entry());
}

std::vector<std::string> ToldStatements::texts_of(const std::function<void()>& action) const
{
    std::vector<std::string> texts;
    noted_texts = &texts;
    action();
    noted_texts = nullptr;
    return texts;
}

std::vector<std::string> ToldStatements::texts_of(Background& background,
                                                  const std::function<void()>& action) const
{
    std::vector<std::string> texts;
    background.post([&] { noted_texts = &texts; });
    action();
    background.drain();
    background.post([] { noted_texts = nullptr; });
    background.drain();
    return texts;
}

}  // namespace amilab::test
