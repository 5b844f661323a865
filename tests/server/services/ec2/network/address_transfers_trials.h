#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// given_address to given_address_6, which kOtherAccount has accepted and given up; offered_ip and
/// offered_ip_2, which kOtherAccount offers; offered_address is allocation_2, offered to
/// kOtherAccount.
extern const TrialSet kAddressTransfersTrials;

}  // namespace amilab::test
