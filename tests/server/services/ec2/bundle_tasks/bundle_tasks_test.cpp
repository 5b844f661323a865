#include "server/services/ec2/bundle_tasks/bundle_tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/images/bundle_support.h"
#include "tests/server/services/ec2/images/image_support.h"
#include "tests/support/disks.h"
#include "tests/support/s3_caller.h"

namespace amilab::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class BundleTasks : public ::testing::Test {
protected:
    BundleTasks()
    {
        put_bundle(aws);
        image_ = aws.must("RegisterImage", {{"Name", "stored"},
                                            {"VirtualizationType", "hvm"},
                                            {"ImageLocation", "bucket/image.manifest.xml"}})
                     .text("imageId");
        instance_ = launch(image_, "m3.medium");
    }

    std::string launch(const std::string& image, const std::string& type)
    {
        return aws
            .must(
                "RunInstances",
                {{"ImageId", image}, {"InstanceType", type}, {"MinCount", "1"}, {"MaxCount", "1"}})
            .text("instancesSet/item/instanceId");
    }
    Answer start(const Parameters& more = {})
    {
        return aws.call("BundleInstance", merged({{"InstanceId", instance_},
                                                  {"Storage.S3.Bucket", "bucket"},
                                                  {"Storage.S3.Prefix", "bundles/new"}},
                                                 more));
    }
    Answer describe(const Parameters& parameters = {})
    {
        return aws.must("DescribeBundleTasks", parameters);
    }
    std::string shown(const std::string& path)
    {
        return describe().text("bundleInstanceTasksSet/item/" + path);
    }
    void pass(TimeMs time_ms)
    {
        aws.advance(time_ms);
        aws.emulator().settle();
        aws.data().background().drain();
    }

    TestEmulator aws;
    S3Caller s3{aws};
    std::string image_;
    std::string instance_;
};

TEST_F(BundleTasks, MakeABundleThatCanBeRegistered)
{
    const auto made = start({{"Storage.S3.AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE"},
                             {"Storage.S3.UploadPolicy", "e30="},
                             {"Storage.S3.UploadPolicySignature", "signature"}});
    EXPECT_EQ(made.text("bundleInstanceTask/state"), "pending");
    EXPECT_EQ(made.text("bundleInstanceTask/instanceId"), instance_);
    EXPECT_EQ(made.count("bundleInstanceTask/progress"), 0U);
    pass(0);
    EXPECT_EQ(shown("state"), "complete");
    EXPECT_EQ(shown("progress"), "100%");
    EXPECT_EQ(shown("storage/S3/bucket"), "bucket");
    EXPECT_EQ(shown("storage/S3/prefix"), "bundles/new");
    EXPECT_EQ(s3.must("GET", "/bucket/bundles/new.part.0").body, "Helloworld");
    const auto manifest = s3.must("GET", "/bucket/bundles/new.manifest.xml").body;
    EXPECT_THAT(manifest, HasSubstr("new.part.0"));
    EXPECT_THAT(manifest, Not(HasSubstr("signature")));
    aws.must("RegisterImage", {{"Name", "again"},
                               {"VirtualizationType", "hvm"},
                               {"ImageLocation", "bucket/bundles/new.manifest.xml"}});
}

TEST_F(BundleTasks, ArePendingUntilTheirTimeHasComeAndOneAtATime)
{
    aws.set_delay("bundle-task.pending", kMinuteMs);
    start();
    EXPECT_EQ(shown("state"), "pending");
    EXPECT_EQ(start().code, "BundlingInProgress");
    pass(kMinuteMs);
    EXPECT_EQ(shown("state"), "complete");
    EXPECT_EQ(start().code, "");
}

TEST_F(BundleTasks, FailWithACodeWhenThePartsHaveGone)
{
    s3.must("DELETE", "/bucket/image.part.1");
    start();
    pass(0);
    EXPECT_EQ(shown("state"), "failed");
    EXPECT_EQ(shown("error/code"), "Client.S3Error");
    EXPECT_EQ(count(aws, "SELECT COUNT(*) FROM transition"), 0);
}

TEST_F(BundleTasks, FailWhenAPartIsAnotherThanTheManifestSays)
{
    std::size_t failed = 0;
    for (const auto* bytes : {"World", "worlds", "worl", ""}) {
        s3.must("PUT", "/bucket/image.part.1", bytes);
        start();
        pass(0);
        EXPECT_EQ(describe(filter("state", "failed")).count("bundleInstanceTasksSet/item"),
                  ++failed)
            << bytes;
        EXPECT_EQ(s3.call("HEAD", "/bucket/bundles/new.manifest.xml").status, 404);
    }
}

TEST_F(BundleTasks, AreFailedWhenTheyAreCancelled)
{
    aws.set_delay("bundle-task.pending", kMinuteMs);
    aws.set_delay("bundle-task.cancelling", kMinuteMs);
    const auto id = start().text("bundleInstanceTask/bundleId");
    const auto cancel = [&] { return aws.call("CancelBundleTask", {{"BundleId", id}}); };
    EXPECT_EQ(cancel().text("bundleInstanceTask/state"), "cancelling");
    EXPECT_EQ(cancel().code, "IncorrectState");
    pass(kMinuteMs);
    EXPECT_EQ(shown("state"), "failed");
    EXPECT_EQ(shown("error/code"), "Client.Cancelled");
    EXPECT_EQ(s3.call("HEAD", "/bucket/bundles/new.manifest.xml").status, 404);
    EXPECT_EQ(aws.call("CancelBundleTask", {{"BundleId", "bun-12345678"}}).code,
              "InvalidBundleID.NotFound");
    EXPECT_EQ(aws.call("CancelBundleTask", {{"BundleId", "x"}}).code, "InvalidBundleID.Malformed");
}

TEST_F(BundleTasks, AreFoundByFilters)
{
    start();
    pass(0);
    const auto found = [&](const std::string& name, const std::string& value) {
        return describe(filter(name, value)).count("bundleInstanceTasksSet/item");
    };
    EXPECT_EQ(found("state", "complete"), 1U);
    EXPECT_EQ(found("instance-id", instance_), 1U);
    EXPECT_EQ(found("progress", "100%"), 1U);
    EXPECT_EQ(found("s3-bucket", "other"), 0U);
}

TEST_F(BundleTasks, RefuseWhatCannotBeBundled)
{
    EXPECT_EQ(start({{"InstanceId", "i-0123456789abcdef0"}}).code, "InvalidInstanceID.NotFound");
    EXPECT_EQ(start({{"Storage.S3.Bucket", "nobodys"}}).code, "InvalidParameter");
    const auto on_volume = launch(make_image(aws), "t3.micro");
    EXPECT_EQ(start({{"InstanceId", on_volume}}).code, "InvalidRequest");
    EXPECT_EQ(start({{"DryRun", "true"}}).code, "DryRunOperation");
    EXPECT_EQ(
        aws.call("BundleInstance", {{"InstanceId", instance_}, {"Storage.S3.Prefix", "x"}}).code,
        "MissingParameter");
    aws.must("TerminateInstances", {{"InstanceId.1", instance_}});
    EXPECT_EQ(start().code, "IncorrectInstanceState");
}

}  // namespace
}  // namespace amilab::test
