#include "storage/metadata/sql/database.h"

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include "storage/base/storage_error.h"
#include "storage/metadata/sql/patterns.h"

namespace amilab {

namespace {

constexpr std::size_t kKeptStatements = 256;
// Larger ones are compiled each time: a few of them would leave the others no room.
constexpr std::size_t kMostBytesOfOne = Database::kMostKeptBytes / 16;
constexpr int kBusyTimeoutMs = 10'000;
// One process at a time opens a database, so that locks between processes and an index of the WAL
// in shared memory, a dozen system calls for each transaction, are not needed.
constexpr const char* kOneProcess = "unix-excl";
// Locks nothing, for that wants a file that may be written to; the index of the WAL is in memory.
constexpr const char* kNoLocks = "unix-none";

/// Before the first connection: SQLite need not count its memory under a lock at each allocation.
void configure_sqlite()
{
    static const int result = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (result != SQLITE_OK) {
        throw std::logic_error("SQLite was used before it was configured");
    }
}

int errno_of(sqlite3* handle, int code)
{
    const int primary = code & 0xff;
    if (primary == SQLITE_FULL) {
        return ENOSPC;
    }
    if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) {
        return EBADMSG;
    }
    const int system = handle != nullptr ? sqlite3_system_errno(handle) : 0;
    if ((primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) && system != 0) {
        return system;
    }
    return primary == SQLITE_READONLY ? EROFS : EIO;
}

/// A statement in a line of the log: what divides its words is one space.
std::string on_one_line(std::string_view sql)
{
    std::string line;
    for (const char c : sql) {
        const bool is_space = c == ' ' || c == '\n' || c == '\t';
        if (!is_space) {
            line += c;
        } else if (!line.empty() && line.back() != ' ') {
            line += ' ';
        }
    }
    return line;
}

/// What a compiled statement holds of memory.
std::size_t bytes_of(sqlite3_stmt* statement)
{
    return static_cast<std::size_t>(sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_MEMUSED, 0));
}

struct OpenCall {
    std::string name;
    int flags = SQLITE_OPEN_NOMUTEX;
    const char* vfs = kOneProcess;
};

/// A URI of the file as one that does not change: SQLite then makes no WAL.
std::string immutable_uri(const std::string& path)
{
    std::string uri = "file:";
    for (const char c : path) {
        const bool is_special = c == '%' || c == '?' || c == '#';
        uri += is_special ? fmt::format("%{:02x}", c) : std::string(1, c);
    }
    return uri + "?immutable=1";
}

OpenCall untouched(const std::string& path)
{
    OpenCall call{.name = has_wal(path) ? path : immutable_uri(path), .vfs = kNoLocks};
    call.flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    return call;
}

OpenCall open_call(const std::string& path, Database::Mode mode)
{
    OpenCall call{.name = path};
    switch (mode) {
        case Database::Mode::kReadWrite:
            call.flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
            break;
        case Database::Mode::kReadOnly:
            call.flags |= SQLITE_OPEN_READWRITE;
            break;
        case Database::Mode::kUntouched:
            return untouched(path);
    }
    return call;
}

/// SQLite opens the file and what belongs to it as any program does, and would wait for the other
/// end of a pipe in the place of one.
void require_no_pipes(const std::string& path)
{
    for (const auto* ending : {"", "-wal", "-journal"}) {
        const auto name = path + ending;
        std::error_code error;
        if (std::filesystem::is_fifo(name, error)) {
            throw StorageError(EBADMSG, "open", name, "it is a pipe, and no file");
        }
    }
}

}  // namespace

bool has_wal(const std::string& database_path)
{
    const auto path = database_path + "-wal";
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    // Without it rows are older: not knowing is not the same.
    if (error && error != std::errc::no_such_file_or_directory) {
        throw StorageError(error.value(), "stat", path);
    }
    return !error && size > 0;
}

void throw_sqlite_error(sqlite3* handle, int code, std::string_view operation,
                        std::string_view path)
{
    const char* words = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    throw StorageError(errno_of(handle, code), on_one_line(operation), path, words);
}

void Database::Close::operator()(sqlite3* handle) const
{
    sqlite3_close_v2(handle);
}
void Database::Finalize::operator()(sqlite3_stmt* statement) const
{
    sqlite3_finalize(statement);
}

