#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/services/ec2/volumes/volumes.h"
#include "storage/base/units.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/support/told_statements.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr TimeMs kHour = 3'600'000;

Parameters change(const std::string& id, Parameters parameters)
{
    parameters.insert(parameters.begin(), {"VolumeId", id});
    return parameters;
}

Answer modification_of(TestEmulator& aws, const std::string& id)
{
    return aws.must("DescribeVolumesModifications", {{"VolumeId.1", id}});
}

std::string state_of_modification(TestEmulator& aws, const std::string& id)
{
    return modification_of(aws, id).text("volumeModificationSet/item/modificationState");
}

TEST(ModifyVolume, TellsOfTheModificationItStarts)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    const auto made = aws.must(
        "ModifyVolume",
        change(id,
               {{"Size", "20"}, {"VolumeType", "gp3"}, {"Iops", "5000"}, {"Throughput", "300"}}));
    const std::string item = "volumeModification/";
    EXPECT_EQ(made.text(item + "volumeId"), id);
    EXPECT_EQ(made.text(item + "modificationState"), "modifying");
    EXPECT_EQ(made.text(item + "originalSize"), "10");
    EXPECT_EQ(made.text(item + "originalVolumeType"), "gp2");
    EXPECT_EQ(made.text(item + "originalIops"), "100");
    EXPECT_EQ(made.count(item + "originalThroughput"), 0U);
    EXPECT_EQ(made.text(item + "originalMultiAttachEnabled"), "false");
    EXPECT_EQ(made.text(item + "targetSize"), "20");
    EXPECT_EQ(made.text(item + "targetVolumeType"), "gp3");
    EXPECT_EQ(made.text(item + "targetIops"), "5000");
    EXPECT_EQ(made.text(item + "targetThroughput"), "300");
    EXPECT_EQ(made.text(item + "progress"), "0");
    EXPECT_EQ(made.text(item + "startTime"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(made.count(item + "endTime"), 0U);
}

TEST(ModifyVolume, GoesThroughItsStates)
{
    TestEmulator aws;
    aws.set_delay("volume.modifying", 1000);
    aws.set_delay("volume.optimizing", 10'000);
    const auto id = new_volume(aws);
    aws.must("ModifyVolume", change(id, {{"Size", "20"}, {"VolumeType", "gp3"}}));
    EXPECT_EQ(state_of_modification(aws, id), "modifying");
    EXPECT_EQ(volume_field(aws, id, "size"), "10");
    EXPECT_EQ(volume_field(aws, id, "volumeType"), "gp2");
    aws.advance(1000);
    EXPECT_EQ(state_of_modification(aws, id), "optimizing");
    EXPECT_EQ(volume_field(aws, id, "size"), "20");
    EXPECT_EQ(volume_field(aws, id, "volumeType"), "gp3");
    EXPECT_EQ(volume_field(aws, id, "iops"), "3000");
    EXPECT_EQ(volume_field(aws, id, "throughput"), "125");
    aws.advance(4000);
    const std::string item = "volumeModificationSet/item/";
    EXPECT_EQ(modification_of(aws, id).text(item + "progress"), "40");
    aws.advance(6000);
    const auto done = modification_of(aws, id);
    EXPECT_EQ(done.text(item + "modificationState"), "completed");
    EXPECT_EQ(done.text(item + "progress"), "100");
    EXPECT_EQ(done.text(item + "endTime"), "2026-01-02T03:04:16.000Z");
}

TEST(ModifyVolume, AddsBytesThatReadAsZeros)
{
    TestEmulator aws;
    aws.set_delay("volume.modifying", 1000);
    const auto id = new_volume(aws);
    write_text(aws, id, 10 * kGiB - 512, "the end");
    // Open while it grows, as it is when it is exported.
    const auto opened = open_bytes(aws, id);
    aws.must("ModifyVolume", change(id, {{"Size", "12"}}));
    EXPECT_EQ(opened->size(), 10 * kGiB);
    aws.advance(1000);
    EXPECT_EQ(state_of_modification(aws, id), "completed");
    EXPECT_EQ(opened->size(), 12 * kGiB);
    EXPECT_EQ(read_text(aws, id, 10 * kGiB - 512, 7), "the end");
    EXPECT_EQ(read_text(aws, id, 10 * kGiB, 4), std::string(4, '\0'));
    EXPECT_EQ(read_text(aws, id, 12 * kGiB - 512, 4), std::string(4, '\0'));
    write_text(aws, id, 12 * kGiB - 512, "new end");
    const auto snapshot = aws.must("CreateSnapshot", {{"VolumeId", id}});
    EXPECT_EQ(snapshot.text("volumeSize"), "12");
    const auto copy =
        new_volume(aws, {{"SnapshotId", snapshot.text("snapshotId")}, {"Size", "13"}});
    EXPECT_EQ(read_text(aws, copy, 12 * kGiB - 512, 7), "new end");
    EXPECT_EQ(read_text(aws, copy, 12 * kGiB, 4), std::string(4, '\0'));
}

TEST(ModifyVolume, ReadsNoChainOfLayersOfAVolumeThatNobodyHasOpen)
{
    const ToldStatements told;
    TestEmulator aws;
    const auto id = new_volume(aws);
    const auto texts = told.texts_of([&] {
        aws.must("ModifyVolume", change(id, {{"Size", "12"}}));
    });
    EXPECT_THAT(texts, Contains(HasSubstr("UPDATE volume_modification SET")));
    EXPECT_THAT(texts, Each(Not(HasSubstr("WITH RECURSIVE chain"))));
    EXPECT_EQ(open_bytes(aws, id)->size(), 12 * kGiB);
}

TEST(ModifyVolume, OnlyGrows)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    const auto refused = aws.call("ModifyVolume", change(id, {{"Size", "9"}}));
    EXPECT_EQ(refused.code, "InvalidParameterValue");
    EXPECT_EQ(refused.message, "New size cannot be smaller than existing size");
    aws.must("ModifyVolume", change(id, {{"Size", "10"}}));
    EXPECT_EQ(volume_field(aws, id, "size"), "10");
}

TEST(ModifyVolume, KeepsWhatIsNotChanged)
{
    TestEmulator aws;
    const auto id =
        new_volume(aws, {{"VolumeType", "gp3"}, {"Iops", "4000"}, {"Throughput", "500"}});
    aws.must("ModifyVolume", change(id, {{"Size", "11"}}));
    EXPECT_EQ(volume_field(aws, id, "iops"), "4000");
    EXPECT_EQ(volume_field(aws, id, "throughput"), "500");
    const auto gp2 = new_volume(aws, {{"Size", "100"}});
    aws.must("ModifyVolume", change(gp2, {{"Size", "200"}}));
    EXPECT_EQ(volume_field(aws, gp2, "iops"), "600");
}

TEST(ModifyVolume, GivesGp3WhatGp2Had)
{
    TestEmulator aws;
    const auto large = new_volume(aws, {{"Size", "2000"}});
    aws.must("ModifyVolume", change(large, {{"VolumeType", "gp3"}}));
    EXPECT_EQ(volume_field(aws, large, "iops"), "6000");
    EXPECT_EQ(volume_field(aws, large, "throughput"), "250");
    const auto small = new_volume(aws);
    aws.must("ModifyVolume", change(small, {{"VolumeType", "gp3"}}));
    EXPECT_EQ(volume_field(aws, small, "iops"), "3000");
    EXPECT_EQ(volume_field(aws, small, "throughput"), "125");
    aws.must("ModifyVolume", change(small, {{"VolumeType", "standard"}}));
    EXPECT_EQ(volume_field(aws, small, "iops"), "");
    EXPECT_EQ(volume_field(aws, small, "throughput"), "");
    const auto fast = new_volume(aws, {{"Size", "100"}});
    aws.must("ModifyVolume", change(fast, {{"VolumeType", "io2"}}));
    EXPECT_EQ(volume_field(aws, fast, "iops"), "3000");
}

TEST(ModifyVolume, ReachesSixtyFourTebibytesWhereAwsDoes)
{
    TestEmulator aws;
    const auto id = new_volume(aws, {{"VolumeType", "gp3"}});
    aws.must("ModifyVolume", change(id, {{"Size", "65536"}, {"Iops", "80000"}}));
    write_text(aws, id, 65536 * kGiB - 512, "last");
    EXPECT_EQ(read_text(aws, id, 65536 * kGiB - 512, 4), "last");
    EXPECT_EQ(aws.call("ModifyVolume", change(new_volume(aws), {{"Size", "16385"}})).code,
              "InvalidParameterValue");
}

TEST(ModifyVolume, RefusesWhatTheTargetTypeDoesNotTake)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    const auto refused = [&](Parameters parameters) {
        return aws.call("ModifyVolume", change(id, std::move(parameters)));
    };
    EXPECT_EQ(refused({{"VolumeType", "gp9"}}).code, "UnknownVolumeType");
    EXPECT_EQ(refused({{"Iops", "200"}}).message,
              "The parameter iops is not supported for gp2 volumes.");
    EXPECT_EQ(refused({{"VolumeType", "st1"}}).code, "InvalidParameterValue");
    EXPECT_EQ(refused({{"VolumeType", "gp3"}, {"Iops", "5001"}}).message,
              "Iops to volume size ratio of 500.100000 is too high; maximum is 500");
    EXPECT_EQ(refused({{"VolumeType", "gp3"}, {"Throughput", "800"}}).message,
              "Throughput (MiBps) to iops ratio of 0.266667 is too high; maximum is 0.250000 MiBps "
              "per iops");
    EXPECT_EQ(refused({{"VolumeType", "io1"}, {"Iops", "501"}}).code, "InvalidParameterValue");
    const auto nothing = refused({});
    EXPECT_EQ(nothing.code, "InvalidParameterValue");
    EXPECT_THAT(nothing.message, ::testing::HasSubstr("at least one of size, type, iops"));
    EXPECT_EQ(aws.must("DescribeVolumesModifications").count("volumeModificationSet/item"), 0U);
}

