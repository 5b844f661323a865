#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// {window} and {window_2}, for {monitored} and {monitored_2}, and more of them than a page holds.
extern const TrialSet kInstanceEventWindowsTrials;

}  // namespace amilab::test
