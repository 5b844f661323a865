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

/// In the instances' subnet: one that is attached, with source/destination checks off, and one that
/// is free.
void add_interfaces(World& world)
{
    world.set_id("near_subnet", world.must("DescribeInstances", {{"InstanceId.1", "{instance}"}})
                                    .text("reservationSet/item/instancesSet/item/subnetId"));
    for (const auto* name : {"attached_interface", "near_interface"}) {
        world.set_id(name, world.must("CreateNetworkInterface", {{"SubnetId", "{near_subnet}"}})
                               .text("networkInterface/networkInterfaceId"));
    }
    world.set_id("interface_attachment", world
                                             .must("AttachNetworkInterface",
                                                   {{"NetworkInterfaceId", "{attached_interface}"},
                                                    {"InstanceId", "{task_instance}"},
                                                    {"DeviceIndex", "1"}})
                                             .text("attachmentId"));
    world.must("ModifyNetworkInterfaceAttribute", {{"NetworkInterfaceId", "{attached_interface}"},
                                                   {"SourceDestCheck.Value", "false"}});
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

/// Instances that boot by UEFI and have a NitroTPM.
void add_firmware(World& world)
{
    for (const auto& [name, data] : {std::pair("safe", "b25l"), std::pair("safe_2", "dHdv")}) {
        const auto image =
            world
                .must("RegisterImage", {{"Name", name},
                                        {"RootDeviceName", "/dev/xvda"},
                                        {"Architecture", "x86_64"},
                                        {"VirtualizationType", "hvm"},
                                        {"EnaSupport", "true"},
                                        {"BootMode", "uefi"},
                                        {"TpmSupport", "v2.0"},
                                        {"UefiData", data},
                                        {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                        {"BlockDeviceMapping.1.Ebs.SnapshotId", "{root_snapshot}"}})
                .text("imageId");
        world.set_id(name, world
                               .must("RunInstances", {{"ImageId", image},
                                                      {"InstanceType", "m5.large"},
                                                      {"MinCount", "1"},
                                                      {"MaxCount", "1"}})
                               .text("instancesSet/item/instanceId"));
    }
}

/// Instances that were told something.
void add_options(World& world)
{
    world.must("CreatePlacementGroup",
               {{"GroupName", "parted"}, {"Strategy", "partition"}, {"PartitionCount", "3"}});
    for (const char* name : {"monitored", "monitored_2"}) {
        world.set_id(name, run_instance(world));
        world.must("MonitorInstances", {{"InstanceId.1", world.id(name)}});
    }
    world.set_id("unchecked", world.id("monitored"));
    world.must("ModifyInstanceAttribute",
               {{"InstanceId", "{unchecked}"}, {"SourceDestCheck.Value", "false"}});
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
    add_options(world);
    add_firmware(world);
    world.must("AttachVolume",
               {{"InstanceId", "{instance}"}, {"VolumeId", "{volume_2}"}, {"Device", "/dev/sdf"}});
    add_interfaces(world);
    sell_product(world);
}

}  // namespace amilab::test
