#include "server/services/ec2/import_tasks/import_snapshot_tasks.h"

#include <filesystem>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/calls/transition_rows.h"
#include "storage/state/check.h"
#include "storage/state/stores.h"
#include "tests/server/services/ec2/import_tasks/import_world.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/held_sync.h"
#include "tests/support/wait_until.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kUnknown = "import-snap-0123456789abcdef0";

std::string sparse_disk()
{
    return disk_with(5 * kMib, {{0, "boot"}, {3 * kMib + 511, "far"}});
}

class Importing : public ::testing::Test {
protected:
    /// A task whose message says why it failed.
    std::string failure_of(const std::string& task)
    {
        EXPECT_EQ(world.status(task), "deleted");
        EXPECT_THAT(world.detail(task, "snapshotId"), IsEmpty());
        EXPECT_EQ(world.layers(), 0U) << "nothing half made is left";
        return world.message(task);
    }

    ImportWorld world;
};

// ImportSnapshot

TEST_F(Importing, AnswersATaskThatBegins)
{
    world.put("disk.raw", sparse_disk());
    const auto made = world.aws.must(
        "ImportSnapshot", ImportWorld::object("disk.raw", {{"Description", "mine"},
                                                           {"DiskContainer.Description", "a disk"},
                                                           {"DiskContainer.Format", "raw"}}));
    EXPECT_TRUE(ImportSnapshotTaskId::from_text(made.text("importTaskId")));
    EXPECT_EQ(made.text("description"), "mine");
    const std::string at = "snapshotTaskDetail/";
    EXPECT_EQ(made.text(at + "description"), "a disk");
    EXPECT_EQ(made.text(at + "status"), "active");
    EXPECT_EQ(made.text(at + "statusMessage"), "pending");
    EXPECT_EQ(made.text(at + "progress"), "0");
    EXPECT_EQ(made.text(at + "diskImageSize"), "0");
    EXPECT_EQ(made.text(at + "format"), "RAW");
    EXPECT_EQ(made.text(at + "userBucket/s3Bucket"), "disks");
    EXPECT_EQ(made.text(at + "userBucket/s3Key"), "disk.raw");
}

TEST_F(Importing, MakesASnapshotOfTheObjectsBytes)
{
    const auto disk = sparse_disk();
    world.put("disk.raw", disk);
    const auto task = world.import("disk.raw");
    EXPECT_EQ(world.status(task), "completed");
    EXPECT_THAT(world.detail(task, "progress"), IsEmpty());
    EXPECT_THAT(world.message(task), IsEmpty());
    EXPECT_EQ(world.detail(task, "diskImageSize"), "5242880");
    EXPECT_EQ(world.bytes_of(task, 8 * kMib), disk + std::string(3 * kMib, '\0'));
    const auto shown =
        world.aws.must("DescribeSnapshots", {{"SnapshotId.1", world.detail(task, "snapshotId")}});
    const std::string at = "snapshotSet/item/";
    EXPECT_EQ(shown.text(at + "status"), "completed");
    EXPECT_EQ(shown.text(at + "volumeSize"), "1");
    EXPECT_EQ(shown.text(at + "volumeId"), "vol-ffffffff");
    EXPECT_EQ(shown.text(at + "description"), "Created by AWS-VMImport service for " + task);
    EXPECT_EQ(shown.text(at + "encrypted"), "false");
}

TEST_F(Importing, FindsTheFormatFromTheBytes)
{
    const auto disk = sparse_disk();
    for (const auto& [image, format] :
         {std::pair(disk, "RAW"), std::pair(fixed_vhd(disk), "VHD"),
          std::pair(dynamic_vhd(disk), "VHD"), std::pair(stream_vmdk(disk), "VMDK")}) {
        world.put("disk", image);
        const auto task = world.import("disk");
        EXPECT_EQ(world.detail(task, "format"), format);
        EXPECT_EQ(world.bytes_of(task, disk.size()), disk) << format;
    }
}

TEST_F(Importing, LeavesHolesAsTheyAre)
{
    world.put("disk.raw", disk_with(64 * kMib, {{0, "boot"}, {63 * kMib, "far"}}));
    world.import("disk.raw");
    ASSERT_EQ(world.layers(), 1U);
    EXPECT_LE(world.aws.generation().stores().blocks().allocated_bytes_of_all().begin()->second,
              kMib);
}

