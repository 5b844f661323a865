#include "tests/server/services/trial_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/service_trials.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pointee;

ServiceAnswer volumes_of(World& world)
{
    return call_service(world.emulator(), "ec2", "DescribeVolumes", {});
}

TEST(PreparedWorld, WhatIsDoneInOneCopyIsInNoOther)
{
    const auto& prepared = world_of("ec2");
    auto changed = prepared.copy();
    auto other = prepared.copy();
    const auto before = volumes_of(other).text;
    EXPECT_EQ(volumes_of(changed).text, before);
    changed.must("DeleteVolume", {{"VolumeId", "{volume}"}});
    EXPECT_NE(volumes_of(changed).text, before);
    EXPECT_EQ(volumes_of(other).text, before);
    auto later = prepared.copy();
    EXPECT_EQ(volumes_of(later).text, before);
}

TEST(PreparedWorld, CopiesMakeTheSameIds)
{
    std::set<std::string> ids;
    for (int i = 0; i < 2; ++i) {
        auto world = world_of("ec2").copy();
        ids.insert(world.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}})
                       .text("volumeId"));
    }
    EXPECT_EQ(ids.size(), 1);
}

TEST(PreparedWorld, CopiesHaveTheBytesOfSnapshots)
{
    auto world = world_of("ebs").copy();
    const auto answer = call_service(
        world.emulator(), "ebs", "GetSnapshotBlock",
        world.resolve({{"SnapshotId", "{first}"}, {"BlockIndex", "0"}, {"BlockToken", "{token}"}}));
    EXPECT_TRUE(answer.ok()) << answer.text;
    EXPECT_TRUE(answer.text.ends_with("aaaa"));
}

TEST(World, LeavesBracesThatNameNothing)
{
    World world;
    world.set_id("volume", "vol-1");
    EXPECT_THAT(world.resolve({{"a", "{volume}, {volume} {"}, {"b", "{{volume}} {none} {}"}}),
                ElementsAre(Parameters::value_type("a", "vol-1, vol-1 {"),
                            Parameters::value_type("b", "{vol-1} {none} {}")));
}

TEST(TrialRunner, FindsTheRowThatACallTellsOf)
{
    TrialRunner runner("ec2", "AttachVolume");
    const Parameters request{{"VolumeId", "{volume_3}"}, {"InstanceId", "{instance}"}};
    const auto one = runner.run(merged(request, {{"Device", "/dev/sdg"}}));
    const auto other = runner.run(merged(request, {{"Device", "/dev/sdh"}}));
    ASSERT_TRUE(one.answer.ok() && other.answer.ok());
    const auto* row = runner.find_told_difference(one, other);
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(row->table, "attachment");
    EXPECT_EQ(row->key.at("volume_id"), one.world->id("volume_3"));
}

TEST(TrialRunner, TakesNoNoticeOfRowsThatNoCallTellsOf)
{
    TrialRunner runner("ec2", "CreateVolume");
    const Parameters request{{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}};
    const auto one = runner.run(request);
    auto other = runner.run(request);
    EXPECT_THAT(differing_rows(one.changes, other.changes), IsEmpty());
    // A column that is stored and never reported.
    const RowName counter{"id_counter", {{"kind", "vol"}}};
    other.changes.at(counter) = " value=0";
    EXPECT_THAT(differing_rows(one.changes, other.changes), ElementsAre(Pointee(counter)));
    EXPECT_EQ(runner.find_told_difference(one, other), nullptr);
}

TEST(TrialRunner, KeepsTheWorldOfWhatReads)
{
    TrialRunner reads("ec2", "DescribeVolumes");
    EXPECT_EQ(reads.run({}).world, reads.run({{"MaxResults", "5"}}).world);
    TrialRunner writes("ec2", "DeleteVolume");
    EXPECT_NE(writes.run({{"VolumeId", "{volume}"}}).world,
              writes.run({{"VolumeId", "{volume}"}}).world);
}

}  // namespace
}  // namespace amilab::test
