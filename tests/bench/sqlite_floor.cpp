// The floor of the calls that write: the rows that a call leaves behind, written by SQLite alone,
// one transaction for each call. No HTTP, no parsing, no checks, no bytes. The rows are put there
// by the functions that amilab itself uses, so that they are the same rows.
#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sqlite3.h>
#include <CLI/CLI.hpp>

#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/sql/id_source.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/transaction.h"
#include "tests/bench/sample_rows.h"

namespace {

using SteadyClock = std::chrono::steady_clock;
using amilab::bench::SampleRows;

constexpr int kPagesBetweenCheckpoints = 1000;

const std::map<std::string, void (SampleRows::*)()>& operations()
{
    static const std::map<std::string, void (SampleRows::*)()> all = {
        {"CreateSnapshot", &SampleRows::create_snapshot},
        {"CreateTags", &SampleRows::create_tags},
        {"PutObject", &SampleRows::put_object},
        {"RegisterImage", &SampleRows::register_image},
        {"RunInstances", &SampleRows::run_instances},
        {"RunInstances by template", &SampleRows::run_instances_by_template},
    };
    return all;
}

double cpu_seconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

std::int64_t percentile(const std::vector<std::int64_t>& sorted, std::size_t percent)
{
    return sorted[std::min(sorted.size() - 1, sorted.size() * percent / 100)];
}

/// Prints one line of JSON in the shape of what post.lua prints.
void run(amilab::Database& db, const std::function<void()>& write_rows, double seconds)
{
    const auto end = SteadyClock::now() + std::chrono::duration_cast<SteadyClock::duration>(
                                              std::chrono::duration<double>(seconds));
    std::vector<std::int64_t> latencies_ns;
    const double cpu_before = cpu_seconds();
    const auto begin = SteadyClock::now();
    auto last = begin;
    do {
        amilab::Transaction transaction(db);
        write_rows();
        transaction.commit();
        const auto now = SteadyClock::now();
        latencies_ns.push_back((now - last).count());
        last = now;
    } while (last < end);
    const double cpu_used = cpu_seconds() - cpu_before;
    const double elapsed_s = std::chrono::duration<double>(last - begin).count();
    std::sort(latencies_ns.begin(), latencies_ns.end());
    fmt::print(
        "{{\"requests\": {}, \"seconds\": {:.6f}, \"cpu_seconds\": {:.6f}, \"p50_us\": {:.2f},"
        " \"p99_us\": {:.2f}, \"errors\": 0}}\n",
        latencies_ns.size(), elapsed_s, cpu_used,
        static_cast<double>(percentile(latencies_ns, 50)) / 1e3,
        static_cast<double>(percentile(latencies_ns, 99)) / 1e3);
}

}  // namespace

int main(int argc, char** argv)
{
    CLI::App app{"Writes the rows of one operation again and again, one transaction for each call"};
    std::string operation;
    std::string data;
    double seconds = 1;
    app.add_option("operation", operation)->required()->check(CLI::IsMember(operations()));
    app.add_option("--data", data, "an empty folder for the database")
        ->required()
        ->check(CLI::ExistingDirectory);
    app.add_option("--seconds", seconds, "how long");
    CLI11_PARSE(app, argc, argv);
    try {
        const auto db =
            amilab::open_connection(data + "/metadata.sqlite", amilab::Database::Mode::kReadWrite,
                                    amilab::Durability::kKept);
        // Here nobody else does: as SQLite does by itself.
        sqlite3_wal_autocheckpoint(db->handle(), kPagesBetweenCheckpoints);
        amilab::migrate(*db);
        amilab::IdSource::set_seed(*db, "floor");
        SampleRows rows(*db);
        const auto write_rows = operations().at(operation);
        run(
            *db, [&] { (rows.*write_rows)(); }, seconds);
    } catch (const std::exception& error) {
        std::cerr << "sqlite_floor: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
