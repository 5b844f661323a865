#include "tests/support/world.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/tags/product_code_rows.h"

#include "storage/metadata/recycle_bin/recycle_rule_rows.h"
#include "storage/metadata/sql/statement.h"

namespace amilab::test {

namespace {

constexpr int kOfEach = 6;
constexpr int kTasks = 2;
constexpr const char* kThirdAccount = "444455556666";

/// An image of another account, shared with the world's.
std::string share_image(TestEmulator& emulator, const std::string& owner)
{
    const auto volume =
        emulator.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}}, owner);
    const auto snapshot =
        emulator.must("CreateSnapshot", {{"VolumeId", volume.text("volumeId")}}, owner);
    const auto image =
        emulator
            .must("RegisterImage",
                  {{"Name", "shared"},
                   {"RootDeviceName", "/dev/xvda"},
                   {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                   {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot.text("snapshotId")}},
                  owner)
            .text("imageId");
    emulator.must("ModifyImageAttribute",
                  {{"ImageId", image}, {"LaunchPermission.Add.1.UserId", kAccount}}, owner);
    return image;
}

}  // namespace

World::World()
{
    ids_["vpc"] = emulator_.must("DescribeVpcs").text("vpcSet/item/vpcId");
    ids_["subnet"] = emulator_
                         .must("DescribeSubnets", {{"Filter.1.Name", "availability-zone"},
                                                   {"Filter.1.Value.1", "us-east-1b"}})
                         .text("subnetSet/item/subnetId");
    ids_["group"] = emulator_.must("DescribeSecurityGroups").text("securityGroupInfo/item/groupId");
    ids_["group_name"] = "default";
    make_volumes();
    make_images();
    make_windows();
    make_bin();
    make_instances();
    make_special_snapshots();
    make_reports();
}

void World::make_volumes()
{
    for (int i = 1; i <= kOfEach; ++i) {
        const auto volume = emulator_.must(
            "CreateVolume",
            {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}, {"VolumeType", "gp3"}});
        const auto id = volume.text("volumeId");
        ids_[i == 1 ? "volume" : fmt::format("volume_{}", i)] = id;
        emulator_.must("CreateTags",
                       {{"ResourceId.1", id}, {"Tag.1.Key", "kept"}, {"Tag.1.Value", "1"}});
        const auto snapshot = emulator_.must("CreateSnapshot", {{"VolumeId", ids_["volume"]}});
        ids_[i == 1 ? "snapshot" : "free_snapshot"] = snapshot.text("snapshotId");
        emulator_.must("ModifyVolume", {{"VolumeId", id}, {"Throughput", "130"}});
    }
    emulator_.must("ModifySnapshotAttribute",
                   {{"SnapshotId", ids_["free_snapshot"]},
                    {"CreateVolumePermission.Add.1.UserId", kOtherAccount},
                    {"CreateVolumePermission.Add.2.Group", "all"}});
}