TEST_F(Importing, TakesAUrlOfS3)
{
    world.put("a/disk.raw", sparse_disk());
    const auto made =
        world.aws.must("ImportSnapshot", {{"DiskContainer.Url", "s3://disks/a/disk.raw"}});
    EXPECT_EQ(made.text("snapshotTaskDetail/url"), "s3://disks/a/disk.raw");
    EXPECT_EQ(world.status(made.text("importTaskId")), "completed");
}

TEST_F(Importing, GoesOnInTheBackgroundWhereADiskIsLarge)
{
    const auto disk = large_disk();
    world.put("disk.raw", disk);
    const auto task = world.import("disk.raw");
    world.drain();
    EXPECT_EQ(world.status(task), "completed");
    EXPECT_EQ(world.bytes_of(task, disk.size()), disk);
}

TEST_F(Importing, ShowsHowFarATaskIsWhileItsTimeRuns)
{
    world.take(kHourMs);
    world.put("disk.raw", sparse_disk());
    const auto task = world.import("disk.raw");
    for (const auto& [percent, message] : {std::pair("0", "pending"), std::pair("10", "validating"),
                                           std::pair("20", "downloading/converting")}) {
        EXPECT_EQ(world.detail(task, "progress"), percent);
        EXPECT_EQ(world.message(task), message);
        EXPECT_EQ(world.status(task), "active");
        world.aws.advance(kHourMs / 10);
    }
    world.aws.advance(kHourMs);
    EXPECT_EQ(world.status(task), "completed");
}

TEST_F(Importing, RefusesWhatNamesNoObject)
{
    const std::pair<Parameters, const char*> wrong[] = {
        {{}, "MissingParameter"},
        {{{"DiskContainer.Format", "raw"}}, "MissingParameter"},
        {{{"DiskContainer.UserBucket.S3Bucket", "disks"}}, "MissingParameter"},
        {{{"DiskContainer.UserBucket.S3Key", "a"}}, "MissingParameter"},
        {{{"DiskContainer.Url", "https://example.com/disk.raw"}}, "InvalidParameter"},
        {{{"DiskContainer.Url", "s3://disks"}}, "InvalidParameter"},
        {{{"DiskContainer.Url", "s3:///key"}}, "InvalidParameter"},
        {{{"DiskContainer.Url", "s3://disks/"}}, "InvalidParameter"},
        {ImportWorld::object("a", {{"DiskContainer.Url", "s3://disks/a"}}),
         "InvalidParameterCombination"},
        {ImportWorld::object("a", {{"DiskContainer.Format", "qcow2"}}), "InvalidParameter"},
        {ImportWorld::object("a", {{"DiskContainer.UserBucket.S3Bucket", "nobodys"}}),
         "InvalidParameter"}};
    for (const auto& [parameters, code] : wrong) {
        EXPECT_EQ(world.aws.call("ImportSnapshot", parameters).code, code);
    }
}

TEST_F(Importing, RefusesABucketOfAnotherRegion)
{
    world.put("disk.raw", sparse_disk());
    const auto refused =
        world.aws.call("ImportSnapshot", ImportWorld::object("disk.raw"), kAccount, "eu-west-1");
    EXPECT_EQ(refused.code, "InvalidParameter");
    EXPECT_EQ(refused.message, "The given S3 object is not local to the region");
}

TEST_F(Importing, FailsATaskWhoseObjectCannotBeRead)
{
    EXPECT_EQ(failure_of(world.import("absent")),
              "ClientError: Disk validation failed [We do not have access to the given resource. "
              "Reason 404 Not Found]");
    world.put("disk.raw", sparse_disk());
    const auto others =
        world.aws.must("ImportSnapshot", ImportWorld::object("disk.raw"), kOtherAccount);
    const auto shown = world.aws.must("DescribeImportSnapshotTasks", {}, kOtherAccount);
    EXPECT_EQ(shown.text(kTask + std::string("importTaskId")), others.text("importTaskId"));
    EXPECT_EQ(shown.text(kTask + std::string("snapshotTaskDetail/statusMessage")),
              "ClientError: Disk validation failed [We do not have access to the given resource. "
              "Reason 403 Forbidden]");
}

