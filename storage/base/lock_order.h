#pragma once

#include <cstdint>
#include <string_view>

namespace amilab {

/// Every lock of the program, in the order in which a thread may take them: one that holds some
/// takes only later ones. docs/architecture.md says what each is held for.
enum class LockLevel : std::uint8_t {
    kNbdClients,
    kNbdConnection,
    kNbdRole,
    kNbdLookup,
    kReset,
    kNextWriter,
    kWriter,
    kGate,
    kFlush,
    kRange,
    kLayerPartial,
    kLayerSync,
    kLayerIndexes,
    kLayerSegments,
    kSegmentSync,
    kSegmentLength,
    kBlockMap,
    kOpenExports,
    kExport,
    kUpkeep,
    kObjectUpkeep,
    kPersistence,
    kLayerRegistry,
    // The leaves, with which no other is taken.
    kAccessKeys,
    kAccountCalls,
    kBackground,
    kBoundIndexes,
    kClock,
    kCompanions,
    kConnectionTable,
    kCurrentGeneration,
    kDelayTable,
    kGateState,
    kHeldBytes,
    kImportsUnderWay,
    kInterruption,
    kLayerDirectory,
    kLayerFiles,
    kNbdSending,
    kObjectFiles,
    kPageCache,
    kReaders,
    kUnknownKeys,
    kUploads,
    kVolumeStack,
};
constexpr auto kFirstLeaf = LockLevel::kAccessKeys;
constexpr auto kLastLock = LockLevel::kVolumeStack;

/// The class and member that a level is of, as messages and docs/architecture.md have it.
std::string_view name_of(LockLevel level);

/// Whether threads keep to the order of locks: each has a book of what it holds, and taking
/// something out of order, or letting go of what is not held, ends the process with a message that
/// names the locks. A few instructions each time, one when it is off, as in the program of a
/// release build.
///
/// What is taken by something other than a mutex of storage/base/mutex.h keeps the book itself.
/// Each function is about the calling thread.
namespace lock_order {

namespace detail {
#ifdef NDEBUG
inline constinit bool is_checked = false;
#else
inline constinit bool is_checked = true;
#endif

void before_taking(LockLevel level, std::uint64_t place);
void taken(const void* lock, LockLevel level, std::uint64_t place);
void let_go(const void* lock, LockLevel level);
void require_held(const void* lock, LockLevel level);
void require_held_last(const void* lock, LockLevel level);
}  // namespace detail

/// Has the order checked from now on. Before the first thread is started or lock taken.
void check();

/// To be called before waiting for a lock. `place` orders locks of one level, of which the lower is
/// taken first; of a lock without a place (0) no other of its level may be held.
inline void before_taking(LockLevel level, std::uint64_t place = 0)
{
    if (detail::is_checked) [[unlikely]] {
        detail::before_taking(level, place);
    }
}

/// To be called when it is held. `lock` tells it from others.
inline void taken(const void* lock, LockLevel level, std::uint64_t place = 0)
{
    if (detail::is_checked) [[unlikely]] {
        detail::taken(lock, level, place);
    }
}

inline void let_go(const void* lock, LockLevel level)
{
    if (detail::is_checked) [[unlikely]] {
        detail::let_go(lock, level);
    }
}

inline void require_held(const void* lock, LockLevel level)
{
    if (detail::is_checked) [[unlikely]] {
        detail::require_held(lock, level);
    }
}

/// For who waits with a lock: others that were taken after it would be held meanwhile.
inline void require_held_last(const void* lock, LockLevel level)
{
    if (detail::is_checked) [[unlikely]] {
        detail::require_held_last(lock, level);
    }
}

}  // namespace lock_order

}  // namespace amilab
