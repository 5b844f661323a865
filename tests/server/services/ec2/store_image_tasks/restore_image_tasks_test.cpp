#include "server/services/ec2/store_image_tasks/restore_image_tasks.h"

#include <filesystem>

#include <gmock/gmock.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/store_image_tasks/stored_world.h"
#include "tests/support/disks.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kImage = "imagesSet/item/";

std::string at(const char* name)
{
    return std::string(kImage) + name;
}

class RestoreImageTasks : public StoredWorld {
protected:
    Answer start(const std::string& key, const Parameters& more = {},
                 std::string_view region = kRegion)
    {
        return emulator.call("CreateRestoreImageTask",
                             merged({{"Bucket", "disks"}, {"ObjectKey", key}}, more), kAccount,
                             region);
    }
    std::string restore(const std::string& key, const Parameters& more = {},
                        std::string_view region = kRegion)
    {
        const auto answer = start(key, more, region);
        EXPECT_TRUE(answer.ok()) << answer.body;
        do_work();
        return answer.text("imageId");
    }
    Answer image(const std::string& id, std::string_view region = kRegion)
    {
        return emulator.must("DescribeImages", {{"ImageId.1", id}}, kAccount, region);
    }
    /// Moves what is due, and does its work.
    void pass(TimeMs time_ms)
    {
        emulator.advance(time_ms);
        emulator.emulator().settle();
        do_work();
    }
    std::int64_t rows(const std::string& table)
    {
        return count(emulator, "SELECT COUNT(*) FROM " + table);
    }
};

TEST_F(RestoreImageTasks, GiveTheSameImageInAnotherRegion)
{
    const auto source = make_image("one", {{"Description", "nightly"},
                                           {"BootMode", "uefi"},
                                           {"TpmSupport", "v2.0"},
                                           {"ImdsSupport", "v2.0"},
                                           {"EnaSupport", "true"},
                                           {"UefiData", "QU1aTlVFRkk="},
                                           {"TagSpecification.1.ResourceType", "image"},
                                           {"TagSpecification.1.Tag.1.Key", "of"},
                                           {"TagSpecification.1.Tag.1.Value", "test"},
                                           {"BlockDeviceMapping.2.DeviceName", "/dev/xvdb"},
                                           {"BlockDeviceMapping.2.VirtualName", "ephemeral0"}});
    const auto key = store(source);
    send_far(key);
    const auto made = restore(key, {{"Bucket", kFarBucket}}, kFarRegion);
    const auto shown = image(made, kFarRegion);
    EXPECT_EQ(shown.text(at("imageState")), "available");
    EXPECT_EQ(shown.text(at("name")), "one");
    EXPECT_EQ(shown.text(at("description")), "nightly");
    EXPECT_EQ(shown.text(at("bootMode")), "uefi");
    EXPECT_EQ(shown.text(at("tpmSupport")), "v2.0");
    EXPECT_EQ(shown.text(at("imdsSupport")), "v2.0");
    EXPECT_EQ(shown.text(at("enaSupport")), "true");
    EXPECT_EQ(shown.text(at("sourceImageId")), source);
    EXPECT_EQ(shown.text(at("sourceImageRegion")), kRegion);
    EXPECT_EQ(shown.text(at("tagSet/item/key")), "of");
    EXPECT_THAT(shown.texts(at("blockDeviceMapping/item/deviceName")),
                ElementsAre("/dev/xvda", "/dev/xvdb"));
    EXPECT_EQ(read_root(made, 4, kFarRegion), std::string("one\0", 4));
    EXPECT_EQ(rows("restore_image_task"), 0);
    EXPECT_EQ(rows("transition"), 0);
}

TEST_F(RestoreImageTasks, GiveSnapshotsTheirTagsAndWhatTheCallSays)
{
    const auto source = make_image("one");
    const auto snapshot = image(source).text(at("blockDeviceMapping/item/ebs/snapshotId"));
    emulator.must("CreateTags", {{"ResourceId.1", snapshot},
                                 {"ResourceId.2", source},
                                 {"Tag.1.Key", "of"},
                                 {"Tag.1.Value", "old"},
                                 {"Tag.2.Key", "kept"},
                                 {"Tag.2.Value", "yes"}});
    const auto made = restore(store(source), {{"Name", "two"},
                                              {"TagSpecification.1.ResourceType", "image"},
                                              {"TagSpecification.1.Tag.1.Key", "of"},
                                              {"TagSpecification.1.Tag.1.Value", "new"},
                                              {"TagSpecification.2.ResourceType", "snapshot"},
                                              {"TagSpecification.2.Tag.1.Key", "of"},
                                              {"TagSpecification.2.Tag.1.Value", "newer"}});
    const auto shown = image(made);
    EXPECT_EQ(shown.text(at("name")), "two");
    EXPECT_THAT(shown.texts(at("tagSet/item/value")), ElementsAre("yes", "new"));
    const auto copy =
        emulator.must("DescribeSnapshots",
                      {{"SnapshotId.1", shown.text(at("blockDeviceMapping/item/ebs/snapshotId"))}});
    EXPECT_EQ(copy.text("snapshotSet/item/status"), "completed");
    EXPECT_THAT(copy.texts("snapshotSet/item/tagSet/item/value"), ElementsAre("yes", "newer"));
}

