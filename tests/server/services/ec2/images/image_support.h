#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/emulator_fixture.h"

/// What tests of images share.
namespace amilab::test {

/// Of a volume of 2 GiB.
std::string make_snapshot(TestEmulator& aws);

/// Of RegisterImage, with the snapshot at /dev/xvda.
Parameters registration(const std::string& snapshot, const std::string& name = "one");
std::string make_image(TestEmulator& aws, const std::string& name = "one",
                       const Parameters& more = {});

Answer describe_image(TestEmulator& aws, const std::string& id,
                      std::string_view account = kAccount);
/// The images of one's own that a filter leaves.
std::vector<std::string> matching_images(TestEmulator& aws, const std::string& name,
                                         const std::string& value);

/// ModifyImageAttribute; modify_image() of sharing_support.h is for refusals.
void must_modify_image(TestEmulator& aws, const std::string& image, Parameters parameters);
Answer image_attribute(TestEmulator& aws, const std::string& image, const std::string& name);
/// Who may launch the image.
std::vector<std::string> launch_users(TestEmulator& aws, const std::string& image);
/// Sets columns of the image's row.
void update_image(TestEmulator& aws, const std::string& id, const std::string& assignment);

}  // namespace amilab::test
