#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/volumes/volume_rows.h"
#include "storage/state/stores.h"
#include "tests/server/services/ebs/ebs_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Snapshots of one volume, whose bytes a test writes itself.
class ListSnapshotBlocks : public EbsTest {};
class ListChangedBlocks : public EbsTest {
protected:
    std::string volume(const std::string& snapshot = {})
    {
        Parameters request{{"AvailabilityZone", "us-east-1a"}};
        request.emplace_back(snapshot.empty() ? "Size" : "SnapshotId",
                             snapshot.empty() ? "1" : snapshot);
        return emulator_.must("CreateVolume", request).text("volumeId");
    }

    std::string snapshot(const std::string& volume)
    {
        return emulator_.must("CreateSnapshot", {{"VolumeId", volume}}).text("snapshotId");
    }

    std::shared_ptr<Volume> opened(const std::string& id)
    {
        auto reader = emulator_.generation().reader();
        const auto row =
            select_volume(reader.db(), kAccount, kRegion, VolumeId::trusted(id)).value();
        return emulator_.generation().stores().blocks().open_volume(
            select_layer_chain(reader.db(), row.layer_id), static_cast<std::uint64_t>(row.size_gib)
                                                               << 30);
    }

    void write(const std::string& volume, std::uint64_t offset, std::size_t size)
    {
        const std::vector<std::byte> bytes(size, std::byte{7});
        opened(volume)->write(offset, bytes);
    }
};

TEST_F(ListSnapshotBlocks, GivesTheBlocksThatHaveDataInOrder)
{
    const auto id = uploaded({"", block_of('a'), "", "", block_of('b')});
    const auto answer = list(id);
    EXPECT_THAT(indexes(answer), ElementsAre(1, 4));
    EXPECT_EQ(answer.text("/VolumeSize"), "1");
    EXPECT_EQ(answer.text("/BlockSize"), "524288");
    EXPECT_EQ(answer.text("/ExpiryTime"), std::to_string((kStartMs + 7 * kDayMs) / 1000));
    EXPECT_EQ(answer.text("/NextToken"), "");
    EXPECT_THAT(indexes(list(id, "?startingBlockIndex=2")), ElementsAre(4));
    EXPECT_THAT(indexes(list(id, "?startingBlockIndex=5")), IsEmpty());
    EXPECT_THAT(indexes(list(id, "?startingBlockIndex=2000000")), IsEmpty());
    EXPECT_THAT(indexes(list(uploaded({}))), IsEmpty());
}

TEST_F(ListSnapshotBlocks, GoesOnBehindThePageBefore)
{
    const auto snapshot = started();
    for (int i = 0; i < 250; ++i) {
        ASSERT_EQ(put(snapshot, i * 2, block_of('a')).status, 201);
    }
    complete(snapshot, 250);
    std::vector<int> seen;
    std::string query = "?maxResults=100&startingBlockIndex=10";
    for (int pages = 0; !query.empty(); ++pages) {
        ASSERT_LT(pages, 4);
        const auto page = list(snapshot, query);
        const auto found = indexes(page);
        EXPECT_LE(found.size(), 100U);
        seen.insert(seen.end(), found.begin(), found.end());
        const auto token = page.text("/NextToken");
        // A starting index beside a token is ignored.
        query = token.empty()
                    ? ""
                    : "?maxResults=100&startingBlockIndex=0&pageToken=" + url_encoded(token);
        if (!token.empty() && pages == 0) {
            expect_invalid(list(uploaded({}), "?pageToken=" + url_encoded(token)),
                           "INVALID_PAGE_TOKEN");
        }
    }
    ASSERT_EQ(seen.size(), 245U);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        EXPECT_EQ(seen[i], 10 + static_cast<int>(i) * 2);
    }
    expect_invalid(list(snapshot, "?pageToken=AAAB"), "INVALID_PAGE_TOKEN");
    expect_invalid(list(snapshot, "?maxResults=99"), "INVALID_PARAMETER_VALUE");
    expect_invalid(list(snapshot, "?maxResults=10001"), "INVALID_PARAMETER_VALUE");
    expect_invalid(list(snapshot, "?startingBlockIndex=-1"), "INVALID_PARAMETER_VALUE");
    expect_invalid(list(snapshot, "?maxResult=100"), "INVALID_PARAMETER_VALUE");
}

TEST_F(ListSnapshotBlocks, RefusesSnapshotsThatAreNotThereOrNotCompleted)
{
    expect_not_found(list("snap-00000000000000000"));
    expect_invalid(list(started()), "INVALID_SNAPSHOT_ID");
    expect_invalid(list("vol-00000000000000000"), "INVALID_PARAMETER_VALUE");
}

