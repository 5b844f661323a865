#include "server/services/ec2/conversion_tasks/conversion_tasks.h"

#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/calls/transition_rows.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "tests/server/services/ec2/conversion_tasks/manifests.h"
#include "tests/server/services/s3/s3_world.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/disk_images.h"
#include "tests/support/disks.h"

namespace amilab::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::uint64_t kMib = 1 << 20;
constexpr const char* kUnknown = "import-vol-0123456789abcdef0";

std::string sparse_disk()
{
    return disk_with(8 * kMib, {{0, "boot"}, {3 * kMib - 2, "across"}, {7 * kMib, "far"}});
}

class ConversionTasks : public S3World {
protected:
    static Parameters disk(const std::string& prefix, const std::string& url,
                           std::uint64_t size_bytes, const std::string& format)
    {
        return {{prefix + "Image.Format", format},
                {prefix + "Image.Bytes", std::to_string(size_bytes)},
                {prefix + "Image.ImportManifestUrl", url},
                {prefix + "Volume.Size", "1"}};
    }
    static Parameters volume(const std::string& url, std::uint64_t size_bytes,
                             const Parameters& more = {}, const std::string& format = "RAW")
    {
        return merged(merged(disk("", url, size_bytes, format),
                             {{"AvailabilityZone", "us-east-1b"}, {"Description", "mine"}}),
                      more);
    }
    static Parameters instance(const std::string& url, std::uint64_t size_bytes,
                               const Parameters& more = {})
    {
        return merged(merged(disk("DiskImage.1.", url, size_bytes, "RAW"),
                             {{"Platform", "Linux"},
                              {"DiskImage.1.Description", "root"},
                              {"LaunchSpecification.InstanceType", "t3.micro"}}),
                      more);
    }
    /// The URL of the manifest of a disk that is there, in parts of 3 MiB.
    std::string put(const std::string& file, const std::string& name = "disk")
    {
        return put_disk(s3, manifest_of(name, file.size(), 3 * kMib), name, file);
    }
    std::string start(const std::string& action, const Parameters& parameters)
    {
        return emulator.must(action, parameters).text("conversionTask/conversionTaskId");
    }
    /// A task of a manifest whose parts are there, as the manifest is once it is changed.
    std::string start_changed(const std::function<void(Manifest&)>& change)
    {
        const auto file = sparse_disk();
        auto manifest = manifest_of("disk", file.size(), 3 * kMib);
        put_disk(s3, manifest, "disk", file);
        change(manifest);
        return start("ImportVolume",
                     volume(put_manifest(s3, "disk", manifest.text()), file.size()));
    }
    std::string shown(const std::string& task, const std::string& name)
    {
        return emulator.must("DescribeConversionTasks", {{"ConversionTaskId.1", task}})
            .text("conversionTasks/item/" + name);
    }
    std::string state(const std::string& task) { return shown(task, "state"); }
    std::string message(const std::string& task) { return shown(task, "statusMessage"); }
    /// Why it has failed, of a task that has left nothing.
    std::string failure_of(const std::string& task)
    {
        drain();
        EXPECT_EQ(state(task), "cancelled");
        expect_nothing_made();
        return message(task);
    }
    void expect_nothing_made()
    {
        drain();
        EXPECT_EQ(count(emulator, "SELECT COUNT(*) FROM volume"), 0);
        EXPECT_EQ(count(emulator, "SELECT COUNT(*) FROM instance"), 0);
        EXPECT_EQ(emulator.generation().stores().blocks().allocated_bytes_of_all().size(), 0U)
            << "nothing half made is left";
    }
    std::string code(const std::string& action, const Parameters& parameters)
    {
        return emulator.call(action, parameters).code;
    }
    std::string bytes_of(const std::string& id, std::uint64_t size_bytes)
    {
        std::string text(size_bytes, 'x');
        open_volume(emulator, id)->read(0, std::as_writable_bytes(std::span(text)));
        return text;
    }
    void drain() { emulator.data().background().drain(); }
    void pass(TimeMs time_ms)
    {
        emulator.advance(time_ms);
        emulator.emulator().settle();
        drain();
    }
};

// ImportVolume

