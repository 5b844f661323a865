#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/services/ec2/volumes/volumes.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const std::string kItem = "volumeStatusSet/item/";

Answer status_of(TestEmulator& aws, const std::string& id)
{
    return aws.must("DescribeVolumeStatus", {{"VolumeId.1", id}});
}

std::string detail(const Answer& answer, const std::string& name)
{
    return answer.text(kItem + "volumeStatus/details/item[name='" + name + "']/status");
}

TEST(DescribeVolumeStatus, SaysThatAVolumeIsWell)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    const auto answer = status_of(aws, id);
    EXPECT_EQ(answer.text(kItem + "volumeId"), id);
    EXPECT_EQ(answer.text(kItem + "availabilityZone"), "us-east-1a");
    EXPECT_THAT(answer.text(kItem + "availabilityZoneId"), ::testing::StartsWith("use1-az"));
    EXPECT_EQ(answer.text(kItem + "volumeStatus/status"), "ok");
    EXPECT_EQ(detail(answer, "io-enabled"), "passed");
    EXPECT_EQ(detail(answer, "io-performance"), "not-applicable");
    EXPECT_EQ(answer.count(kItem + "volumeStatus/details/item"), 2U);
    EXPECT_EQ(answer.count(kItem + "eventsSet"), 1U);
    EXPECT_EQ(answer.count(kItem + "eventsSet/item"), 0U);
    EXPECT_EQ(answer.count(kItem + "actionsSet/item"), 0U);
    EXPECT_EQ(answer.count(kItem + "initializationStatusDetails"), 0U);
}

TEST(DescribeVolumeStatus, KnowsNothingOfAVolumeThatIsBeingMade)
{
    TestEmulator aws;
    aws.set_delay("volume.creating", 1000);
    const auto id = new_volume(aws);
    EXPECT_EQ(status_of(aws, id).text(kItem + "volumeStatus/status"), "insufficient-data");
    EXPECT_EQ(detail(status_of(aws, id), "io-enabled"), "insufficient-data");
    aws.advance(1000);
    EXPECT_EQ(status_of(aws, id).text(kItem + "volumeStatus/status"), "ok");
}

TEST(DescribeVolumeStatus, ChecksThePerformanceOfAttachedFastDisks)
{
    TestEmulator aws;
    const auto instance = run_one(aws, {{"Placement.AvailabilityZone", "us-east-1a"}});
    const auto gp3 = new_volume(aws, {{"VolumeType", "gp3"}});
    EXPECT_EQ(detail(status_of(aws, gp3), "io-performance"), "not-applicable");
    aws.must("AttachVolume", attach(gp3, instance));
    const auto answer = status_of(aws, gp3);
    EXPECT_EQ(detail(answer, "io-performance"), "normal");
    EXPECT_EQ(answer.text(kItem + "attachmentStatuses/item/instanceId"), instance);
    EXPECT_EQ(answer.text(kItem + "attachmentStatuses/item/ioPerformance"), "normal");
}

