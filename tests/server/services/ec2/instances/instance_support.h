#pragma once

#include <string>
#include <string_view>

#include "tests/support/emulator_fixture.h"

/// What tests of instances share.
namespace amilab::test {

inline constexpr const char* kInstanceId = "instancesSet/item/instanceId";
/// Of DescribeInstances.
inline constexpr const char* kFound = "reservationSet/item/instancesSet/item/instanceId";

/// The newest Amazon Linux 2023 of the catalogue.
std::string public_image(TestEmulator& emulator, const std::string& architecture = "x86_64");

/// An image of the caller's own over a snapshot of 8 GiB, at /dev/xvda: `extra` goes to
/// RegisterImage.
std::string own_image(TestEmulator& emulator, const std::string& name,
                      const Parameters& extra = {{"EnaSupport", "true"}});
/// A completed snapshot of an empty volume.
std::string own_snapshot(TestEmulator& emulator, int size_gib, std::string_view account = kAccount);

/// What RunInstances needs at least, of a t3.micro, and `extra`, which wins.
Parameters launch(const std::string& image, const Parameters& extra = {});

/// Launches one instance and gives its id.
std::string run_one(TestEmulator& emulator, const Parameters& extra = {});

/// Launches one instance of the image in us-east-1a, where tests' volumes are.
std::string run_image(TestEmulator& emulator, const std::string& image);

Parameters one_instance(const std::string& id, const Parameters& extra = {});
std::string state_of(TestEmulator& emulator, const std::string& id);
/// A field of the one instance, below its item.
std::string field_of(TestEmulator& emulator, const std::string& id, const std::string& path);

/// Expects a refusal of that code and text.
void expect_refused(const Answer& answer, const std::string& code, const std::string& message);

}  // namespace amilab::test
