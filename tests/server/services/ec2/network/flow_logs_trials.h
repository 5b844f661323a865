#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// flow_log to flow_log_6, one of each own_vpc, into a bucket.
extern const TrialSet kFlowLogsTrials;

}  // namespace amilab::test