std::string World::register_image(const std::string& name)
{
    return emulator_
        .must("RegisterImage", {{"Name", name},
                                {"Architecture", "x86_64"},
                                {"VirtualizationType", "hvm"},
                                {"EnaSupport", "true"},
                                {"RootDeviceName", "/dev/xvda"},
                                {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                {"BlockDeviceMapping.1.Ebs.SnapshotId", ids_["snapshot"]}})
        .text("imageId");
}

void World::make_images()
{
    for (const auto& [owner, name] :
         {std::pair(kOtherAccount, "their_image"), std::pair(kThirdAccount, "third_image")}) {
        ids_[name] = share_image(emulator_, owner);
    }
    for (int i = 1; i <= kOfEach; ++i) {
        ids_[i == 1 ? "image" : fmt::format("image_{}", i)] =
            register_image(fmt::format("image {}", i));
    }
    emulator_.must("ModifyImageAttribute",
                   {{"ImageId", ids_["image"]}, {"LaunchPermission.Add.1.UserId", kOtherAccount}});
    emulator_.must("ModifyImageAttribute",
                   {{"ImageId", ids_["image_3"]},
                    {"LaunchPermission.Add.1.UserId", kOtherAccount},
                    {"LaunchPermission.Add.2.Group", "all"},
                    {"LaunchPermission.Add.3.OrganizationArn", kOrganization},
                    {"LaunchPermission.Add.4.OrganizationalUnitArn", kOrganizationalUnit}});
    emulator_.must("EnableImageDeregistrationProtection", {{"ImageId", ids_["image_4"]}});
    emulator_.must("EnableImageDeprecation",
                   {{"ImageId", ids_["image_5"]}, {"DeprecateAt", "2027-01-02T00:00:00Z"}});
    emulator_.must("DisableImage", {{"ImageId", ids_["image_6"]}});
    emulator_.must("AttachImageWatermark",
                   {{"ImageId", ids_["image_5"]}, {"WatermarkName", "approved"}});
    emulator_.must("AttachImageWatermark",
                   {{"ImageId", ids_["image_5"]}, {"WatermarkName", "checked"}});
    emulator_.must("AttachImageWatermark",
                   {{"ImageId", ids_["image_4"]}, {"WatermarkName", "approved"}});
    emulator_.must("ReplaceImageInstanceTypeSpecification",
                   {{"ImageId", ids_["image_5"]},
                    {"InstanceTypeSpecification.SupportedInstanceType.1", "m5.*"}});
}

void World::make_windows()
{
    for (int i = 1; i <= 3; ++i) {
        const auto id = register_image(fmt::format("windows {}", i));
        ids_[i == 1 ? "windows" : fmt::format("windows_{}", i)] = id;
        {
            auto writer = emulator_.generation().writer();
            Statement(writer.db(), "UPDATE image SET platform = 'windows' WHERE id = ?1")
                .execute(id);
        }
        if (i > 1) {
            emulator_.must("EnableFastLaunch", {{"ImageId", id}});
        }
    }
}

void World::make_bin()
{
    {
        auto writer = emulator_.generation().writer();
        for (const char* type : {"EC2_IMAGE", "EBS_SNAPSHOT", "EBS_VOLUME"}) {
            insert_recycle_rule(writer.db(), {.id = next_recycle_rule_id(writer.ids()),
                                              .region = kRegion,
                                              .owner = kAccount,
                                              .resource_type = type,
                                              .retention_days = 7,
                                              .description = {},
                                              .status = "available",
                                              .lock_state = {},
                                              .unlock_delay_days = {},
                                              .lock_end_time_ms = {},
                                              .resource_tags = {{"bin", "1"}}});
        }
    }
    const auto remove = [&](const char* action, const char* parameter, const std::string& id) {
        emulator_.must("CreateTags",
                       {{"ResourceId.1", id}, {"Tag.1.Key", "bin"}, {"Tag.1.Value", "1"}});
        emulator_.must(action, {{parameter, id}});
    };
    for (int i = 1; i <= kOfEach; ++i) {
        const auto suffix = i == 1 ? "" : fmt::format("_{}", i);
        const auto snapshot =
            emulator_.must("CreateSnapshot", {{"VolumeId", ids_["volume"]}}).text("snapshotId");
        ids_["binned_snapshot" + suffix] = snapshot;
        remove("DeleteSnapshot", "SnapshotId", snapshot);
        const auto volume =
            emulator_.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}})
                .text("volumeId");
        ids_["binned_volume" + suffix] = volume;
        remove("DeleteVolume", "VolumeId", volume);
        const auto image = register_image(fmt::format("binned {}", i));
        ids_["binned_image" + suffix] = image;
        remove("DeregisterImage", "ImageId", image);
    }
}

void World::make_instances()
{
    const Parameters run{{"ImageId", ids_["image"]},
                         {"InstanceType", "t3.micro"},
                         {"Placement.AvailabilityZone", "us-east-1a"},
                         {"MinCount", "1"},
                         {"MaxCount", "1"}};
    constexpr const char* kId = "instancesSet/item/instanceId";
    ids_["instance"] = emulator_.must("RunInstances", run).text(kId);
    for (int i = 2; i <= kOfEach; ++i) {
        ids_["stopped"] = emulator_.must("RunInstances", run).text(kId);
        if (i > kTasks + 1) {
            continue;
        }
        const auto task =
            emulator_.must("CreateReplaceRootVolumeTask", {{"InstanceId", ids_["stopped"]}});
        ids_["task"] = task.text("replaceRootVolumeTask/replaceRootVolumeTaskId");
        ids_["task_instance"] = ids_["stopped"];
    }
    const auto root =
        emulator_.must("DescribeInstances", {{"InstanceId.1", ids_["instance"]}})
            .text("reservationSet/item/instancesSet/item/blockDeviceMapping/item/ebs/volumeId");
    ids_["root_snapshot"] =
        emulator_.must("CreateSnapshot", {{"VolumeId", root}}).text("snapshotId");
    emulator_.must("StopInstances", {{"InstanceId.1", ids_["stopped"]}});
    emulator_.must(
        "AttachVolume",
        {{"InstanceId", ids_["instance"]}, {"VolumeId", ids_["volume_2"]}, {"Device", "/dev/sdf"}});
    auto writer = emulator_.generation().writer();
    EXPECT_TRUE(insert_declared_account(
        writer.db(),
        {.id = kAccount, .subscriptions = {kProductCode}, .products = {kProductCode}}));
    insert_product_code(writer.db(), ids_["stopped"], {kProductCode, "marketplace"});
}

