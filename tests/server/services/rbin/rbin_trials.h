#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// rule (for snapshots with the tag bin=1; its own tag is team=red) and rule_arn; other_rule (for
/// images without the tag keep=1) and other_arn; open_rule and open_rule_2 (for all volumes);
/// locked_rule (too, and locked).
void add_rbin(World& world);

extern const TrialSet kRbinTrials;

}  // namespace amilab::test
