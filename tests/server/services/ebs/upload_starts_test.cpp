#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/services/ebs/upload_traffic.h"
#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/snapshots/direct_snapshot_rows.h"
#include "storage/metadata/sql/statement.h"
#include "storage/state/stores.h"
#include "tests/server/services/ebs/ebs_support.h"
#include "tests/support/query_plans.h"

namespace amilab::test {
namespace {

using boost::json::array;
using boost::json::object;
using ::testing::ElementsAre;

class StartSnapshot : public EbsTest {};

class StartSnapshotPlans : public EbsStatements {};

TEST_F(StartSnapshotPlans, CountTheSnapshotsThatAreOpenAndNotAllOfTheAccount)
{
    started();
    const auto texts = told.texts_of([&] { started(); });
    const auto count = std::ranges::find_if(texts, [](const auto& text) {
        return text.find("FROM direct_snapshot AS d") != text.npos;
    });
    ASSERT_NE(count, texts.end());
    auto reader = emulator_.generation().reader();
    const auto steps = plan_of(reader.db(), *count);
    EXPECT_THAT(steps, ElementsAre("SCAN d USING INDEX direct_snapshot_open",
                                   "SEARCH s USING COVERING INDEX snapshot_by_owner"
                                   " (region=? AND owner=? AND id=?)"));
}

TEST_F(StartSnapshot, IsTheSnapshotThatEc2Shows)
{
    const auto answer = start({{"VolumeSize", 8},
                               {"Description", "from a file"},
                               {"Tags", array{object{{"Key", "Name"}, {"Value", "golden"}}}}});
    ASSERT_EQ(answer.status, 201) << answer.body;
    const auto id = answer.text("/SnapshotId");
    EXPECT_EQ(answer.text("/Status"), "pending");
    EXPECT_EQ(answer.text("/OwnerId"), kAccount);
    EXPECT_EQ(answer.text("/VolumeSize"), "8");
    EXPECT_EQ(answer.text("/BlockSize"), "524288");
    EXPECT_EQ(answer.text("/StartTime"), std::to_string(kStartMs / 1000));
    EXPECT_EQ(answer.text("/Description"), "from a file");
    EXPECT_EQ(answer.text("/Tags"), R"([{"Key":"Name","Value":"golden"}])");
    EXPECT_EQ(answer.text("/KmsKeyArn"), "");

    const auto shown = emulator_.must("DescribeSnapshots", {{"SnapshotId.1", id}});
    EXPECT_EQ(shown.text("snapshotSet/item/status"), "pending");
    EXPECT_EQ(shown.text("snapshotSet/item/volumeSize"), "8");
    EXPECT_EQ(shown.text("snapshotSet/item/volumeId"), "vol-ffffffff");
    EXPECT_EQ(shown.text("snapshotSet/item/progress"), "0%");
    EXPECT_EQ(shown.text("snapshotSet/item/description"), "from a file");
    EXPECT_EQ(shown.text("snapshotSet/item/tagSet/item/value"), "golden");
    const auto volume =
        emulator_.call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", id}});
    EXPECT_EQ(volume.code, "IncorrectState");
}

TEST_F(StartSnapshot, RefusesSizesThatNoVolumeHas)
{
    expect_invalid(start({}), "INVALID_PARAMETER_VALUE");
    expect_invalid(start({{"VolumeSize", 0}}), "INVALID_PARAMETER_VALUE");
    expect_invalid(start({{"VolumeSize", 65537}}), "INVALID_VOLUME_SIZE");
    EXPECT_EQ(start({{"VolumeSize", 65536}}).status, 201);
    expect_refusal(start({{"VolumeSize", "8"}}), 400, "SerializationException", "");
}

TEST_F(StartSnapshot, RefusesTagsThatAreNone)
{
    const auto refused = [&](const array& tags) {
        expect_invalid(start({{"VolumeSize", 1}, {"Tags", tags}}), "INVALID_TAG");
    };
    refused({object{{"Value", "v"}}});
    refused({object{{"Key", "aws:x"}, {"Value", "v"}}});
    refused({object{{"Key", "a"}}, object{{"Key", "a"}}});
    array many;
    for (int i = 0; i < 51; ++i) {
        many.push_back(object{{"Key", std::to_string(i)}});
    }
    refused(many);
    expect_invalid(
        start({{"VolumeSize", 1}, {"Tags", array{object{{"Key", std::string(128, 'k')}}}}}),
        "INVALID_PARAMETER_VALUE");
}

TEST_F(StartSnapshot, WithTheSameTokenIsTheSameSnapshot)
{
    const object request{{"VolumeSize", 1}, {"ClientToken", "t"}, {"Description", "d"}};
    const auto first = start(request);
    auto second = start(request);
    EXPECT_EQ(second.status, 201);
    EXPECT_EQ(second.body, first.body);
    expect_refusal(start({{"VolumeSize", 2}, {"ClientToken", "t"}, {"Description", "d"}}), 409,
                   "ConflictException", "");
    EXPECT_NE(
        start({{"VolumeSize", 1}, {"ClientToken", "u"}, {"Description", "d"}}).text("/SnapshotId"),
        first.text("/SnapshotId"));

    complete(first.text("/SnapshotId"), 0);
    second = start(request);
    EXPECT_EQ(second.text("/SnapshotId"), first.text("/SnapshotId"));
    EXPECT_EQ(second.text("/Status"), "completed");
    EXPECT_EQ(
        JsonCaller(emulator_, "ebs", kOtherAccount).call("POST", "/snapshots", request).status,
        201);
    expect_invalid(start({{"VolumeSize", 1}, {"ClientToken", "a b"}}), "INVALID_PARAMETER_VALUE");
}

TEST_F(StartSnapshot, OnAParentBeginsWithItsBlocks)
{
    const auto parent = uploaded({block_of('a'), block_of('b')});
    const auto answer = start({{"VolumeSize", 2}, {"ParentSnapshotId", parent}});
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(answer.text("/ParentSnapshotId"), parent);
    const auto child = answer.text("/SnapshotId");
    put(child, 1, block_of('c'));
    EXPECT_EQ(complete(child, 1).status, 202);
    EXPECT_EQ(read(child, 0), block_of('a'));
    EXPECT_EQ(read(child, 1), block_of('c'));
    EXPECT_EQ(read(parent, 1), block_of('b'));
}

TEST_F(StartSnapshot, RefusesParentsThatCannotBeRead)
{
    const auto parent = uploaded({}, {{"VolumeSize", 2}});
    expect_invalid(start({{"VolumeSize", 1}, {"ParentSnapshotId", parent}}), "INVALID_VOLUME_SIZE");
    expect_invalid(start({{"VolumeSize", 1}, {"ParentSnapshotId", started()}}),
                   "INVALID_SNAPSHOT_ID");
    expect_not_found(start({{"VolumeSize", 1}, {"ParentSnapshotId", "snap-00000000000000000"}}));
    expect_invalid(start({{"VolumeSize", 1}, {"ParentSnapshotId", "vol-1"}}),
                   "INVALID_PARAMETER_VALUE");
    expect_refusal(
        JsonCaller(emulator_, "ebs", kOtherAccount)
            .call("POST", "/snapshots", object{{"VolumeSize", 2}, {"ParentSnapshotId", parent}}),
        403, "AccessDeniedException", "UNAUTHORIZED_ACCOUNT");
    emulator_.must("ModifySnapshotTier", {{"SnapshotId", parent}, {"StorageTier", "archive"}});
    expect_invalid(start({{"VolumeSize", 2}, {"ParentSnapshotId", parent}}), "INVALID_SNAPSHOT_ID");
}

TEST_F(StartSnapshot, IsEncryptedAsTheRequestOrItsParentSays)
{
    constexpr const char* kKey =
        "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const auto own = start({{"VolumeSize", 1}, {"Encrypted", true}, {"KmsKeyArn", kKey}});
    ASSERT_EQ(own.status, 201) << own.body;
    EXPECT_EQ(own.text("/KmsKeyArn"), kKey);
    const auto id = own.text("/SnapshotId");
    const auto shown = emulator_.must("DescribeSnapshots", {{"SnapshotId.1", id}});
    EXPECT_EQ(shown.text("snapshotSet/item/encrypted"), "true");
    EXPECT_EQ(shown.text("snapshotSet/item/kmsKeyId"), kKey);
    EXPECT_NE(shown.text("snapshotSet/item/dataEncryptionKeyId"), "");
    complete(id, 0);
    EXPECT_EQ(start({{"VolumeSize", 1}, {"ParentSnapshotId", id}}).text("/KmsKeyArn"), kKey);
    EXPECT_NE(start({{"VolumeSize", 1}, {"Encrypted", true}}).text("/KmsKeyArn"), "");
    EXPECT_EQ(start({{"VolumeSize", 1}, {"Encrypted", false}}).text("/KmsKeyArn"), "");

    expect_invalid(start({{"VolumeSize", 1}, {"ParentSnapshotId", id}, {"Encrypted", true}}),
                   "INVALID_PARAMETER_VALUE");
    expect_invalid(start({{"VolumeSize", 1}, {"ParentSnapshotId", id}, {"KmsKeyArn", kKey}}),
                   "INVALID_PARAMETER_VALUE");
    expect_invalid(start({{"VolumeSize", 1}, {"KmsKeyArn", kKey}}), "INVALID_PARAMETER_VALUE");
    for (const auto* no_key :
         {"alias/a", "1234abcd-12ab-34cd-56ef-1234567890ab", "arn:aws:kms:us-east-1:1:key/1",
          "arn:aws:kms:us-east-1:123456789012:alias/a",
          "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"}) {
        expect_invalid(start({{"VolumeSize", 1}, {"Encrypted", true}, {"KmsKeyArn", no_key}}),
                       "INVALID_CUSTOMER_KEY");
    }
}

TEST_F(StartSnapshot, KeepsToEncryptionByDefault)
{
    const auto open_parent = uploaded({});
    emulator_.must("EnableEbsEncryptionByDefault");
    const auto key = start({{"VolumeSize", 1}}).text("/KmsKeyArn");
    EXPECT_NE(key, "");
    expect_invalid(start({{"VolumeSize", 1}, {"Encrypted", false}}), "INVALID_PARAMETER_VALUE");
    expect_invalid(start({{"VolumeSize", 1}, {"ParentSnapshotId", open_parent}}),
                   "INVALID_PARAMETER_VALUE");
    const auto own_key = emulator_
                             .must("ModifyEbsDefaultKmsKeyId",
                                   {{"KmsKeyId", "1234abcd-12ab-34cd-56ef-1234567890ab"}})
                             .text("kmsKeyId");
    const auto parent = uploaded({}, {{"Encrypted", true}});
    emulator_.must("ResetEbsDefaultKmsKeyId");
    EXPECT_EQ(start({{"VolumeSize", 1}, {"ParentSnapshotId", parent}}).text("/KmsKeyArn"), own_key);
    EXPECT_EQ(start({{"VolumeSize", 1}}).text("/KmsKeyArn"), key);
}

TEST_F(StartSnapshot, OnAnEncryptedSnapshotOfAVolumeHasItsKey)
{
    const auto volume = emulator_.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"},
                                                        {"Size", "1"},
                                                        {"Encrypted", "true"},
                                                        {"KmsKeyId", "alias/disks"}});
    const auto parent = emulator_.must("CreateSnapshot", {{"VolumeId", volume.text("volumeId")}})
                            .text("snapshotId");
    EXPECT_EQ(start({{"VolumeSize", 1}, {"ParentSnapshotId", parent}}).text("/KmsKeyArn"),
              volume.text("kmsKeyId"));
}

