#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// Of volume: snapshot, which the images are made of, and free_snapshot, which is in no image and
/// shared in every way. large_snapshot (of 2 GiB), locked_snapshot (one of six; restored fast in
/// us-east-1a and us-east-1b), archived_snapshot.
void add_snapshots(World& world);

extern const TrialSet kSnapshotsTrials;

}  // namespace amilab::test
