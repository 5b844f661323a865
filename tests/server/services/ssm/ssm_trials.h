#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// Parameters /app/one (String, two versions, the first with the label old), /app/two (StringList),
/// /app/deep/three (Advanced) and plain. image: one that a parameter may hold.
void add_ssm(World& world);

extern const TrialSet kSsmTrials;

}  // namespace amilab::test
