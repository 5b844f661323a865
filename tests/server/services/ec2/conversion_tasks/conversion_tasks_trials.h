#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

extern const TrialSet kConversionTasksTrials;

}  // namespace amilab::test
