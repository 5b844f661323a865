#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// All instances but {monitored} and {monitored_2} have a profile; {association} is that of
/// {instance}, {association_2} that of {task_instance}.
extern const TrialSet kIamInstanceProfilesTrials;

}  // namespace amilab::test
