#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// spot_request, which is open, and five more of its kind; spot_request_2, which is active.
extern const TrialSet kSpotRequestsTrials;

}  // namespace amilab::test