TEST_F(StartSnapshot, IsInErrorWhenNothingComesForAsLongAsItsTimeout)
{
    const auto layers = [&] {
        auto reader = emulator_.generation().reader();
        Statement select(reader.db(), "SELECT COUNT(*) FROM layer");
        select.bind();
        select.step();
        return select.row().integer();
    };
    const auto before = layers();
    const auto idle = started({{"Timeout", 10}});
    const auto busy = started({{"Timeout", 10}});
    EXPECT_GT(layers(), before);
    emulator_.advance(9 * kMinuteMs);
    EXPECT_EQ(put(busy, 0, block_of('a')).status, 201);
    emulator_.advance(kMinuteMs);
    const auto state = [&](const std::string& id) {
        return emulator_.must("DescribeSnapshots", {{"SnapshotId.1", id}})
            .text("snapshotSet/item/status");
    };
    EXPECT_EQ(state(idle), "error");
    EXPECT_EQ(state(busy), "pending");
    expect_invalid(put(idle, 0, block_of('a')), "INVALID_SNAPSHOT_ID");
    expect_invalid(complete(idle, 0), "INVALID_SNAPSHOT_ID");
    emulator_.advance(9 * kMinuteMs);
    EXPECT_EQ(state(busy), "error");
    EXPECT_EQ(layers(), before);
    emulator_.must("DeleteSnapshot", {{"SnapshotId", busy}});

    const auto usual = started();
    emulator_.advance(59 * kMinuteMs);
    EXPECT_EQ(state(usual), "pending");
    emulator_.advance(kMinuteMs);
    EXPECT_EQ(state(usual), "error");
    expect_invalid(start({{"VolumeSize", 1}, {"Timeout", 9}}), "INVALID_PARAMETER_VALUE");
    expect_invalid(start({{"VolumeSize", 1}, {"Timeout", 4321}}), "INVALID_PARAMETER_VALUE");
}