TEST_F(ConversionTasks, AnswerAsTheyBegin)
{
    emulator.set_delay("conversion-task.active", kHourMs);
    const auto url = put(sparse_disk());
    const auto answer = emulator.must("ImportVolume", volume(url, 8 * kMib));
    const std::string at = "conversionTask/";
    EXPECT_THAT(answer.text(at + "conversionTaskId"), StartsWith("import-vol-"));
    EXPECT_THAT(answer.text(at + "expirationTime"), ::testing::EndsWith("Z"));
    EXPECT_EQ(answer.text(at + "state"), "active");
    EXPECT_EQ(answer.text(at + "statusMessage"), "Pending");
    EXPECT_EQ(answer.text(at + "importVolume/bytesConverted"), "0");
    EXPECT_EQ(answer.text(at + "importVolume/availabilityZone"), "us-east-1b");
    EXPECT_EQ(answer.text(at + "importVolume/description"), "mine");
    EXPECT_EQ(answer.text(at + "importVolume/image/format"), "RAW");
    EXPECT_EQ(answer.text(at + "importVolume/image/size"), std::to_string(8 * kMib));
    EXPECT_EQ(answer.text(at + "importVolume/image/importManifestUrl"), url);
    EXPECT_EQ(answer.text(at + "importVolume/volume/size"), "1");
    EXPECT_THAT(answer.text(at + "importVolume/volume/id"), StartsWith("vol-"));
}

TEST_F(ConversionTasks, MakeAVolumeOfTheirParts)
{
    const auto file = sparse_disk();
    const auto task = start("ImportVolume", volume(put(file), file.size()));
    drain();
    EXPECT_EQ(state(task), "completed");
    EXPECT_THAT(message(task), IsEmpty());
    EXPECT_EQ(shown(task, "importVolume/bytesConverted"), std::to_string(file.size()));
    const auto id = shown(task, "importVolume/volume/id");
    const auto made = emulator.must("DescribeVolumes", {{"VolumeId.1", id}});
    EXPECT_EQ(made.text("volumeSet/item/status"), "available");
    EXPECT_EQ(made.text("volumeSet/item/size"), "1");
    EXPECT_EQ(made.text("volumeSet/item/availabilityZone"), "us-east-1b");
    EXPECT_EQ(bytes_of(id, 9 * kMib), file + std::string(kMib, '\0'));
}

TEST_F(ConversionTasks, ReadTheOtherFormats)
{
    const auto plain = sparse_disk();
    for (const auto& [format, file] :
         {std::pair<std::string, std::string>{"VMDK", stream_vmdk(plain)},
          {"VHD", dynamic_vhd(plain)}}) {
        auto manifest = manifest_of(format, file.size(), 64 << 10);
        manifest.format = format;
        const auto url = put_disk(s3, manifest, format, file);
        const auto task = start("ImportVolume", volume(url, file.size(), {}, format));
        drain();
        EXPECT_EQ(state(task), "completed") << message(task);
        EXPECT_EQ(bytes_of(shown(task, "importVolume/volume/id"), plain.size()), plain) << format;
    }
}

TEST_F(ConversionTasks, LeaveHolesHoles)
{
    const auto file = disk_with(64 * kMib, {{0, "boot"}});
    const auto task = start("ImportVolume", volume(put(file), file.size()));
    drain();
    ASSERT_EQ(state(task), "completed");
    std::uint64_t bytes = 0;
    for (const auto& [layer, allocated] :
         emulator.generation().stores().blocks().allocated_bytes_of_all()) {
        bytes += allocated;
    }
    EXPECT_LT(bytes, kMib);
}

TEST_F(ConversionTasks, WaitForPartsThatClientsUploadLater)
{
    const auto file = sparse_disk();
    const auto manifest = manifest_of("disk", file.size(), 3 * kMib);
    const auto url = put_manifest(s3, "disk", manifest.text());
    put_part(s3, manifest, 0, "disk", file);
    const auto task = start("ImportVolume", volume(url, file.size()));
    drain();
    EXPECT_EQ(state(task), "active");
    EXPECT_EQ(message(task), "Pending");
    put_part(s3, manifest, 1, "disk", file);
    put_part(s3, manifest, 2, "disk", file);
    pass(kMinuteMs);
    EXPECT_EQ(state(task), "completed");
    EXPECT_EQ(bytes_of(shown(task, "importVolume/volume/id"), file.size()), file);
}