TEST(ModifyVolume, WaitsForTheOneBefore)
{
    TestEmulator aws;
    aws.set_delay("volume.modifying", 1000);
    aws.set_delay("volume.optimizing", 1000);
    const auto id = new_volume(aws);
    aws.must("ModifyVolume", change(id, {{"Size", "11"}}));
    const auto modifying = aws.call("ModifyVolume", change(id, {{"Size", "12"}}));
    EXPECT_EQ(modifying.code, "IncorrectModificationState");
    EXPECT_EQ(modifying.message,
              "Volume " + id + " cannot be modified in modification state MODIFYING");
    aws.advance(1000);
    EXPECT_EQ(aws.call("ModifyVolume", change(id, {{"Size", "12"}})).message,
              "Volume " + id + " cannot be modified in modification state OPTIMIZING");
    aws.advance(1000);
    aws.must("ModifyVolume", change(id, {{"Size", "12"}}));
}

TEST(ModifyVolume, IsPossibleFourTimesADay)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    for (int i = 1; i <= 4; ++i) {
        aws.must("ModifyVolume", change(id, {{"Size", std::to_string(10 + i)}}));
        aws.advance(kHour);
    }
    const auto refused = aws.call("ModifyVolume", change(id, {{"Size", "20"}}));
    EXPECT_EQ(refused.code, "VolumeModificationRateExceeded");
    EXPECT_EQ(refused.message,
              "You've reached the maximum modification rate per volume limit. Wait until "
              "2026-01-03T03:04:05.000Z before you can issue the next modification request for "
              "this volume.");
    aws.advance(20 * kHour - 1);
    EXPECT_EQ(aws.call("ModifyVolume", change(id, {{"Size", "20"}})).code,
              "VolumeModificationRateExceeded");
    aws.advance(1);
    aws.must("ModifyVolume", change(id, {{"Size", "20"}}));
    EXPECT_EQ(aws.call("ModifyVolume", change(id, {{"Size", "21"}})).code,
              "VolumeModificationRateExceeded");
    aws.must("ModifyVolume", change(new_volume(aws), {{"Size", "21"}}));
}

