#include "tests/server/services/ec2/images/images_trials.h"

#include "storage/base/units.h"
#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

constexpr TimeMs kYearMs = 365 * kDayMs;

std::vector<Trial> registered_mapping_trials()
{
    const Parameters gp3{{"BlockDeviceMapping.1.Ebs.VolumeType", "gp3"}};
    const auto larger = merged(gp3, {{"BlockDeviceMapping.1.Ebs.VolumeSize", "9"}});
    return std::vector<Trial>{
               {"BlockDeviceMapping.1.DeviceName", device("/dev/xvdb"), {}, Outcome::kRefused},
               {"BlockDeviceMapping.1.Ebs.SnapshotId",
                device("/dev/xvda", {{"Ebs.SnapshotId", "{free_snapshot}"}})},
               {"BlockDeviceMapping.1.NoDevice",
                device("/dev/xvda", {{"NoDevice", ""}}),
                {},
                Outcome::kRefused},
               {"BlockDeviceMapping.1.VirtualName",
                {{"BlockDeviceMapping.2.DeviceName", "/dev/sdb"},
                 {"BlockDeviceMapping.2.VirtualName", "ephemeral0"}}}} +
           changes("BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false") +
           refused("BlockDeviceMapping.1.Ebs.Encrypted", "true") +
           changes("BlockDeviceMapping.1.Ebs.Iops", "3500", larger) +
           changes("BlockDeviceMapping.1.Ebs.Throughput", "200", gp3) +
           changes("BlockDeviceMapping.1.Ebs.VolumeSize", "9") +
           changes("BlockDeviceMapping.1.Ebs.VolumeType", "gp3");
}

void add_register_image(TrialTable& table)
{
    const auto request = merged(device("/dev/xvda", {{"Ebs.SnapshotId", "{snapshot}"}}),
                                {{"Name", "registered"},
                                 {"RootDeviceName", "/dev/xvda"},
                                 {"VirtualizationType", "hvm"},
                                 {"Architecture", "x86_64"}});
    const Parameters by_uefi{{"BootMode", "uefi"}};
    table["RegisterImage"] = {
        request, registered_mapping_trials() + changes("Architecture", "i386") +
                     changes("BootMode", "uefi") + changes("Description", "nightly") +
                     changes("EnaSupport", "true") + changes("ImdsSupport", "v2.0") +
                     changes("KernelId", "aki-12345678") + changes("Name", "other name") +
                     changes("RamdiskId", "ari-12345678") +
                     refused("BillingProduct.1", "bp-6ba54002") +
                     refused("ImageLocation", "bucket/image.manifest.xml") +
                     refused("RootDeviceName", "/dev/sda1") + changes("SriovNetSupport", "simple") +
                     tag_trials("image") + changes("TpmSupport", "v2.0", by_uefi) +
                     changes("UefiData", "QU1aTlVFRkk=", by_uefi) +
                     changes("VirtualizationType", "paravirtual")};
}

void add_images_themselves(TrialTable& table)
{
    table["CopyImage"] = {
        {{"Name", "copied"}, {"SourceImageId", "{image_4}"}, {"SourceRegion", "us-east-1"}},
        changes("CopyImageTags", "true") + token_trial() + changes("Description", "nightly") +
            changes("Encrypted", "true") +
            changes("KmsKeyId", "alias/two", {{"Encrypted", "true"}}) +
            changes("Name", "other name") + changes("SnapshotCopyCompletionDurationMinutes", "15") +
            changes("SourceImageId", "{image_2}") + refused("SourceRegion", "eu-west-1") +
            tag_trials("image")};
    table["DeregisterImage"] = {
        {{"ImageId", "{image_2}"}},
        changes("DeleteAssociatedSnapshots", "true") + changes("ImageId", "{image_3}")};
    table["DescribeImages"] = describe_operation(
        changes("ExecutableBy.1", "self") + filter_trials("name", "image 1") +
        changes("ImageId.1", "{image}") + changes("IncludeDisabled", "true") + page_trials() +
        changes("IncludeDeprecated", "true") + changes("Owner.1", kOtherAccount));
    table["DescribeImages"].later_ms = kYearMs * 3;
}

std::vector<Trial> launch_permission_trials()
{
    const Parameters shared{{"ImageId", "{image_3}"}};
    return changes("LaunchPermission.Add.1.Group", "all") +
           changes("LaunchPermission.Add.1.OrganizationArn", "{organization}") +
           changes("LaunchPermission.Add.1.OrganizationalUnitArn", "{organizational_unit}") +
           changes("LaunchPermission.Add.1.UserId", World::kThirdAccount) +
           changes("LaunchPermission.Remove.1.Group", "all", shared) +
           changes("LaunchPermission.Remove.1.OrganizationArn", "{organization}", shared) +
           changes("LaunchPermission.Remove.1.OrganizationalUnitArn", "{organizational_unit}",
                   shared) +
           changes("LaunchPermission.Remove.1.UserId", kOtherAccount, shared);
}

