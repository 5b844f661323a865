#include "storage/base/lock_order.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace amilab {

namespace {

constexpr std::pair<LockLevel, std::string_view> kNames[] = {
    {LockLevel::kNbdClients, "nbd::Server::State::mutex"},
    {LockLevel::kNbdConnection, "nbd::Connection::mutex_"},
    {LockLevel::kNbdRole, "nbd::Transmission::role_"},
    {LockLevel::kNbdLookup, "nbd::StoredExports::mutex_"},
    {LockLevel::kReset, "DataDirectory::reset_mutex_"},
    {LockLevel::kNextWriter, "Connections::next_writer_mutex_"},
    {LockLevel::kWriter, "Connections::writer_mutex_"},
    {LockLevel::kGate, "WriteGate"},
    {LockLevel::kFlush, "Volume::flush_mutex_"},
    {LockLevel::kRange, "RangeLocks"},
    {LockLevel::kLayerPartial, "Layer::partial_mutex_"},
    {LockLevel::kLayerSync, "Layer::sync_mutex_"},
    {LockLevel::kLayerIndexes, "Layer::index_mutex_"},
    {LockLevel::kLayerSegments, "Layer::segments_mutex_"},
    {LockLevel::kSegmentSync, "Segment::sync_mutex_"},
    {LockLevel::kSegmentLength, "Segment::length_mutex_"},
    {LockLevel::kBlockMap, "BlockMap::mutex_"},
    {LockLevel::kOpenExports, "OpenExports::mutex_"},
    {LockLevel::kExport, "nbd::StoredExport::mutex_"},
    {LockLevel::kUpkeep, "Upkeep::mutex_"},
    {LockLevel::kObjectUpkeep, "ObjectUpkeep::mutex_"},
    {LockLevel::kPersistence, "Persistence::mutex_"},
    {LockLevel::kLayerRegistry, "LayerRegistry::mutex_"},
    {LockLevel::kAccessKeys, "AccessKeys::mutex_"},
    {LockLevel::kAccountCalls, "AccountCalls::mutex_"},
    {LockLevel::kBackground, "Background::mutex_"},
    {LockLevel::kBoundIndexes, "LayerStack::Shared::mutex"},
    {LockLevel::kClock, "Clock::mutex_"},
    {LockLevel::kCompanions, "Companions::mutex_"},
    {LockLevel::kConnectionTable, "http::ConnectionTable::mutex_"},
    {LockLevel::kCurrentGeneration, "DataDirectory::current_mutex_"},
    {LockLevel::kDelayTable, "Delays::mutex_"},
    {LockLevel::kGateState, "WriteGate::mutex_"},
    {LockLevel::kHeldBytes, "HeldBytes::mutex_"},
    {LockLevel::kImportsUnderWay, "ec2::ImportsUnderWay::mutex_"},
    {LockLevel::kInterruption, "cli::Registry::mutex"},
    {LockLevel::kLayerDirectory, "LayerFiles::directory_mutex_"},
    {LockLevel::kLayerFiles, "LayerFiles::files_mutex_"},
    {LockLevel::kNbdSending, "nbd::Transmission::sending_"},
    {LockLevel::kObjectFiles, "ObjectFiles::mutex_"},
    {LockLevel::kPageCache, "PageCache::Shard::mutex"},
    {LockLevel::kReaders, "Connections::readers_mutex_"},
    {LockLevel::kUnknownKeys, "UnknownKeys::mutex_"},
    {LockLevel::kUploads, "ebs::UploadTraffic::mutex_"},
    {LockLevel::kVolumeStack, "Volume::stack_mutex_"},
};

constexpr bool has_each_in_its_place()
{
    std::size_t next = 0;
    return std::ranges::all_of(
        kNames, [&](const auto& entry) { return static_cast<std::size_t>(entry.first) == next++; });
}
static_assert(has_each_in_its_place() &&
              std::size(kNames) == static_cast<std::size_t>(kLastLock) + 1);

}  // namespace

std::string_view name_of(LockLevel level)
{
    return kNames[static_cast<std::size_t>(level)].second;
}

namespace lock_order {

namespace {

struct Held {
    const void* lock;
    std::uint64_t place;
    LockLevel level;
};

/// More than a call holds that closes the gates of all volumes that an instance can have.
constexpr std::size_t kMostHeld = 256;

// Of this thread, in the order in which they were taken.
thread_local constinit std::array<Held, kMostHeld> held_locks{};
thread_local constinit std::size_t held_count = 0;

std::span<Held> held()
{
    return std::span(held_locks).first(held_count);
}

std::string described(LockLevel level, std::uint64_t place)
{
    return place == 0 ? std::string(name_of(level)) : fmt::format("{} {}", name_of(level), place);
}

[[noreturn]] void fail(const std::string& what)
{
    fmt::print(stderr, "amilab: {}; docs/architecture.md has the order of locks\n", what);
    std::abort();
}

/// Whether the second may be taken by who holds the first.
bool may_follow(const Held& first, LockLevel level, std::uint64_t place)
{
    if (first.level == level) {
        return first.place != 0 && first.place < place;
    }
    return first.level < level && first.level < kFirstLeaf;
}

}  // namespace

void check()
{
    detail::is_checked = true;
}

void detail::before_taking(LockLevel level, std::uint64_t place)
{
    // What was taken last is the latest of all.
    if (held_count > 0 && !may_follow(held().back(), level, place)) {
        fail(fmt::format("{} is to be taken by a thread that holds {}", described(level, place),
                         described(held().back().level, held().back().place)));
    }
    if (held_count == kMostHeld) {
        fail(fmt::format("a thread holds {} locks, and is to take {}", held_count,
                         described(level, place)));
    }
}

void detail::taken(const void* lock, LockLevel level, std::uint64_t place)
{
    held_locks[held_count++] = {lock, place, level};
}

void detail::let_go(const void* lock, LockLevel level)
{
    require_held(lock, level);
    const auto locks = held();
    const auto last = std::find_if(locks.rbegin(), locks.rend(),
                                   [&](const Held& one) { return one.lock == lock; });
    std::copy(last.base(), locks.end(), last.base() - 1);
    --held_count;
}

void detail::require_held(const void* lock, LockLevel level)
{
    if (std::ranges::none_of(held(), [&](const Held& one) { return one.lock == lock; })) {
        fail(fmt::format("{} is not held by the thread that uses it or lets go of it",
                         name_of(level)));
    }
}

void detail::require_held_last(const void* lock, LockLevel level)
{
    require_held(lock, level);
    if (held().back().lock != lock) {
        fail(fmt::format("{} is waited with by a thread that took {} after it", name_of(level),
                         described(held().back().level, held().back().place)));
    }
}

}  // namespace lock_order

}  // namespace amilab