TEST(ModifyVolume, RefusesVolumesThatAreNotThereOrNotReady)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    EXPECT_EQ(aws.call("ModifyVolume", change(id, {{"Size", "11"}}), kOtherAccount).code,
              "InvalidVolume.NotFound");
    EXPECT_EQ(aws.call("ModifyVolume", change("vol-x", {{"Size", "11"}})).code,
              "InvalidVolumeID.Malformed");
    EXPECT_EQ(aws.call("ModifyVolume", change(id, {{"Size", "11"}, {"DryRun", "true"}})).code,
              "DryRunOperation");
    aws.set_delay("volume.creating", 1000);
    EXPECT_EQ(aws.call("ModifyVolume", change(new_volume(aws), {{"Size", "11"}})).code,
              "IncorrectState");
}

TEST(ModifyVolume, KeepsRootVolumesOnFastDisks)
{
    TestEmulator aws;
    const auto instance = run_one(aws, {{"Placement.AvailabilityZone", "us-east-1a"}});
    const auto root = root_volume_of(aws, instance);
    const Parameters to_st1 = {{"VolumeType", "st1"}, {"Size", "200"}};
    EXPECT_EQ(aws.call("ModifyVolume", change(root, to_st1)).code, "InvalidParameterValue");
    aws.must("StopInstances", one_instance(instance));
    aws.must("DetachVolume", {{"VolumeId", root}});
    EXPECT_EQ(aws.call("ModifyVolume", change(root, to_st1)).code, "InvalidParameterValue");
    aws.must("ModifyVolume", change(root, {{"VolumeType", "io2"}, {"Size", "200"}}));
    const auto data = new_volume(aws);
    aws.must("AttachVolume", attach(data, instance));
    aws.must("ModifyVolume", change(data, to_st1));
    EXPECT_EQ(volume_field(aws, data, "volumeType"), "st1");
}

