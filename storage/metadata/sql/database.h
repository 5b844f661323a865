#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace amilab {

/// A read took more than its budget; see Database::set_budget. Nothing is wrong: run it again
/// without one.
struct BudgetExceeded : std::runtime_error {
    BudgetExceeded() : std::runtime_error("the query takes more than its budget") {}
};

/// Nobody wants the answer any more; see Database::stop_when().
struct Interrupted : std::runtime_error {
    Interrupted() : std::runtime_error("the query was interrupted") {}
};

/// One SQLite connection and the statements compiled on it. One thread at a time.
/// All errors are StorageError: a full disk as ENOSPC, a file that is damaged or no database as
/// EBADMSG, others as EIO with SQLite's own words.
class Database {
public:
    /// kReadOnly never makes a file; open_connection() sees to it that it writes nothing.
    /// kUntouched leaves the file, its WAL and their folder as they are, on a disk that nobody may
    /// write to as well; whoever opens one so sees to it that no process writes to it meanwhile.
    enum class Mode { kReadWrite, kReadOnly, kUntouched };

    /// Opens `path`; kReadWrite creates it. ":memory:" is a private database in memory. A file is
    /// opened by one process at a time.
    Database(const std::string& path, Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Runs one or more statements that take no values and whose rows do not matter. `operation` is
    /// what errors call it, else the script's first line.
    void run(const std::string& script, std::string_view operation = {});
    /// Rows that the last INSERT, UPDATE or DELETE changed.
    std::int64_t changes() const;
    const std::string& path() const { return path_; }

    /// From now on statements may take about so many of SQLite's virtual instructions together;
    /// then they throw BudgetExceeded. For connections that only read.
    void set_budget(std::int64_t instructions);
    void clear_budget();

    /// From now on statements throw Interrupted soon after `stop` has become true, from whatever
    /// thread; nullptr: no more. For connections that only read.
    void stop_when(const std::atomic<bool>* stop);

    /// From now on commits leave the WAL as it is, until somebody calls checkpoint().
    void leave_checkpoints();
    /// Pages in the WAL after this connection's last commit; since leave_checkpoints().
    std::int64_t wal_pages() const { return wal_pages_; }
    /// Zero until the next commit tells.
    void forget_wal_pages() { wal_pages_ = 0; }
    /// Copies what no reader needs any more from the WAL into the database. Waits for nobody; the
    /// WAL begins anew with the next commit when it was all of it.
    void checkpoint();
    /// The last connection at its end leaves the WAL as it is, too: nobody reads the file again.
    void leave_last_checkpoint();

    /// What the compiled statements that are kept hold of memory; see kMostKeptBytes.
    std::size_t kept_bytes() const { return kept_bytes_; }
    /// Bound of kept_bytes() while no statement is in use.
    static constexpr std::size_t kMostKeptBytes = 4 * 1024 * 1024;

    sqlite3* handle() const { return handle_.get(); }

private:
    friend class Statement;

    struct Close {
        void operator()(sqlite3* handle) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    /// A compiled statement that is kept, and whether somebody is using it.
    struct Kept {
        std::unique_ptr<sqlite3_stmt, Finalize> statement;
        std::size_t bytes = 0;
        bool is_out = false;
    };
    /// Without `kept` the statement is a second one of the same text, or too large to be kept, and
    /// ends here.
    struct GiveBack {
        Kept* kept;
        void operator()(sqlite3_stmt* statement) const;
    };
    using Compiled = std::unique_ptr<sqlite3_stmt, GiveBack>;

    /// What starting a statement costs, in instructions.
    static constexpr std::int64_t kStatementCost = 100;
    void charge(std::int64_t instructions);
    bool is_over_budget() const { return has_budget_ && budget_ < 0; }
    bool is_stopped() const { return stop_ != nullptr && stop_->load(std::memory_order_relaxed); }
    /// Has SQLite look every now and then whether it is to go on.
    void look_in_between();

    /// Hands out a compiled statement; a statement in use by a caller is never handed out twice.
    Compiled take(std::string_view sql);
    std::unique_ptr<sqlite3_stmt, Finalize> compile(std::string_view sql);
    Compiled keep(std::unique_ptr<sqlite3_stmt, Finalize> compiled, std::size_t bytes);
    void drop_least_used();

    std::string path_;
    bool has_budget_ = false;
    std::int64_t budget_ = 0;
    const std::atomic<bool>* stop_ = nullptr;
    std::int64_t wal_pages_ = 0;
    std::unique_ptr<sqlite3, Close> handle_;
    // Compiled statements, the most recently used first. The text that keys them lives in the
    // statement itself. Bounded in number and bytes: texts built from filters are without number.
    std::list<Kept> kept_;
    std::size_t kept_bytes_ = 0;
    std::unordered_map<std::string_view, std::list<Kept>::iterator> kept_by_sql_;
};

/// Whether a WAL that holds anything lies beside the database. Throws StorageError when the disk
/// does not say.
bool has_wal(const std::string& database_path);

/// Throws the StorageError for what SQLite last reported on `handle`.
[[noreturn]] void throw_sqlite_error(sqlite3* handle, int code, std::string_view operation,
                                     std::string_view path);

}  // namespace amilab
