#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// binned_image, binned_snapshot, binned_volume ... binned_volume_6: in the recycle bin, by rules
/// for what is tagged bin=1.
void add_recycle_bin(World& world);

extern const TrialSet kRecycleBinTrials;

}  // namespace amilab::test
