#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// Buckets disks, open (whose objects may be public), empty and far (in eu-west-1), with objects;
/// upload has two parts of the key "big", upload_2 none of another.
void add_s3(World& world);

extern const TrialSet kS3Trials;

}  // namespace amilab::test
