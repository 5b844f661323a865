#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// reservation to reservation_6, of reserved_subnet.
extern const TrialSet kSubnetCidrReservationsTrials;

}  // namespace amilab::test