void Database::GiveBack::operator()(sqlite3_stmt* statement) const
{
    if (kept == nullptr) {
        sqlite3_finalize(statement);
        return;
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    kept->is_out = false;
}

Database::Database(const std::string& path, Mode mode) : path_(path)
{
    configure_sqlite();
    require_no_pipes(path);
    const auto call = open_call(path, mode);
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(call.name.c_str(), &handle, call.flags, call.vfs);
    handle_.reset(handle);
    if (code != SQLITE_OK) {
        throw_sqlite_error(handle, code, "open", path);
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, kBusyTimeoutMs);
    add_pattern_functions(handle, budget_);
    if (mode == Mode::kUntouched) {
        leave_last_checkpoint();
        run("PRAGMA locking_mode = EXCLUSIVE", "open");
    }
}

Database::~Database()
{
    kept_by_sql_.clear();
    kept_.clear();
}

void Database::run(const std::string& script, std::string_view operation)
{
    const int code = sqlite3_exec(handle(), script.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        const auto first_line = std::string_view(script).substr(0, script.find('\n'));
        throw_sqlite_error(handle(), code, operation.empty() ? first_line : operation, path_);
    }
}

std::int64_t Database::changes() const
{
    return sqlite3_changes64(handle());
}
void Database::leave_checkpoints()
{
    sqlite3_wal_hook(
        handle(),
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<Database*>(self)->wal_pages_ = pages;
            return SQLITE_OK;
        },
        this);
}

void Database::checkpoint()
{
    const int code =
        sqlite3_wal_checkpoint_v2(handle(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code != SQLITE_OK && code != SQLITE_BUSY) {
        throw_sqlite_error(handle(), code, "checkpoint", path_);
    }
}

void Database::leave_last_checkpoint()
{
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void Database::set_budget(std::int64_t instructions)
{
    has_budget_ = true;
    budget_ = instructions;
    look_in_between();
}

void Database::clear_budget()
{
    has_budget_ = false;
    look_in_between();
}

void Database::stop_when(const std::atomic<bool>* stop)
{
    stop_ = stop;
    look_in_between();
}

void Database::look_in_between()
{
    constexpr int kBetweenLooks = 1000;
    if (!has_budget_ && stop_ == nullptr) {
        sqlite3_progress_handler(handle(), 0, nullptr, nullptr);
        return;
    }
    sqlite3_progress_handler(
        handle(), kBetweenLooks,
        [](void* self) {
            auto& db = *static_cast<Database*>(self);
            db.budget_ -= kBetweenLooks;
            return db.is_over_budget() || db.is_stopped() ? 1 : 0;
        },
        this);
}

void Database::charge(std::int64_t instructions)
{
    budget_ -= instructions;
    if (is_over_budget()) {
        throw BudgetExceeded();
    }
    if (is_stopped()) {
        throw Interrupted();
    }
}

std::unique_ptr<sqlite3_stmt, Database::Finalize> Database::compile(std::string_view sql)
{
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) {
        throw_sqlite_error(handle(), code, fmt::format("prepare `{}` on", sql), path_);
    }
    return std::unique_ptr<sqlite3_stmt, Finalize>(statement);
}

Database::Compiled Database::take(std::string_view sql)
{
    const auto found = kept_by_sql_.find(sql);
    if (found == kept_by_sql_.end()) {
        auto compiled = compile(sql);
        const auto bytes = bytes_of(compiled.get());
        if (bytes > kMostBytesOfOne) {
            return Compiled(compiled.release(), {nullptr});
        }
        return keep(std::move(compiled), bytes);
    }
    auto& kept = *found->second;
    if (kept.is_out) {
        return Compiled(compile(sql).release(), {nullptr});
    }
    kept.is_out = true;
    kept_.splice(kept_.begin(), kept_, found->second);
    return Compiled(kept.statement.get(), {&kept});
}

Database::Compiled Database::keep(std::unique_ptr<sqlite3_stmt, Finalize> compiled,
                                  std::size_t bytes)
{
    kept_.push_front({std::move(compiled), bytes, true});
    kept_bytes_ += bytes;
    auto* const statement = kept_.front().statement.get();
    kept_by_sql_.emplace(sqlite3_sql(statement), kept_.begin());
    drop_least_used();
    return Compiled(statement, {&kept_.front()});
}

void Database::drop_least_used()
{
    while ((kept_.size() > kKeptStatements || kept_bytes_ > kMostKeptBytes) &&
           !kept_.back().is_out) {
        kept_bytes_ -= kept_.back().bytes;
        kept_by_sql_.erase(sqlite3_sql(kept_.back().statement.get()));
        kept_.pop_back();
    }
}

}  // namespace amilab
