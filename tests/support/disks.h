#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/blocks/snapshot.h"
#include "storage/blocks/volume.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {

/// Volumes and snapshots of the default account behind the API, opened as the doors to them do.
std::shared_ptr<Volume> open_volume(TestEmulator& aws, const std::string& id);
std::shared_ptr<Snapshot> open_snapshot(TestEmulator& aws, const std::string& id);
/// As the rows that this connection sees have it.
std::shared_ptr<Snapshot> open_snapshot(TestEmulator& aws, const std::string& id, Database& db);

std::string create_volume(TestEmulator& aws, const std::string& snapshot = {});
std::string create_snapshot(TestEmulator& aws, const std::string& volume);
void delete_snapshot(TestEmulator& aws, const std::string& id);
void delete_volume(TestEmulator& aws, const std::string& id);

/// What a query that gives one number gives.
std::int64_t count(TestEmulator& aws, const std::string& sql);

}  // namespace amilab::test