TEST_F(Importing, FailsATaskWhoseObjectIsLostOrCut)
{
    for (const bool is_gone : {true, false}) {
        world.put("disk.raw", sparse_disk());
        const auto file =
            std::filesystem::directory_iterator(world.aws.generation().path() + "/objects")->path();
        if (is_gone) {
            std::filesystem::remove(file);
        } else {
            std::filesystem::resize_file(file, 3 * kMib);  // what is missing was a hole in part
        }
        EXPECT_EQ(failure_of(world.import("disk.raw")),
                  "ClientError: Disk validation failed [We do not have access to the given "
                  "resource. Reason 405 Method Not Allowed]");
        world.s3.must("DELETE", "/disks/disk.raw");
    }
}

TEST_F(Importing, FailsATaskWhoseImageIsNoneOfItsFormat)
{
    world.put("disk", sparse_disk());
    EXPECT_EQ(failure_of(world.import("disk", {{"DiskContainer.Format", "VMDK"}})),
              "ClientError: Disk validation failed [Unsupported VMDK File Format]");
    EXPECT_EQ(failure_of(world.import("disk", {{"DiskContainer.Format", "VHD"}})),
              "ClientError: Footers not identical");
    world.put("disk", "QFI\xfb");
    EXPECT_EQ(failure_of(world.import("disk")),
              "ClientError: Disk validation failed [Unsupported specified file format]");
    world.put("disk", tar_of({{"vm.ovf", ovf_of({"disk.vmdk"})},
                              {"disk.vmdk", stream_vmdk(sparse_disk())}}));
    EXPECT_EQ(failure_of(world.import("disk")),
              "ClientError: Disk validation failed [Unsupported OVA format]")
        << "an archive is no disk";
}

TEST_F(Importing, FailsATaskWhoseImageIsDamaged)
{
    auto image = stream_vmdk(sparse_disk());
    put_little(image, kVmdkFirstGrain + 12, 0, 4);
    world.put("disk", image);
    EXPECT_EQ(failure_of(world.import("disk")),
              "ClientError: Uncompressed data has an invalid length");
    image = stream_vmdk(sparse_disk());
    world.put("disk", image.substr(0, image.size() / 2));
    EXPECT_THAT(failure_of(world.import("disk")),
                StartsWith("ClientError: Disk validation failed [The disk image is damaged: "));
}

TEST_F(Importing, FailsATaskWhoseObjectChangesOrVanishesMeanwhile)
{
    world.take(kHourMs);
    world.put("changes", sparse_disk());
    world.put("vanishes", sparse_disk());
    const auto changed = world.import("changes");
    const auto vanished = world.import("vanishes");
    world.put("changes", "other");
    world.s3.must("DELETE", "/disks/vanishes");
    EXPECT_EQ(world.status(changed), "active");
    world.aws.advance(kHourMs);
    EXPECT_EQ(failure_of(changed),
              "ClientError: Disk validation failed [The S3 object changed during the import]");
    EXPECT_THAT(failure_of(vanished), testing::HasSubstr("404 Not Found"));
}

TEST_F(Importing, EncryptsAsItIsAsked)
{
    world.put("disk.raw", sparse_disk());
    const auto key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const auto task = world.import("disk.raw", {{"Encrypted", "true"}, {"KmsKeyId", key}});
    EXPECT_EQ(world.detail(task, "encrypted"), "true");
    EXPECT_EQ(world.detail(task, "kmsKeyId"), key);
    const auto shown =
        world.aws.must("DescribeSnapshots", {{"SnapshotId.1", world.detail(task, "snapshotId")}});
    EXPECT_EQ(shown.text("snapshotSet/item/kmsKeyId"), key);
    EXPECT_EQ(
        world.aws.call("ImportSnapshot", ImportWorld::object("disk.raw", {{"KmsKeyId", key}})).code,
        "InvalidParameterDependency");
}

TEST_F(Importing, IsDoneOnceForAToken)
{
    world.put("disk.raw", sparse_disk());
    const Parameters token{{"ClientToken", std::string(64, 'a')}};
    const auto task = world.import("disk.raw", token);
    EXPECT_EQ(world.import("disk.raw", token), task);
    EXPECT_EQ(world.aws.call("ImportSnapshot", ImportWorld::object("other", token)).code,
              "IdempotentParameterMismatch");
    EXPECT_EQ(world.aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).count("snapshotSet/item"),
              1U);
}