TEST_F(ConversionTasks, TakeAPartAsItIsWhenItIsReadFirst)
{
    const auto file = sparse_disk();
    const auto again = disk_with(8 * kMib, {{0, "BOOT"}, {kMib, "more"}, {7 * kMib, "late"}});
    const auto manifest = manifest_of("disk", file.size(), 3 * kMib);
    const auto url = put_manifest(s3, "disk", manifest.text());
    put_part(s3, manifest, 0, "disk", file);
    put_part(s3, manifest, 1, "disk", file);
    const auto task = start("ImportVolume", volume(url, file.size()));
    drain();
    ASSERT_EQ(state(task), "active") << "it has seen two parts and read none";
    put_part(s3, manifest, 0, "disk", again);  // as a client does that uploads anew
    put_part(s3, manifest, 2, "disk", file);
    pass(kMinuteMs);
    ASSERT_EQ(state(task), "completed") << message(task);
    EXPECT_EQ(bytes_of(shown(task, "importVolume/volume/id"), file.size()),
              again.substr(0, 3 * kMib) + file.substr(3 * kMib));
}

TEST_F(ConversionTasks, FailByAPartThatHasAnotherSizeWhenItIsReadFirst)
{
    const auto file = sparse_disk();
    const auto manifest = manifest_of("disk", file.size(), 3 * kMib);
    const auto url = put_manifest(s3, "disk", manifest.text());
    put_part(s3, manifest, 0, "disk", file);
    const auto task = start("ImportVolume", volume(url, file.size()));
    drain();
    s3.must("PUT", "/disks/disk.part0", "short");
    put_part(s3, manifest, 1, "disk", file);
    put_part(s3, manifest, 2, "disk", file);
    pass(kMinuteMs);
    EXPECT_THAT(failure_of(task), HasSubstr("The part 0 of the disk image has 5 bytes"));
}

TEST_F(ConversionTasks, AreCancelledWhenTheirPartsDoNotComeInTime)
{
    const auto manifest = manifest_of("disk", 8 * kMib, 3 * kMib);
    const auto url = put_manifest(s3, "disk", manifest.text());
    const auto task = start("ImportVolume", volume(url, 8 * kMib));
    drain();
    pass(6 * kDayMs);
    EXPECT_EQ(state(task), "active");
    pass(kDayMs);
    EXPECT_THAT(failure_of(task), HasSubstr("before the task expired"));
    pass(kHourMs);
    EXPECT_EQ(code("DescribeConversionTasks", {{"ConversionTaskId.1", task}}),
              "InvalidConversionTaskId");
    EXPECT_EQ(count(emulator, "SELECT COUNT(*) FROM transition"), 0);
}

TEST_F(ConversionTasks, FailByWhatTheManifestSays)
{
    EXPECT_THAT(failure_of(start_changed([](Manifest& one) { one.format = "VMDK"; })),
                StartsWith("ClientError: The import manifest is not valid: its file-format"));
    EXPECT_THAT(failure_of(start_changed([](Manifest& one) { one.volume_size = "2"; })),
                HasSubstr("its volume-size is 2"));
    EXPECT_THAT(failure_of(start_changed([](Manifest& one) {
                    one.parts.back().last -= 1;
                    one.size_bytes -= 1;
                })),
                HasSubstr("its size is"));
    EXPECT_THAT(failure_of(start_changed([](Manifest& one) { one.parts[0].last -= 1; })),
                HasSubstr("does not begin"));
    EXPECT_THAT(failure_of(start_changed([](Manifest& one) {
                    one.parts[0].last -= 1;
                    one.parts[1].first -= 1;
                })),
                HasSubstr("The part 0 of the disk image has"));
}

