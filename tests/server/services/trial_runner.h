#pragma once

#include <map>
#include <memory>
#include <string_view>
#include <tuple>
#include <vector>

#include "server/calls/operation.h"
#include "tests/server/services/parameter_trials.h"
#include "tests/support/row_changes.h"
#include "tests/support/service_caller.h"

namespace amilab::test {

/// What calls did: to their caller, and to what is stored.
struct Effect {
    ServiceAnswer answer;
    RowChanges changes;
    /// Where they did it.
    std::shared_ptr<World> world;
};

/// Calls one operation on copies of its service's world. A copy and a look at what has changed cost
/// what they cost, whatever else the world holds.
class TrialRunner {
public:
    TrialRunner(std::string_view service, std::string_view operation);

    /// Calls `times` times; `passes_ms` later is when the changes are looked at. What writes has a
    /// copy of its own, what reads leaves the one that it has as it was.
    Effect run(const Parameters& parameters, int times = 1, TimeMs passes_ms = 0);
    /// What run() gave when it was last asked for this.
    const Effect& run_once(const Parameters& parameters, int times, TimeMs passes_ms);

    /// The first row in which the effects differ and of which a call tells something else in the
    /// one world than in the other; a null pointer when there is none.
    const RowName* find_told_difference(const Effect& one, const Effect& other) const;

private:
    std::shared_ptr<World> make_world() const;

    std::string_view service_;
    std::string_view operation_;
    const OperationTrials& trials_;
    bool writes_;
    std::shared_ptr<World> unchanged_;
    std::map<std::tuple<Parameters, int, TimeMs>, Effect> effects_;
};

/// The rows that became different ones; they live as long as the changes.
std::vector<const RowName*> differing_rows(const RowChanges& one, const RowChanges& other);

}  // namespace amilab::test
