#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/services/ebs/upload_traffic.h"
#include "storage/base/units.h"
#include "storage/metadata/snapshots/direct_snapshot_rows.h"
#include "storage/metadata/sql/statement.h"
#include "tests/server/services/ebs/ebs_support.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::Not;

class CompleteSnapshot : public EbsTest {};

class CompletionStatements : public EbsStatements {
protected:
    /// Completes a snapshot of two blocks by the checksum.
    std::vector<std::string> texts_of_completion(const std::string& id, const std::string& checksum)
    {
        return told.texts_of([&] {
            complete(id, 2,
                     {{"x-amz-Checksum", checksum},
                      {"x-amz-Checksum-Algorithm", "SHA256"},
                      {"x-amz-Checksum-Aggregation-Method", "LINEAR"}});
        });
    }
};

TEST_F(CompletionStatements, ReadTheChecksumsBeforeTheWriterIsTaken)
{
    const auto id = started();
    put(id, 0, block_of('a'));
    put(id, 1, block_of('b'));
    const auto wrong = linear_checksum_of({block_of('b'), block_of('a')});
    // What is refused has written nothing that would be rolled back.
    EXPECT_THAT(texts_of_completion(id, wrong), Not(Contains("ROLLBACK")));
    const auto right = linear_checksum_of({block_of('a'), block_of('b')});
    const auto texts = texts_of_completion(id, right);
    const auto checksums = std::ranges::find_if(texts, [](const auto& text) {
        return text.starts_with("SELECT checksum FROM direct_block");
    });
    const auto sealed = std::ranges::find_if(
        texts, [](const auto& text) { return text.starts_with("UPDATE layer SET"); });
    ASSERT_NE(checksums, texts.end());
    ASSERT_NE(sealed, texts.end());
    EXPECT_EQ(std::count(checksums, sealed, "BEGIN"), 1);
}

TEST_F(CompleteSnapshot, IsPendingFirstAndCompletedThen)
{
    emulator_.set_delay("snapshot.pending", 10'000);
    const auto id = started();
    put(id, 3, block_of('a'));
    const auto answer = complete(id, 1);
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(answer.text("/Status"), "pending");
    expect_invalid(list(id), "INVALID_SNAPSHOT_ID");
    emulator_.advance(5000);
    EXPECT_EQ(
        emulator_.must("DescribeSnapshots", {{"SnapshotId.1", id}}).text("snapshotSet/item/status"),
        "pending");
    emulator_.advance(5000);
    EXPECT_EQ(
        emulator_.must("DescribeSnapshots", {{"SnapshotId.1", id}}).text("snapshotSet/item/status"),
        "completed");
    EXPECT_EQ(indexes(list(id)), std::vector{3});
}

TEST_F(CompleteSnapshot, WantsTheNumberOfBlocksThatWereWritten)
{
    const auto id = started();
    put(id, 0, block_of('a'));
    put(id, 0, block_of('b'));
    put(id, 9, block_of('c'));
    expect_invalid(complete(id, 1), "INVALID_PARAMETER_VALUE");
    expect_invalid(complete(id, 3), "INVALID_PARAMETER_VALUE");
    expect_invalid(ebs_.call("POST", "/snapshots/completion/" + id), "INVALID_PARAMETER_VALUE");
    expect_invalid(complete(id, -1), "INVALID_PARAMETER_VALUE");
    EXPECT_EQ(complete(id, 2).status, 202);
}

TEST_F(CompleteSnapshot, ChecksTheLinearChecksum)
{
    const auto id = started();
    // Written out of order, summed in order.
    put(id, 10, block_of('b'));
    put(id, 9, block_of('a'));
    const auto with = [&](const std::string& checksum) {
        return complete(id, 2,
                        {{"x-amz-Checksum", checksum},
                         {"x-amz-Checksum-Algorithm", "SHA256"},
                         {"x-amz-Checksum-Aggregation-Method", "LINEAR"}});
    };
    expect_invalid(with(linear_checksum_of({block_of('b'), block_of('a')})),
                   "INVALID_PARAMETER_VALUE");
    expect_invalid(with("abc"), "INVALID_PARAMETER_VALUE");
    const auto right = linear_checksum_of({block_of('a'), block_of('b')});
    expect_invalid(complete(id, 2, {{"x-amz-Checksum", right}}), "INVALID_PARAMETER_VALUE");
    expect_invalid(complete(id, 2, {{"x-amz-Checksum-Algorithm", "SHA256"}}),
                   "INVALID_PARAMETER_VALUE");
    expect_invalid(complete(id, 2,
                            {{"x-amz-Checksum", right},
                             {"x-amz-Checksum-Algorithm", "MD5"},
                             {"x-amz-Checksum-Aggregation-Method", "LINEAR"}}),
                   "INVALID_PARAMETER_VALUE");
    EXPECT_EQ(with(right).status, 202);
}

TEST_F(CompleteSnapshot, IsDoneOnceByTheOwner)
{
    const auto id = started();
    const JsonCaller other(emulator_, "ebs", kOtherAccount);
    expect_refusal(
        other.call("POST", "/snapshots/completion/" + id, "", {{"x-amz-ChangedBlocksCount", "0"}}),
        403, "AccessDeniedException", "UNAUTHORIZED_ACCOUNT");
    EXPECT_EQ(complete(id, 0).status, 202);
    expect_invalid(complete(id, 0), "INVALID_SNAPSHOT_ID");
    expect_invalid(put(id, 0, block_of('a')), "INVALID_SNAPSHOT_ID");
    expect_not_found(complete("snap-00000000000000000", 0));
    expect_not_found(complete("snap-1", 0));
    expect_invalid(complete("snap-XYZ", 0), "INVALID_PARAMETER_VALUE");
}

TEST_F(CompleteSnapshot, IsNotForSnapshotsOfVolumes)
{
    emulator_.set_delay("snapshot.pending", 10'000);
    const auto volume =
        emulator_.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}})
            .text("volumeId");
    const auto id = emulator_.must("CreateSnapshot", {{"VolumeId", volume}}).text("snapshotId");
    expect_invalid(complete(id, 0), "INVALID_SNAPSHOT_ID");
    expect_invalid(put(id, 0, block_of('a')), "INVALID_SNAPSHOT_ID");
}