TEST_F(Importing, DoesNothingInADryRun)
{
    EXPECT_EQ(
        world.aws.call("ImportSnapshot", ImportWorld::object("absent", {{"DryRun", "true"}})).code,
        "DryRunOperation");
    EXPECT_EQ(world.aws.must("DescribeImportSnapshotTasks").count("importSnapshotTaskSet/item"),
              0U);
}

TEST_F(Importing, RefusesMoreThanTwentyAtATime)
{
    world.take(kHourMs);
    world.put("disk.raw", sparse_disk());
    for (int count = 0; count < 20; ++count) {
        world.import("disk.raw");
    }
    EXPECT_EQ(world.aws.call("ImportSnapshot", ImportWorld::object("disk.raw")).code,
              "ResourceLimitExceeded");
    world.aws.advance(kHourMs);
    world.import("disk.raw");
}

// A process that ends in the middle

TEST(ImportSnapshotTask, IsBegunAnewByTheNextProcess)
{
    const TemporaryDirectory directory;
    const auto path = directory.path() + "/data";
    const auto disk = sparse_disk();
    std::string task;
    std::string lost;
    {
        ImportWorld world(path);
        world.take(kHourMs);
        world.put("disk.raw", disk);
        world.put("vanishes", disk);
        task = world.import("disk.raw");
        lost = world.import("vanishes");
        world.s3.must("DELETE", "/disks/vanishes");
    }
    ImportWorld world(path);
    world.aws.data().sweep();  // as servers do at their start
    EXPECT_EQ(world.status(task), "active");
    world.drain();
    EXPECT_EQ(world.status(task), "active") << "its time is not over";
    EXPECT_EQ(world.status(lost), "deleted");
    world.aws.advance(kHourMs);
    EXPECT_EQ(world.status(task), "completed");
    EXPECT_EQ(world.bytes_of(task, disk.size()), disk);
    EXPECT_EQ(world.layers(), 1U);
}

std::int64_t transitions_of(ImportWorld& world, const std::string& task)
{
    return count(world.aws, fmt::format("SELECT COUNT(*) FROM transition WHERE resource_id = '{}'"
                                        " AND due_ms = {}",
                                        task, kAtNextStart));
}

TEST(ImportSnapshotTask, ThatWasAtWorkIsBegunAnewByItsTransition)
{
    const TemporaryDirectory directory;
    const auto path = directory.path() + "/data";
    const auto disk = large_disk();
    std::string task;
    {
        ImportWorld world(path);
        world.put("disk.raw", disk);
        // Its background does nothing any more, as that of a process that was killed.
        world.aws.data().background().drop_idle();
        task = world.import("disk.raw");
        world.drain();
        EXPECT_EQ(world.status(task), "active");
        EXPECT_EQ(transitions_of(world, task), 1);
    }
    ImportWorld world(path);
    world.aws.data().sweep();  // as servers do at their start
    world.aws.emulator().settle();
    world.drain();
    EXPECT_EQ(world.status(task), "completed");
    EXPECT_EQ(world.bytes_of(task, disk.size()), disk);
    EXPECT_EQ(world.layers(), 1U);
    EXPECT_EQ(transitions_of(world, task), 0);
}

TEST(ImportSnapshotTask, EndsWhileADiskOfAnotherAccountIsBeingSynced)
{
    const TemporaryDirectory directory;
    ImportWorld world(directory.path() + "/data");
    auto& aws = world.aws;
    const S3Caller other(aws, kOtherAccount);
    other.must("PUT", "/others");
    other.must("PUT", "/others/disk.raw", large_disk());
    const auto volume = create_volume(aws);
    open_volume(aws, volume)->write(0, std::vector<std::byte>(kMib, std::byte{1}));
    world.drain();
    const HeldSync held;
    create_snapshot(aws, volume);
    HeldSync::wait_until_held();
    const auto task = aws.must("ImportSnapshot",
                               {{"DiskContainer.UserBucket.S3Bucket", "others"},
                                {"DiskContainer.UserBucket.S3Key", "disk.raw"}},
                               kOtherAccount)
                          .text("importTaskId");
    wait_until([&] {
        return aws.must("DescribeImportSnapshotTasks", {{"ImportTaskId.1", task}}, kOtherAccount)
                   .text(kTask + std::string("snapshotTaskDetail/status")) == "completed";
    });
    EXPECT_EQ(count(aws, "SELECT COUNT(*) FROM layer WHERE synced = 1"), 0);
}

