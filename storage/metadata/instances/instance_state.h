#pragma once

#include <cstdint>

#include "storage/base/vocabulary.h"

namespace amilab {

/// Source: EC2 API Reference, InstanceState (documented).
enum class InstanceStateName : std::uint8_t {
    kPending,
    kRunning,
    kShuttingDown,
    kTerminated,
    kStopping,
    kStopped
};
template <>
inline constexpr auto kWords<InstanceStateName> = words("pending", "running", "shutting-down",
                                                        "terminated", "stopping", "stopped");

}  // namespace amilab
