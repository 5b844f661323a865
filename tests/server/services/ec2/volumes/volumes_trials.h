#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// volume, volume_2 ... volume_6: available, tagged kept=1, modified once.
void add_volumes(World& world);

extern const TrialSet kVolumesTrials;

}  // namespace amilab::test