TEST_F(ConversionTasks, FailWhenThereIsNoManifest)
{
    EXPECT_THAT(failure_of(start("ImportVolume", volume(presigned_url("disks/none.xml"), kMib))),
                StartsWith("ClientError: The import manifest cannot be read: NoSuchKey"));
    EXPECT_THAT(failure_of(start("ImportVolume", volume(presigned_url("none/a.xml"), kMib))),
                HasSubstr("NoSuchBucket"));
    const auto url = put_manifest(s3, "disk", std::string(5 * kMib, 'x'));
    EXPECT_THAT(failure_of(start("ImportVolume", volume(url, kMib))), HasSubstr("more than"));
    EXPECT_THAT(
        failure_of(start("ImportVolume", volume(put_manifest(s3, "disk", "<manifest"), kMib))),
        HasSubstr("no XML document"));
}

// Source: whoever signed a URL reads by it, until it expires (documented).
TEST_F(ConversionTasks, ReadAsWhoeverHasSignedTheUrl)
{
    put(sparse_disk());
    const std::string place = "http://localhost:4566/disks/disk.xml";
    const std::string of_other =
        "?AWSAccessKeyId=" + std::string(kOtherAccount) + "&Expires=4102444800&Signature=c2ln";
    EXPECT_THAT(failure_of(start("ImportVolume", volume(place + of_other, 8 * kMib))),
                HasSubstr("AccessDenied"));
    EXPECT_THAT(failure_of(start("ImportVolume", volume(place, 8 * kMib))),
                HasSubstr("AccessDenied"))
        << "nobody signed";
    const std::string over = "?AWSAccessKeyId=123456789012&Expires=1000&Signature=c2ln";
    EXPECT_THAT(failure_of(start("ImportVolume", volume(place + over, 8 * kMib))),
                HasSubstr("Request has expired"));
    EXPECT_THAT(failure_of(start("ImportVolume", volume(presigned_url("disks"), 8 * kMib))),
                HasSubstr("gets no object"));
    auto virtual_host = presigned_url("disk.xml");
    virtual_host.replace(virtual_host.find("localhost"), 9, "disks.s3.localhost");
    const auto task = start("ImportVolume", volume(virtual_host, 8 * kMib));
    drain();
    EXPECT_EQ(state(task), "completed") << message(task);
}

TEST_F(ConversionTasks, FetchNothingFromElsewhere)
{
    const std::string away = "https://bucket.s3.amazonaws.com/disk.xml";
    const auto refused = emulator.call("ImportVolume", volume(away, kMib));
    EXPECT_EQ(refused.code, "UnsupportedOperation");
    EXPECT_THAT(refused.message, HasSubstr("bucket.s3.amazonaws.com"));
    EXPECT_THAT(failure_of(start_changed([&](Manifest& one) { one.parts[1].url = away; })),
                HasSubstr("The host bucket.s3.amazonaws.com is not this server's."));
}

TEST_F(ConversionTasks, FailByWhatIsNoDisk)
{
    auto manifest = manifest_of("disk", 8 * kMib, 3 * kMib);
    manifest.format = "VMDK";
    const auto url = put_disk(s3, manifest, "disk", sparse_disk());
    EXPECT_THAT(failure_of(start("ImportVolume", volume(url, 8 * kMib, {}, "VMDK"))),
                StartsWith("ClientError: Disk validation failed"));
}

TEST_F(ConversionTasks, FailWhenTheDiskIsLargerThanTheVolume)
{
    auto disk = disk_with(8 * kMib, {{0, "boot"}});
    auto file = stream_vmdk(disk);
    put_little(file, 12, (std::uint64_t{2} * kGiB) / 512, 8);
    auto manifest = manifest_of("disk", file.size(), 3 * kMib);
    manifest.format = "VMDK";
    const auto task = start("ImportVolume",
                            volume(put_disk(s3, manifest, "disk", file), file.size(), {}, "VMDK"));
    EXPECT_THAT(failure_of(task), StartsWith("ClientError: "));
}

