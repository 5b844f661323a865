#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// image (another account may launch it), image_2, image_3 (shared in every way) ... image_6, all
/// of snapshot. image_4 is protected from deregistration, image_5 deprecated in a year, image_6
/// disabled; image_4 and image_5 have watermarks. windows, and windows_2 and windows_3 with fast
/// launch enabled. their_image, third_image: of other accounts, shared with this one.
/// organization, organizational_unit: what image_3 is shared with.
void add_images(World& world);
/// One more image of snapshot; its id.
std::string register_image(World& world, const std::string& name);

extern const TrialSet kImagesTrials;

}  // namespace amilab::test
