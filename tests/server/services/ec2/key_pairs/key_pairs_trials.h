#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// key_pair and key_name: a key pair that was imported.
void add_key_pairs(World& world);

extern const TrialSet kKeyPairsTrials;

}  // namespace amilab::test
