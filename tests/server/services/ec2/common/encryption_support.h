#pragma once

#include <string>

#include "tests/support/emulator_fixture.h"

/// What tests of encryption share.
namespace amilab::test {

inline constexpr const char* kKey =
    "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
inline constexpr const char* kKeyPattern = "arn:aws:kms:us-east-1:123456789012:key/[-0-9a-f]{36}";

/// Of CreateVolume, for 1 GiB.
Parameters a_volume(Parameters more = {});
/// Of a new volume; `more` is said of that.
std::string make_snapshot(TestEmulator& aws, const Parameters& more = {});
std::string snapshot_field(TestEmulator& aws, const std::string& id, const std::string& name);

}  // namespace amilab::test
