#include "tests/server/services/ec2/recycle_bin/recycle_bin_trials.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/images/images_trials.h"
#include "tests/server/services/trial_makers.h"
#include "tests/support/json_caller.h"

namespace amilab::test {

namespace {

TrialTable trials()
{
    TrialTable table;
    table["ListImagesInRecycleBin"] =
        describe_operation(changes("ImageId.1", "{binned_image}") + page_trials());
    table["ListSnapshotsInRecycleBin"] =
        describe_operation(changes("SnapshotId.1", "{binned_snapshot}") + page_trials());
    table["ListVolumesInRecycleBin"] =
        describe_operation(changes("VolumeId.1", "{binned_volume}") + page_trials());
    table["RestoreImageFromRecycleBin"] =
        either_of("ImageId", "{binned_image}", "{binned_image_2}");
    table["RestoreSnapshotFromRecycleBin"] =
        either_of("SnapshotId", "{binned_snapshot}", "{binned_snapshot_2}");
    table["RestoreVolumeFromRecycleBin"] =
        either_of("VolumeId", "{binned_volume}", "{binned_volume_2}");
    return table;
}

std::vector<Telling> tellings()
{
    return {{"recycled", "resource_id", "ListImagesInRecycleBin", {{"ImageId.1", "{}"}}},
            {"recycled", "resource_id", "ListSnapshotsInRecycleBin", {{"SnapshotId.1", "{}"}}},
            {"recycled", "resource_id", "ListVolumesInRecycleBin", {{"VolumeId.1", "{}"}}}};
}

void keep_deleted(World& world, const char* resource_type)
{
    const auto answer =
        JsonCaller(world.emulator(), "rbin")
            .call_operation("CreateRule", {{"ResourceType", resource_type},
                                           {"RetentionPeriod.RetentionPeriodValue", "7"},
                                           {"RetentionPeriod.RetentionPeriodUnit", "DAYS"},
                                           {"ResourceTags.1.ResourceTagKey", "bin"},
                                           {"ResourceTags.1.ResourceTagValue", "1"}});
    EXPECT_TRUE(answer.ok()) << answer.body;
}

void remove(World& world, const char* action, const char* parameter, const std::string& id)
{
    world.must("CreateTags", {{"ResourceId.1", id}, {"Tag.1.Key", "bin"}, {"Tag.1.Value", "1"}});
    world.must(action, {{parameter, id}});
}

}  // namespace

void add_recycle_bin(World& world)
{
    for (const char* type : {"EC2_IMAGE", "EBS_SNAPSHOT", "EBS_VOLUME"}) {
        keep_deleted(world, type);
    }
    for (int i = 1; i <= World::kOfEach; ++i) {
        const auto snapshot =
            world.must("CreateSnapshot", {{"VolumeId", "{volume}"}}).text("snapshotId");
        world.set_id(World::numbered("binned_snapshot", i), snapshot);
        remove(world, "DeleteSnapshot", "SnapshotId", snapshot);
        const auto volume =
            world.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}})
                .text("volumeId");
        world.set_id(World::numbered("binned_volume", i), volume);
        remove(world, "DeleteVolume", "VolumeId", volume);
        const auto image = register_image(world, fmt::format("binned {}", i));
        world.set_id(World::numbered("binned_image", i), image);
        remove(world, "DeregisterImage", "ImageId", image);
    }
}

constinit const TrialSet kRecycleBinTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_recycle_bin};

}  // namespace amilab::test
