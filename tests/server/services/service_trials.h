#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// The sets of a service's rooms, in the order in which they add to its world.
struct ServiceTrials {
    std::string_view service;
    std::span<const TrialSet* const> sets;
};

/// The trials of every service that is served.
std::span<const ServiceTrials> all_trials();

/// The trials of one service together. Throws std::logic_error where two sets try one operation.
const TrialTable& trials_of(std::string_view service);
/// Why parameters of the service's operations have no effect.
std::vector<WithoutEffect> without_effect_of(std::string_view service);
/// The service's world; made on first use.
const PreparedWorld& world_of(std::string_view service);

/// A telling, and whose operation its action is.
struct ServiceTelling {
    std::string_view service;
    Telling telling;
};
/// The tellings of all services: one may tell of what another did.
const std::vector<ServiceTelling>& all_tellings();

}  // namespace amilab::test
