#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/calls/settle.h"
#include "server/services/ebs/block_data.h"
#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/volumes/volume_rows.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "tests/server/services/ebs/ebs_support.h"

namespace amilab::test {
namespace {

class PutSnapshotBlock : public EbsTest {};
class GetSnapshotBlock : public EbsTest {};

TEST_F(PutSnapshotBlock, AnswersWithTheChecksum)
{
    const auto answer = put(started(), 5, block_of('a'));
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(answer.headers.at("x-amz-Checksum"), checksum_of(block_of('a')));
    EXPECT_EQ(answer.headers.at("x-amz-Checksum-Algorithm"), "SHA256");
}

TEST_F(PutSnapshotBlock, RefusesWhatIsNoBlockOrHasAnotherChecksum)
{
    const auto id = started();
    expect_invalid(put(id, 0, block_of('a'), {{"x-amz-Checksum", checksum_of("other")}}),
                   "INVALID_PARAMETER_VALUE");
    expect_invalid(put(id, 0, block_of('a'), {{"x-amz-Checksum", "AAAA"}}),
                   "INVALID_PARAMETER_VALUE");
    expect_invalid(put(id, 0, block_of('a'), {{"x-amz-Checksum", "*"}}), "INVALID_PARAMETER_VALUE");
    expect_invalid(put(id, 0, "short"), "INVALID_PARAMETER_VALUE");
    const auto cut = put(id, 0, "short", {{"x-amz-Data-Length", std::to_string(kBlock)}});
    expect_invalid(cut, "INVALID_PARAMETER_VALUE");
    EXPECT_EQ(cut.message, "Failed to read block data");
    expect_invalid(put(id, 0, block_of('a'), {{"x-amz-Data-Length", "4096"}}),
                   "INVALID_PARAMETER_VALUE");
    expect_invalid(put(id, 0, block_of('a'), {{"x-amz-Checksum-Algorithm", "SHA1"}}),
                   "INVALID_PARAMETER_VALUE");
    expect_refusal(put(id, 0, block_of('a'), {{"x-amz-Data-Length", "much"}}), 400,
                   "SerializationException", "");
    const auto bare = ebs_.call("PUT", fmt::format("/snapshots/{}/blocks/0", id), block_of('a'));
    expect_invalid(bare, "INVALID_PARAMETER_VALUE");
    EXPECT_THAT(bare.message, ::testing::HasSubstr("3 validation errors detected"));
    EXPECT_EQ(complete(id, 0).status, 202) << "nothing was written";
}

TEST_F(PutSnapshotBlock, StaysWithinTheVolume)
{
    const auto id = started();
    EXPECT_EQ(put(id, 2047, block_of('z')).status, 201);
    expect_invalid(put(id, 2048, block_of('z')), "INVALID_BLOCK");
    expect_invalid(put(id, -1, block_of('z')), "INVALID_PARAMETER_VALUE");
    complete(id, 1);
    EXPECT_EQ(read(id, 2047), block_of('z'));
}

TEST_F(PutSnapshotBlock, TheLastOneCounts)
{
    const auto id = started();
    put(id, 0, block_of('a'));
    put(id, 0, block_of('b'));
    complete(id, 1);
    EXPECT_EQ(read(id, 0), block_of('b'));
}

TEST_F(PutSnapshotBlock, ShowsTheProgressThatItsWriterTells)
{
    const auto id = started();
    put(id, 0, block_of('a'), {{"x-amz-Progress", "40"}});
    put(id, 1, block_of('a'));
    const auto shown = emulator_.must("DescribeSnapshots",
                                      {{"Filter.1.Name", "progress"}, {"Filter.1.Value.1", "40%"}});
    EXPECT_EQ(shown.text("snapshotSet/item/snapshotId"), id);
    EXPECT_EQ(shown.text("snapshotSet/item/progress"), "40%");
    expect_invalid(put(id, 0, block_of('a'), {{"x-amz-Progress", "101"}}),
                   "INVALID_PARAMETER_VALUE");
}

TEST_F(PutSnapshotBlock, IsForTheOwnerOfASnapshotThatIsThere)
{
    const auto id = started();
    const JsonCaller other(emulator_, "ebs", kOtherAccount);
    const auto data = block_of('a');
    expect_refusal(other.call("PUT", fmt::format("/snapshots/{}/blocks/0", id), data,
                              {{"x-amz-Data-Length", std::to_string(kBlock)},
                               {"x-amz-Checksum", checksum_of(data)},
                               {"x-amz-Checksum-Algorithm", "SHA256"}}),
                   403, "AccessDeniedException", "UNAUTHORIZED_ACCOUNT");
    expect_not_found(put("snap-00000000000000000", 0, data));
}

// Layers below may be merged or deleted as soon as the rows that told them are let go of.
TEST_F(PutSnapshotBlock, OpensItsLayersWhileTheRowsThatTellThemHold)
{
    const auto id = started({{"ParentSnapshotId", uploaded({block_of('p')})}});
    auto& generation = emulator_.generation();
    Caller caller;
    caller.account = kAccount;
    caller.region = kRegion;
    const wire::Parameters none{std::vector<wire::NamedValue>()};
    const Session::Context context{emulator_.emulator().services(), generation, caller, none, "id"};
    bool was_open = false;
    const auto read_rows = [&](const ByteSession::Work& work) {
        auto reader = generation.reader();
        Session session(context, reader.db());
        work(session);
        const auto row = select_snapshot(reader.db(), kRegion, SnapshotId::trusted(id));
        was_open = generation.stores().blocks().find_volume(*row->layer_id) != nullptr;
    };
    const auto write_rows = [&](const ByteSession::Work& work) { run_write(context, work); };
    const auto block = block_of('a');
    ByteSession session(emulator_.data().current(), block, read_rows, write_rows);
    ebs::put_snapshot_block(session, {.block_index = 0,
                                      .checksum = checksum_of(block),
                                      .checksum_algorithm = "SHA256",
                                      .data_length = kBlock,
                                      .snapshot_id = id});
    EXPECT_TRUE(was_open);
    complete(id, 1);
    EXPECT_EQ(read(id, 0), block);
}

TEST_F(GetSnapshotBlock, GivesBytesLengthAndChecksum)
{
    const auto id = uploaded({block_of('q')});
    const auto answer = get(id, 0, token_of(id, 0));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, block_of('q'));
    EXPECT_EQ(answer.headers.at("x-amz-Data-Length"), "524288");
    EXPECT_EQ(answer.headers.at("x-amz-Checksum"), checksum_of(block_of('q')));
    EXPECT_EQ(answer.headers.at("x-amz-Checksum-Algorithm"), "SHA256");
}

TEST_F(GetSnapshotBlock, WantsATokenOfThisBlockThatHasNotExpired)
{
    const auto id = uploaded({block_of('a'), block_of('b')});
    const auto other = uploaded({block_of('c')});
    const auto token = token_of(id, 0);
    expect_invalid(get(id, 1, token), "INVALID_BLOCK_TOKEN");
    expect_invalid(get(other, 0, token), "INVALID_BLOCK_TOKEN");
    expect_invalid(get(id, 0, "AAAB"), "INVALID_BLOCK_TOKEN");
    expect_invalid(get(id, 0, std::string(257, 'A')), "INVALID_PARAMETER_VALUE");
    expect_invalid(ebs_.call("GET", fmt::format("/snapshots/{}/blocks/0", id)),
                   "INVALID_PARAMETER_VALUE");
    emulator_.advance(7 * kDayMs - 1);
    EXPECT_EQ(get(id, 0, token).status, 200);
    emulator_.advance(1);
    expect_invalid(get(id, 0, token), "INVALID_BLOCK_TOKEN");
}

TEST_F(GetSnapshotBlock, IsForThoseWhoMayReadASnapshotThatIsThere)
{
    const auto id = uploaded({block_of('a')});
    const auto token = token_of(id, 0);
    const JsonCaller other(emulator_, "ebs", kOtherAccount);
    expect_refusal(other.call("GET", fmt::format("/snapshots/{}/blocks/0?blockToken={}", id,
                                                 url_encoded(token))),
                   403, "AccessDeniedException", "UNAUTHORIZED_ACCOUNT");
    const auto list = fmt::format("/snapshots/{}/blocks", id);
    expect_refusal(other.call("GET", list), 403, "AccessDeniedException", "UNAUTHORIZED_ACCOUNT");
    emulator_.must("ModifySnapshotAttribute",
                   {{"SnapshotId", id}, {"CreateVolumePermission.Add.1.Group", "all"}});
    expect_refusal(other.call("GET", list), 403, "AccessDeniedException", "UNAUTHORIZED_ACCOUNT");
    emulator_.must("ModifySnapshotAttribute",
                   {{"SnapshotId", id}, {"CreateVolumePermission.Add.1.UserId", kOtherAccount}});
    EXPECT_EQ(other.call("GET", list).status, 200);
    expect_not_found(JsonCaller(emulator_, "ebs", kAccount, "eu-west-1")
                         .call("GET", fmt::format("/snapshots/{}/blocks/0?blockToken={}", id,
                                                  url_encoded(token))));
    expect_invalid(get(id, 2048, token), "INVALID_BLOCK");
    emulator_.must("DeleteSnapshot", {{"SnapshotId", id}});
    expect_not_found(get(id, 0, token));
}

TEST_F(GetSnapshotBlock, IsForAccountsThatTheSnapshotIsSharedWithButNotForTheWholeWorld)
{
    const auto id = uploaded({block_of('a')});
    const JsonCaller other(emulator_, "ebs", kOtherAccount);
    const auto path =
        fmt::format("/snapshots/{}/blocks/0?blockToken={}", id, url_encoded(token_of(id, 0)));
    const auto share = [&](const char* change, const char* value) {
        emulator_.must(
            "ModifySnapshotAttribute",
            {{"SnapshotId", id}, {"Attribute", "createVolumePermission"}, {change, value}});
    };
    share("CreateVolumePermission.Add.1.Group", "all");
    EXPECT_EQ(other.call("GET", path).code, "AccessDeniedException");
    share("CreateVolumePermission.Add.1.UserId", kOtherAccount);
    EXPECT_EQ(other.call("GET", path).body, block_of('a'));
    const auto child = other.call("POST", "/snapshots",
                                  boost::json::object{{"VolumeSize", 1}, {"ParentSnapshotId", id}});
    EXPECT_EQ(child.text("/OwnerId"), kOtherAccount) << child.body;
    share("CreateVolumePermission.Remove.1.UserId", kOtherAccount);
    EXPECT_EQ(other.call("GET", path).code, "AccessDeniedException");
}

TEST_F(GetSnapshotBlock, IsRefusedOfAnArchivedSnapshotUntilItIsRestored)
{
    const auto id = uploaded({block_of('a')});
    const auto next = uploaded({block_of('b')}, {{"ParentSnapshotId", id}});
    const auto token = token_of(id, 0);
    emulator_.must("ModifySnapshotTier", {{"SnapshotId", id}, {"StorageTier", "archive"}});
    expect_invalid(get(id, 0, token), "INVALID_SNAPSHOT_ID");
    expect_invalid(list(id), "INVALID_SNAPSHOT_ID");
    expect_invalid(list_changed(id, next), "INVALID_SNAPSHOT_ID");
    expect_invalid(list_changed(next, id), "INVALID_SNAPSHOT_ID");
    EXPECT_EQ(read(next, 0), block_of('b'));
    emulator_.must("RestoreSnapshotTier", {{"SnapshotId", id}, {"TemporaryRestoreDays", "1"}});
    EXPECT_EQ(get(id, 0, token).body, block_of('a'));
    emulator_.advance(kDayMs);
    expect_invalid(get(id, 0, token), "INVALID_SNAPSHOT_ID");
}

TEST_F(GetSnapshotBlock, FindsNoSnapshotThatIsInTheRecycleBin)
{
    const auto id = uploaded({block_of('a')});
    const auto token = token_of(id, 0);
    keep_deleted_snapshots(emulator_);
    emulator_.must("DeleteSnapshot", {{"SnapshotId", id}});
    expect_not_found(get(id, 0, token));
    expect_not_found(list(id));
    expect_not_found(start({{"VolumeSize", 1}, {"ParentSnapshotId", id}}));
    emulator_.must("RestoreSnapshotFromRecycleBin", {{"SnapshotId", id}});
    EXPECT_EQ(get(id, 0, token).body, block_of('a'));
}

}  // namespace
}  // namespace amilab::test
