#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// In the default subnet of us-east-1b, free: interface and interface_2, which has
/// secondary_address, the prefix 172.31.24.16/28 and, by association, allocation_2's address;
/// allocation_2 has a
/// name; allocation is free, its address elastic_ip. permission to permission_6 let accounts attach
/// the first one.
extern const TrialSet kNetworkInterfacesTrials;

}  // namespace amilab::test
