#include "tests/server/services/parameter_trials.h"

#include <algorithm>

#include "storage/base/units.h"
#include "tests/support/world.h"

namespace amilab::test {

namespace {

constexpr TimeMs kYearMs = kHourMs * 24 * 365;

constexpr const char* kBdm = "BlockDeviceMapping.1.";

Parameters device(const std::string& name, Parameters more = {})
{
    Parameters all{{std::string(kBdm) + "DeviceName", name}};
    for (auto& [below, value] : more) {
        all.emplace_back(std::string(kBdm) + below, std::move(value));
    }
    return all;
}

/// Block device mappings are alike in three operations; `present` is a device that the image or
/// instance has, `free` one that it has not.
std::vector<Trial> mapping_trials(const std::string& present, const std::string& free)
{
    const auto kept = device(present, {{"Ebs.VolumeSize", "8"}, {"Ebs.VolumeType", "gp3"}});
    return {
        {"BlockDeviceMapping.1.DeviceName", device(free, {{"Ebs.VolumeSize", "2"}})},
        {"BlockDeviceMapping.1.Ebs.VolumeSize", device(present, {{"Ebs.VolumeSize", "9"}}), kept},
        {"BlockDeviceMapping.1.Ebs.VolumeType", device(present, {{"Ebs.VolumeType", "gp2"}}), kept},
        {"BlockDeviceMapping.1.Ebs.Iops", device(present, {{"Ebs.Iops", "3500"}}), kept},
        {"BlockDeviceMapping.1.Ebs.Throughput", device(present, {{"Ebs.Throughput", "200"}}), kept},
        {"BlockDeviceMapping.1.Ebs.SnapshotId",
         device(free, {{"Ebs.SnapshotId", "{free_snapshot}"}}),
         device(free, {{"Ebs.VolumeSize", "4"}})},
        {"BlockDeviceMapping.1.Ebs.Encrypted", device(free, {{"Ebs.Encrypted", "true"}}),
         device(free, {{"Ebs.VolumeSize", "4"}})},
        {"BlockDeviceMapping.1.Ebs.DeleteOnTermination",
         device(present, {{"Ebs.DeleteOnTermination", "false"}}),
         device(present, {{"Ebs.DeleteOnTermination", "true"}})},
    };
}

std::vector<Trial> operator+(std::vector<Trial> left, const std::vector<Trial>& right)
{
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

/// Tags as every create call takes them.
Parameters tag_specification(const std::string& type)
{
    return {{"TagSpecification.1.ResourceType", type},
            {"TagSpecification.1.Tag.1.Key", "colour"},
            {"TagSpecification.1.Tag.1.Value", "red"}};
}

std::vector<Trial> tag_trials(const std::string& type)
{
    auto other_key = tag_specification(type);
    other_key[1].second = "size";
    auto other_value = tag_specification(type);
    other_value[2].second = "blue";
    return {
        {"TagSpecification.1.ResourceType", tag_specification(type)},
        {"TagSpecification.1.Tag.1.Key", other_key, tag_specification(type)},
        {"TagSpecification.1.Tag.1.Value", other_value, tag_specification(type)},
    };
}

/// Two filters' worth: by name, and by value.
std::vector<Trial> filter_trials(const std::string& name, const std::string& value)
{
    return {
        {"Filter.1.Name", {{"Filter.1.Name", name}, {"Filter.1.Value.1", "nothing"}}},
        {"Filter.1.Value.1",
         {{"Filter.1.Value.1", "nothing"}},
         {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}}},
    };
}

std::vector<Trial> page_trials()
{
    return {
        {"MaxResults", {{"MaxResults", "5"}}},
        {"NextToken", {{"NextToken", "bm90IG91cnM="}}, {}, Outcome::kRefused},
    };
}

std::vector<Trial> same(std::string_view parameter, const std::string& value,
                        Parameters besides = {})
{
    return {{parameter, {{std::string(parameter), value}}, std::move(besides), Outcome::kSame}};
}

/// One parameter that changes something by itself.
std::vector<Trial> changes(std::string_view parameter, const std::string& value,
                           Parameters besides = {})
{
    return {{parameter, {{std::string(parameter), value}}, std::move(besides)}};
}

std::vector<Trial> refused(std::string_view parameter, const std::string& value,
                           Parameters besides = {})
{
    return {{parameter, {{std::string(parameter), value}}, std::move(besides), Outcome::kRefused}};
}

OperationTrials describe_operation(std::vector<Trial> trials)
{
    return {{}, std::move(trials)};
}

using Table = std::map<std::string_view, OperationTrials>;

void add_describes(Table& table)
{
    table["DescribeAvailabilityZones"] = describe_operation(
        same("AllAvailabilityZones", "true") + filter_trials("zone-name", "us-east-1a") +
        changes("ZoneId.1", "use1-az1") + changes("ZoneName.1", "us-east-1a"));
    table["DescribeImages"] = describe_operation(
        changes("ExecutableBy.1", "self") + filter_trials("name", "image 1") +
        changes("ImageId.1", "{image}") + changes("IncludeDisabled", "true") + page_trials() +
        changes("IncludeDeprecated", "true") + changes("Owner.1", kOtherAccount));
    table["DescribeImages"].later_ms = kYearMs * 3;
    table["DescribeInstanceStatus"] = describe_operation(
        filter_trials("availability-zone", "us-east-1a") + changes("IncludeAllInstances", "false") +
        same("IncludeManagedResources", "true") + changes("InstanceId.1", "{instance}") +
        page_trials());
    // Five of the six run: a page holds them all.
    table["DescribeInstanceStatus"].request = {{"IncludeAllInstances", "true"}};
    table["DescribeInstanceTypes"] = describe_operation(
        filter_trials("instance-type", "t3.micro") + changes("InstanceType.1", "t3.micro") +
        page_trials() + changes("IncludeUnsupportedInRegion", "true"));
    // Not all types are offered here.
    table["DescribeInstanceTypes"].region = "ap-southeast-5";
    table["DescribeInstances"] = describe_operation(
        filter_trials("image-id", "{image}") + same("IncludeManagedResources", "true") +
        changes("InstanceId.1", "{instance}") + page_trials());
    table["DescribeRegions"] = describe_operation(changes("AllRegions", "true") +
                                                  filter_trials("region-name", "us-east-1") +
                                                  changes("RegionName.1", "us-east-1"));
    table["DescribeSecurityGroups"] = describe_operation(
        filter_trials("group-name", "default") + refused("GroupId.1", "sg-0123456789abcdef0") +
        refused("GroupName.1", "web") + same("MaxResults", "5") +
        refused("NextToken", "bm90IG91cnM="));
    table["DescribeSnapshots"] = describe_operation(
        filter_trials("status", "completed") + page_trials() + changes("Owner.1", kOtherAccount) +
        changes("RestorableBy.1", kOtherAccount) + changes("SnapshotId.1", "{snapshot}"));
    table["DescribeSubnets"] =
        describe_operation(filter_trials("availability-zone", "us-east-1b") + page_trials() +
                           changes("SubnetId.1", "{subnet}"));
    table["DescribeTags"] = describe_operation(filter_trials("key", "kept") + page_trials());
    table["DescribeVolumes"] = describe_operation(
        filter_trials("status", "available") + same("IncludeManagedResources", "true") +
        page_trials() + changes("VolumeId.1", "{volume}"));
    table["DescribeReplaceRootVolumeTasks"] = describe_operation(
        filter_trials("instance-id", "{task_instance}") + changes("MaxResults", "1") +
        refused("NextToken", "bm90IG91cnM=") + changes("ReplaceRootVolumeTaskId.1", "{task}"));
    table["DescribeVolumeStatus"] = describe_operation(
        filter_trials("volume-status.status", "ok") + same("IncludeManagedResources", "true") +
        page_trials() + changes("VolumeId.1", "{volume}"));
    table["DescribeVolumesModifications"] = describe_operation(
        filter_trials("modification-state", "completed") + same("IncludeManagedResources", "true") +
        page_trials() + changes("VolumeId.1", "{volume}"));
    table["DescribeVolumeAttribute"] = {
        {{"VolumeId", "{volume}"}, {"Attribute", "autoEnableIO"}},
        changes("VolumeId", "{volume_2}") + changes("Attribute", "productCodes")};
    table["DescribeVpcs"] = describe_operation(
        filter_trials("is-default", "true") + same("MaxResults", "5") +
        refused("NextToken", "bm90IG91cnM=") + refused("VpcId.1", "vpc-0123456789abcdef0"));
    table["DescribeImageAttribute"] = {
        {{"ImageId", "{image}"}, {"Attribute", "description"}},
        changes("ImageId", "{image_2}") + changes("Attribute", "launchPermission")};
    table["DescribeInstanceAttribute"] = {
        {{"InstanceId", "{instance}"}, {"Attribute", "instanceType"}},
        changes("InstanceId", "{stopped}") + changes("Attribute", "userData")};
}

void add_changes_of_volumes(Table& table)
{
    const Parameters gp3{{"VolumeType", "gp3"}, {"Size", "10"}};
    const Parameters io2{{"VolumeType", "io2"}, {"Size", "10"}, {"Iops", "100"}};
    std::vector<Trial> token{{"ClientToken", {{"ClientToken", "once"}}, {}, Outcome::kChanges, 2}};
    table["CopyVolumes"] = {{{"SourceVolumeId", "{volume}"}},
                            token + changes("Encrypted", "true") +
                                changes("KmsKeyId", "alias/two", {{"Encrypted", "true"}}) +
                                changes("Iops", "4000", gp3) +
                                changes("MultiAttachEnabled", "true", io2) + changes("Size", "9") +
                                changes("SourceVolumeId", "{volume_2}") + tag_trials("volume") +
                                changes("Throughput", "200", gp3) + changes("VolumeType", "gp3")};
    table["ModifyVolume"] = {{{"VolumeId", "{volume_3}"}, {"Size", "2"}},
                             changes("Iops", "4000", gp3) +
                                 changes("MultiAttachEnabled", "true", io2) + changes("Size", "3") +
                                 changes("Throughput", "200") + changes("VolumeId", "{volume_4}") +
                                 changes("VolumeType", "gp2")};
    table["ModifyVolumeAttribute"] = {
        {{"VolumeId", "{volume}"}, {"AutoEnableIO.Value", "true"}},
        changes("VolumeId", "{volume_2}") + changes("AutoEnableIO.Value", "false")};
    table["EnableVolumeIO"] = {{{"VolumeId", "{volume}"}},
                               refused("VolumeId", "vol-0123456789abcdef0")};
    table["CreateReplaceRootVolumeTask"] = {
        {{"InstanceId", "{instance}"}},
        token + changes("DeleteReplacedRootVolume", "true") + changes("ImageId", "{image_2}") +
            changes("InstanceId", "{task_instance}") + changes("SnapshotId", "{root_snapshot}") +
            tag_trials("replace-root-volume-task") + changes("VolumeId", "{volume_3}") +
            changes("VolumeInitializationRate", "200")};
}

void add_volumes(Table& table)
{
    table["AttachVolume"] = {
        {{"VolumeId", "{volume_3}"}, {"InstanceId", "{instance}"}, {"Device", "/dev/sdg"}},
        changes("Device", "/dev/sdh") + changes("InstanceId", "{stopped}") +
            changes("VolumeId", "{volume_4}")};
    const Parameters create{{"AvailabilityZone", "us-east-1a"}, {"Size", "8"}};
    std::vector<Trial> token{{"ClientToken", {{"ClientToken", "once"}}, {}, Outcome::kChanges, 2}};
    table["CreateVolume"] = {
        create,
        changes("AvailabilityZone", "us-east-1b") +
            std::vector<Trial>{{"AvailabilityZoneId",
                                {{"AvailabilityZone", ""}, {"AvailabilityZoneId", "use1-az1"}}}} +
            token + changes("Encrypted", "true") +
            changes("KmsKeyId", "alias/two", {{"Encrypted", "true"}}) +
            changes("Iops", "4000", {{"VolumeType", "gp3"}}) +
            changes("MultiAttachEnabled", "true", {{"VolumeType", "io2"}, {"Iops", "100"}}) +
            changes("Size", "9") + changes("SnapshotId", "{snapshot}") + tag_trials("volume") +
            changes("Throughput", "200", {{"VolumeType", "gp3"}}) +
            changes("VolumeInitializationRate", "200", {{"SnapshotId", "{snapshot}"}}) +
            changes("VolumeType", "gp3")};
    add_changes_of_volumes(table);
    table["DeleteVolume"] = {{{"VolumeId", "{volume_3}"}}, changes("VolumeId", "{volume_4}")};
    table["DetachVolume"] = {{{"VolumeId", "{volume_2}"}},
                             refused("Device", "/dev/sdz") + changes("Force", "true") +
                                 refused("InstanceId", "{stopped}") +
                                 refused("VolumeId", "{volume_3}")};
    table["DetachVolume"].slow = {"attachment.detaching"};
    table["CreateSnapshot"] = {{{"VolumeId", "{volume}"}},
                               changes("Description", "nightly") + tag_trials("snapshot") +
                                   changes("VolumeId", "{volume_2}")};
    table["DeleteSnapshot"] = {{{"SnapshotId", "{free_snapshot}"}},
                               refused("SnapshotId", "{snapshot}")};
    table["CreateTags"] = {
        {{"ResourceId.1", "{volume}"}, {"Tag.1.Key", "colour"}, {"Tag.1.Value", "red"}},
        changes("ResourceId.1", "{volume_2}") + changes("Tag.1.Key", "size") +
            changes("Tag.1.Value", "blue")};
    table["DeleteTags"] = {{{"ResourceId.1", "{volume}"}},
                           changes("ResourceId.1", "{volume_2}") + changes("Tag.1.Key", "other") +
                               changes("Tag.1.Value", "2", {{"Tag.1.Key", "kept"}})};
}

void add_copies(Table& table)
{
    table["CopyImage"] = {
        {{"Name", "copied"}, {"SourceImageId", "{image_4}"}, {"SourceRegion", "us-east-1"}},
        changes("CopyImageTags", "true") +
            // A second call without a token is refused: the name is taken.
            refused("ClientToken", std::string(129, 't')) + changes("Description", "nightly") +
            changes("Encrypted", "true") +
            changes("KmsKeyId", "alias/two", {{"Encrypted", "true"}}) +
            changes("Name", "other name") + changes("SnapshotCopyCompletionDurationMinutes", "15") +
            changes("SourceImageId", "{image_2}") + refused("SourceRegion", "eu-west-1") +
            tag_trials("image")};
    table["CopySnapshot"] = {
        {{"SourceSnapshotId", "{free_snapshot}"}, {"SourceRegion", "us-east-1"}},
        changes("CompletionDurationMinutes", "15") + changes("Description", "nightly") +
            refused("DestinationRegion", "eu-west-1") + changes("Encrypted", "true") +
            changes("KmsKeyId", "alias/two", {{"Encrypted", "true"}}) +
            same("PresignedUrl", "https://ec2.us-east-1.amazonaws.com/?Action=CopySnapshot") +
            refused("SourceRegion", "eu-west-1") + changes("SourceSnapshotId", "{large_snapshot}") +
            tag_trials("snapshot")};
    table["CreateSnapshots"] = {
        {{"InstanceSpecification.InstanceId", "{instance}"}},
        changes("CopyTagsFromSource", "volume") + changes("Description", "nightly") +
            changes("InstanceSpecification.ExcludeBootVolume", "true") +
            changes("InstanceSpecification.ExcludeDataVolumeId.1", "{volume_2}") +
            changes("InstanceSpecification.InstanceId", "{stopped}") + tag_trials("snapshot")};
}

void add_special_snapshots(Table& table)
{
    table["LockSnapshot"] = {
        {{"SnapshotId", "{free_snapshot}"}, {"LockMode", "governance"}, {"LockDuration", "1"}},
        changes("CoolOffPeriod", "1", {{"LockMode", "compliance"}}) +
            refused("ExpirationDate", "2030-01-01T00:00:00Z") + changes("LockDuration", "2") +
            changes("LockMode", "compliance") + changes("SnapshotId", "{large_snapshot}")};
    table["UnlockSnapshot"] = {{{"SnapshotId", "{locked_snapshot}"}},
                               refused("SnapshotId", "{free_snapshot}")};
    table["DescribeLockedSnapshots"] =
        describe_operation(filter_trials("lock-state", "governance") + page_trials() +
                           changes("SnapshotId.1", "{locked_snapshot}"));
    table["ModifySnapshotTier"] = {
        {{"SnapshotId", "{free_snapshot}"}, {"StorageTier", "archive"}},
        refused("SnapshotId", "{snapshot}") + refused("StorageTier", "standard")};
    table["RestoreSnapshotTier"] = {
        {{"SnapshotId", "{archived_snapshot}"}, {"TemporaryRestoreDays", "1"}},
        changes("TemporaryRestoreDays", "2") + refused("PermanentRestore", "true") +
            refused("SnapshotId", "{free_snapshot}")};
    table["DescribeSnapshotTierStatus"] = describe_operation(
        filter_trials("last-tiering-operation", "archival-completed") + page_trials());
    const auto zones =
        changes("AvailabilityZone.1", "us-east-1c") + refused("AvailabilityZoneId.1", "use1-az1");
    table["EnableFastSnapshotRestores"] = {
        {{"SourceSnapshotId.1", "{free_snapshot}"}, {"AvailabilityZone.1", "us-east-1a"}},
        zones + changes("SourceSnapshotId.1", "{large_snapshot}")};
    table["DisableFastSnapshotRestores"] = {
        {{"SourceSnapshotId.1", "{locked_snapshot}"}, {"AvailabilityZone.1", "us-east-1a"}},
        zones + changes("SourceSnapshotId.1", "{large_snapshot}")};
    table["DescribeFastSnapshotRestores"] =
        describe_operation(filter_trials("state", "enabled") + changes("MaxResults", "1") +
                           refused("NextToken", "bm90IG91cnM="));
}

void add_encryption(Table& table)
{
    for (const char* alone :
         {"EnableEbsEncryptionByDefault", "DisableEbsEncryptionByDefault",
          "GetEbsEncryptionByDefault", "GetEbsDefaultKmsKeyId", "ResetEbsDefaultKmsKeyId"}) {
        table[alone] = {};
    }
    table["ModifyEbsDefaultKmsKeyId"] = {{{"KmsKeyId", "alias/one"}},
                                         changes("KmsKeyId", "alias/two")};
}

void add_lineage(Table& table)
{
    table["GetImageAncestry"] = {{{"ImageId", "{image}"}}, changes("ImageId", "{image_2}")};
    const std::string option = "ResourceType.1.ResourceTypeOption.1.";
    const Parameters running{{"ResourceType.1.ResourceType", "ec2:Instance"},
                             {option + "OptionName", "state-name"},
                             {option + "OptionValue.1", "running"}};
    table["DescribeImageReferences"] = {
        {{"ImageId.1", "{image}"}, {"IncludeAllResourceTypes", "true"}},
        changes("ImageId.1", "{image_2}") + refused("IncludeAllResourceTypes", "false") +
            page_trials() +
            std::vector<Trial>{{"ResourceType.1.ResourceType",
                                {{"ResourceType.1.ResourceType", "ssm:Parameter"},
                                 {"IncludeAllResourceTypes", "false"}}}} +
            refused("ResourceType.1.ResourceTypeOption.1.OptionName", "version-depth", running) +
            changes("ResourceType.1.ResourceTypeOption.1.OptionValue.1", "stopped", running)};
    table["DescribeInstanceImageMetadata"] =
        describe_operation(filter_trials("instance-state-name", "running") +
                           changes("InstanceId.1", "{instance}") + page_trials());
    const Parameters template_depth{{"ResourceType.1.ResourceType", "ec2:LaunchTemplate"},
                                    {option + "OptionName", "version-depth"},
                                    {option + "OptionValue.1", "10"}};
    table["CreateImageUsageReport"] = {
        {{"ImageId", "{image}"}, {"ResourceType.1.ResourceType", "ec2:Instance"}},
        changes("AccountId.1", "444455556666") +
            std::vector<Trial>{
                {"ClientToken", {{"ClientToken", "once"}}, {}, Outcome::kChanges, 2}} +
            changes("ImageId", "{image_2}") +
            changes("ResourceType.1.ResourceType", "ec2:LaunchTemplate") +
            refused("ResourceType.1.ResourceTypeOption.1.OptionName", "depth", template_depth) +
            changes("ResourceType.1.ResourceTypeOption.1.OptionValue.1", "20", template_depth) +
            tag_trials("image-usage-report")};
    const auto shown = changes("ImageId.1", "{image_2}") + changes("MaxResults", "1") +
                       refused("NextToken", "bm90IG91cnM=") + changes("ReportId.1", "{report}");
    table["DescribeImageUsageReports"] =
        describe_operation(filter_trials("state", "available") + shown);
    table["DescribeImageUsageReportEntries"] =
        describe_operation(filter_trials("account-id", kOtherAccount) + shown);
    table["DeleteImageUsageReport"] = {{{"ReportId", "{report}"}},
                                       changes("ReportId", "{report_2}")};
}

void add_images(Table& table)
{
    table["CreateImage"] = {
        {{"InstanceId", "{instance}"}, {"Name", "captured"}},
        mapping_trials("/dev/sdf", "/dev/sdz") +
            std::vector<Trial>{
                {"BlockDeviceMapping.1.NoDevice", device("/dev/sdf", {{"NoDevice", ""}})},
                {"BlockDeviceMapping.1.VirtualName",
                 device("/dev/sdz", {{"VirtualName", "ephemeral0"}})}} +
            changes("BootModeOverride", "uefi") + changes("Description", "nightly") +
            changes("InstanceId", "{stopped}") + changes("Name", "other name") +
            same("NoReboot", "true") + tag_trials("image")};
    table["DeregisterImage"] = {
        {{"ImageId", "{image_2}"}},
        changes("DeleteAssociatedSnapshots", "true") + changes("ImageId", "{image_3}")};
    auto registered = device("/dev/xvda", {{"Ebs.SnapshotId", "{snapshot}"}});
    registered.insert(registered.end(), {{"Name", "registered"},
                                         {"RootDeviceName", "/dev/xvda"},
                                         {"VirtualizationType", "hvm"},
                                         {"Architecture", "x86_64"}});
    const Parameters by_uefi{{"BootMode", "uefi"}};
    table["RegisterImage"] = {
        registered,
        std::vector<Trial>{
            {"BlockDeviceMapping.1.DeviceName", device("/dev/xvdb"), {}, Outcome::kRefused},
            {"BlockDeviceMapping.1.Ebs.SnapshotId",
             device("/dev/xvda", {{"Ebs.SnapshotId", "{free_snapshot}"}})},
            {"BlockDeviceMapping.1.NoDevice",
             device("/dev/xvda", {{"NoDevice", ""}}),
             {},
             Outcome::kRefused},
            {"BlockDeviceMapping.1.VirtualName",
             device("/dev/xvda", {{"VirtualName", "ephemeral0"}}),
             {},
             Outcome::kRefused}} +
            changes("BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false") +
            refused("BlockDeviceMapping.1.Ebs.Encrypted", "true") +
            changes("BlockDeviceMapping.1.Ebs.Iops", "3500",
                    {{"BlockDeviceMapping.1.Ebs.VolumeType", "gp3"},
                     {"BlockDeviceMapping.1.Ebs.VolumeSize", "9"}}) +
            changes("BlockDeviceMapping.1.Ebs.Throughput", "200",
                    {{"BlockDeviceMapping.1.Ebs.VolumeType", "gp3"}}) +
            changes("BlockDeviceMapping.1.Ebs.VolumeSize", "9") +
            changes("BlockDeviceMapping.1.Ebs.VolumeType", "gp3") +
            changes("Architecture", "i386") + changes("BootMode", "uefi") +
            changes("Description", "nightly") + changes("EnaSupport", "true") +
            changes("ImdsSupport", "v2.0") + changes("KernelId", "aki-12345678") +
            changes("Name", "other name") + changes("RamdiskId", "ari-12345678") +
            refused("BillingProduct.1", "bp-6ba54002") +
            refused("ImageLocation", "bucket/image.manifest.xml") +
            refused("RootDeviceName", "/dev/sda1") + changes("SriovNetSupport", "simple") +
            tag_trials("image") + changes("TpmSupport", "v2.0", by_uefi) +
            changes("UefiData", "QU1aTlVFRkk=", by_uefi) +
            changes("VirtualizationType", "paravirtual")};
    table["ResetImageAttribute"] = {
        {{"ImageId", "{image}"}, {"Attribute", "launchPermission"}},
        changes("ImageId", "{image_2}") + refused("Attribute", "description")};
}

void add_image_life(Table& table)
{
    const auto of_image = [](const char* one, const char* other) {
        return OperationTrials{{{"ImageId", one}}, changes("ImageId", other)};
    };
    table["EnableImage"] = of_image("{image_6}", "{image_5}");
    table["DisableImage"] = of_image("{image_2}", "{image_3}");
    table["EnableImageDeprecation"] = {
        {{"ImageId", "{image_2}"}, {"DeprecateAt", "2028-01-02T00:00:00Z"}},
        changes("ImageId", "{image_4}") + changes("DeprecateAt", "2029-01-02T00:00:00Z")};
    table["DisableImageDeprecation"] = of_image("{image_5}", "{image_4}");
    table["EnableImageDeregistrationProtection"] = of_image("{image_2}", "{image_3}");
    auto& protection = table["EnableImageDeregistrationProtection"].trials;
    protection = protection + changes("WithCooldown", "true");
    table["DisableImageDeregistrationProtection"] = of_image("{image_4}", "{image_5}");
    table["AttachImageWatermark"] = {
        {{"ImageId", "{image_2}"}, {"WatermarkName", "approved"}},
        changes("ImageId", "{image_4}") + changes("WatermarkName", "checked")};
    table["DetachImageWatermark"] = {
        {{"ImageId", "{image_5}"}, {"WatermarkKey", "123456789012:approved"}},
        changes("ImageId", "{image_4}") + changes("WatermarkKey", "123456789012:checked")};
    table["ReplaceImageInstanceTypeSpecification"] = {
        {{"ImageId", "{image_5}"}},
        changes("ImageId", "{image_4}") +
            changes("InstanceTypeSpecification.SupportedInstanceType.1", "t3.*") +
            changes("InstanceTypeSpecification.UnsupportedInstanceType.1", "t3.nano")};
    table["GetImageFindings"] = {{{"ImageId", "{image}"}},
                                 refused("ImageId", "ami-0123456789abcdef0") +
                                     same("MaxResults", "1") +
                                     refused("NextToken", "bm90IG91cnM=")};
    const Parameters version{{"LaunchTemplate.Version", "1"}};
    table["EnableFastLaunch"] = {
        {{"ImageId", "{windows}"}},
        refused("ImageId", "{image}") + refused("ResourceType", "volume") +
            changes("SnapshotConfiguration.TargetResourceCount", "9") +
            changes("MaxParallelLaunches", "9") +
            refused("LaunchTemplate.LaunchTemplateId", "lt-0123456789abcdef0", version) +
            refused("LaunchTemplate.LaunchTemplateName", "web", version) +
            refused("LaunchTemplate.Version", "1")};
    table["DisableFastLaunch"] = {{{"ImageId", "{windows_2}"}},
                                  changes("Force", "true") + refused("ImageId", "{windows}")};
    table["DisableFastLaunch"].slow = {"fast-launch.disabling"};
    table["DescribeFastLaunchImages"] =
        describe_operation(filter_trials("state", "enabled") + changes("ImageId.1", "{windows_2}") +
                           changes("MaxResults", "1") + refused("NextToken", "bm90IG91cnM="));
    table["ListImagesInRecycleBin"] =
        describe_operation(changes("ImageId.1", "{binned_image}") + page_trials());
    table["ListSnapshotsInRecycleBin"] =
        describe_operation(changes("SnapshotId.1", "{binned_snapshot}") + page_trials());
    table["ListVolumesInRecycleBin"] =
        describe_operation(changes("VolumeId.1", "{binned_volume}") + page_trials());
    table["RestoreImageFromRecycleBin"] = of_image("{binned_image}", "{binned_image_2}");
    table["RestoreSnapshotFromRecycleBin"] = {{{"SnapshotId", "{binned_snapshot}"}},
                                              changes("SnapshotId", "{binned_snapshot_2}")};
    table["RestoreVolumeFromRecycleBin"] = {{{"VolumeId", "{binned_volume}"}},
                                            changes("VolumeId", "{binned_volume_2}")};
}

void add_image_attribute(Table& table)
{
    const std::string user = "444455556666";
    const Parameters flat{{"OperationType", "add"}, {"Attribute", "launchPermission"}};
    const Parameters text{{"Attribute", "description"}, {"Value", "old"}};
    const Parameters shared{{"ImageId", "{image_3}"}};
    const Parameters remove{{"UserId.1", kOtherAccount}, {"OperationType", "remove"}};
    std::vector<Trial> trials{
        {"Attribute", {{"Attribute", "description"}}, {{"Value", "new"}}},
        {"OperationType", remove},
    };
    trials =
        trials + changes("Value", "new", text) + changes("Description.Value", "new") +
        changes("ImageId", "{image_2}", text) + changes("ImdsSupport.Value", "v2.0") +
        changes("OrganizationArn.1", kOrganization, flat) +
        changes("OrganizationalUnitArn.1", kOrganizationalUnit, flat) +
        changes("UserGroup.1", "all", flat) + changes("UserId.1", user, flat) +
        changes("LaunchPermission.Add.1.Group", "all") +
        changes("LaunchPermission.Add.1.OrganizationArn", kOrganization) +
        changes("LaunchPermission.Add.1.OrganizationalUnitArn", kOrganizationalUnit) +
        changes("LaunchPermission.Add.1.UserId", user) +
        changes("LaunchPermission.Remove.1.Group", "all", shared) +
        changes("LaunchPermission.Remove.1.OrganizationArn", kOrganization, shared) +
        changes("LaunchPermission.Remove.1.OrganizationalUnitArn", kOrganizationalUnit, shared) +
        changes("LaunchPermission.Remove.1.UserId", kOtherAccount, shared);
    table["ModifyImageAttribute"] = {{{"ImageId", "{image}"}}, trials};
}

void add_sharing(Table& table)
{
    const std::string user = "444455556666";
    table["CancelImageLaunchPermission"] = {{{"ImageId", "{their_image}"}},
                                            changes("ImageId", "{third_image}")};
    table["DescribeSnapshotAttribute"] = {
        {{"SnapshotId", "{snapshot}"}, {"Attribute", "createVolumePermission"}},
        changes("Attribute", "productCodes") + changes("SnapshotId", "{free_snapshot}")};
    table["ResetSnapshotAttribute"] = {
        {{"SnapshotId", "{snapshot}"}, {"Attribute", "createVolumePermission"}},
        changes("SnapshotId", "{free_snapshot}") + refused("Attribute", "productCodes")};
    const Parameters flat{{"OperationType", "add"}};
    const Parameters removed{{"SnapshotId", "{free_snapshot}"}};
    table["ModifySnapshotAttribute"] = {
        {{"SnapshotId", "{snapshot}"}},
        changes("CreateVolumePermission.Add.1.Group", "all") +
            changes("CreateVolumePermission.Add.1.UserId", user) +
            changes("CreateVolumePermission.Remove.1.Group", "all", removed) +
            changes("CreateVolumePermission.Remove.1.UserId", kOtherAccount, removed) +
            changes("UserGroup.1", "all", flat) + changes("UserId.1", user, flat) +
            refused("Attribute", "productCodes", {{"UserId.1", user}, {"OperationType", "add"}}) +
            changes("OperationType", "add", {{"UserId.1", user}}) +
            changes("SnapshotId", "{free_snapshot}",
                    {{"UserId.1", user}, {"OperationType", "add"}})};
    table["EnableImageBlockPublicAccess"] = {
        {{"ImageBlockPublicAccessState", "block-new-sharing"}},
        same("ImageBlockPublicAccessState", "block-new-sharing")};
    table["EnableSnapshotBlockPublicAccess"] = {{{"State", "block-new-sharing"}},
                                                changes("State", "block-all-sharing")};
    table["DisableImageBlockPublicAccess"] = {};
    table["DisableSnapshotBlockPublicAccess"] = {};
    table["GetImageBlockPublicAccessState"] = {};
    table["GetSnapshotBlockPublicAccessState"] = {};
    table["ConfirmProductInstance"] = {
        {{"InstanceId", "{instance}"}, {"ProductCode", kProductCode}},
        changes("InstanceId", "{stopped}") + refused("ProductCode", "other")};
}

void add_allowed_images(Table& table)
{
    table["EnableAllowedImagesSettings"] = {{{"AllowedImagesSettingsState", "enabled"}},
                                            changes("AllowedImagesSettingsState", "audit-mode")};
    table["DisableAllowedImagesSettings"] = {};
    table["GetAllowedImagesSettings"] = {};
    std::vector<Trial> trials;
    for (const auto& [below, value] : std::vector<std::pair<std::string_view, std::string>>{
             {"ImageCriterion.1.ImageProvider.1", "amazon"},
             {"ImageCriterion.1.MarketplaceProductCode.1", "abc"},
             {"ImageCriterion.1.ImageName.1", "a*"},
             {"ImageCriterion.1.DeprecationTimeCondition.MaximumDaysSinceDeprecated", "0"},
             {"ImageCriterion.1.CreationDateCondition.MaximumDaysSinceCreated", "30"},
             {"ImageCriterion.1.ImageWatermark.1.WatermarkKey", "a*"},
             {"ImageCriterion.1.ImageWatermark.1.SourceImageRegion", "us-*"},
             {"ImageCriterion.1.ImageWatermark.1.MaximumDaysSinceSourceImageCreated", "1"},
             {"ImageCriterion.1.ImageWatermark.1.MaximumDaysSinceWatermarkCreated", "1"},
             {"ImageCriterion.1.ScanResultCondition.MaxDaysSinceLastFindingScan", "1"},
             {"ImageCriterion.1.ScanResultCondition.MaximumSeverityLabel", "low"},
             {"ImageCriterion.1.ScanResultCondition.MaxDaysSinceInformationalFixAvailable", "1"},
             {"ImageCriterion.1.ScanResultCondition.MaxDaysSinceLowFixAvailable", "1"},
             {"ImageCriterion.1.ScanResultCondition.MaxDaysSinceMediumFixAvailable", "1"},
             {"ImageCriterion.1.ScanResultCondition.MaxDaysSinceHighFixAvailable", "1"},
             {"ImageCriterion.1.ScanResultCondition.MaxDaysSinceCriticalFixAvailable", "1"}}) {
        trials = trials + changes(below, value);
    }
    table["ReplaceImageCriteriaInAllowedImagesSettings"] = {{}, trials};
}

void add_instances(Table& table)
{
    const Parameters run{
        {"ImageId", "{image}"}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}};
    std::vector<Trial> token{{"ClientToken", {{"ClientToken", "once"}}, {}, Outcome::kChanges, 2}};
    table["RunInstances"] = {
        run,
        mapping_trials("/dev/xvda", "/dev/sdz") +
            std::vector<Trial>{{"BlockDeviceMapping.1.NoDevice",
                                device("/dev/xvda", {{"NoDevice", ""}}),
                                {},
                                Outcome::kRefused},
                               {"BlockDeviceMapping.1.VirtualName",
                                device("/dev/xvda", {{"VirtualName", "ephemeral0"}}),
                                {},
                                Outcome::kRefused}} +
            token +
            std::vector<Trial>{{"BlockDeviceMapping.1.Ebs.VolumeInitializationRate",
                                device("/dev/xvda", {{"Ebs.VolumeInitializationRate", "200"}})}} +
            changes("BlockDeviceMapping.1.Ebs.KmsKeyId", "alias/two",
                    device("/dev/sdz", {{"Ebs.VolumeSize", "4"}, {"Ebs.Encrypted", "true"}})) +
            changes("DisableApiStop", "true") + changes("DisableApiTermination", "true") +
            changes("ImageId", "{image_2}") +
            changes("InstanceInitiatedShutdownBehavior", "terminate") +
            changes("InstanceType", "t3.small") + refused("KeyName", "mine") +
            changes("MaxCount", "2") + refused("MinCount", "2") +
            changes("Placement.AvailabilityZone", "us-east-1c") +
            refused("SecurityGroupId.1", "sg-0123456789abcdef0") + changes("SubnetId", "{subnet}") +
            tag_trials("instance") + changes("UserData", "aGVsbG8=")};
    table["RebootInstances"] = {{{"InstanceId.1", "{instance}"}},
                                refused("InstanceId.1", "{stopped}")};
    table["StartInstances"] = {{{"InstanceId.1", "{stopped}"}},
                               changes("InstanceId.1", "{instance}")};
    table["StopInstances"] = {{{"InstanceId.1", "{instance}"}},
                              changes("Force", "true") + refused("Hibernate", "true") +
                                  changes("InstanceId.1", "{stopped}") +
                                  changes("SkipOsShutdown", "true")};
    table["TerminateInstances"] = {{{"InstanceId.1", "{instance}"}},
                                   changes("Force", "true") + changes("InstanceId.1", "{stopped}") +
                                       changes("SkipOsShutdown", "true")};
    table["StopInstances"].slow = {"instance.stopping"};
    table["TerminateInstances"].slow = {"instance.shutting-down"};
}

void add_instance_attribute(Table& table)
{
    const Parameters flat{{"Attribute", "disableApiStop"}, {"Value", "true"}};
    table["ModifyInstanceAttribute"] = {
        {{"InstanceId", "{stopped}"}},
        std::vector<Trial>{
            {"Attribute", {{"Attribute", "disableApiStop"}}, {{"Value", "true"}}},
            {"BlockDeviceMapping.1.DeviceName", device("/dev/sdz"),
             device("/dev/xvda", {{"Ebs.DeleteOnTermination", "false"}}), Outcome::kRefused},
            {"BlockDeviceMapping.1.Ebs.DeleteOnTermination",
             device("/dev/xvda", {{"Ebs.DeleteOnTermination", "false"}})}} +
            changes("Value", "false", flat) + changes("InstanceId", "{instance}", flat) +
            changes("DisableApiStop.Value", "true") +
            changes("DisableApiTermination.Value", "true") + changes("EbsOptimized.Value", "true") +
            changes("EnaSupport.Value", "false") +
            changes("InstanceInitiatedShutdownBehavior.Value", "terminate") +
            changes("InstanceType.Value", "t3.small") + changes("SourceDestCheck.Value", "false") +
            changes("SriovNetSupport.Value", "simple") + changes("UserData.Value", "aGVsbG8=") +
            refused("GroupId.1", "sg-0123456789abcdef0")};
}

}  // namespace

