#include "server/services/ec2/snapshots/snapshots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"
#include "tests/server/services/ec2/snapshots/snapshot_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr const char* kIds = "snapshotSet/item/snapshotId";

Answer describe(TestEmulator& aws, const std::string& id)
{
    return aws.must("DescribeSnapshots", {{"SnapshotId.1", id}});
}

TEST(CreateSnapshot, TellsOfTheSnapshotItStarted)
{
    TestEmulator aws;
    const auto volume = new_volume(aws, {{"Size", "7"}});
    const auto made = aws.must("CreateSnapshot", {{"VolumeId", volume},
                                                  {"Description", "before the upgrade"},
                                                  {"TagSpecification.1.ResourceType", "snapshot"},
                                                  {"TagSpecification.1.Tag.1.Key", "Name"},
                                                  {"TagSpecification.1.Tag.1.Value", "nightly"}});
    EXPECT_THAT(made.text("snapshotId"), ::testing::MatchesRegex("snap-0[0-9a-f]{16}"));
    EXPECT_EQ(made.text("volumeId"), volume);
    EXPECT_EQ(made.text("volumeSize"), "7");
    EXPECT_EQ(made.text("status"), "pending");
    EXPECT_EQ(made.text("progress"), "");
    EXPECT_EQ(made.count("progress"), 1U);
    EXPECT_EQ(made.text("description"), "before the upgrade");
    EXPECT_EQ(made.text("ownerId"), kAccount);
    EXPECT_EQ(made.text("encrypted"), "false");
    EXPECT_EQ(made.text("startTime"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(made.text("tagSet/item/key"), "Name");
    EXPECT_EQ(made.text("tagSet/item/value"), "nightly");
}

TEST(CreateSnapshot, CompletesAtOnceWithoutADelay)
{
    TestEmulator aws;
    const auto answer = describe(aws, new_snapshot(aws));
    EXPECT_EQ(answer.text("snapshotSet/item/status"), "completed");
    EXPECT_EQ(answer.text("snapshotSet/item/progress"), "100%");
    EXPECT_EQ(answer.text("snapshotSet/item/completionTime"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(answer.text("snapshotSet/item/storageTier"), "standard");
    EXPECT_EQ(answer.text("snapshotSet/item/description"), "");
    EXPECT_EQ(answer.count("snapshotSet/item/description"), 1U);
}

TEST(CreateSnapshot, ProgressesWithTheClock)
{
    TestEmulator aws;
    aws.set_delay("snapshot.pending", 1000);
    const auto id = new_snapshot(aws);
    EXPECT_EQ(describe(aws, id).text("snapshotSet/item/progress"), "0%");
    EXPECT_EQ(describe(aws, id).count("snapshotSet/item/completionTime"), 0U);
    aws.advance(405);
    EXPECT_EQ(describe(aws, id).text("snapshotSet/item/progress"), "40%");
    EXPECT_EQ(describe(aws, id).text("snapshotSet/item/status"), "pending");
    aws.advance(594);
    EXPECT_EQ(describe(aws, id).text("snapshotSet/item/progress"), "99%");
    aws.advance(5000);
    EXPECT_EQ(describe(aws, id).text("snapshotSet/item/status"), "completed");
    // It was completed when it was due, not when somebody looked.
    EXPECT_EQ(describe(aws, id).text("snapshotSet/item/completionTime"),
              "2026-01-02T03:04:06.000Z");
}

TEST(CreateSnapshot, RefusesAVolumeThatIsNotThere)
{
    TestEmulator aws;
    EXPECT_EQ(aws.call("CreateSnapshot", {{"VolumeId", "vol-0123456789abcdef0"}}).code,
              "InvalidVolume.NotFound");
    EXPECT_EQ(aws.call("CreateSnapshot", {{"VolumeId", "vol-xyz"}}).code,
              "InvalidVolumeID.Malformed");
    EXPECT_EQ(aws.call("CreateSnapshot", {}).code, "MissingParameter");
    const auto volume = new_volume(aws);
    EXPECT_EQ(aws.call("CreateSnapshot", {{"VolumeId", volume}}, kOtherAccount).code,
              "InvalidVolume.NotFound");
    EXPECT_EQ(aws.call("CreateSnapshot", {{"VolumeId", volume}}, kAccount, "eu-west-1").code,
              "InvalidVolume.NotFound");
}

TEST(CreateSnapshot, RefusesAVolumeThatIsBeingMadeOrDeleted)
{
    TestEmulator aws;
    aws.set_delay("volume.creating", 1000);
    aws.set_delay("volume.deleting", 1000);
    const auto volume = new_volume(aws);
    EXPECT_EQ(aws.call("CreateSnapshot", {{"VolumeId", volume}}).code, "IncorrectState");
    aws.advance(1000);
    aws.must("CreateSnapshot", {{"VolumeId", volume}});
    aws.must("DeleteVolume", {{"VolumeId", volume}});
    EXPECT_EQ(aws.call("CreateSnapshot", {{"VolumeId", volume}}).code, "IncorrectState");
}

TEST(CreateSnapshot, IsRefusedWhileTooManyOfTheVolumeArePending)
{
    TestEmulator aws;
    aws.set_delay("snapshot.pending", 1000);
    const auto take = [&](const std::string& volume) {
        return aws.call("CreateSnapshot", {{"VolumeId", volume}});
    };
    const auto volume = new_volume(aws);
    for (int count = 0; count < 5; ++count) {
        EXPECT_EQ(take(volume).status, 200);
    }
    const auto refused = take(volume);
    EXPECT_EQ(refused.code, "ConcurrentSnapshotLimitExceeded");
    EXPECT_EQ(refused.message,
              "Maximum allowed in-progress snapshots for a single volume exceeded.");
    const auto slow = new_volume(aws, {{"VolumeType", "st1"}, {"Size", "125"}});
    EXPECT_EQ(take(slow).status, 200);
    EXPECT_EQ(take(slow).code, "ConcurrentSnapshotLimitExceeded");
    aws.advance(1000);
    EXPECT_EQ(take(volume).status, 200);
    EXPECT_EQ(take(slow).status, 200);
}

TEST(CreateSnapshot, TagsSnapshotsAndNothingElse)
{
    TestEmulator aws;
    const auto refused =
        aws.call("CreateSnapshot", {{"VolumeId", new_volume(aws)},
                                    {"TagSpecification.1.ResourceType", "instance"},
                                    {"TagSpecification.1.Tag.1.Key", "a"},
                                    {"TagSpecification.1.Tag.1.Value", "b"}});
    EXPECT_EQ(refused.code, "InvalidParameterValue");
    EXPECT_EQ(refused.message,
              "'instance' is not a valid taggable resource type for this operation.");
    EXPECT_THAT(aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).texts(kIds), IsEmpty());
}

TEST(CreateSnapshot, OnlySaysWhatADryRunWouldDo)
{
    TestEmulator aws;
    const auto answer =
        aws.call("CreateSnapshot", {{"VolumeId", new_volume(aws)}, {"DryRun", "true"}});
    EXPECT_EQ(answer.status, 412);
    EXPECT_EQ(answer.code, "DryRunOperation");
    EXPECT_THAT(aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).texts(kIds), IsEmpty());
}

TEST(DescribeSnapshots, ShowsEachAccountAndRegionItsOwn)
{
    TestEmulator aws;
    const auto id = new_snapshot(aws);
    EXPECT_THAT(aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).texts(kIds), ElementsAre(id));
    EXPECT_THAT(aws.must("DescribeSnapshots", {{"Owner.1", "self"}}, kOtherAccount).texts(kIds),
                IsEmpty());
    EXPECT_THAT(
        aws.must("DescribeSnapshots", {{"Owner.1", "self"}}, kAccount, "eu-west-1").texts(kIds),
        IsEmpty());
}

TEST(DescribeSnapshots, LeavesOutWhatTheCallerMayNotSee)
{
    TestEmulator aws;
    const auto id = new_snapshot(aws);
    EXPECT_THAT(aws.must("DescribeSnapshots", {{"SnapshotId.1", id}}, kOtherAccount).texts(kIds),
                IsEmpty());
}

TEST(DescribeSnapshots, RefusesTheWholeCallWhenOneIdIsUnknown)
{
    TestEmulator aws;
    const auto id = new_snapshot(aws);
    const auto refused = aws.call(
        "DescribeSnapshots", {{"SnapshotId.1", id}, {"SnapshotId.2", "snap-0123456789abcdef0"}});
    EXPECT_EQ(refused.code, "InvalidSnapshot.NotFound");
    EXPECT_EQ(refused.message, "The snapshot 'snap-0123456789abcdef0' does not exist.");
    EXPECT_EQ(aws.call("DescribeSnapshots", {{"SnapshotId.1", "snap-1"}}).code,
              "InvalidSnapshotID.Malformed");
    EXPECT_EQ(aws.call("DescribeSnapshots", {{"SnapshotId.1", "vol-0123456789abcdef0"}}).code,
              "InvalidParameterValue");
}

TEST(DescribeSnapshots, ChoosesByOwner)
{
    TestEmulator aws;
    const auto id = new_snapshot(aws);
    const auto owned_by = [&](const std::string& owner) {
        return aws.must("DescribeSnapshots", {{"Owner.1", owner}}).texts(kIds);
    };
    EXPECT_THAT(owned_by("self"), ElementsAre(id));
    EXPECT_THAT(owned_by(kAccount), ElementsAre(id));
    EXPECT_THAT(owned_by(kOtherAccount), IsEmpty());
    EXPECT_THAT(owned_by("amazon"), AllOf(Not(IsEmpty()), Not(Contains(id))));
    const auto refused = aws.call("DescribeSnapshots", {{"Owner.1", "me"}});
    EXPECT_EQ(refused.code, "InvalidUserID.Malformed");
    EXPECT_THAT(refused.message, HasSubstr("'me'"));
}

TEST(DescribeSnapshots, ShowsTheSnapshotsOfPublicImagesToTheirOwnerUnlessTheyArePublic)
{
    TestEmulator aws;
    auto lease = aws.generation().reader();
    Statement any(lease.db(),
                  "SELECT owner, id FROM catalogue.snapshot WHERE region = 'us-east-1'"
                  " AND owner_alias = 'amazon' AND public = 0 LIMIT 1");
    any.bind();
    ASSERT_TRUE(any.step());
    auto row = any.row();
    const auto owner = row.text();
    const auto id = row.text();
    const Parameters wanted{{"Filter.1.Name", "snapshot-id"}, {"Filter.1.Value.1", id}};
    const auto answer = aws.must("DescribeSnapshots", wanted, owner);
    EXPECT_EQ(answer.text("snapshotSet/item/ownerAlias"), "amazon");
    EXPECT_EQ(answer.text("snapshotSet/item/volumeId"), "vol-ffffffff");
    EXPECT_EQ(aws.call("DeleteSnapshot", {{"SnapshotId", id}}, owner).code,
              "InvalidSnapshot.InUse");
    EXPECT_EQ(aws.must("DescribeSnapshots", wanted).count("snapshotSet/item"), 0U);
}

TEST(DescribeSnapshots, ChoosesByWhoMayRestore)
{
    TestEmulator aws;
    const auto id = new_snapshot(aws);
    const auto restorable_by = [&](const std::string& user) {
        return aws.must("DescribeSnapshots", {{"RestorableBy.1", user}}).texts(kIds);
    };
    EXPECT_THAT(restorable_by("self"), ElementsAre(id));
    EXPECT_THAT(restorable_by(kAccount), ElementsAre(id));
    EXPECT_THAT(restorable_by(kOtherAccount), IsEmpty());
    EXPECT_THAT(restorable_by("all"), AllOf(Not(IsEmpty()), Not(Contains(id))));
    EXPECT_EQ(aws.call("DescribeSnapshots", {{"RestorableBy.1", "everybody"}}).code,
              "InvalidUserID.Malformed");
}

class SnapshotFilters : public ::testing::Test {
protected:
    SnapshotFilters()
    {
        aws.set_delay("snapshot.pending", 1000);
        volume = new_volume(aws, {{"Size", "3"}});
        done = aws.must("CreateSnapshot", {{"VolumeId", volume}, {"Description", "daily one"}})
                   .text("snapshotId");
        aws.advance(60'000);
        under_way = new_snapshot(aws, {{"Description", "daily two"},
                                       {"TagSpecification.1.ResourceType", "snapshot"},
                                       {"TagSpecification.1.Tag.1.Key", "Team"},
                                       {"TagSpecification.1.Tag.1.Value", "blue"}});
        aws.advance(500);
    }

    std::vector<std::string> matching(const std::string& name, const std::string& value)
    {
        return aws
            .must("DescribeSnapshots",
                  {{"Owner.1", "self"}, {"Filter.1.Name", name}, {"Filter.1.Value.1", value}})
            .texts(kIds);
    }

    TestEmulator aws;
    std::string volume;
    std::string done;
    std::string under_way;
};

TEST_F(SnapshotFilters, MatchWhatTheyAreDocumentedToMatch)
{
    EXPECT_THAT(matching("description", "daily one"), ElementsAre(done));
    EXPECT_THAT(matching("description", "daily*"), UnorderedElementsAre(done, under_way));
    EXPECT_THAT(matching("encrypted", "false"), SizeIs(2));
    EXPECT_THAT(matching("encrypted", "true"), IsEmpty());
    EXPECT_THAT(matching("owner-alias", "amazon"), IsEmpty());
    EXPECT_THAT(matching("owner-id", kAccount), SizeIs(2));
    EXPECT_THAT(matching("progress", "100%"), ElementsAre(done));
    EXPECT_THAT(matching("progress", "50%"), ElementsAre(under_way));
    EXPECT_THAT(matching("snapshot-id", under_way), ElementsAre(under_way));
    EXPECT_THAT(matching("start-time", "2026-01-02T03:04:05.000Z"), ElementsAre(done));
    EXPECT_THAT(matching("start-time", "2026-01-02T03:05:*"), ElementsAre(under_way));
    EXPECT_THAT(matching("status", "pending"), ElementsAre(under_way));
    EXPECT_THAT(matching("storage-tier", "standard"), SizeIs(2));
    EXPECT_THAT(matching("storage-tier", "archive"), IsEmpty());
    EXPECT_THAT(matching("transfer-type", "standard"), IsEmpty());
    EXPECT_THAT(matching("tag:Team", "blue"), ElementsAre(under_way));
    EXPECT_THAT(matching("tag-key", "Team"), ElementsAre(under_way));
    EXPECT_THAT(matching("volume-id", volume), ElementsAre(done));
    EXPECT_THAT(matching("volume-size", "3"), ElementsAre(done));
}

TEST_F(SnapshotFilters, OfAnUnknownNameAreRefused)
{
    EXPECT_EQ(
        aws.call("DescribeSnapshots", {{"Filter.1.Name", "colour"}, {"Filter.1.Value.1", "red"}})
            .code,
        "InvalidParameterValue");
}

TEST(DescribeSnapshots, AnswersPageByPage)
{
    TestEmulator aws;
    std::vector<std::string> made;
    for (int i = 0; i < 12; ++i) {
        made.push_back(new_snapshot(aws));
    }
    std::vector<std::string> seen;
    Parameters parameters = {{"Owner.1", "self"}, {"MaxResults", "5"}};
    std::vector<std::size_t> sizes;
    for (;;) {
        const auto page = aws.must("DescribeSnapshots", parameters);
        const auto ids = page.texts(kIds);
        sizes.push_back(ids.size());
        seen.insert(seen.end(), ids.begin(), ids.end());
        if (page.text("nextToken").empty()) {
            break;
        }
        parameters = {
            {"Owner.1", "self"}, {"MaxResults", "5"}, {"NextToken", page.text("nextToken")}};
    }
    EXPECT_THAT(sizes, ElementsAre(5, 5, 2));
    EXPECT_THAT(seen, ::testing::UnorderedElementsAreArray(made));
    EXPECT_EQ(aws.call("DescribeSnapshots", {{"NextToken", "nonsense"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call("DescribeSnapshots", {{"MaxResults", "5"}, {"SnapshotId.1", made[0]}}).code,
              "InvalidParameterCombination");
    EXPECT_EQ(aws.call("DescribeSnapshots", {{"MaxResults", "4"}}).code, "InvalidParameterValue");
}

TEST(DeleteSnapshot, RemovesItAndItsTags)
{
    TestEmulator aws;
    const auto id = new_snapshot(aws, {{"TagSpecification.1.ResourceType", "snapshot"},
                                       {"TagSpecification.1.Tag.1.Key", "Name"},
                                       {"TagSpecification.1.Tag.1.Value", "gone"}});
    aws.must("DeleteSnapshot", {{"SnapshotId", id}});
    EXPECT_EQ(aws.call("DescribeSnapshots", {{"SnapshotId.1", id}}).code,
              "InvalidSnapshot.NotFound");
    EXPECT_EQ(aws.call("DeleteSnapshot", {{"SnapshotId", id}}).code, "InvalidSnapshot.NotFound");
    EXPECT_EQ(aws.must("DescribeTags").count("tagSet/item"), 0U);
}

TEST(DeleteSnapshot, MayComeBeforeItIsCompleted)
{
    TestEmulator aws;
    aws.set_delay("snapshot.pending", 1000);
    const auto id = new_snapshot(aws);
    aws.must("DeleteSnapshot", {{"SnapshotId", id}});
    aws.advance(2000);
    EXPECT_THAT(aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).texts(kIds), IsEmpty());
}

TEST(DeleteSnapshot, RefusesWhatAnImageUses)
{
    TestEmulator aws;
    const auto id = new_snapshot(aws);
    const auto image = aws.must("RegisterImage", {{"Name", "with a snapshot"},
                                                  {"Architecture", "x86_64"},
                                                  {"VirtualizationType", "hvm"},
                                                  {"RootDeviceName", "/dev/sda1"},
                                                  {"BlockDeviceMapping.1.DeviceName", "/dev/sda1"},
                                                  {"BlockDeviceMapping.1.Ebs.SnapshotId", id}})
                           .text("imageId");
    const auto refused = aws.call("DeleteSnapshot", {{"SnapshotId", id}});
    EXPECT_EQ(refused.code, "InvalidSnapshot.InUse");
    EXPECT_EQ(refused.message, "The snapshot " + id + " is currently in use by " + image);
    aws.must("DeregisterImage", {{"ImageId", image}});
    aws.must("DeleteSnapshot", {{"SnapshotId", id}});
}

TEST(DeleteSnapshot, RefusesOtherAccounts)
{
    TestEmulator aws;
    const auto id = new_snapshot(aws);
    EXPECT_EQ(aws.call("DeleteSnapshot", {{"SnapshotId", id}}, kOtherAccount).code,
              "InvalidSnapshot.NotFound");
    EXPECT_EQ(aws.call("DeleteSnapshot", {{"SnapshotId", "snap-nothex"}}).code,
              "InvalidSnapshotID.Malformed");
    EXPECT_EQ(aws.call("DeleteSnapshot", {{"SnapshotId", id}, {"DryRun", "true"}}).code,
              "DryRunOperation");
    EXPECT_THAT(aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).texts(kIds), ElementsAre(id));
}

TEST(CreateSnapshot, AnswersEmptyTagsAsDescribeSnapshotsDoesNot)
{
    TestEmulator aws;
    EXPECT_EQ(aws.must("CreateSnapshot", {{"VolumeId", new_volume(aws)}}).count("tagSet"), 1U);
    EXPECT_EQ(aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).count("snapshotSet/item/tagSet"),
              0U);
}

}  // namespace
}  // namespace amilab::test