TEST_F(CompleteSnapshot, GivesVolumesItsBytes)
{
    const auto id = uploaded({"", block_of('x')});
    const auto volume =
        emulator_.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", id}})
            .text("volumeId");
    const auto again = emulator_.must("CreateSnapshot", {{"VolumeId", volume}}).text("snapshotId");
    EXPECT_EQ(read(again, 1), block_of('x'));
}

TEST_F(CompleteSnapshot, DeletedWhilePendingTakesItsBlocksAlong)
{
    const auto id = started();
    put(id, 0, block_of('a'));
    emulator_.must("DeleteSnapshot", {{"SnapshotId", id}});
    expect_not_found(put(id, 1, block_of('b')));
    expect_not_found(complete(id, 1));
    auto reader = emulator_.generation().reader();
    EXPECT_EQ(count_direct_blocks(reader.db(), SnapshotId::trusted(id)), 0);
}

TEST(UploadTraffic, LetsOneRequestWriteABlockAndNoneWhileTheSnapshotIsCompleted)
{
    ebs::UploadTraffic traffic;
    const ebs::UploadTraffic::Key key = "snap-1";
    const auto code = [&](auto begin) {
        try {
            begin();
        } catch (const ApiError& error) {
            return error.reason;
        }
        return std::string("none");
    };
    const auto write = [&](std::int64_t block) {
        return code([&] { auto hold = traffic.begin_write(key, block); });
    };
    const auto completion = [&] {
        return code([&] { auto hold = traffic.begin_completion(key); });
    };
    {
        const auto writing = traffic.begin_write(key, 1);
        EXPECT_EQ(write(1), "CONFLICTING_BLOCK_UPDATE");
        EXPECT_EQ(write(2), "none");
        EXPECT_EQ(completion(), "RESOURCE_LEVEL_THROTTLE");
    }
    EXPECT_EQ(write(1), "none");
    {
        const auto completing = traffic.begin_completion(key);
        EXPECT_EQ(write(1), "RESOURCE_LEVEL_THROTTLE");
        EXPECT_EQ(completion(), "RESOURCE_LEVEL_THROTTLE");
        const auto other = traffic.begin_write("snap-2", 1);
    }
    EXPECT_EQ(completion(), "none");
}

}  // namespace
}  // namespace amilab::test
