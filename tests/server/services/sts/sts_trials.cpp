#include "tests/server/services/sts/sts_trials.h"

namespace amilab::test {

namespace {

TrialTable trials()
{
    return {{"GetCallerIdentity", {}}};
}

}  // namespace

constinit const TrialSet kStsTrials{.trials = trials};

}  // namespace amilab::test
