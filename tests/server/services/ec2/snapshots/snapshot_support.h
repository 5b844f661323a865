#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/emulator_fixture.h"

/// What tests of snapshots share.
namespace amilab::test {

std::string snapshot_of(TestEmulator& aws, const std::string& volume, const Parameters& extra = {});
/// A snapshot of a new volume.
std::string new_snapshot(TestEmulator& aws, const Parameters& extra = {});

/// Of ModifySnapshotAttribute.
Parameters share_with(const std::string& account);
extern const Parameters kPublish;

/// Accounts and groups that may make volumes of the snapshot.
std::vector<std::string> grantees(TestEmulator& aws, const std::string& snapshot);
Answer create_volume(TestEmulator& aws, const std::string& snapshot, std::string_view account);

}  // namespace amilab::test
