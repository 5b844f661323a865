#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// reservation (of r5.large in us-east-1b), reservation_2 and four others of its kind;
/// used_reservation, in which an instance runs.
extern const TrialSet kCapacityReservationsTrials;

}  // namespace amilab::test