TEST_F(ConversionTasks, RefuseWhatNeedsNoLook)
{
    const auto url = presigned_url("disks/a.xml");
    EXPECT_EQ(code("ImportVolume", volume("ftp://localhost/a", kMib)), "InvalidParameterValue");
    EXPECT_EQ(code("ImportVolume", volume(url + std::string(8192, 'x'), kMib)),
              "InvalidParameterValue");
    EXPECT_EQ(code("ImportVolume", volume(url, 0)), "InvalidParameterValue");
    EXPECT_EQ(code("ImportVolume", volume(url, kMib, {{"Volume.Size", "0"}})),
              "InvalidParameterValue");
    EXPECT_EQ(code("ImportVolume", volume(url, kMib, {{"AvailabilityZone", ""}})),
              "MissingParameter");
    EXPECT_EQ(code("ImportVolume", volume(url, kMib, {{"AvailabilityZone", "us-east-1x"}})),
              "InvalidParameterValue");
    EXPECT_EQ(code("ImportVolume", volume(url, kMib, {{"DryRun", "true"}})), "DryRunOperation");
    EXPECT_EQ(code("ImportInstance", instance(url, kMib, {{"DryRun", "true"}})), "DryRunOperation");
    expect_nothing_made();
}

TEST_F(ConversionTasks, AreFiveAtATime)
{
    emulator.set_delay("conversion-task.active", kHourMs);
    const auto url = presigned_url("disks/a.xml");
    for (int number = 0; number < 5; ++number) {
        start("ImportVolume", volume(url, kMib));
    }
    EXPECT_EQ(code("ImportVolume", volume(url, kMib)), "ResourceLimitExceeded");
    EXPECT_EQ(code("ImportInstance", instance(url, kMib)), "ResourceLimitExceeded");
}

// ImportInstance

TEST_F(ConversionTasks, MakeAStoppedInstance)
{
    const auto file = sparse_disk();
    const auto task =
        start("ImportInstance",
              instance(put(file), file.size(),
                       {{"LaunchSpecification.InstanceInitiatedShutdownBehavior", "terminate"},
                        {"LaunchSpecification.Monitoring", "true"},
                        {"LaunchSpecification.UserData.Data", "aGVsbG8="},
                        {"LaunchSpecification.Placement.AvailabilityZone", "us-east-1c"},
                        {"Description", "a machine"}}));
    EXPECT_THAT(task, StartsWith("import-i-"));
    const auto id = shown(task, "importInstance/instanceId");
    drain();
    EXPECT_EQ(state(task), "completed") << message(task);
    EXPECT_EQ(shown(task, "importInstance/description"), "a machine");
    EXPECT_EQ(shown(task, "importInstance/platform"), "Linux");
    EXPECT_EQ(shown(task, "importInstance/volumes/item/status"), "completed");
    EXPECT_EQ(shown(task, "importInstance/volumes/item/description"), "root");
    const auto made = emulator.must("DescribeInstances", {{"InstanceId.1", id}});
    const std::string at = "reservationSet/item/instancesSet/item/";
    EXPECT_EQ(made.text(at + "instanceState/name"), "stopped");
    EXPECT_EQ(made.text(at + "placement/availabilityZone"), "us-east-1c");
    EXPECT_EQ(made.text(at + "monitoring/state"), "enabled");
    EXPECT_THAT(made.text(at + "ipAddress"), IsEmpty());
    EXPECT_EQ(made.text(at + "rootDeviceName"), "/dev/sda1");
    const std::string root = at + "blockDeviceMapping/item/ebs/";
    EXPECT_EQ(made.text(root + "status"), "attached");
    const auto volume_id = made.text(root + "volumeId");
    EXPECT_EQ(shown(task, "importInstance/volumes/item/volume/id"), volume_id);
    EXPECT_EQ(bytes_of(volume_id, file.size()), file);
    emulator.must("StartInstances", {{"InstanceId.1", id}});
    EXPECT_EQ(
        emulator.must("DescribeInstances", {{"InstanceId.1", id}}).text(at + "instanceState/name"),
        "running");
}

TEST_F(ConversionTasks, SayThePlatform)
{
    const auto file = sparse_disk();
    const auto task =
        start("ImportInstance", instance(put(file), file.size(), {{"Platform", "Windows"}}));
    drain();
    const auto made = emulator.must("DescribeInstances",
                                    {{"InstanceId.1", shown(task, "importInstance/instanceId")}});
    EXPECT_EQ(made.text("reservationSet/item/instancesSet/item/platform"), "windows");
    EXPECT_EQ(code("ImportInstance", instance(presigned_url("disks/a"), 1, {{"Platform", "BSD"}})),
              "InvalidParameterValue");
}