const Table& all_trials()
{
    static const Table table = [] {
        Table made;
        add_describes(made);
        add_volumes(made);
        add_copies(made);
        add_special_snapshots(made);
        add_encryption(made);
        add_lineage(made);
        add_images(made);
        add_image_attribute(made);
        add_image_life(made);
        add_sharing(made);
        add_allowed_images(made);
        add_instances(made);
        add_instance_attribute(made);
        return made;
    }();
    return table;
}

const std::map<std::string_view, std::string_view>& parameters_without_effect()
{
    static const std::map<std::string_view, std::string_view> reasons = {
        {"CopySnapshot PresignedUrl", "SDKs add it for the region of the source, which is here"},
        {"CreateImage NoReboot", "a reboot leaves no trace that a client sees"},
        {"DescribeAvailabilityZones AllAvailabilityZones",
         "no zone of the catalogue wants opting in"},
        {"DescribeInstanceStatus IncludeManagedResources", "no service manages anything"},
        {"DescribeInstances IncludeManagedResources", "no service manages anything"},
        {"DescribeSecurityGroups MaxResults", "there is one group, the smallest page has five"},
        {"EnableImageBlockPublicAccess ImageBlockPublicAccessState", "it has one value"},
        {"DescribeVolumes IncludeManagedResources", "no service manages anything"},
        {"GetImageFindings MaxResults", "nothing is scanned"},
        {"DescribeVolumeStatus IncludeManagedResources", "no service manages anything"},
        {"DescribeVolumesModifications IncludeManagedResources", "no service manages anything"},
        {"DescribeVpcs MaxResults", "there is one VPC, the smallest page has five"},
    };
    return reasons;
}

Parameters merged(Parameters parameters, const Parameters& others)
{
    for (const auto& [name, value] : others) {
        const auto same_name =
            std::find_if(parameters.begin(), parameters.end(),
                         [&name = name](const auto& one) { return one.first == name; });
        if (same_name != parameters.end()) {
            same_name->second = value;
        } else {
            parameters.emplace_back(name, value);
        }
    }
    return parameters;
}

}  // namespace amilab::test
