// What opening the largest volume costs: 64 TiB, with something in each of its segments.
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "storage/blocks/block_store.h"

namespace {

std::string resident()
{
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
        if (line.starts_with("VmRSS:")) {
            return line.substr(6);
        }
    }
    return "?";
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::cerr << "open_large FOLDER: an empty one, on the file system to be measured\n";
        return 2;
    }
    const std::vector<amilab::LayerId> chain = {amilab::LayerId{1}};
    const std::vector<std::byte> block(amilab::kBlockSize, std::byte{1});
    {
        amilab::BlockStore store(argv[1], {.highest_known_layer = amilab::LayerId{1}});
        const auto volume = store.open_volume(chain, amilab::kMaxVolumeSize);
        for (std::uint64_t segment = 0; segment < amilab::kMaxSegments; ++segment) {
            // Far apart, so that each page of the map is one of its own.
            for (std::uint64_t gibibyte = 0; gibibyte < 1024; gibibyte += 64) {
                volume->write(segment * amilab::kSegmentSize + (gibibyte << 30), block);
            }
        }
        volume->flush();
    }
    std::cout << "resident before:" << resident() << '\n';
    const auto begin = std::chrono::steady_clock::now();
    amilab::BlockStore store(argv[1], {.highest_known_layer = amilab::LayerId{1}});
    const auto volume = store.open_volume(chain, amilab::kMaxVolumeSize);
    std::vector<std::byte> bytes(amilab::kBlockSize);
    volume->read(0, bytes);
    volume->read(amilab::kMaxVolumeSize - amilab::kSegmentSize, bytes);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    std::cout << "open and two reads: " << took.count() << " ms, resident:" << resident() << '\n';
    return bytes == block ? 0 : 1;
}
