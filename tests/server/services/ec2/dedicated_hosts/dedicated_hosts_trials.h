#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// host, host_2 and four others, for m5.large in us-east-1a; used_host, on which an instance is.
extern const TrialSet kDedicatedHostsTrials;

}  // namespace amilab::test
