#include "tests/server/services/ec2/snapshots/snapshots_trials.h"

namespace amilab::test {

namespace {

std::string make_snapshot(World& world, const std::string& volume)
{
    return world.must("CreateSnapshot", {{"VolumeId", volume}}).text("snapshotId");
}

void add_shared_snapshot(World& world)
{
    world.set_id("free_snapshot", make_snapshot(world, "{volume}"));
    world.must("ModifySnapshotAttribute", {{"SnapshotId", "{free_snapshot}"},
                                           {"CreateVolumePermission.Add.1.UserId", kOtherAccount},
                                           {"CreateVolumePermission.Add.2.Group", "all"}});
}

void add_special_snapshots(World& world)
{
    const auto volume =
        world.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "2"}})
            .text("volumeId");
    world.set_id("large_snapshot", make_snapshot(world, volume));
    for (int i = 1; i <= World::kOfEach; ++i) {
        world.set_id("locked_snapshot", make_snapshot(world, volume));
        world.must("LockSnapshot", {{"SnapshotId", "{locked_snapshot}"},
                                    {"LockMode", "governance"},
                                    {"LockDuration", "1"}});
    }
    world.set_id("archived_snapshot", make_snapshot(world, volume));
    world.must("ModifySnapshotTier",
               {{"SnapshotId", "{archived_snapshot}"}, {"StorageTier", "archive"}});
    world.must("EnableFastSnapshotRestores", {{"SourceSnapshotId.1", "{locked_snapshot}"},
                                              {"AvailabilityZone.1", "us-east-1a"},
                                              {"AvailabilityZone.2", "us-east-1b"}});
}

}  // namespace

void add_snapshots(World& world)
{
    world.set_id("snapshot", make_snapshot(world, "{volume}"));
    add_shared_snapshot(world);
    add_special_snapshots(world);
}

}  // namespace amilab::test
