#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// {event} of {instance} may be put off for two days; tags are registered in eu-west-1.
extern const TrialSet kInstanceEventsTrials;

}  // namespace amilab::test
