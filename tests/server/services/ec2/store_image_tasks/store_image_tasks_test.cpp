#include "server/services/ec2/store_image_tasks/store_image_tasks.h"

#include <gmock/gmock.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/images/bundle_support.h"
#include "tests/server/services/ec2/store_image_tasks/stored_world.h"
#include "tests/support/disks.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kItem = "storeImageTaskResultSet/item/";

std::string at(const char* name)
{
    return std::string(kItem) + name;
}

class StoreImageTasks : public StoredWorld {
protected:
    Answer describe(const Parameters& parameters = {})
    {
        return emulator.must("DescribeStoreImageTasks", parameters);
    }
    Answer start(const std::string& image, const Parameters& more = {})
    {
        return emulator.call("CreateStoreImageTask",
                             merged({{"ImageId", image}, {"Bucket", "disks"}}, more));
    }
};

TEST_F(StoreImageTasks, MakeAnObjectThatIsNamedByTheImageAndTellsOfIt)
{
    const auto image = make_image("one", {{"Description", "nightly\n\xc3\xa4"}});
    const auto key = store(image, {{"S3ObjectTag.1.Key", "of"},
                                   {"S3ObjectTag.1.Value", "test"},
                                   {"S3ObjectTag.2.Key", "bare"}});
    EXPECT_EQ(key, image + ".bin");
    const auto head = s3.must("HEAD", "/disks/" + key);
    EXPECT_EQ(head.header("x-amz-meta-ami-name"), "one");
    EXPECT_EQ(head.header("x-amz-meta-ami-description"), "nightly???");
    EXPECT_EQ(head.header("x-amz-meta-ami-owner-account"), kAccount);
    EXPECT_EQ(head.header("x-amz-meta-ami-registered-date"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(head.header("x-amz-tagging-count"), "2");

    const auto shown = describe();
    EXPECT_EQ(shown.text(at("amiId")), image);
    EXPECT_EQ(shown.text(at("bucket")), "disks");
    EXPECT_EQ(shown.text(at("s3objectKey")), key);
    EXPECT_EQ(shown.text(at("progressPercentage")), "100");
    EXPECT_EQ(shown.text(at("storeTaskState")), "Completed");
    EXPECT_EQ(shown.text(at("taskStartTime")), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(shown.count(at("storeTaskFailureReason")), 0U);
}

TEST_F(StoreImageTasks, AreInProgressUntilTheirTimeHasCome)
{
    emulator.set_delay("store-image-task.in-progress", 100 * kSecondMs);
    const auto image = make_image("one");
    const auto key = store(image);
    EXPECT_EQ(describe().text(at("storeTaskState")), "InProgress");
    EXPECT_EQ(describe().text(at("progressPercentage")), "0");
    EXPECT_EQ(s3.call("HEAD", "/disks/" + key).status, 404);
    emulator.advance(30 * kSecondMs);
    EXPECT_EQ(describe().text(at("progressPercentage")), "30");
    emulator.advance(70 * kSecondMs);
    emulator.emulator().settle();
    do_work();
    EXPECT_EQ(describe().text(at("storeTaskState")), "Completed");
    s3.must("HEAD", "/disks/" + key);
}

TEST_F(StoreImageTasks, ReplaceAnObjectThatIsThere)
{
    const auto image = make_image("one");
    const auto key = store(image);
    s3.must("PUT", "/disks/" + key, "other");
    store(image);
    EXPECT_NE(s3.must("GET", "/disks/" + key).body, "other");
}

TEST_F(StoreImageTasks, FailWhenTheBucketHasGone)
{
    emulator.set_delay("store-image-task.in-progress", kSecondMs);
    store(make_image("one"));
    s3.must("DELETE", "/disks");
    emulator.advance(kSecondMs);
    emulator.emulator().settle();
    do_work();
    EXPECT_EQ(describe().text(at("storeTaskState")), "Failed");
    EXPECT_THAT(describe().text(at("storeTaskFailureReason")), HasSubstr("does not exist: disks"));
    EXPECT_EQ(count(emulator, "SELECT COUNT(*) FROM transition"), 0);
    EXPECT_EQ(count(emulator, "SELECT COUNT(*) FROM s3_blob"), 0);
}

TEST_F(StoreImageTasks, FailWhenTheImageHasGone)
{
    emulator.set_delay("store-image-task.in-progress", kSecondMs);
    const auto image = make_image("one");
    store(image);
    emulator.must("DeregisterImage", {{"ImageId", image}});
    emulator.advance(kSecondMs);
    emulator.emulator().settle();
    do_work();
    EXPECT_EQ(describe().text(at("storeTaskState")), "Failed");
    EXPECT_THAT(describe().text(at("storeTaskFailureReason")), HasSubstr(image));
}

TEST_F(StoreImageTasks, AreListedTheLatestFirstForAMonth)
{
    std::vector<std::string> images;
    for (const auto* name : {"one", "two", "three"}) {
        images.push_back(make_image(name));
        store(images.back());
        emulator.advance(kDayMs);
    }
    EXPECT_THAT(describe().texts(at("amiId")), ElementsAre(images[2], images[1], images[0]));
    const auto page = describe({{"MaxResults", "2"}});
    EXPECT_THAT(page.texts(at("amiId")), ElementsAre(images[2], images[1]));
    EXPECT_THAT(
        describe({{"MaxResults", "2"}, {"NextToken", page.text("nextToken")}}).texts(at("amiId")),
        ElementsAre(images[0]));
    emulator.advance(28 * kDayMs);
    EXPECT_THAT(describe().texts(at("amiId")), ElementsAre(images[2], images[1]));
    EXPECT_THAT(emulator.must("DescribeStoreImageTasks", {}, kOtherAccount).texts(at("amiId")),
                IsEmpty());
}

TEST_F(StoreImageTasks, AreFoundByImageOrByFilters)
{
    const auto one = make_image("one");
    const auto two = make_image("two");
    store(one);
    s3.must("PUT", "/others");
    store(two, {{"Bucket", "others"}});
    EXPECT_THAT(describe({{"ImageId.1", one}}).texts(at("amiId")), ElementsAre(one));
    EXPECT_THAT(describe(filter("bucket", "others")).texts(at("amiId")), ElementsAre(two));
    EXPECT_THAT(describe(filter("task-state", "Failed")).texts(at("amiId")), IsEmpty());
    // Filters are ignored beside ids.
    EXPECT_THAT(
        describe(merged(filter("bucket", "others"), {{"ImageId.1", one}})).texts(at("amiId")),
        ElementsAre(one));
    EXPECT_EQ(code("DescribeStoreImageTasks", {{"ImageId.1", one}, {"MaxResults", "5"}}),
              "InvalidParameterCombination");
    EXPECT_EQ(code("DescribeStoreImageTasks", {{"ImageId.1", "x"}}), "InvalidAMIID.Malformed");
    Parameters many;
    for (int i = 1; i <= 21; ++i) {
        many.emplace_back("ImageId." + std::to_string(i), one);
    }
    EXPECT_FALSE(emulator.call("DescribeStoreImageTasks", many).ok());
}

TEST_F(StoreImageTasks, RefuseBucketsThatAreNotTheirs)
{
    const auto image = make_image("one");
    EXPECT_THAT(start(image, {{"Bucket", "nobodys"}}).message, HasSubstr("does not exist"));
    EXPECT_THAT(start(image, {{"Bucket", kFarBucket}}).message, HasSubstr("not local"));
    other.must("PUT", "/theirs");
    EXPECT_THAT(start(image, {{"Bucket", "theirs"}}).message, HasSubstr("denied"));
    EXPECT_EQ(start(image, {{"Bucket", "theirs"}}).code, "InvalidParameter");
    EXPECT_THAT(describe().texts(at("amiId")), IsEmpty());
}

TEST_F(StoreImageTasks, RefuseImagesThatCannotBeStored)
{
    EXPECT_EQ(start("ami-0123456789abcdef0").code, "InvalidAMIID.NotFound");
    EXPECT_EQ(start("x").code, "InvalidAMIID.Malformed");
    const auto paravirtual = make_image("one", {{"VirtualizationType", "paravirtual"}});
    EXPECT_THAT(start(paravirtual).message, HasSubstr("paravirtual"));
    put_bundle(emulator);
    const auto stored =
        emulator.must("RegisterImage", {{"Name", "instance store"},
                                        {"VirtualizationType", "hvm"},
                                        {"Architecture", "x86_64"},
                                        {"ImageLocation", "bucket/image.manifest.xml"}});
    EXPECT_THAT(start(stored.text("imageId")).message, HasSubstr("not backed by Amazon EBS"));
    const auto gone = make_image("gone");
    emulator.must("DeregisterImage", {{"ImageId", gone}});
    EXPECT_EQ(start(gone).code, "InvalidAMIID.Unavailable");
    emulator.set_delay("image.pending", kSecondMs);
    EXPECT_EQ(start(make_image("pending")).code, "InvalidAMIID.Unavailable");
}

TEST_F(StoreImageTasks, RefuseOthersImagesUnlessTheyAreSharedWithTheAccount)
{
    const auto image = make_image("one");
    other.must("PUT", "/theirs");
    const auto store_theirs = [&] {
        return code("CreateStoreImageTask", {{"ImageId", image}, {"Bucket", "theirs"}},
                    kOtherAccount);
    };
    EXPECT_EQ(store_theirs(), "InvalidAMIID.NotFound");
    const auto snapshot = emulator.must("DescribeImages", {{"ImageId.1", image}})
                              .text("imagesSet/item/blockDeviceMapping/item/ebs/snapshotId");
    emulator.must("ModifyImageAttribute",
                  {{"ImageId", image}, {"LaunchPermission.Add.1.Group", "all"}});
    EXPECT_EQ(store_theirs(), "AuthFailure");
    emulator.must("ModifyImageAttribute",
                  {{"ImageId", image}, {"LaunchPermission.Add.1.UserId", kOtherAccount}});
    EXPECT_NE(store_theirs(), "");  // its snapshot is not
    emulator.must("ModifySnapshotAttribute", {{"SnapshotId", snapshot},
                                              {"Attribute", "createVolumePermission"},
                                              {"OperationType", "add"},
                                              {"UserId.1", kOtherAccount}});
    EXPECT_EQ(store_theirs(), "");
    do_work();
    other.must("HEAD", "/theirs/" + image + ".bin");
}

TEST_F(StoreImageTasks, StoreAnImageOnceAtATimeAndNoMoreThanTheQuota)
{
    emulator.set_delay("store-image-task.in-progress", kHourMs);
    const auto image = make_image("one");
    store(image);
    EXPECT_EQ(start(image).code, "InvalidRequest");
    const auto update = "UPDATE store_image_task SET size_gib = 1200";
    emulator.generation().writer().db().run(update);
    EXPECT_EQ(start(make_image("two")).code, "ResourceLimitExceeded");
}

TEST_F(StoreImageTasks, RefuseTagsThatS3WouldNotTake)
{
    const auto image = make_image("one");
    EXPECT_FALSE(start(image, {{"S3ObjectTag.1.Value", "x"}}).ok());
    EXPECT_FALSE(start(image, {{"S3ObjectTag.1.Key", "aws:x"}}).ok());
    EXPECT_FALSE(start(image, {{"S3ObjectTag.1.Key", "x"}, {"S3ObjectTag.2.Key", "x"}}).ok());
    Parameters many;
    for (int i = 1; i <= 11; ++i) {
        many.emplace_back("S3ObjectTag." + std::to_string(i) + ".Key", std::to_string(i));
    }
    EXPECT_FALSE(start(image, many).ok());
}

TEST_F(StoreImageTasks, DoNothingInADryRun)
{
    EXPECT_EQ(start(make_image("one"), {{"DryRun", "true"}}).code, "DryRunOperation");
    EXPECT_THAT(describe().texts(at("amiId")), IsEmpty());
}

}  // namespace
}  // namespace amilab::test
