#include <gtest/gtest.h>

#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/tags/product_code_rows.h"
#include "tests/server/services/ec2/instances/instances_trials.h"

namespace amilab::test {

namespace {

constexpr int kTasks = 2;

std::string run_instance(World& world)
{
    return world
        .must("RunInstances", {{"ImageId", "{image}"},
                               {"InstanceType", "t3.micro"},
                               {"Placement.AvailabilityZone", "us-east-1a"},
                               {"MinCount", "1"},
                               {"MaxCount", "1"}})
        .text("instancesSet/item/instanceId");
}

void replace_root_volume(World& world, const std::string& instance)
{
    const auto task = world.must("CreateReplaceRootVolumeTask", {{"InstanceId", instance}});
    world.set_id("task", task.text("replaceRootVolumeTask/replaceRootVolumeTaskId"));
    world.set_id("task_instance", instance);
}

void sell_product(World& world)
{
    const std::string product = "worldproduct";
    world.set_id("product", product);
    auto writer = world.emulator().generation().writer();
    EXPECT_TRUE(insert_declared_account(
        writer.db(), {.id = kAccount, .subscriptions = {product}, .products = {product}}));
    insert_product_code(writer.db(), world.id("stopped"), {product, ProductCodeType::kMarketplace});
}

}  // namespace

void add_instances(World& world)
{
    world.set_id("instance", run_instance(world));
    for (int i = 2; i <= World::kOfEach; ++i) {
        world.set_id("stopped", run_instance(world));
        if (i <= kTasks + 1) {
            replace_root_volume(world, world.id("stopped"));
        }
    }
    const auto root =
        world.must("DescribeInstances", {{"InstanceId.1", "{instance}"}})
            .text("reservationSet/item/instancesSet/item/blockDeviceMapping/item/ebs/volumeId");
    world.set_id("root_snapshot",
                 world.must("CreateSnapshot", {{"VolumeId", root}}).text("snapshotId"));
    world.must("StopInstances", {{"InstanceId.1", "{stopped}"}});
    world.must("AttachVolume",
               {{"InstanceId", "{instance}"}, {"VolumeId", "{volume_2}"}, {"Device", "/dev/sdf"}});
    sell_product(world);
}

}  // namespace amilab::test
