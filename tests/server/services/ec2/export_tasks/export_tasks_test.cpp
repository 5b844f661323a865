#include "server/services/ec2/export_tasks/export_tasks.h"

#include <gmock/gmock.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/store_image_tasks/stored_world.h"
#include "tests/support/disk_images.h"
#include "tests/support/disks.h"

namespace amilab::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string at(const char* name)
{
    return std::string("exportTaskSet/item/") + name;
}

class ExportTasks : public StoredWorld {
protected:
    std::string launch(const std::string& image)
    {
        return emulator
            .must("RunInstances", {{"ImageId", image},
                                   {"InstanceType", "t2.micro"},
                                   {"MinCount", "1"},
                                   {"MaxCount", "1"}})
            .text("instancesSet/item/instanceId");
    }
    Answer start(const std::string& instance, const Parameters& more = {})
    {
        return emulator.call("CreateInstanceExportTask", merged({{"InstanceId", instance},
                                                                 {"TargetEnvironment", "vmware"},
                                                                 {"ExportToS3.S3Bucket", "disks"}},
                                                                more));
    }
    std::string must_start(const std::string& instance, const Parameters& more = {})
    {
        const auto answer = start(instance, more);
        EXPECT_TRUE(answer.ok()) << answer.body;
        return answer.text("exportTask/exportTaskId");
    }
    Answer describe(const Parameters& parameters = {})
    {
        return emulator.must("DescribeExportTasks", parameters);
    }
};

TEST_F(ExportTasks, GiveTheVolumeAsItIsWhenTheyBegin)
{
    const auto instance = launch(make_image("one"));
    const auto volume = emulator.must("DescribeVolumes").text("volumeSet/item/volumeId");
    const std::string text = "two";
    open_volume(emulator, volume)->write(kPlace, std::as_bytes(std::span(text)));
    const auto id = must_start(
        instance, {{"ExportToS3.DiskImageFormat", "RAW"}, {"ExportToS3.S3Prefix", "exports/"}});
    EXPECT_THAT(id, StartsWith("export-i-"));
    do_work();
    const auto range = "bytes=" + std::to_string(kPlace) + "-" + std::to_string(kPlace + 2);
    EXPECT_EQ(s3.must("GET", "/disks/exports/" + id + ".raw", "", {{"Range", range}}).body, "two");
    EXPECT_EQ(describe().text(at("state")), "completed");
}

TEST_F(ExportTasks, AreShownAsTheyWereAskedFor)
{
    const auto instance = launch(make_image("one"));
    const auto answer =
        start(instance, {{"Description", "nightly"},
                         {"ExportToS3.ContainerFormat", "ova"},
                         {"ExportToS3.S3Prefix", "exports/"},
                         {"TagSpecification.1.ResourceType", "export-instance-task"},
                         {"TagSpecification.1.Tag.1.Key", "of"},
                         {"TagSpecification.1.Tag.1.Value", "test"}});
    const auto id = answer.text("exportTask/exportTaskId");
    EXPECT_EQ(answer.text("exportTask/state"), "active");
    EXPECT_EQ(answer.text("exportTask/tagSet/item/key"), "of");
    do_work();
    const auto shown = describe({{"ExportTaskId.1", id}});
    EXPECT_EQ(shown.text(at("description")), "nightly");
    EXPECT_EQ(shown.text(at("instanceExport/instanceId")), instance);
    EXPECT_EQ(shown.text(at("instanceExport/targetEnvironment")), "vmware");
    EXPECT_EQ(shown.text(at("exportToS3/containerFormat")), "ova");
    EXPECT_EQ(shown.text(at("exportToS3/diskImageFormat")), "VMDK");
    EXPECT_EQ(shown.text(at("exportToS3/s3Bucket")), "disks");
    EXPECT_EQ(shown.text(at("exportToS3/s3Key")), "exports/" + id + ".ova");
    const auto archive = s3.must("GET", "/disks/exports/" + id + ".ova").body;
    EXPECT_THAT(archive, StartsWith(id + ".ovf"));
    EXPECT_THAT(archive, HasSubstr("<Envelope"));
    EXPECT_THAT(archive, HasSubstr(id + "-disk1.vmdk"));
    EXPECT_EQ(archive.size() % 512, 0U);
}

TEST_F(ExportTasks, AnArchiveIsImportedAgain)
{
    const auto instance = launch(make_image("one"));
    const auto volume =
        open_volume(emulator, emulator.must("DescribeVolumes").text("volumeSet/item/volumeId"));
    const auto disk = bootable_disk();
    volume->write(0, std::as_bytes(std::span(disk)));
    const auto id = must_start(instance, {{"ExportToS3.ContainerFormat", "ova"}});
    do_work();
    const auto task = emulator
                          .must("ImportImage", {{"DiskContainer.1.Format", "ova"},
                                                {"DiskContainer.1.UserBucket.S3Bucket", "disks"},
                                                {"DiskContainer.1.UserBucket.S3Key", id + ".ova"}})
                          .text("importTaskId");
    do_work();
    const auto told = emulator.must("DescribeImportImageTasks", {{"ImportTaskId.1", task}});
    const std::string shown = "importImageTaskSet/item/";
    ASSERT_EQ(told.text(shown + "status"), "completed") << told.body;
    const auto snapshot =
        open_snapshot(emulator, told.text(shown + "snapshotDetailSet/item/snapshotId"));
    std::string read(disk.size(), 'x');
    snapshot->read(0, std::as_writable_bytes(std::span(read)));
    EXPECT_EQ(read, disk);
    std::string rest(512, 'x');
    snapshot->read(kPlace, std::as_writable_bytes(std::span(rest)));
    EXPECT_THAT(rest, StartsWith("one"));
}

