// Fills a data directory with images, for the rows of the benchmark that have a million of them.
#include <algorithm>
#include <array>
#include <iostream>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "storage/metadata/sql/transaction.h"
#include "storage/metadata/tags/tag_rows.h"
#include "storage/state/data_directory.h"
#include "storage/state/generation.h"
#include "tests/bench/sample_rows.h"

namespace {

constexpr std::int64_t kImagesInTransaction = 50'000;
// Ten images share a tag.
constexpr std::int64_t kImagesWithTag = 10;

void insert_one(amilab::Writer& writer, const amilab::SnapshotId& snapshot, std::string_view owner,
                std::int64_t number, amilab::TimeMs now_ms)
{
    const auto image = amilab::bench::sample_image(writer.ids().next<amilab::ImageId>(), owner,
                                                   fmt::format("image-{:09}", number), now_ms);
    const std::array mappings = {amilab::bench::sample_mapping(snapshot)};
    amilab::insert_image(writer.db(), image, {}, mappings);
    amilab::upsert_tags(writer.db(), owner, amilab::bench::kRegion, {image.id.text(), "image"},
                        {{"group", fmt::format("{:09}", number / kImagesWithTag)}});
}

void load(amilab::Generation& generation, std::string_view owner, std::int64_t images)
{
    auto writer = generation.writer();
    writer.db().run("PRAGMA synchronous = OFF; PRAGMA cache_size = -1500000");
    const auto snapshot = writer.ids().next<amilab::SnapshotId>();
    for (std::int64_t number = 0; number < images;) {
        amilab::Transaction transaction(writer.db());
        const auto end = std::min(images, number + kImagesInTransaction);
        for (; number < end; ++number) {
            insert_one(writer, snapshot, owner, number, generation.timing().clock.now_ms());
        }
        transaction.commit();
    }
    writer.db().run("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace

int main(int argc, char** argv)
{
    CLI::App app{"Fills a data directory with images that have a name, a mapping and a tag each"};
    std::string data;
    std::string owner(amilab::bench::kAccount);
    std::int64_t images = 0;
    app.add_option("--data", data, "the server's folder; no server may run on it")->required();
    app.add_option("--images", images, "how many")->required()->check(CLI::PositiveNumber);
    app.add_option("--owner", owner, "the account");
    CLI11_PARSE(app, argc, argv);
    try {
        amilab::DataDirectory directory(
            {.path = data, .seed = "images", .report = amilab::bench::report});
        load(*directory.current(), owner, images);
    } catch (const std::exception& error) {
        std::cerr << "load_images: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