TEST(ModifyVolume, SwitchesMultiAttachOfIo2Only)
{
    TestEmulator aws;
    const Parameters on = {{"MultiAttachEnabled", "true"}};
    const Parameters off = {{"MultiAttachEnabled", "false"}};
    const auto io2 = new_volume(aws, {{"VolumeType", "io2"}, {"Iops", "100"}});
    aws.must("ModifyVolume", change(io2, on));
    EXPECT_EQ(volume_field(aws, io2, "multiAttachEnabled"), "true");
    EXPECT_EQ(aws.call("ModifyVolume", change(io2, {{"VolumeType", "gp3"}})).code,
              "InvalidParameterCombination");
    aws.must("ModifyVolume", change(io2, {{"Size", "11"}}));
    const auto io1 = new_shared_volume(aws, {{"VolumeType", "io1"}});
    const auto refused = aws.call("ModifyVolume", change(io1, {{"Size", "11"}}));
    EXPECT_EQ(refused.code, "InvalidParameterValue");
    EXPECT_THAT(refused.message, ::testing::StartsWith("io1 volumes with Multi-Attach enabled"));
    const auto plain = new_volume(aws, {{"VolumeType", "io1"}, {"Iops", "100"}});
    EXPECT_EQ(aws.call("ModifyVolume", change(plain, on)).code, "InvalidParameterCombination");
    EXPECT_EQ(aws.call("ModifyVolume", change(new_volume(aws), on)).message,
              "The parameter multi-attach-enabled is not supported for gp2 volumes.");
    const Parameters zone = {{"Placement.AvailabilityZone", "us-east-1a"}};
    aws.must("AttachVolume", attach(io2, run_one(aws, zone)));
    aws.must("AttachVolume", attach(io2, run_one(aws, zone)));
    EXPECT_EQ(aws.call("ModifyVolume", change(io2, off)).code, "VolumeInUse");
}

// DescribeVolumesModifications

TEST(DescribeVolumesModifications, ShowsTheLatestOfEachVolume)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    aws.must("ModifyVolume", change(id, {{"Size", "11"}}));
    aws.must("ModifyVolume", change(id, {{"Size", "12"}}));
    const auto answer = aws.must("DescribeVolumesModifications");
    EXPECT_THAT(answer.texts("volumeModificationSet/item/targetSize"), ElementsAre("12"));
    EXPECT_EQ(answer.text("volumeModificationSet/item/originalSize"), "11");
    EXPECT_EQ(aws.must("DescribeVolumesModifications", {}, kOtherAccount)
                  .count("volumeModificationSet/item"),
              0U);
    aws.must("DeleteVolume", {{"VolumeId", id}});
    EXPECT_EQ(aws.must("DescribeVolumesModifications").count("volumeModificationSet/item"), 0U);
}

