// Writes volumes full, for the rows of the benchmark that must not depend on how much was written.
#include <cstring>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/volumes/volume_rows.h"
#include "storage/state/data_directory.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "tests/bench/sample_rows.h"

namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kGiB = 1 << 30;

/// Any bytes but zeros, which would be kept as holes.
std::vector<std::byte> random_mebibyte(std::uint64_t seed)
{
    std::mt19937_64 generator(seed);
    std::vector<std::byte> bytes(kMiB);
    for (std::size_t i = 0; i < bytes.size(); i += sizeof(std::uint64_t)) {
        const auto number = generator();
        std::memcpy(bytes.data() + i, &number, sizeof number);
    }
    return bytes;
}

void write(amilab::Generation& generation, const std::string& text, std::uint64_t mebibytes)
{
    auto writer = generation.writer();
    const auto id = amilab::VolumeId::from_text(text);
    const auto row = id ? amilab::select_volume(writer.db(), amilab::bench::kAccount,
                                                amilab::bench::kRegion, *id)
                        : std::nullopt;
    if (!row) {
        throw std::runtime_error(text + " is no volume here");
    }
    const auto volume = generation.stores().blocks().open_volume(
        amilab::select_layer_chain(writer.db(), row->layer_id),
        static_cast<std::uint64_t>(row->size_gib) * kGiB);
    const auto bytes = random_mebibyte(mebibytes);
    for (std::uint64_t written = 0; written < mebibytes; ++written) {
        volume->write(written * kMiB, bytes);
    }
}

}  // namespace

int main(int argc, char** argv)
{
    CLI::App app{"Writes the first mebibytes of volumes"};
    std::string data;
    std::uint64_t mebibytes = 0;
    std::vector<std::string> volumes;
    app.add_option("--data", data, "the server's folder; no server may run on it")->required();
    app.add_option("--mebibytes", mebibytes, "how much in each")->required();
    app.add_option("volumes", volumes, "ids")->required();
    CLI11_PARSE(app, argc, argv);
    try {
        amilab::DataDirectory directory(
            {.path = data, .seed = {}, .report = amilab::bench::report});
        for (const auto& volume : volumes) {
            write(*directory.current(), volume, mebibytes);
        }
    } catch (const std::exception& error) {
        std::cerr << "write_volumes: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