TEST_F(ListChangedBlocks, GivesWhatWasWrittenBetweenSnapshotsOfAVolume)
{
    const auto disk = volume();
    write(disk, 0, kBlock);
    write(disk, 4 * kBlock, 512);
    const auto first = snapshot(disk);
    write(disk, 4 * kBlock + 70'144, 512);
    write(disk, 9 * kBlock - 512, 1024);
    const auto second = snapshot(disk);

    const auto answer = list_changed(first, second);
    EXPECT_THAT(indexes(answer), ElementsAre(4, 8, 9));
    EXPECT_NE(answer.text("/ChangedBlocks/0/FirstBlockToken"), "");
    EXPECT_EQ(answer.text("/ChangedBlocks/1/FirstBlockToken"), "");
    EXPECT_NE(answer.text("/ChangedBlocks/1/SecondBlockToken"), "");
    EXPECT_EQ(answer.text("/VolumeSize"), "1");
    EXPECT_EQ(get(first, 4, answer.text("/ChangedBlocks/0/FirstBlockToken")).status, 200);
    EXPECT_EQ(get(second, 8, answer.text("/ChangedBlocks/1/SecondBlockToken")).status, 200);
    EXPECT_THAT(indexes(list_changed(second, first)), ElementsAre(4, 8, 9));
    EXPECT_THAT(indexes(list_changed(first, first)), IsEmpty());
    EXPECT_THAT(indexes(list_changed(first, second, "&startingBlockIndex=5")), ElementsAre(8, 9));
}

TEST_F(ListChangedBlocks, GivesBlocksThatWereTrimmed)
{
    const auto disk = volume();
    write(disk, 0, 2 * kBlock);
    const auto first = snapshot(disk);
    opened(disk)->trim(0, kBlock);
    const auto second = snapshot(disk);
    const auto answer = list_changed(first, second);
    EXPECT_THAT(indexes(answer), ElementsAre(0));
    EXPECT_EQ(get(second, 0, answer.text("/ChangedBlocks/0/SecondBlockToken")).body,
              std::string(kBlock, '\0'));
    EXPECT_THAT(indexes(list(second)), ElementsAre(1));
}

TEST_F(ListChangedBlocks, FollowsTheLineageThroughVolumesAndUploads)
{
    const auto base = uploaded({block_of('a'), block_of('b'), block_of('c')});
    const auto left_disk = volume(base);
    write(left_disk, 0, 512);
    const auto left = snapshot(left_disk);
    const auto right = uploaded({"", block_of('x')}, {{"ParentSnapshotId", base}});
    EXPECT_THAT(indexes(list_changed(base, left)), ElementsAre(0));
    EXPECT_THAT(indexes(list_changed(base, right)), ElementsAre(1));
    EXPECT_THAT(indexes(list_changed(left, right)), ElementsAre(0, 1));
}

TEST_F(ListChangedBlocks, RefusesSnapshotsThatHaveNothingInCommon)
{
    const auto one = uploaded({block_of('a')});
    const auto other = uploaded({block_of('a')});
    expect_invalid(list_changed(one, other), "UNRELATED_SNAPSHOTS");
    expect_invalid(ebs_.call("GET", fmt::format("/snapshots/{}/changedblocks", one)),
                   "INVALID_PARAMETER_VALUE");
    expect_not_found(list_changed(one, "snap-00000000000000000"));
    expect_not_found(list_changed("snap-00000000000000000", one));
    expect_invalid(list_changed(one, started()), "INVALID_SNAPSHOT_ID");
}

TEST_F(ListChangedBlocks, GoesOnBehindThePageBefore)
{
    const auto disk = volume();
    const auto first = snapshot(disk);
    write(disk, 0, 150 * kBlock);
    const auto second = snapshot(disk);
    const auto page = list_changed(first, second, "&maxResults=100");
    EXPECT_EQ(indexes(page).size(), 100U);
    const auto token = url_encoded(page.text("/NextToken"));
    const auto rest = list_changed(first, second, "&maxResults=100&pageToken=" + token);
    EXPECT_EQ(indexes(rest).size(), 50U);
    EXPECT_EQ(indexes(rest).front(), 100);
    EXPECT_EQ(rest.text("/NextToken"), "");
    expect_invalid(list_changed(second, first, "&pageToken=" + token), "INVALID_PAGE_TOKEN");
    expect_invalid(list(second, "?pageToken=" + token), "INVALID_PAGE_TOKEN");
}

TEST_F(ListChangedBlocks, AgreesWithTheBytesAfterRandomWrites)
{
    std::mt19937_64 random(std::stoull(test_seed()));
    const auto disk = volume();
    std::vector<std::string> snapshots;
    for (int round = 0; round < 5; ++round) {
        for (int i = 0; i < 8; ++i) {
            const auto offset = random() % (64 * kBlock / 512) * 512;
            std::vector<std::byte> bytes(512 * (1 + random() % 300));
            std::generate(bytes.begin(), bytes.end(),
                          [&] { return static_cast<std::byte>(random() | 1U); });
            opened(disk)->write(offset, bytes);
        }
        opened(disk)->trim(random() % 60 * kBlock, (1 + random() % 3) * 65536);
        snapshots.push_back(snapshot(disk));
    }
    for (const auto& first : snapshots) {
        for (const auto& second : snapshots) {
            const auto changed = list_changed(first, second);
            ASSERT_EQ(changed.status, 200) << changed.body;
            std::map<int, std::string> before;
            std::map<int, std::string> after;
            for (const auto index : indexes(list(first))) {
                before[index] = checksum_of(read(first, index));
            }
            for (const auto index : indexes(list(second))) {
                after[index] = checksum_of(read(second, index));
            }
            const auto found = indexes(changed);
            for (int index = 0; index < 2048; ++index) {
                if (before[index] != after[index]) {
                    EXPECT_TRUE(std::binary_search(found.begin(), found.end(), index))
                        << first << " " << second << " " << index;
                }
            }
        }
    }
}

}  // namespace
}  // namespace amilab::test