TEST_F(StartSnapshot, CompletedInTimeStaysCompleted)
{
    const auto snapshot = uploaded({block_of('a')}, {{"Timeout", 10}});
    emulator_.advance(60 * kMinuteMs);
    EXPECT_EQ(read(snapshot, 0), block_of('a'));
}

TEST_F(StartSnapshot, IsTakenFor100PendingOnesAtMost)
{
    std::string first;
    for (int i = 0; i < 100; ++i) {
        first = started();
    }
    expect_refusal(start({{"VolumeSize", 1}}), 400, "ConcurrentLimitExceededException", "");
    complete(first, 0);
    started();
}

TEST_F(StartSnapshot, OfABootThatIsOverIsInError)
{
    const auto id = started();
    {
        auto writer = emulator_.generation().writer();
        EXPECT_EQ(mark_lost_direct_snapshots(writer.db(),
                                             emulator_.generation().stores().blocks().boot_id()),
                  0);
        EXPECT_EQ(mark_lost_direct_snapshots(writer.db(), "another boot"), 1);
    }
    EXPECT_EQ(
        emulator_.must("DescribeSnapshots", {{"SnapshotId.1", id}}).text("snapshotSet/item/status"),
        "error");
    expect_invalid(put(id, 0, block_of('a')), "INVALID_SNAPSHOT_ID");
}

}  // namespace
}  // namespace amilab::test
