#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// prefix_list to prefix_list_6, IPv4 with room for five entries: 10.0.0.0/8 in version 1, in the
/// second and last one 11.0.0.0/8 too. Rules of group_2 to group_6, for TCP 22 in and out, and a
/// route of route_table refer to used_list.
extern const TrialSet kManagedPrefixListsTrials;

}  // namespace amilab::test