TEST_F(RestoreImageTasks, LeaveTheImagePendingUntilTheirTimeHasCome)
{
    const auto key = store(make_image("one"));
    emulator.set_delay("restore-image-task.in-progress", kMinuteMs);
    const auto made = restore(key, {{"Name", "two"}});
    EXPECT_EQ(image(made).text(at("imageState")), "pending");
    pass(kMinuteMs);
    EXPECT_EQ(image(made).text(at("imageState")), "available");
    EXPECT_EQ(read_root(made, 3), "one");
}

TEST_F(RestoreImageTasks, EncryptWhereThatIsTheDefault)
{
    const auto key = store(make_image("one"));
    emulator.must("EnableEbsEncryptionByDefault");
    const auto made = restore(key, {{"Name", "two"}});
    EXPECT_EQ(image(made).text(at("blockDeviceMapping/item/ebs/encrypted")), "true");
}

TEST_F(RestoreImageTasks, RefuseObjectsThatAreNoStoredImages)
{
    EXPECT_THAT(start("none").message, HasSubstr("object does not exist: disks/none"));
    EXPECT_THAT(start("a", {{"Bucket", "nobodys"}}).message, HasSubstr("does not exist"));
    EXPECT_THAT(start("a", {{"Bucket", kFarBucket}}).message, HasSubstr("not local"));
    s3.must("PUT", "/disks/text", "a text, and no image");
    EXPECT_EQ(start("text").code, "InvalidParameter");
    const auto key = store(make_image("one"));
    EXPECT_EQ(
        code("CreateRestoreImageTask", {{"Bucket", "disks"}, {"ObjectKey", key}}, kOtherAccount),
        "InvalidParameter");
    EXPECT_EQ(start(key).code, "InvalidAMIName.Duplicate");
    EXPECT_EQ(start(key, {{"Name", "*?!"}}).code, "InvalidAMIName.Malformed");
    EXPECT_EQ(start(key, {{"DryRun", "true"}}).code, "DryRunOperation");
    EXPECT_EQ(rows("restore_image_task"), 0);
}

TEST_F(RestoreImageTasks, FailTheImageWhenABlockIsDamaged)
{
    const auto key = store(make_image("one"));
    auto object = s3.must("GET", "/disks/" + key).body;
    object[object.size() - 40] = static_cast<char>(object[object.size() - 40] ^ 1);
    s3.must("PUT", "/disks/damaged", object);
    const auto made = restore("damaged", {{"Name", "two"}});
    const auto shown = image(made);
    EXPECT_EQ(shown.text(at("imageState")), "failed");
    EXPECT_THAT(shown.text(at("stateReason/message")), HasSubstr("another checksum"));
    const auto snapshot = emulator.must(
        "DescribeSnapshots", {{"Filter.1.Name", "status"}, {"Filter.1.Value.1", "error"}});
    EXPECT_EQ(snapshot.count("snapshotSet/item"), 1U);
    EXPECT_EQ(rows("restore_image_task"), 0);
    EXPECT_EQ(rows("transition"), 0);
}

TEST_F(RestoreImageTasks, FailWhenTheObjectIsAnotherMeanwhile)
{
    const auto key = store(make_image("one"));
    const auto second = store(make_image("two"));
    emulator.set_delay("restore-image-task.in-progress", kMinuteMs);
    const auto made = restore(key, {{"Name", "three"}});
    s3.must("PUT", "/disks/" + key, "", {{"x-amz-copy-source", "/disks/" + second}});
    pass(kMinuteMs);
    EXPECT_THAT(image(made).text(at("stateReason/message")), HasSubstr("another one"));
}

