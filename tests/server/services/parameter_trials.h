#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "tests/support/emulator_fixture.h"

/// How each parameter of each operation is tried on the account of a World.
namespace amilab::test {

enum class Outcome {
    kChanges,
    kRefused,
    /// Taken without any effect; see parameters_without_effect.
    kSame,
};

/// How one parameter is tried.
struct Trial {
    std::string_view parameter;
    /// What is sent on top of the request, the parameter among it; replaces equal names.
    Parameters with;
    /// What the request has besides the operation's own, with the parameter and without.
    Parameters besides = {};
    Outcome outcome = Outcome::kChanges;
    /// Calls in a row; more than one shows what a client token does.
    int times = 1;
};

struct OperationTrials {
    Parameters request;
    std::vector<Trial> trials;
    /// What takes an hour in these trials, and by how much the clock is put forward.
    std::vector<std::string_view> slow = {};
    TimeMs later_ms = 0;
    const char* region = kRegion;
};

/// By the operation's name. Values hold placeholders: World::resolve.
const std::map<std::string_view, OperationTrials>& all_trials();

/// "Operation Parameter", and why it is taken without effect; everything else that is tried has
/// one.
const std::map<std::string_view, std::string_view>& parameters_without_effect();

/// `parameters` with others on top: a name that is there gets the new value.
Parameters merged(Parameters parameters, const Parameters& others);

}  // namespace amilab::test
