#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// first: a completed snapshot with blocks 0 and 1; second: its child, with another block 1 and a
/// block 2; open: one that has block 0 and is not completed. token and next_token: of blocks 0 and
/// 1 of first.
void add_ebs(World& world);

extern const TrialSet kEbsTrials;

}  // namespace amilab::test
