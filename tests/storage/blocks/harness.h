#pragma once

#include <gtest/gtest.h>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "storage/blocks/block_store.h"

namespace amilab {

/// AMILAB_SEED, else a fresh one; printed, so that a failure can be run again.
std::uint64_t test_seed();

/// How much longer than usual random tests go on: 10 × AMILAB_LONG, else 1.
std::uint64_t patience();

/// errno of the StorageError that a call throws; 0 when it throws none.
int error_of(const std::function<void()>& call);
/// The text of the StorageError that a call throws; empty when it throws none.
std::string message_of(const std::function<void()>& call);

/// Makes a sealed chain survive power loss, the lowest layer first.
void sync_chain(BlockStore& store, const std::vector<LayerId>& top_first);

std::vector<std::byte> read_bytes(const Volume& volume, std::uint64_t offset, std::uint64_t length);
std::vector<std::byte> read_bytes(const Snapshot& snapshot, std::uint64_t offset,
                                  std::uint64_t length);
std::vector<std::byte> filled(std::size_t length, int value);
std::vector<std::byte> random_bytes(std::mt19937_64& random, std::size_t length);
std::vector<Extent> all_extents(Extents extents);

/// Bytes that say which write they come from and which sector they belong to. Version 0 is zeros.
std::vector<std::byte> stamped(std::uint64_t first_sector, std::uint64_t sectors,
                               std::uint64_t version);
/// The version that a sector holds; throws std::runtime_error when it is not one write's, whole,
/// and in its place.
std::uint64_t version_of(std::span<const std::byte> sector, std::uint64_t number);

/// What each sector of a volume may hold, given what has been acknowledged, failed and flushed.
class SectorModel {
public:
    explicit SectorModel(std::uint64_t sectors) : sectors_(sectors) {}

    std::uint64_t size() const { return sectors_.size(); }

    void wrote(std::uint64_t first, std::uint64_t count, std::uint64_t version);
    /// The write failed: each sector is as before or as written.
    void may_have_written(std::uint64_t first, std::uint64_t count, std::uint64_t version);
    void flushed();
    /// All that was not flushed may be gone.
    void lost_power();

    /// Whether `bytes`, the sectors from `first` on, are what they may be; says what is wrong.
    /// With `learn` what they were is from now on all that a reader may find.
    testing::AssertionResult allows(std::uint64_t first, std::span<const std::byte> bytes,
                                    bool learn = false);

private:
    struct Sector {
        std::vector<std::uint64_t> visible = {0};
        std::vector<std::uint64_t> recoverable = {0};
    };

    std::vector<Sector> sectors_;
};

}  // namespace amilab