TEST_F(ConversionTasks, RefuseMachinesThatCannotBeLaunched)
{
    const auto refusal = [&](const Parameters& more) {
        return code("ImportInstance", instance(presigned_url("disks/a.xml"), kMib, more));
    };
    EXPECT_EQ(refusal({{"LaunchSpecification.SubnetId", "subnet-0123456789abcdef0"}}),
              "InvalidSubnetID.NotFound");
    EXPECT_EQ(refusal({{"LaunchSpecification.GroupId.1", "sg-0123456789abcdef0"}}),
              "InvalidGroup.NotFound");
    EXPECT_EQ(refusal({{"LaunchSpecification.UserData.Data", "?"}}), "InvalidUserData.Malformed");
    EXPECT_EQ(refusal({{"LaunchSpecification.Placement.Tenancy", "host"}}),
              "InvalidParameterValue");
    EXPECT_EQ(refusal({{"LaunchSpecification.Placement.HostId", "h-0123456789abcdef0"}}),
              "UnsupportedOperation");
    EXPECT_EQ(refusal(disk("DiskImage.2.", presigned_url("disks/b.xml"), kMib, "RAW")),
              "InvalidParameterValue");
    expect_nothing_made();
}

TEST_F(ConversionTasks, FailWhenTheMachinesPlaceHasGone)
{
    const auto subnets = emulator.must("DescribeSubnets", {{"Filter.1.Name", "availability-zone"},
                                                           {"Filter.1.Value.1", "us-east-1a"}});
    const auto subnet = subnets.text("subnetSet/item/subnetId");
    emulator.set_delay("conversion-task.active", kMinuteMs);
    const auto file = sparse_disk();
    const auto task = start("ImportInstance", instance(put(file), file.size(),
                                                       {{"LaunchSpecification.SubnetId", subnet}}));
    emulator.must("DeleteSubnet", {{"SubnetId", subnet}});
    pass(kMinuteMs);
    EXPECT_THAT(failure_of(task), HasSubstr(subnet));
}

// DescribeConversionTasks

TEST_F(ConversionTasks, AreTheirOwnersAlone)
{
    emulator.set_delay("conversion-task.active", kHourMs);
    const auto task = start("ImportVolume", volume(presigned_url("disks/a.xml"), kMib));
    EXPECT_EQ(emulator.must("DescribeConversionTasks").texts("conversionTasks/item/state").size(),
              1U);
    EXPECT_EQ(emulator.must("DescribeConversionTasks", {}, kOtherAccount)
                  .texts("conversionTasks/item/state")
                  .size(),
              0U);
    const Parameters by_id{{"ConversionTaskId.1", task}};
    EXPECT_EQ(emulator.call("DescribeConversionTasks", by_id, kOtherAccount).code,
              "InvalidConversionTaskId");
    EXPECT_EQ(
        emulator.call("CancelConversionTask", {{"ConversionTaskId", task}}, kOtherAccount).code,
        "InvalidConversionTaskId");
    EXPECT_EQ(code("DescribeConversionTasks", {{"ConversionTaskId.1", kUnknown}}),
              "InvalidConversionTaskId");
    EXPECT_EQ(code("DescribeConversionTasks", {{"ConversionTaskId.1", "import-i-ffvko9js"}}),
              "InvalidConversionTaskId");
    EXPECT_EQ(code("DescribeConversionTasks", {{"ConversionTaskId.1", "import-ami-01234567"}}),
              "InvalidConversionTaskId.Malformed");
    EXPECT_EQ(code("DescribeConversionTasks", {{"DryRun", "true"}}), "DryRunOperation");
}

TEST_F(ConversionTasks, HaveTags)
{
    emulator.set_delay("conversion-task.active", kHourMs);
    const auto task = start("ImportVolume", volume(presigned_url("disks/a.xml"), kMib));
    emulator.must("CreateTags",
                  {{"ResourceId.1", task}, {"Tag.1.Key", "of"}, {"Tag.1.Value", "test"}});
    EXPECT_EQ(shown(task, "tagSet/item/key"), "of");
    EXPECT_EQ(code("CreateTags",
                   {{"ResourceId.1", kUnknown}, {"Tag.1.Key", "of"}, {"Tag.1.Value", "test"}}),
              "InvalidConversionTaskId");
}