TEST(DescribeVolumeStatus, FollowsTheInitializationFromASnapshot)
{
    TestEmulator aws;
    const auto snapshot =
        aws.must("CreateSnapshot", {{"VolumeId", new_volume(aws)}}).text("snapshotId");
    aws.set_delay("volume.initializing", 10'000);
    const auto usual = new_volume(aws, {{"SnapshotId", snapshot}});
    const auto rated =
        new_volume(aws, {{"SnapshotId", snapshot}, {"VolumeInitializationRate", "100"}});
    const auto copy =
        aws.must("CopyVolumes", {{"SourceVolumeId", usual}}).text("volumeSet/item/volumeId");
    aws.advance(2500);
    const auto details = kItem + "initializationStatusDetails/";
    const auto early = status_of(aws, usual);
    EXPECT_EQ(detail(early, "initialization-state"), "initializing");
    EXPECT_EQ(early.text(details + "initializationType"), "default");
    EXPECT_EQ(early.text(details + "progress"), "25");
    EXPECT_EQ(early.count(details + "estimatedTimeToCompleteInSeconds"), 0U);
    EXPECT_EQ(status_of(aws, rated).text(details + "initializationType"), "provisioned-rate");
    EXPECT_EQ(status_of(aws, rated).text(details + "estimatedTimeToCompleteInSeconds"), "8");
    EXPECT_EQ(status_of(aws, copy).text(details + "initializationType"), "volume-copy");
    aws.advance(7500);
    const auto late = status_of(aws, usual);
    EXPECT_EQ(detail(late, "initialization-state"), "completed");
    EXPECT_EQ(late.text(details + "progress"), "100");
    EXPECT_EQ(status_of(aws, rated).text(details + "estimatedTimeToCompleteInSeconds"), "0");
}

TEST(DescribeVolumeStatus, MatchesItsFilters)
{
    TestEmulator aws;
    const auto instance = run_one(aws, {{"Placement.AvailabilityZone", "us-east-1a"}});
    const auto root = root_volume_of(aws, instance);
    const auto empty = new_volume(aws, {{"AvailabilityZone", "us-east-1b"}});
    const auto attached = new_volume(aws, {{"VolumeType", "gp3"}});
    aws.must("AttachVolume", attach(attached, instance));
    aws.set_delay("volume.creating", 1000);
    const auto young = new_volume(aws);
    const auto matching = [&](const std::string& name, const std::string& value) {
        return aws
            .must("DescribeVolumeStatus", {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}})
            .texts(kItem + "volumeId");
    };
    EXPECT_THAT(matching("attachment-status.instance-id", instance),
                UnorderedElementsAre(root, attached));
    EXPECT_THAT(matching("attachment-status.io-performance", "normal"),
                ::testing::Contains(attached));
    EXPECT_THAT(matching("availability-zone", "us-east-1b"), ElementsAre(empty));
    EXPECT_THAT(matching("volume-status.status", "ok"),
                UnorderedElementsAre(root, empty, attached));
    EXPECT_THAT(matching("volume-status.status", "insufficient-data"), ElementsAre(young));
    EXPECT_THAT(matching("volume-status.details-name", "initialization-state"), ElementsAre(root));
    EXPECT_THAT(matching("volume-status.details-name", "io-enabled"), SizeIs(4));
    EXPECT_THAT(matching("volume-status.details-status", "completed"), ElementsAre(root));
    EXPECT_THAT(matching("volume-status.details-status", "normal"), ::testing::Contains(attached));
    EXPECT_THAT(matching("action.code", "*"), IsEmpty());
    EXPECT_THAT(matching("event.event-type", "*"), IsEmpty());
    EXPECT_EQ(
        aws.call("DescribeVolumeStatus", {{"Filter.1.Name", "status"}, {"Filter.1.Value.1", "ok"}})
            .code,
        "InvalidParameterValue");
}

TEST(DescribeVolumeStatus, RefusesUnknownVolumesAndPagesTheRest)
{
    TestEmulator aws;
    for (int i = 0; i < 6; ++i) {
        new_volume(aws);
    }
    EXPECT_EQ(aws.call("DescribeVolumeStatus", {{"VolumeId.1", "vol-0123456789abcdef0"}}).code,
              "InvalidVolume.NotFound");
    const auto first = aws.must("DescribeVolumeStatus", {{"MaxResults", "5"}});
    EXPECT_EQ(first.count("volumeStatusSet/item"), 5U);
    const auto second = aws.must("DescribeVolumeStatus", {{"NextToken", first.text("nextToken")}});
    EXPECT_EQ(second.count("volumeStatusSet/item"), 1U);
    EXPECT_EQ(aws.must("DescribeVolumeStatus", {}, kOtherAccount).count("volumeStatusSet/item"),
              0U);
}

}  // namespace
}  // namespace amilab::test
