// Fills a data directory with the rows of objects, for the rows of the benchmark that have a
// million keys. The objects are empty: what is listed is what rows say.
#include <algorithm>
#include <iostream>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "storage/metadata/s3/bucket_rows.h"
#include "storage/metadata/s3/object_rows.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/data_directory.h"
#include "storage/state/generation.h"
#include "tests/bench/sample_rows.h"

namespace {

constexpr std::int64_t kObjectsInTransaction = 50'000;
constexpr std::int64_t kObjectsInFolder = 1000;

void insert_one(amilab::Database& db, std::int64_t number, amilab::TimeMs now_ms)
{
    amilab::ObjectRow row;
    row.bucket = amilab::bench::kBucket;
    row.key = fmt::format("folder-{:06}/object-{:09}", number / kObjectsInFolder, number);
    row.owner = amilab::bench::kAccount;
    row.content = amilab::insert_content(db, 0);
    row.modified_ms = now_ms;
    row.etag = "d41d8cd98f00b204e9800998ecf8427e";
    row.headers = "Content-Type: binary/octet-stream\n";
    row.checksum_algorithm = amilab::ChecksumAlgorithm::kCrc64Nvme;
    row.checksum_type = amilab::ChecksumType::kFullObject;
    row.checksum = "AAAAAAAAAAA=";
    amilab::put_object_row(db, row);
}

void load(amilab::Generation& generation, std::int64_t objects)
{
    auto writer = generation.writer();
    writer.db().run("PRAGMA synchronous = OFF; PRAGMA cache_size = -1500000");
    const auto now_ms = generation.timing().clock.now_ms();
    amilab::insert_bucket(writer.db(), amilab::bench::sample_bucket());
    for (std::int64_t number = 0; number < objects;) {
        amilab::Transaction transaction(writer.db());
        const auto end = std::min(objects, number + kObjectsInTransaction);
        for (; number < end; ++number) {
            insert_one(writer.db(), number, now_ms);
        }
        transaction.commit();
    }
    writer.db().run("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace

int main(int argc, char** argv)
{
    CLI::App app{"Fills a data directory with a bucket of so many objects"};
    std::string data;
    std::int64_t objects = 0;
    app.add_option("--data", data, "the server's folder; no server may run on it")->required();
    app.add_option("--objects", objects, "how many")->required()->check(CLI::PositiveNumber);
    CLI11_PARSE(app, argc, argv);
    try {
        amilab::DataDirectory directory(
            {.path = data, .seed = "objects", .report = amilab::bench::report});
        load(*directory.current(), objects);
    } catch (const std::exception& error) {
        std::cerr << "load_objects: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