TEST(DescribeVolumesModifications, RefusesAVolumeThatWasNeverModified)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    const auto refused = aws.call("DescribeVolumesModifications", {{"VolumeId.1", id}});
    EXPECT_EQ(refused.code, "InvalidVolumeModification.NotFound");
    EXPECT_EQ(refused.message, "Modification for volume '" + id + "' does not exist.");
    EXPECT_EQ(
        aws.call("DescribeVolumesModifications", {{"VolumeId.1", "vol-0123456789abcdef0"}}).code,
        "InvalidVolume.NotFound");
    EXPECT_EQ(aws.call("DescribeVolumesModifications", {{"DryRun", "true"}}).code,
              "DryRunOperation");
}

TEST(DescribeVolumesModifications, MatchesItsFilters)
{
    TestEmulator aws;
    const auto grown = new_volume(aws);
    aws.must("ModifyVolume", change(grown, {{"Size", "11"}}));
    aws.advance(60'000);
    const auto shared = new_volume(aws, {{"VolumeType", "io2"}, {"Iops", "100"}});
    aws.set_delay("volume.modifying", 1000);
    aws.must("ModifyVolume", change(shared, {{"MultiAttachEnabled", "true"}, {"Iops", "200"}}));
    const auto matching = [&](const std::string& name, const std::string& value) {
        return aws
            .must("DescribeVolumesModifications",
                  {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}})
            .texts("volumeModificationSet/item/volumeId");
    };
    EXPECT_THAT(matching("modification-state", "completed"), ElementsAre(grown));
    EXPECT_THAT(matching("modification-state", "modifying"), ElementsAre(shared));
    EXPECT_THAT(matching("original-iops", "100"), SizeIs(2));
    EXPECT_THAT(matching("original-size", "10"), SizeIs(2));
    EXPECT_THAT(matching("original-volume-type", "gp2"), ElementsAre(grown));
    EXPECT_THAT(matching("originalMultiAttachEnabled", "false"), SizeIs(2));
    EXPECT_THAT(matching("original-multi-attach-enabled", "true"), IsEmpty());
    EXPECT_THAT(matching("start-time", "2026-01-02T03:05:05.000Z"), ElementsAre(shared));
    EXPECT_THAT(matching("target-iops", "200"), ElementsAre(shared));
    EXPECT_THAT(matching("target-size", "11"), ElementsAre(grown));
    EXPECT_THAT(matching("target-volume-type", "io*"), ElementsAre(shared));
    EXPECT_THAT(matching("targetMultiAttachEnabled", "true"), ElementsAre(shared));
    EXPECT_THAT(matching("target-multi-attach-enabled", "true"), ElementsAre(shared));
    EXPECT_THAT(matching("volume-id", shared), ElementsAre(shared));
    EXPECT_EQ(aws.call("DescribeVolumesModifications",
                       {{"Filter.1.Name", "tag:Name"}, {"Filter.1.Value.1", "x"}})
                  .code,
              "InvalidParameterValue");
}

TEST(DescribeVolumesModifications, AnswersPageByPage)
{
    TestEmulator aws;
    std::vector<std::string> made;
    for (int i = 0; i < 7; ++i) {
        made.push_back(new_volume(aws));
        aws.must("ModifyVolume", change(made.back(), {{"Size", "11"}}));
    }
    constexpr const char* kIds = "volumeModificationSet/item/volumeId";
    const auto first = aws.must("DescribeVolumesModifications", {{"MaxResults", "5"}});
    auto seen = first.texts(kIds);
    EXPECT_THAT(seen, SizeIs(5));
    const auto second = aws.must("DescribeVolumesModifications",
                                 {{"MaxResults", "5"}, {"NextToken", first.text("nextToken")}});
    EXPECT_EQ(second.text("nextToken"), "");
    for (const auto& id : second.texts(kIds)) {
        seen.push_back(id);
    }
    EXPECT_THAT(seen, ::testing::UnorderedElementsAreArray(made));
    const auto both = aws.call("DescribeVolumesModifications",
                               {{"MaxResults", "5"}, {"VolumeId.1", made.front()}});
    EXPECT_EQ(both.code, "InvalidParameterCombination");
    EXPECT_EQ(aws.call("DescribeVolumesModifications", {{"MaxResults", "4"}}).code,
              "InvalidParameterValue");
}

}  // namespace
}  // namespace amilab::test