TEST_F(RestoreImageTasks, SurviveThatTheImageIsDeregisteredMeanwhile)
{
    const auto key = store(make_image("one"));
    emulator.set_delay("restore-image-task.in-progress", kMinuteMs);
    const auto made = restore(key, {{"Name", "two"}});
    emulator.must("DeregisterImage", {{"ImageId", made}});
    pass(kMinuteMs);
    EXPECT_EQ(rows("restore_image_task"), 0);
    EXPECT_EQ(emulator.must("DescribeSnapshots", {{"Owner.1", "self"}}).count("snapshotSet/item"),
              2U);
}

TEST_F(RestoreImageTasks, BeginNoMoreThanTheQuota)
{
    const auto key = store(make_image("one"));
    emulator.set_delay("restore-image-task.in-progress", kMinuteMs);
    restore(key, {{"Name", "two"}});
    emulator.generation().writer().db().run("UPDATE restore_image_task SET size_gib = 600");
    EXPECT_EQ(start(key, {{"Name", "three"}}).code, "ResourceLimitExceeded");
}

TEST(TasksOfARestart, BeginAnew)
{
    const auto folder = std::filesystem::path(::testing::TempDir()) / "amilab-task-restart";
    std::filesystem::remove_all(folder);
    std::string image;
    {
        TestEmulator aws(folder.string());
        S3Caller(aws).must("PUT", "/disks");
        const auto snapshot = create_snapshot(aws, create_volume(aws));
        image = aws.must("RegisterImage", {{"Name", "one"},
                                           {"VirtualizationType", "hvm"},
                                           {"RootDeviceName", "/dev/xvda"},
                                           {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                           {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}})
                    .text("imageId");
        // Its background does nothing any more, as that of a process that was killed.
        aws.data().background().drop_idle();
        aws.must("CreateStoreImageTask", {{"ImageId", image}, {"Bucket", "disks"}});
        aws.data().background().drain();
        EXPECT_EQ(
            aws.must("DescribeStoreImageTasks").text("storeImageTaskResultSet/item/storeTaskState"),
            "InProgress");
    }
    TestEmulator aws(folder.string());
    aws.emulator().settle();
    aws.data().background().drain();
    EXPECT_EQ(
        aws.must("DescribeStoreImageTasks").text("storeImageTaskResultSet/item/storeTaskState"),
        "Completed");
    S3Caller(aws).must("HEAD", "/disks/" + image + ".bin");
    std::filesystem::remove_all(folder);
}

/// Six MiB of the eight that the account may hold are the image's.
class TasksWithLimits : public ::testing::Test {
protected:
    TasksWithLimits()
    {
        s3.must("PUT", "/disks");
        const auto volume = create_volume(aws);
        const std::string text(6 << 20, 'x');
        open_volume(aws, volume)->write(0, std::as_bytes(std::span(text)));
        const auto snapshot = create_snapshot(aws, volume);
        delete_volume(aws, volume);
        image_ = aws.must("RegisterImage", {{"Name", "limited"},
                                            {"VirtualizationType", "hvm"},
                                            {"RootDeviceName", "/dev/xvda"},
                                            {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                            {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}})
                     .text("imageId");
    }
    void do_work() { aws.data().background().drain(); }

    TestEmulator aws{DataDirectory::Options{.path = {},
                                            .seed = test_seed(),
                                            .catalogue = {},
                                            .account_limits = {.bytes = 8 << 20},
                                            .report = {}}};
    S3Caller s3{aws};
    std::string image_;
};

TEST_F(TasksWithLimits, FailARestoreThatItsAccountMayNotHold)
{
    const auto key = aws.must("CreateStoreImageTask", {{"ImageId", image_}, {"Bucket", "disks"}})
                         .text("objectKey");
    do_work();
    const auto restored = aws.must("CreateRestoreImageTask",
                                   {{"Bucket", "disks"}, {"ObjectKey", key}, {"Name", "again"}})
                              .text("imageId");
    do_work();
    const auto shown = aws.must("DescribeImages", {{"ImageId.1", restored}});
    EXPECT_EQ(shown.text(at("imageState")), "failed");
    EXPECT_THAT(shown.text(at("stateReason/message")), HasSubstr("8388608 bytes"));
}

TEST_F(TasksWithLimits, FailAnExportThatItsAccountMayNotHold)
{
    aws.must(
        "ExportImage",
        {{"ImageId", image_}, {"DiskImageFormat", "RAW"}, {"S3ExportLocation.S3Bucket", "disks"}});
    do_work();
    const auto shown = aws.must("DescribeExportImageTasks");
    EXPECT_EQ(shown.text("exportImageTaskSet/item/status"), "deleted");
    EXPECT_THAT(shown.text("exportImageTaskSet/item/statusMessage"), HasSubstr("8388608 bytes"));
}

}  // namespace
}  // namespace amilab::test
