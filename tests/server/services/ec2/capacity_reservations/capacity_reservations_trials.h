#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// reservation (of r5.large in us-east-1b), reservation_2 and four others of its kind;
/// used_reservation, in which an instance runs; asked_reservation to asked_reservation_6, of
/// r5.2xlarge, that kOtherAccount was asked to pay for, and their_reservation and
/// their_reservation_2, of kOtherAccount's, that kAccount was. kThirdAccount is of their
/// organization.
extern const TrialSet kCapacityReservationsTrials;

}  // namespace amilab::test
