#include "server/services/ec2/export_tasks/export_image_tasks.h"

#include <gmock/gmock.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/store_image_tasks/stored_world.h"
#include "tests/support/disks.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::string at(const char* name)
{
    return std::string("exportImageTaskSet/item/") + name;
}

class ExportImageTasks : public StoredWorld {
protected:
    Answer start(const std::string& image, const Parameters& more = {})
    {
        return emulator.call("ExportImage", merged({{"ImageId", image},
                                                    {"DiskImageFormat", "RAW"},
                                                    {"S3ExportLocation.S3Bucket", "disks"}},
                                                   more));
    }
    std::string must_start(const std::string& image, const Parameters& more = {})
    {
        const auto answer = start(image, more);
        EXPECT_TRUE(answer.ok()) << answer.body;
        return answer.text("exportImageTaskId");
    }
    Answer describe(const Parameters& parameters = {})
    {
        return emulator.must("DescribeExportImageTasks", parameters);
    }
};

TEST_F(ExportImageTasks, GiveARawDiskUnderThePrefix)
{
    const auto id = must_start(make_image("one"), {{"S3ExportLocation.S3Prefix", "exports/"}});
    EXPECT_THAT(id, StartsWith("export-ami-"));
    do_work();
    const auto object = s3.must("HEAD", "/disks/exports/" + id + ".raw");
    EXPECT_EQ(object.header("content-length"), std::to_string(kGiB));
    const auto range = "bytes=" + std::to_string(kPlace) + "-" + std::to_string(kPlace + 3);
    EXPECT_EQ(s3.must("GET", "/disks/exports/" + id + ".raw", "", {{"Range", range}}).body,
              std::string("one\0", 4));
    EXPECT_EQ(count(emulator, "SELECT SUM(held_bytes) < 1000000 FROM s3_blob"), 1);
}

TEST_F(ExportImageTasks, GiveVmdkAndVhdFiles)
{
    const auto image = make_image("one");
    const auto vmdk = must_start(image, {{"DiskImageFormat", "VMDK"}});
    const auto vhd = must_start(image, {{"DiskImageFormat", "VHD"}});
    do_work();
    EXPECT_THAT(s3.must("GET", "/disks/" + vmdk + ".vmdk").body, StartsWith("KDMV"));
    EXPECT_THAT(s3.must("GET", "/disks/" + vhd + ".vhd").body, StartsWith("conectix"));
}

TEST_F(ExportImageTasks, AreShownAsTheyWereAskedFor)
{
    const auto image = make_image("one");
    const auto answer = start(image, {{"Description", "nightly"},
                                      {"RoleName", "exporter"},
                                      {"S3ExportLocation.S3Prefix", "exports/"},
                                      {"TagSpecification.1.ResourceType", "export-image-task"},
                                      {"TagSpecification.1.Tag.1.Key", "of"},
                                      {"TagSpecification.1.Tag.1.Value", "test"}});
    EXPECT_EQ(answer.text("diskImageFormat"), "RAW");
    EXPECT_EQ(answer.text("imageId"), image);
    EXPECT_EQ(answer.text("roleName"), "exporter");
    EXPECT_EQ(answer.text("progress"), "0");
    EXPECT_EQ(answer.text("status"), "active");
    EXPECT_EQ(answer.text("statusMessage"), "validating");
    EXPECT_EQ(answer.text("tagSet/item/key"), "of");
    EXPECT_EQ(start(image).text("roleName"), "vmimport");
    do_work();
    const auto shown = describe({{"ExportImageTaskId.1", answer.text("exportImageTaskId")}});
    EXPECT_EQ(shown.text(at("description")), "nightly");
    EXPECT_EQ(shown.text(at("imageId")), image);
    EXPECT_EQ(shown.text(at("s3ExportLocation/s3Bucket")), "disks");
    EXPECT_EQ(shown.text(at("s3ExportLocation/s3Prefix")), "exports/");
    EXPECT_EQ(shown.text(at("status")), "completed");
    EXPECT_EQ(shown.count(at("progress")), 0U);
    EXPECT_EQ(shown.count(at("statusMessage")), 0U);
    EXPECT_EQ(shown.text(at("tagSet/item/value")), "test");
}

TEST_F(ExportImageTasks, HaveProgressWhileTheyAreActive)
{
    emulator.set_delay("export-image-task.active", 100 * kSecondMs);
    must_start(make_image("one"));
    emulator.advance(40 * kSecondMs);
    EXPECT_EQ(describe().text(at("progress")), "40");
    EXPECT_EQ(describe().text(at("status")), "active");
    emulator.advance(60 * kSecondMs);
    emulator.emulator().settle();
    do_work();
    EXPECT_EQ(describe().text(at("status")), "completed");
}

