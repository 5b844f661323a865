#include "tests/server/services/ec2/conversion_tasks/conversion_tasks_trials.h"

#include "storage/base/units.h"
#include "tests/server/services/ec2/conversion_tasks/manifests.h"
#include "tests/server/services/trial_makers.h"
#include "tests/support/disk_images.h"

namespace amilab::test {

namespace {

constexpr std::uint64_t kDiskBytes = 1 << 20;

/// The disk that `prefix` ("DiskImage.1.") is told of.
Parameters disk(const std::string& prefix)
{
    return {{prefix + "Image.Format", "RAW"},
            {prefix + "Image.Bytes", std::to_string(kDiskBytes)},
            {prefix + "Image.ImportManifestUrl", presigned_url("disks/manifest.xml")},
            {prefix + "Volume.Size", "1"}};
}

Parameters volume()
{
    return merged(disk(""), {{"AvailabilityZone", "us-east-1a"}});
}

Parameters instance()
{
    return merged(disk("DiskImage.1."),
                  {{"Platform", "Linux"}, {"LaunchSpecification.InstanceType", "t3.micro"}});
}

std::vector<Trial> placement_trials()
{
    const Parameters parted{{"LaunchSpecification.Placement.GroupName", "parted"}};
    return changes("LaunchSpecification.Placement.AvailabilityZone", "us-east-1c") +
           changes("LaunchSpecification.Placement.AvailabilityZoneId", "use1-az6") +
           refused("LaunchSpecification.Placement.GroupId", "pg-0123456789abcdef0") +
           changes("LaunchSpecification.Placement.GroupName", "parted") +
           changes("LaunchSpecification.Placement.PartitionNumber", "2", parted) +
           changes("LaunchSpecification.Placement.Tenancy", "dedicated");
}

std::vector<Trial> launch_trials()
{
    return refused("LaunchSpecification.Architecture", "arm64") +
           refused("LaunchSpecification.GroupId.1", "sg-0123456789abcdef0") +
           refused("LaunchSpecification.GroupName.1", "none") +
           changes("LaunchSpecification.InstanceInitiatedShutdownBehavior", "terminate") +
           changes("LaunchSpecification.InstanceType", "t3.small") +
           changes("LaunchSpecification.Monitoring", "true") + placement_trials() +
           changes("LaunchSpecification.PrivateIpAddress", "172.31.0.77") +
           changes("LaunchSpecification.SubnetId", "{subnet}") +
           changes("LaunchSpecification.UserData.Data", "aGVsbG8=");
}

TrialTable trials()
{
    TrialTable table;
    table["ImportVolume"] = {
        volume(), changes("AvailabilityZone", "us-east-1b") +
                      refused("AvailabilityZoneId", "use1-az6") + changes("Description", "mine") +
                      changes("Image.Bytes", "4096") + changes("Image.Format", "VMDK") +
                      changes("Image.ImportManifestUrl", presigned_url("disks/other.xml")) +
                      changes("Volume.Size", "2")};
    table["ImportInstance"] = {
        instance(),
        changes("Description", "mine") + changes("DiskImage.1.Description", "a disk") +
            changes("DiskImage.1.Image.Bytes", "4096") +
            changes("DiskImage.1.Image.Format", "VMDK") +
            changes("DiskImage.1.Image.ImportManifestUrl", presigned_url("disks/other.xml")) +
            changes("DiskImage.1.Volume.Size", "2") + launch_trials() +
            changes("Platform", "Windows")};
    table["DescribeConversionTasks"] =
        describe_operation(changes("ConversionTaskId.1", "{conversion_task}"));
    table["CancelConversionTask"] = {
        {{"ConversionTaskId", "{active_conversion_task}"}},
        refused("ConversionTaskId", "{conversion_task}") + changes("ReasonMessage", "a mistake")};
    return table;
}

std::vector<Telling> tellings()
{
    return {{"conversion_task", "id", "DescribeConversionTasks", {{"ConversionTaskId.1", "{}"}}}};
}

void add_conversion_tasks(World& world)
{
    auto& emulator = world.emulator();
    const S3Caller s3(emulator);
    put_disk(s3, manifest_of("manifest", kDiskBytes, kDiskBytes), "manifest",
             disk_with(kDiskBytes, {{0, "boot"}}));
    for (int number = 1; number <= World::kOfEach; ++number) {
        world.set_id(World::numbered("conversion_task", number),
                     world.must("ImportVolume", volume()).text("conversionTask/conversionTaskId"));
        emulator.data().background().drain();
    }
    emulator.set_delay("conversion-task.active", kHourMs);
    world.set_id("active_conversion_task",
                 world.must("ImportVolume", volume()).text("conversionTask/conversionTaskId"));
    emulator.set_delay("conversion-task.active", 0);
}

}  // namespace

constinit const TrialSet kConversionTasksTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_conversion_tasks};

}  // namespace amilab::test
