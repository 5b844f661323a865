#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/emulator_fixture.h"

/// What tests of shared snapshots have in common.
namespace amilab::test {

/// Of ModifySnapshotAttribute.
Parameters share_with(const std::string& account);
extern const Parameters kPublish;

/// Accounts and groups that may make volumes of the snapshot.
std::vector<std::string> grantees(TestEmulator& aws, const std::string& snapshot);
Answer create_volume(TestEmulator& aws, const std::string& snapshot, std::string_view account);

}  // namespace amilab::test