// CancelConversionTask

TEST_F(ConversionTasks, LeaveNothingWhenTheyAreCancelled)
{
    emulator.set_delay("conversion-task.active", kMinuteMs);
    emulator.set_delay("conversion-task.cancelling", kMinuteMs);
    const auto task = start("ImportInstance", instance(put(sparse_disk()), 8 * kMib));
    const Parameters by_id{{"ConversionTaskId", task}};
    EXPECT_EQ(code("CancelConversionTask", merged(by_id, {{"DryRun", "true"}})), "DryRunOperation");
    emulator.must("CancelConversionTask", merged(by_id, {{"ReasonMessage", "a mistake"}}));
    EXPECT_EQ(state(task), "cancelling");
    EXPECT_EQ(message(task), "a mistake");
    EXPECT_EQ(code("CancelConversionTask", by_id), "IncorrectState");
    pass(kMinuteMs);
    EXPECT_EQ(state(task), "cancelled");
    expect_nothing_made();
    pass(7 * kDayMs);
    EXPECT_EQ(count(emulator, "SELECT COUNT(*) FROM conversion_task"), 0);
}

TEST_F(ConversionTasks, EndWhenTheyAreCancelledAsTheyWait)
{
    const auto manifest = manifest_of("disk", 8 * kMib, 3 * kMib);
    const auto task =
        start("ImportVolume", volume(put_manifest(s3, "disk", manifest.text()), 8 * kMib));
    drain();
    emulator.must("CancelConversionTask", {{"ConversionTaskId", task}});
    EXPECT_EQ(state(task), "cancelled");
    for (std::size_t index = 0; index < manifest.parts.size(); ++index) {
        put_part(s3, manifest, index, "disk", sparse_disk());
    }
    pass(kMinuteMs);
    expect_nothing_made();
}

TEST_F(ConversionTasks, CannotBeCancelledWhenTheyAreDone)
{
    const auto task = start("ImportVolume", volume(put(sparse_disk()), 8 * kMib));
    drain();
    EXPECT_EQ(code("CancelConversionTask", {{"ConversionTaskId", task}}), "IncorrectState");
    EXPECT_EQ(code("CancelConversionTask", {{"ConversionTaskId", kUnknown}}),
              "InvalidConversionTaskId");
    EXPECT_EQ(code("CancelConversionTask", {{"ConversionTaskId", "x"}}),
              "InvalidConversionTaskId.Malformed");
}

// A process that ends leaves tasks to the next start.

TEST(ConversionTasksAfterAStart, BeginAgain)
{
    const TemporaryDirectory directory;
    const auto path = directory.path() + "/data";
    const auto file = sparse_disk();
    std::string task;
    {
        TestEmulator aws(path);
        const S3Caller s3(aws);
        s3.must("PUT", "/disks");
        const auto manifest = manifest_of("disk", file.size(), 3 * kMib);
        const auto url = put_disk(s3, manifest, "disk", file);
        aws.set_delay("conversion-task.active", kHourMs);
        task = aws.must("ImportVolume", {{"AvailabilityZone", "us-east-1a"},
                                         {"Image.Format", "RAW"},
                                         {"Image.Bytes", std::to_string(file.size())},
                                         {"Image.ImportManifestUrl", url},
                                         {"Volume.Size", "1"}})
                   .text("conversionTask/conversionTaskId");
        // As it stands while it is worked on.
        aws.generation().writer().db().run(fmt::format(
            "UPDATE transition SET due_ms = {} WHERE action = 'convert'", kAtNextStart));
    }
    TestEmulator aws(path);
    aws.emulator().settle();
    aws.data().background().drain();
    const auto shown = aws.must("DescribeConversionTasks", {{"ConversionTaskId.1", task}});
    EXPECT_EQ(shown.text("conversionTasks/item/state"), "completed");
}

}  // namespace
}  // namespace amilab::test