void add_attributes(TrialTable& table)
{
    const Parameters flat{{"OperationType", "add"}, {"Attribute", "launchPermission"}};
    const Parameters text{{"Attribute", "description"}, {"Value", "old"}};
    table["ModifyImageAttribute"] = {
        {{"ImageId", "{image}"}},
        std::vector<Trial>{
            {"Attribute", {{"Attribute", "description"}}, {{"Value", "new"}}},
            {"OperationType", {{"UserId.1", kOtherAccount}, {"OperationType", "remove"}}}} +
            changes("Value", "new", text) + changes("Description.Value", "new") +
            changes("ImageId", "{image_2}", text) + changes("ImdsSupport.Value", "v2.0") +
            changes("OrganizationArn.1", "{organization}", flat) +
            changes("OrganizationalUnitArn.1", "{organizational_unit}", flat) +
            changes("ProductCode.1", "{product}") + changes("UserGroup.1", "all", flat) +
            changes("UserId.1", World::kThirdAccount, flat) + launch_permission_trials()};
    table["DescribeImageAttribute"] = {
        {{"ImageId", "{image}"}, {"Attribute", "description"}},
        changes("ImageId", "{image_2}") + changes("Attribute", "launchPermission")};
    table["ResetImageAttribute"] = {
        {{"ImageId", "{image}"}, {"Attribute", "launchPermission"}},
        changes("ImageId", "{image_2}") + refused("Attribute", "description")};
    table["CancelImageLaunchPermission"] = either_of("ImageId", "{their_image}", "{third_image}");
}

void add_life(TrialTable& table)
{
    table["EnableImage"] = either_of("ImageId", "{image_6}", "{image_5}");
    table["DisableImage"] = either_of("ImageId", "{image_2}", "{image_3}");
    table["EnableImageDeprecation"] = {
        {{"ImageId", "{image_2}"}, {"DeprecateAt", "2028-01-02T00:00:00Z"}},
        changes("ImageId", "{image_4}") + changes("DeprecateAt", "2029-01-02T00:00:00Z")};
    table["DisableImageDeprecation"] = either_of("ImageId", "{image_5}", "{image_4}");
    table["EnableImageDeregistrationProtection"] = {
        {{"ImageId", "{image_2}"}},
        changes("ImageId", "{image_3}") + changes("WithCooldown", "true")};
    table["DisableImageDeregistrationProtection"] = either_of("ImageId", "{image_4}", "{image_5}");
}

void add_annotations(TrialTable& table)
{
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
}

void add_fast_launch(TrialTable& table)
{
    const Parameters version{{"LaunchTemplate.Version", "1"}};
    const Parameters of_template{{"LaunchTemplate.LaunchTemplateId", "{template}"}};
    table["EnableFastLaunch"] = {
        {{"ImageId", "{windows}"}},
        refused("ImageId", "{image}") + refused("ResourceType", "volume") +
            changes("SnapshotConfiguration.TargetResourceCount", "9") +
            changes("MaxParallelLaunches", "9") +
            changes("LaunchTemplate.LaunchTemplateId", "{template}", version) +
            changes("LaunchTemplate.LaunchTemplateName", "template", version) +
            changes("LaunchTemplate.Version", "2", of_template)};
    table["DisableFastLaunch"] = {{{"ImageId", "{windows_2}"}},
                                  changes("Force", "true") + refused("ImageId", "{windows}")};
    table["DisableFastLaunch"].slow = {"fast-launch.disabling"};
    table["DescribeFastLaunchImages"] =
        describe_operation(filter_trials("state", "enabled") + changes("ImageId.1", "{windows_2}") +
                           changes("MaxResults", "1") + refused("NextToken", "bm90IG91cnM="));
}

void add_lineage(TrialTable& table)
{
    table["GetImageAncestry"] = either_of("ImageId", "{image}", "{image_2}");
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
}

void add_allowed_images(TrialTable& table)
{
    table["EnableAllowedImagesSettings"] =
        either_of("AllowedImagesSettingsState", "enabled", "audit-mode");
    table["DisableAllowedImagesSettings"] = {};
    table["GetAllowedImagesSettings"] = {};
    auto& trials = table["ReplaceImageCriteriaInAllowedImagesSettings"].trials;
    for (const auto& [parameter, value] : std::vector<std::pair<std::string_view, std::string>>{
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
        trials = trials + changes(parameter, value);
    }
}

TrialTable trials()
{
    TrialTable table;
    add_register_image(table);
    add_images_themselves(table);
    add_attributes(table);
    add_life(table);
    add_annotations(table);
    add_fast_launch(table);
    add_lineage(table);
    add_allowed_images(table);
    return table;
}

constexpr WithoutEffect kWithoutEffect[] = {
    {"GetImageFindings MaxResults", "nothing is scanned"},
};

std::vector<Telling> tellings()
{
    const Parameters by_id{{"ImageId.1", "{}"}, {"IncludeDisabled", "true"}};
    const auto attribute = [](const char* name) {
        return Parameters{{"ImageId", "{}"}, {"Attribute", name}};
    };
    return {
        {"image", "id", "DescribeImages", by_id},
        {"image", "id", "DescribeImageAttribute", attribute("uefiData")},
        {"image_mapping", "image_id", "DescribeImages", by_id},
        {"launch_permission", "image_id", "DescribeImageAttribute", attribute("launchPermission")},
        // Of other accounts' images only this.
        {"launch_permission", "image_id", "DescribeImages", by_id},
        {"image_watermark", "image_id", "DescribeImages", by_id},
        {"product_code", "resource_id", "DescribeImages", by_id},
        {"image_instance_type", "image_id", "DescribeImages", by_id},
        {"fast_launch", "image_id", "DescribeFastLaunchImages", {{"ImageId.1", "{}"}}},
        {"account_setting", "name", "GetAllowedImagesSettings", {}},
        {"image_criterion_value", "owner", "GetAllowedImagesSettings", {}}};
}

}  // namespace

constinit const TrialSet kImagesTrials{.trials = trials,
                                       .without_effect = kWithoutEffect,
                                       .tellings = tellings,
                                       .add_to_world = add_images};

}  // namespace amilab::test
