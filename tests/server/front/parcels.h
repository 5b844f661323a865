#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "server/calls/services.h"

/// A service of the tests' own whose parcels come and go as streams.
namespace amilab::test {

/// How much of a parcel is held at a time.
inline constexpr std::size_t kParcelBytes = 256 * 1024;

/// What became of parcels, in one generation.
struct ParcelBook {
    std::atomic<std::uint64_t> stored_bytes{0};
    /// How many were committed.
    std::atomic<int> stored{0};
    /// How many answers are still held by whoever sends them.
    std::atomic<int> being_fetched{0};
};

/// Every service that is served, and parcels.
std::span<const Service* const> services_with_parcels();

}  // namespace amilab::test