TEST(ImportSnapshotTask, IsBegunOnceWhereItsTimeIsOverWhenTheNextProcessBegins)
{
    const TemporaryDirectory directory;
    const auto path = directory.path() + "/data";
    {
        ImportWorld world(path);
        world.take(kHourMs);
        world.put("disk.raw", sparse_disk());
        world.import("disk.raw");
    }
    TestEmulator aws(path);
    aws.advance(kHourMs);
    aws.emulator().settle();  // what was interrupted, and what had become due, in one
    aws.data().background().drain();
    EXPECT_EQ(aws.must("DescribeImportSnapshotTasks")
                  .text(kTask + std::string("snapshotTaskDetail/status")),
              "completed");
    EXPECT_EQ(aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).count("snapshotSet/item"), 1U);
    EXPECT_EQ(count(aws, "SELECT COUNT(*) FROM transition"), 0);
}

TEST(ImportSnapshotTask, LeavesNothingWhenItsAccountMayHoldNoMore)
{
    TestEmulator aws(DataDirectory::Options{.path = {},
                                            .seed = test_seed(),
                                            .catalogue = {},
                                            .account_limits = {.bytes = 8 * kMib},
                                            .report = {}});
    const S3Caller s3(aws);
    s3.must("PUT", "/disks");
    std::string disk(6 * kMib, 'x');
    s3.must("PUT", "/disks/disk.raw", disk);
    aws.must("ImportSnapshot", ImportWorld::object("disk.raw"));
    const auto shown = aws.must("DescribeImportSnapshotTasks");
    EXPECT_EQ(shown.text(kTask + std::string("snapshotTaskDetail/statusMessage")),
              "ClientError: The account may hold 8388608 bytes at most.");
    aws.data().background().drain();
    EXPECT_THAT(aws.generation().stores().blocks().allocated_bytes_of_all(), IsEmpty());
}

// DescribeImportSnapshotTasks

TEST_F(Importing, TasksAreListedByIdAndTag)
{
    world.put("disk.raw", sparse_disk());
    const auto one =
        world.import("disk.raw", {{"TagSpecification.1.ResourceType", "import-snapshot-task"},
                                  {"TagSpecification.1.Tag.1.Key", "Name"},
                                  {"TagSpecification.1.Tag.1.Value", "mine"}});
    const auto other = world.import("disk.raw");
    const std::string ids = kTask + std::string("importTaskId");
    const auto list = [&](const Parameters& parameters) {
        return world.aws.must("DescribeImportSnapshotTasks", parameters).texts(ids);
    };
    EXPECT_THAT(list(filtered("tag:Name", "mine")), ElementsAre(one));
    EXPECT_THAT(list(filtered("tag-key", "Name")), ElementsAre(one));
    EXPECT_THAT(list({{"ImportTaskId.1", other}}), ElementsAre(other));
    EXPECT_EQ(list({}).size(), 2U);
    EXPECT_EQ(world.shown(one, "tagSet/item/value"), "mine");
    world.aws.must("CreateTags",
                   {{"ResourceId.1", other}, {"Tag.1.Key", "a"}, {"Tag.1.Value", "b"}});
    EXPECT_EQ(world.shown(other, "tagSet/item/value"), "b");
    const auto first = world.aws.must("DescribeImportSnapshotTasks", {{"MaxResults", "1"}});
    EXPECT_EQ(first.texts(ids).size(), 1U);
    EXPECT_NE(list({{"MaxResults", "1"}, {"NextToken", first.text("nextToken")}}),
              first.texts(ids));
}

TEST_F(Importing, TasksOfOthersAreNotThere)
{
    world.put("disk.raw", sparse_disk());
    const auto task = world.import("disk.raw");
    for (const auto& id : {task, std::string(kUnknown), std::string("nonsense")}) {
        EXPECT_EQ(
            world.aws.call("DescribeImportSnapshotTasks", {{"ImportTaskId.1", id}}, kOtherAccount)
                .code,
            "InvalidConversionTaskId.Malformed");
    }
    EXPECT_EQ(world.aws.call("DescribeImportSnapshotTasks", filtered("status", "active")).code,
              "InvalidParameterValue");
}

}  // namespace
}  // namespace amilab::test
