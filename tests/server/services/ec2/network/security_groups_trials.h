#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// group_2 to group_6, called web_2 to web_6, in the default VPC: each lets TCP 22 in and out for
/// 192.0.2.0/24, 2001:db8::/32 and the default group. rule_2 is what the second lets in from the
/// first of these, rule_2_ipv6 from the other. unused_group and unused_group_2, called unused and
/// unused_2, which nobody has.
extern const TrialSet kSecurityGroupsTrials;

}  // namespace amilab::test
