#pragma once

#include "server/calls/family.h"

/// What EC2 and the EBS direct APIs both let happen to a snapshot: EC2 declares it.
namespace amilab {

inline constexpr Delay kSnapshotPending{"snapshot.pending"};
inline constexpr Due kSnapshotCompleted{"snapshot-completed"};

}  // namespace amilab
