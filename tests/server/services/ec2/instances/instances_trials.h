#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// instance (running, in us-east-1a, with volume_2 as /dev/sdf), stopped (stopped, there too), and
/// four others that run. task, which replaced the root volume of task_instance; there is another.
/// root_snapshot: of the root volume of instance. product: what the account sells; stopped has it.
void add_instances(World& world);

/// Block devices and network interfaces, as launches take them.
std::vector<Trial> launched_mapping_trials();
std::vector<Trial> launched_interface_trials();

extern const TrialSet kInstancesTrials;

}  // namespace amilab::test