void World::make_special_snapshots()
{
    const auto volume =
        emulator_.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "2"}})
            .text("volumeId");
    const auto make = [&] {
        return emulator_.must("CreateSnapshot", {{"VolumeId", volume}}).text("snapshotId");
    };
    ids_["large_snapshot"] = make();
    for (int i = 1; i <= kOfEach; ++i) {
        ids_["locked_snapshot"] = make();
        emulator_.must("LockSnapshot", {{"SnapshotId", ids_["locked_snapshot"]},
                                        {"LockMode", "governance"},
                                        {"LockDuration", "1"}});
    }
    ids_["archived_snapshot"] = make();
    emulator_.must("ModifySnapshotTier",
                   {{"SnapshotId", ids_["archived_snapshot"]}, {"StorageTier", "archive"}});
    emulator_.must("EnableFastSnapshotRestores", {{"SourceSnapshotId.1", ids_["locked_snapshot"]},
                                                  {"AvailabilityZone.1", "us-east-1a"},
                                                  {"AvailabilityZone.2", "us-east-1b"}});
}

void World::make_reports()
{
    emulator_.must(
        "CreateTags",
        {{"ResourceId.1", ids_["image_4"]}, {"Tag.1.Key", "built"}, {"Tag.1.Value", "nightly"}});
    emulator_.must("RunInstances",
                   {{"ImageId", ids_["image"]},
                    {"InstanceType", "t3.micro"},
                    {"MinCount", "1"},
                    {"MaxCount", "1"}},
                   kOtherAccount);
    for (const char* name : {"report", "report_2"}) {
        ids_[name] =
            emulator_
                .must("CreateImageUsageReport",
                      {{"ImageId", ids_["image"]}, {"ResourceType.1.ResourceType", "ec2:Instance"}})
                .text("reportId");
    }
}

Parameters World::resolve(Parameters parameters) const
{
    for (auto& parameter : parameters) {
        auto& value = parameter.second;
        for (const auto& [name, id] : ids_) {
            const auto placeholder = "{" + name + "}";
            for (auto at = value.find(placeholder); at != std::string::npos;
                 at = value.find(placeholder, at + id.size())) {
                value.replace(at, placeholder.size(), id);
            }
        }
    }
    return parameters;
}

std::string World::dump()
{
    std::string text;
    const auto add = [&](std::string_view action, const Parameters& parameters) {
        auto answer = emulator_.call(action, parameters);
        text += without_request_id(answer);
        return answer;
    };
    const auto volumes = add("DescribeVolumes", {}).texts("volumeSet/item/volumeId");
    for (const auto& volume : volumes) {
        add("DescribeVolumeAttribute", {{"VolumeId", volume}, {"Attribute", "autoEnableIO"}});
    }
    add("DescribeVolumeStatus", {});
    add("DescribeVolumesModifications", {});
    add("DescribeReplaceRootVolumeTasks", {});
    add("DescribeSnapshots", {{"Owner.1", "self"}});
    add("DescribeInstanceStatus", {{"IncludeAllInstances", "true"}});
    add("DescribeTags", {});
    add("DescribeFastLaunchImages", {});
    add("ListImagesInRecycleBin", {});
    add("ListSnapshotsInRecycleBin", {});
    add("ListVolumesInRecycleBin", {});
    add("DescribeVpcs", {});
    add("DescribeSubnets", {});
    add("DescribeSecurityGroups", {});
    add("DescribeLockedSnapshots", {});
    add("DescribeSnapshotTierStatus", {});
    add("DescribeFastSnapshotRestores", {});
    add("DescribeImageUsageReports", {});
    add("DescribeImageUsageReportEntries", {});
    add("GetEbsEncryptionByDefault", {});
    add("GetEbsDefaultKmsKeyId", {});
    add("GetImageBlockPublicAccessState", {});
    add("GetSnapshotBlockPublicAccessState", {});
    add("GetAllowedImagesSettings", {});
    for (const char* snapshot : {"snapshot", "free_snapshot"}) {
        add("DescribeSnapshotAttribute",
            {{"SnapshotId", ids_[snapshot]}, {"Attribute", "createVolumePermission"}});
    }
    add("DescribeImages", {{"ExecutableBy.1", "self"}});
    const auto images = add("DescribeImages", {{"Owner.1", "self"}, {"IncludeDisabled", "true"}})
                            .texts("imagesSet/item/imageId");
    for (const auto& image : images) {
        for (const char* attribute : {"description", "launchPermission", "kernel", "ramdisk",
                                      "bootMode", "tpmSupport", "uefiData", "imdsSupport"}) {
            add("DescribeImageAttribute", {{"ImageId", image}, {"Attribute", attribute}});
        }
    }
    const auto instances =
        add("DescribeInstances", {}).texts("reservationSet/item/instancesSet/item/instanceId");
    for (const auto& instance : instances) {
        for (const char* attribute : {"userData", "disableApiTermination", "disableApiStop",
                                      "instanceInitiatedShutdownBehavior"}) {
            add("DescribeInstanceAttribute", {{"InstanceId", instance}, {"Attribute", attribute}});
        }
    }
    return text;
}

std::string without_request_id(const Answer& answer)
{
    auto text = answer.body;
    const auto at = text.find(answer.request_id);
    if (at != std::string::npos) {
        text.erase(at, answer.request_id.size());
    }
    return text;
}

}  // namespace amilab::test
