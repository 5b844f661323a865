#include "tests/server/services/ec2/import_tasks/import_tasks_trials.h"

#include "storage/base/units.h"
#include "tests/server/services/trial_makers.h"
#include "tests/support/disk_images.h"
#include "tests/support/s3_caller.h"

namespace amilab::test {

namespace {

constexpr const char* kKey =
    "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
constexpr const char* kLicense =
    "arn:aws:license-manager:us-east-1:123456789012:license-configuration:"
    "lic-0123456789abcdef0123456789abcdef";
constexpr const char* kTime = "2026-01-02T03:04:05Z";

Parameters object(const std::string& key)
{
    return {{"DiskContainer.UserBucket.S3Bucket", "disks"},
            {"DiskContainer.UserBucket.S3Key", key}};
}

std::vector<Trial> client_data_trials()
{
    return same("ClientData.Comment", "mine") + same("ClientData.UploadEnd", kTime) +
           same("ClientData.UploadSize", "1.5") + same("ClientData.UploadStart", kTime);
}

Parameters disk(const std::string& key)
{
    return {{"DiskContainer.1.UserBucket.S3Bucket", "disks"},
            {"DiskContainer.1.UserBucket.S3Key", key}};
}

/// Filters as these lists call them.
std::vector<Trial> tag_filter_trials()
{
    return {{"Filters.1.Name", {{"Filters.1.Name", "tag:Name"}, {"Filters.1.Value.1", "nothing"}}},
            {"Filters.1.Value.1",
             {{"Filters.1.Value.1", "nothing"}},
             {{"Filters.1.Name", "tag:Name"}, {"Filters.1.Value.1", "tagged"}}}};
}

TrialTable trials()
{
    TrialTable table;
    table["ImportSnapshot"] = {
        object("a"),
        client_data_trials() + token_trial() + changes("Description", "mine") +
            changes("DiskContainer.Description", "a disk") +
            changes("DiskContainer.Format", "VMDK") + refused("DiskContainer.Url", "s3://disks/a") +
            changes("DiskContainer.UserBucket.S3Bucket", "more-disks") +
            changes("DiskContainer.UserBucket.S3Key", "b") + changes("Encrypted", "true") +
            changes("KmsKeyId", kKey, {{"Encrypted", "true"}}) + same("RoleName", "importer") +
            tag_trials("import-snapshot-task")};
    table["ImportImage"] = {
        disk("a"),
        client_data_trials() + token_trial() + changes("Architecture", "arm64") +
            changes("BootMode", "uefi") + changes("Description", "mine") +
            changes("DiskContainer.1.Description", "a disk") +
            changes("DiskContainer.1.DeviceName", "/dev/xvda") +
            changes("DiskContainer.1.Format", "VMDK") +
            refused("DiskContainer.1.Url", "s3://disks/a") +
            changes("DiskContainer.1.UserBucket.S3Bucket", "more-disks") +
            changes("DiskContainer.1.UserBucket.S3Key", "b") + changes("Encrypted", "true") +
            changes("Hypervisor", "xen") + changes("KmsKeyId", kKey, {{"Encrypted", "true"}}) +
            changes("LicenseSpecifications.1.LicenseConfigurationArn", kLicense) +
            changes("LicenseType", "AWS") + changes("Platform", "Windows") +
            same("RoleName", "importer") + changes("UsageOperation", "RunInstances:0002") +
            tag_trials("import-image-task")};
    table["DescribeImportImageTasks"] = describe_operation(
        tag_filter_trials() + page_trials() + changes("ImportTaskId.1", "{import_image_task}"));
    table["DescribeImportSnapshotTasks"] = describe_operation(
        tag_filter_trials() + page_trials() + changes("ImportTaskId.1", "{import_snapshot_task}"));
    table["CancelImportTask"] = {
        {{"ImportTaskId", "{active_import_snapshot_task}"}},
        changes("CancelReason", "a mistake") + refused("ImportTaskId", "{import_snapshot_task}")};
    return table;
}

constexpr WithoutEffect kWithoutEffect[] = {
    {"ImportSnapshot ClientData.Comment", "AWS keeps it to itself: nothing shows it"},
    {"ImportSnapshot ClientData.UploadEnd", "AWS keeps it to itself: nothing shows it"},
    {"ImportSnapshot ClientData.UploadSize", "AWS keeps it to itself: nothing shows it"},
    {"ImportSnapshot ClientData.UploadStart", "AWS keeps it to itself: nothing shows it"},
    {"ImportImage ClientData.Comment", "AWS keeps it to itself: nothing shows it"},
    {"ImportImage ClientData.UploadEnd", "AWS keeps it to itself: nothing shows it"},
    {"ImportImage ClientData.UploadSize", "AWS keeps it to itself: nothing shows it"},
    {"ImportImage ClientData.UploadStart", "AWS keeps it to itself: nothing shows it"},
    {"ImportImage RoleName", "roles are not looked at, and nothing shows it"},
    {"ImportSnapshot RoleName", "roles are not looked at, and nothing shows it"},
};

std::vector<Telling> tellings()
{
    const Parameters by_id{{"ImportTaskId.1", "{}"}};
    return {{"import_image_task", "id", "DescribeImportImageTasks", by_id},
            {"import_image_disk", "task_id", "DescribeImportImageTasks", by_id},
            {"import_snapshot_task", "id", "DescribeImportSnapshotTasks", by_id}};
}

void add_import_tasks(World& world)
{
    const S3Caller s3(world.emulator());
    for (const auto* target : {"/disks", "/more-disks"}) {
        s3.must("PUT", target);
    }
    for (const auto* target : {"/disks/a", "/disks/b", "/more-disks/a"}) {
        s3.must("PUT", target, bootable_disk() + target);
    }
    for (int number = 1; number <= World::kOfEach; ++number) {
        world.set_id(World::numbered("import_snapshot_task", number),
                     world.must("ImportSnapshot", object("a")).text("importTaskId"));
    }
    for (int number = 1; number <= World::kOfEach; ++number) {
        world.set_id(World::numbered("import_image_task", number),
                     world.must("ImportImage", disk("a")).text("importTaskId"));
    }
    world.must("CreateTags", {{"ResourceId.1", "{import_image_task}"},
                              {"Tag.1.Key", "Name"},
                              {"Tag.1.Value", "tagged"}});
    world.must("CreateTags", {{"ResourceId.1", "{import_snapshot_task}"},
                              {"Tag.1.Key", "Name"},
                              {"Tag.1.Value", "tagged"}});
    // It has nothing to read, so that it fails when it is due, and nobody works on it before.
    world.emulator().set_delay("import-snapshot-task.active", kHourMs);
    world.set_id("active_import_snapshot_task",
                 world.must("ImportSnapshot", object("absent")).text("importTaskId"));
}

}  // namespace

constinit const TrialSet kImportTasksTrials{.trials = trials,
                                            .without_effect = kWithoutEffect,
                                            .tellings = tellings,
                                            .add_to_world = add_import_tasks};

}  // namespace amilab::test
