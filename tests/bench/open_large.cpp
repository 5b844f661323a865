// What opening the largest volume costs: 64 TiB, with something in each of its segments.
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "storage/blocks/block_store.h"

namespace {

const std::vector<amilab::LayerId> kChain = {amilab::LayerId{1}};

void make(const std::string& folder)
{
    const std::vector<std::byte> block(amilab::kBlockSize, std::byte{1});
    amilab::BlockStore store(folder, {.highest_known_layer = kChain.front()});
    const auto volume = store.open_volume(kChain, amilab::kMaxVolumeSize);
    for (std::uint64_t segment = 0; segment < amilab::kMaxSegments; ++segment) {
        // Far apart, so that each page of the map is one of its own.
        for (std::uint64_t gibibyte = 0; gibibyte < 1024; gibibyte += 64) {
            volume->write(segment * amilab::kSegmentSize + (gibibyte << 30), block);
        }
    }
    volume->flush();
}

/// The most memory that this process has had.
std::uint64_t peak_kib()
{
    std::ifstream status("/proc/self/status");
    std::string word;
    std::uint64_t kib = 0;
    while (status >> word) {
        if (word == "VmHWM:") {
            status >> kib;
        }
    }
    return kib;
}

/// Whether both ends were read.
bool open(const std::string& folder)
{
    std::vector<std::byte> bytes(amilab::kBlockSize);
    const auto begin = std::chrono::steady_clock::now();
    amilab::BlockStore store(folder, {.highest_known_layer = kChain.front()});
    const auto volume = store.open_volume(kChain, amilab::kMaxVolumeSize);
    volume->read(0, bytes);
    volume->read(amilab::kMaxVolumeSize - amilab::kSegmentSize, bytes);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    std::cout << "{\"ms\": " << took.count() << ", \"peak_kib\": " << peak_kib() << "}\n";
    return bytes.back() == std::byte{1};
}

}  // namespace

int main(int argc, char** argv)
{
    CLI::App app{"Opens a volume of 64 TiB and tells what that costs, as JSON"};
    std::string folder;
    bool makes = false;
    app.add_option("folder", folder, "where its files are")->required();
    app.add_flag("--make", makes, "make it first, in an empty folder, and open nothing");
    CLI11_PARSE(app, argc, argv);
    if (makes) {
        make(folder);
        return 0;
    }
    return open(folder) ? 0 : 1;
}
