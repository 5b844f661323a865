#include "tests/storage/blocks/harness.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <stdexcept>

#include <fmt/format.h>

#include "storage/base/storage_error.h"

namespace amilab {
namespace {

std::uint64_t stamp_word(std::uint64_t version, std::uint64_t sector, std::uint64_t index)
{
    return index == 0 ? version : (version * 1000003 + sector) * 64 + index;
}

std::string to_text(const std::vector<std::uint64_t>& versions)
{
    std::string text;
    for (const auto version : versions) {
        text += fmt::format(" {}", version);
    }
    return text;
}

}  // namespace

std::uint64_t test_seed()
{
    const char* given = std::getenv("AMILAB_SEED");
    const std::uint64_t seed = given ? std::stoull(given) : std::random_device()();
    std::cout << "AMILAB_SEED=" << seed << '\n';
    return seed;
}

std::uint64_t patience()
{
    const char* given = std::getenv("AMILAB_LONG");
    return given ? 10 * std::max(1ULL, std::stoull(given)) : 1;
}

int error_of(const std::function<void()>& call)
{
    try {
        call();
    } catch (const StorageError& error) {
        return error.error_number;
    }
    return 0;
}

std::string message_of(const std::function<void()>& call)
{
    try {
        call();
    } catch (const StorageError& error) {
        return error.what();
    }
    return "";
}

void sync_chain(BlockStore& store, const std::vector<LayerId>& top_first)
{
    for (auto layer = top_first.rbegin(); layer != top_first.rend(); ++layer) {
        store.sync_layer(*layer);
    }
}

std::vector<std::byte> read_bytes(const Volume& volume, std::uint64_t offset, std::uint64_t length)
{
    std::vector<std::byte> out(length, std::byte{0xee});
    volume.read(offset, out);
    return out;
}

std::vector<std::byte> read_bytes(const Snapshot& snapshot, std::uint64_t offset,
                                  std::uint64_t length)
{
    std::vector<std::byte> out(length, std::byte{0xee});
    snapshot.read(offset, out);
    return out;
}

std::vector<std::byte> filled(std::size_t length, int value)
{
    return std::vector<std::byte>(length, static_cast<std::byte>(value));
}

std::vector<std::byte> random_bytes(std::mt19937_64& random, std::size_t length)
{
    std::vector<std::byte> bytes(length);
    for (auto& byte : bytes) {
        byte = static_cast<std::byte>(random());
    }
    return bytes;
}

std::vector<Extent> all_extents(Extents extents)
{
    std::vector<Extent> all;
    while (const auto extent = extents.next()) {
        all.push_back(*extent);
    }
    return all;
}

std::vector<std::byte> stamped(std::uint64_t first_sector, std::uint64_t sectors,
                               std::uint64_t version)
{
    std::vector<std::byte> bytes(sectors * kSectorSize);
    if (version == 0) {
        return bytes;
    }
    for (std::uint64_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
        const auto word =
            stamp_word(version, first_sector + at / kSectorSize, at % kSectorSize / 8);
        std::memcpy(&bytes[at], &word, sizeof(word));
    }
    return bytes;
}

std::uint64_t version_of(std::span<const std::byte> sector, std::uint64_t number)
{
    std::array<std::uint64_t, kSectorSize / 8> words{};
    std::memcpy(words.data(), sector.data(), kSectorSize);
    const auto version = words[0];
    bool is_whole = true;
    for (std::uint64_t index = 1; index < words.size(); ++index) {
        is_whole &= words[index] == (version == 0 ? 0 : stamp_word(version, number, index));
    }
    if (!is_whole) {
        throw std::runtime_error(
            fmt::format("sector {} is not one write's: it begins with {}", number, version));
    }
    return version;
}

void SectorModel::wrote(std::uint64_t first, std::uint64_t count, std::uint64_t version)
{
    for (auto number = first; number < first + count; ++number) {
        sectors_[number].visible = {version};
        sectors_[number].recoverable.push_back(version);
    }
}

void SectorModel::may_have_written(std::uint64_t first, std::uint64_t count, std::uint64_t version)
{
    for (auto number = first; number < first + count; ++number) {
        sectors_[number].visible.push_back(version);
        sectors_[number].recoverable.push_back(version);
    }
}

void SectorModel::flushed()
{
    for (auto& sector : sectors_) {
        sector.recoverable = sector.visible;
    }
}

void SectorModel::lost_power()
{
    for (auto& sector : sectors_) {
        sector.visible = sector.recoverable;
    }
}

testing::AssertionResult SectorModel::allows(std::uint64_t first, std::span<const std::byte> bytes,
                                             bool learn)
{
    for (std::uint64_t index = 0; index < bytes.size() / kSectorSize; ++index) {
        const auto number = first + index;
        auto& visible = sectors_[number].visible;
        std::uint64_t version = 0;
        try {
            version = version_of(bytes.subspan(index * kSectorSize, kSectorSize), number);
        } catch (const std::runtime_error& error) {
            return testing::AssertionFailure() << error.what();
        }
        if (std::find(visible.begin(), visible.end(), version) == visible.end()) {
            return testing::AssertionFailure()
                   << "sector " << number << " (block " << number * kSectorSize / kBlockSize
                   << ") holds " << version << ", may hold" << to_text(visible);
        }
        if (learn) {
            visible = {version};
        }
    }
    return testing::AssertionSuccess();
}

}  // namespace amilab
