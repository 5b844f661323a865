#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "storage/base/memory_budget.h"

namespace amilab::http {

/// What one client may cost. Every input of the http room is bounded by one of these. Timeouts are
/// checked by one sweep for the whole server, so they end up to a quarter of the shortest one (at
/// most a second) late.
struct Limits {
    std::size_t max_header_bytes = 16 * 1024;  ///< Request line and headers; beyond it 431.
    std::size_t max_target_bytes = 8 * 1024;   ///< Beyond it 414.
    std::size_t max_headers = 100;             ///< Beyond it 431.

    /// One more is answered 503 and closed. Lowered to its share of the descriptors that there are
    /// (storage/base/descriptors.h).
    std::size_t max_connections = 10'000;

    /// What all of them together may hold of bodies that are read as a whole, and what they hold of
    /// answers that wait for their clients. A body beyond it is refused with 503.
    std::shared_ptr<MemoryBudget> memory = std::make_shared<MemoryBudget>();

    /// How much of a body that the handler left unread is read to keep the connection in use.
    std::size_t max_drained_bytes = 64 * 1024;

    /// From the first byte of a request to the end of its header, in all; then 408.
    std::chrono::milliseconds header_timeout{10'000};
    /// With no request under way; then closed without a word.
    std::chrono::milliseconds idle_timeout{75'000};
    /// How long a peer may take for each `min_progress_bytes` of a body, or what is left of it. A
    /// sender who is slower gets 408, a reader is cut off. Streams have no limit in all.
    std::chrono::milliseconds progress_timeout{30'000};
    std::size_t min_progress_bytes = 4 * 1024;
    /// How long a client who is still sending is listened to after the last answer, so that the
    /// answer is not lost in a reset.
    std::chrono::milliseconds linger_timeout{2'000};
    /// How long Server::stop lets running requests go on.
    std::chrono::milliseconds stop_timeout{5'000};
};

}  // namespace amilab::http