TEST_F(ExportImageTasks, AreStartedOnceForOneToken)
{
    const auto image = make_image("one");
    const auto id = must_start(image, {{"ClientToken", "once"}});
    EXPECT_EQ(must_start(image, {{"ClientToken", "once"}}), id);
    EXPECT_EQ(start(image, {{"ClientToken", "once"}, {"DiskImageFormat", "VHD"}}).code,
              "IdempotentParameterMismatch");
    EXPECT_EQ(describe().count("exportImageTaskSet/item"), 1U);
}

TEST_F(ExportImageTasks, AreFoundByIdsFiltersAndPages)
{
    const auto image = make_image("one");
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) {
        ids.push_back(must_start(image));
    }
    do_work();
    emulator.set_delay("export-image-task.active", kHourMs);
    const auto active = must_start(image);
    EXPECT_THAT(describe(filter("task-state", "active")).texts(at("exportImageTaskId")),
                ElementsAre(active));
    EXPECT_EQ(describe(filter("task-state", "completed")).count("exportImageTaskSet/item"), 3U);
    const auto page = describe({{"MaxResults", "3"}});
    EXPECT_EQ(page.count("exportImageTaskSet/item"), 3U);
    EXPECT_EQ(describe({{"MaxResults", "3"}, {"NextToken", page.text("nextToken")}})
                  .count("exportImageTaskSet/item"),
              1U);
    EXPECT_EQ(
        code("DescribeExportImageTasks", {{"ExportImageTaskId.1", "export-ami-0123456789abcdef0"}}),
        "InvalidExportTaskID.NotFound");
    EXPECT_EQ(code("DescribeExportImageTasks", {{"ExportImageTaskId.1", "x"}}),
              "InvalidExportTaskID.Malformed");
    EXPECT_EQ(code("DescribeExportImageTasks", {{"ExportImageTaskId.1", active}}, kOtherAccount),
              "InvalidExportTaskID.NotFound");
}

TEST_F(ExportImageTasks, EndDeletedWithAMessageWhenTheyFail)
{
    emulator.set_delay("export-image-task.active", kSecondMs);
    must_start(make_image("one"));
    s3.must("DELETE", "/disks");
    emulator.advance(kSecondMs);
    emulator.emulator().settle();
    do_work();
    EXPECT_EQ(describe().text(at("status")), "deleted");
    EXPECT_THAT(describe().text(at("statusMessage")), HasSubstr("ClientError: "));
    EXPECT_EQ(count(emulator, "SELECT COUNT(*) FROM transition"), 0);
    EXPECT_EQ(count(emulator, "SELECT COUNT(*) FROM s3_blob"), 0);
}

TEST_F(ExportImageTasks, RefuseImagesThatAreNotToBeExported)
{
    EXPECT_EQ(start("ami-0123456789abcdef0").code, "InvalidAMIID.NotFound");
    EXPECT_EQ(start("x").code, "InvalidAMIID.Malformed");
    const auto image = make_image("one");
    emulator.must("ModifyImageAttribute",
                  {{"ImageId", image}, {"LaunchPermission.Add.1.Group", "all"}});
    EXPECT_EQ(code("ExportImage",
                   {{"ImageId", image},
                    {"DiskImageFormat", "RAW"},
                    {"S3ExportLocation.S3Bucket", "disks"}},
                   kOtherAccount),
              "AuthFailure");
    const auto two =
        make_image("two", {{"BlockDeviceMapping.2.DeviceName", "/dev/xvdb"},
                           {"BlockDeviceMapping.2.Ebs.SnapshotId", make_snapshot("data")}});
    EXPECT_EQ(start(two).code, "NotExportable");
    const auto windows = make_image("windows");
    emulator.generation().writer().db().run(
        ("UPDATE image SET platform = 'windows' WHERE id = '" + windows + "'").c_str());
    EXPECT_EQ(start(windows).message, "The image ID (" + windows +
                                          ") provided contains AWS-licensed software and is not "
                                          "exportable.");
    emulator.must("EnableEbsEncryptionByDefault");
    EXPECT_EQ(start(make_image("encrypted")).code, "NotExportable");
}

TEST_F(ExportImageTasks, RefuseBucketsAndWhatElseIsWrong)
{
    const auto image = make_image("one");
    for (const auto* bucket : {"nobodys", kFarBucket}) {
        EXPECT_EQ(start(image, {{"S3ExportLocation.S3Bucket", bucket}}).code, "InvalidParameter");
    }
    EXPECT_EQ(start(image, {{"DiskImageFormat", "QCOW2"}}).code, "InvalidParameterValue");
    EXPECT_FALSE(start(image, {{"Description", std::string(256, 'x')}}).ok());
    EXPECT_EQ(start(image, {{"DryRun", "true"}}).code, "DryRunOperation");
    EXPECT_THAT(describe().texts(at("status")), IsEmpty());
}

TEST_F(ExportImageTasks, AreTwentyAtATime)
{
    emulator.set_delay("export-image-task.active", kHourMs);
    const auto image = make_image("one");
    for (int i = 0; i < 20; ++i) {
        must_start(image);
    }
    EXPECT_EQ(start(image).code, "ResourceLimitExceeded");
}

}  // namespace
}  // namespace amilab::test
