#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// report and report_2: how another account uses image, which image_4's tag built=nightly has
/// nothing to do with.
void add_image_usage_reports(World& world);

extern const TrialSet kImageUsageReportsTrials;

}  // namespace amilab::test