TEST_F(ExportTasks, HaveTheFormatOfTheirEnvironment)
{
    const auto instance = launch(make_image("one"));
    const auto format = [&](const std::string& environment) {
        return start(instance, {{"TargetEnvironment", environment}})
            .text("exportTask/exportToS3/diskImageFormat");
    };
    EXPECT_EQ(format("vmware"), "VMDK");
    EXPECT_EQ(format("microsoft"), "VHD");
    EXPECT_EQ(format("citrix"), "VHD");
    EXPECT_EQ(
        start(instance, {{"TargetEnvironment", "citrix"}, {"ExportToS3.ContainerFormat", "ova"}})
            .code,
        "InvalidParameterCombination");
    do_work();
}

TEST_F(ExportTasks, RefuseInstancesThatAreNotToBeExported)
{
    EXPECT_EQ(start("i-0123456789abcdef0").code, "InvalidInstanceID.NotFound");
    EXPECT_EQ(start("x").code, "InvalidInstanceID.Malformed");
    const auto instance = launch(make_image("one"));
    EXPECT_EQ(start(instance, {{"ExportToS3.S3Bucket", "nobodys"}}).code, "InvalidParameter");
    EXPECT_EQ(emulator
                  .call("CreateInstanceExportTask", {{"InstanceId", instance},
                                                     {"TargetEnvironment", "vmware"},
                                                     {"ExportToS3.S3Prefix", "x"}})
                  .code,
              "MissingParameter");
    emulator.generation().writer().db().run("UPDATE instance SET image_owner = '137112412989'");
    EXPECT_EQ(start(instance).message, "Only imported instances can be exported.");
    EXPECT_EQ(start(instance).code, "NotExportable");
    emulator.generation().writer().db().run("UPDATE instance SET image_owner = owner");
    emulator.must("TerminateInstances", {{"InstanceId.1", instance}});
    EXPECT_EQ(start(instance).code, "IncorrectInstanceState");
}

TEST_F(ExportTasks, AreFiveAtATime)
{
    emulator.set_delay("export-task.active", kHourMs);
    const auto instance = launch(make_image("one"));
    for (int i = 0; i < 5; ++i) {
        must_start(instance);
    }
    EXPECT_EQ(start(instance).code, "ResourceLimitExceeded");
}

// CancelExportTask

TEST_F(ExportTasks, LeaveNothingWhenTheyAreCancelled)
{
    emulator.set_delay("export-task.active", kMinuteMs);
    emulator.set_delay("export-task.cancelling", kMinuteMs);
    const auto id = must_start(launch(make_image("one")));
    emulator.must("CancelExportTask", {{"ExportTaskId", id}});
    EXPECT_EQ(describe().text(at("state")), "cancelling");
    EXPECT_EQ(code("CancelExportTask", {{"ExportTaskId", id}}), "IncorrectState");
    emulator.advance(kMinuteMs);
    emulator.emulator().settle();
    do_work();
    EXPECT_EQ(describe().text(at("state")), "cancelled");
    EXPECT_EQ(s3.must("GET", "/disks").texts("Contents/Key").size(), 0U);
    EXPECT_EQ(count(emulator, "SELECT COUNT(*) FROM transition"), 0);
}

TEST_F(ExportTasks, AreCancelledOfImagesToo)
{
    emulator.set_delay("export-image-task.active", kMinuteMs);
    const auto id = emulator
                        .must("ExportImage", {{"ImageId", make_image("one")},
                                              {"DiskImageFormat", "RAW"},
                                              {"S3ExportLocation.S3Bucket", "disks"}})
                        .text("exportImageTaskId");
    EXPECT_EQ(code("CancelExportTask", {{"ExportTaskId", id}}, kOtherAccount),
              "InvalidExportTaskID.NotFound");
    emulator.must("CancelExportTask", {{"ExportTaskId", id}});
    EXPECT_EQ(emulator.must("DescribeExportImageTasks").text("exportImageTaskSet/item/status"),
              "deleted");
    EXPECT_EQ(code("CancelExportTask", {{"ExportTaskId", "export-i-0123456789abcdef0"}}),
              "InvalidExportTaskID.NotFound");
    EXPECT_EQ(code("CancelExportTask", {{"ExportTaskId", "x"}}), "InvalidExportTaskID.Malformed");
}

TEST_F(ExportTasks, CannotBeCancelledWhenTheyAreDone)
{
    const auto id = must_start(launch(make_image("one")));
    do_work();
    EXPECT_EQ(code("CancelExportTask", {{"ExportTaskId", id}}), "IncorrectState");
}

}  // namespace
}  // namespace amilab::test
