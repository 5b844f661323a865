#include "server/control/cost.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "server/http/message.h"
#include "storage/base/background.h"
#include "storage/metadata/costs/price_rows.h"
#include "storage/upkeep/snapshot_sizes.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/snapshots/snapshot_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

namespace json = boost::json;
using ::testing::DoubleNear;
using ::testing::HasSubstr;

constexpr double kNear = 1e-6;
// Of us-east-1, as the catalogue has them.
constexpr double kGp3 = 0.08;
constexpr double kSnapshot = 0.05;
constexpr double kMicroHour = 0.0104;
constexpr double kMonth = 730;

json::object bill(TestEmulator& aws, const std::string& region = "us-east-1",
                  std::string_view account = kAccount)
{
    aws.data().background().drain();
    control::Bill parts(aws.data().current(), {.account = std::string(account), .region = region});
    std::string text;
    while (!parts.is_done()) {
        text += parts.next();
    }
    return json::parse(text).as_object();
}

/// The row of a resource; empty when it is not in the bill.
json::object row_of(const json::object& bill, std::string_view id)
{
    for (const auto& row : bill.at("resources").as_array()) {
        if (row.at("id").as_string() == json::string_view(id)) {
            return row.as_object();
        }
    }
    return {};
}

double number(const json::object& row, std::string_view key)
{
    return row.at(json::string_view(key)).to_number<double>();
}

/// What so many blocks of EBS cost as a snapshot.
double blocks(double count)
{
    return count * static_cast<double>(kEbsBlockBytes) / (1 << 30) * kSnapshot;
}

TEST(Cost, OfAVolumeFollowsItsSizeAndWhatWasProvisioned)
{
    TestEmulator aws;
    const auto plain = new_volume(aws, {{"VolumeType", "gp3"}, {"Size", "100"}});
    const auto fast = new_volume(
        aws, {{"VolumeType", "gp3"}, {"Size", "100"}, {"Iops", "4000"}, {"Throughput", "225"}});
    const auto all = bill(aws);
    EXPECT_THAT(number(row_of(all, plain), "monthly_usd"), DoubleNear(100 * kGp3, kNear));
    EXPECT_THAT(number(row_of(all, fast), "monthly_usd"),
                DoubleNear(100 * kGp3 + 1000 * 0.005 + 100 * 0.04, kNear));
    EXPECT_EQ(row_of(all, fast).at("gives_back_usd"), row_of(all, fast).at("monthly_usd"));
}

TEST(Cost, OfIo2BeyondItsFirstPriceIsUnknownAndNotZero)
{
    TestEmulator aws;
    const auto volume =
        new_volume(aws, {{"VolumeType", "io2"}, {"Size", "500"}, {"Iops", "40000"}});
    const auto all = bill(aws);
    EXPECT_TRUE(row_of(all, volume).at("monthly_usd").is_null());
    EXPECT_THAT(std::string(row_of(all, volume).at("why").as_string()), HasSubstr("io2"));
    EXPECT_EQ(all.at("unpriced"), 1);
    EXPECT_THAT(number(all, "monthly_usd"), DoubleNear(0, kNear));
}

TEST(Cost, OfAnInstanceIsThatOfTheHoursThatItRuns)
{
    TestEmulator aws;
    const auto instance = run_one(aws);
    EXPECT_THAT(number(row_of(bill(aws), instance), "monthly_usd"),
                DoubleNear(kMicroHour * kMonth, kNear));
    aws.must("StopInstances", {{"InstanceId.1", instance}});
    EXPECT_THAT(number(row_of(bill(aws), instance), "monthly_usd"), DoubleNear(0, kNear));
    aws.must("TerminateInstances", {{"InstanceId.1", instance}});
    EXPECT_TRUE(row_of(bill(aws), instance).empty());
}

TEST(Cost, OfADedicatedInstanceIsUnknownAndNotZero)
{
    TestEmulator aws;
    const auto instance =
        run_one(aws, {{"Placement.Tenancy", "dedicated"}, {"InstanceType", "m5.large"}});
    const auto row = row_of(bill(aws), instance);
    EXPECT_TRUE(row.at("monthly_usd").is_null());
    EXPECT_THAT(std::string(row.at("why").as_string()), HasSubstr("dedicated"));
}

TEST(Cost, OfSnapshotsCountsEachBlockOnce)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, 4 * kEbsBlockBytes, 'a');
    const auto first = snapshot_of(aws, volume);
    aws.advance(1000);
    fill_volume(aws, volume, 0, kEbsBlockBytes, 'b');
    const auto second = snapshot_of(aws, volume);
    const auto all = bill(aws);
    EXPECT_EQ(row_of(all, first).at("stored_bytes"), 4 * kEbsBlockBytes);
    EXPECT_EQ(row_of(all, second).at("stored_bytes"), kEbsBlockBytes);
    EXPECT_THAT(number(row_of(all, first), "monthly_usd"), DoubleNear(blocks(4), kNear));
    // Only the one that the second has anew is the first's alone.
    EXPECT_THAT(number(row_of(all, first), "gives_back_usd"), DoubleNear(blocks(1), kNear));
    EXPECT_THAT(number(row_of(all, second), "gives_back_usd"), DoubleNear(blocks(1), kNear));
}

TEST(Cost, OfSnapshotsIsWhatTheirDeletionsGiveBack)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, 4 * kEbsBlockBytes, 'a');
    const auto first = snapshot_of(aws, volume);
    aws.advance(1000);
    fill_volume(aws, volume, 0, kEbsBlockBytes, 'b');
    const auto second = snapshot_of(aws, volume);
    aws.must("DeleteSnapshot", {{"SnapshotId", first}});
    const auto all = bill(aws);
    EXPECT_TRUE(row_of(all, first).empty());
    EXPECT_EQ(row_of(all, second).at("stored_bytes"), 4 * kEbsBlockBytes);
    EXPECT_THAT(number(row_of(all, second), "gives_back_usd"), DoubleNear(blocks(4), kNear));
}

TEST(Cost, OfASecondSnapshotOfTheSameBytesIsNothingAndGivesNothingBack)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, kEbsBlockBytes, 'a');
    const auto first = snapshot_of(aws, volume);
    aws.advance(1000);
    const auto copy =
        aws.must("CopySnapshot", {{"SourceRegion", kRegion}, {"SourceSnapshotId", first}})
            .text("snapshotId");
    const auto all = bill(aws);
    EXPECT_EQ(row_of(all, first).at("stored_bytes"), kEbsBlockBytes);
    EXPECT_EQ(row_of(all, copy).at("stored_bytes"), 0);
    EXPECT_THAT(number(row_of(all, first), "gives_back_usd"), DoubleNear(0, kNear));
    EXPECT_THAT(number(row_of(all, copy), "gives_back_usd"), DoubleNear(0, kNear));
}

TEST(Cost, OfAnArchivedSnapshotIsThatOfAllItsData)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, 2 * kEbsBlockBytes, 'a');
    const auto snapshot = snapshot_of(aws, volume);
    aws.must("ModifySnapshotTier", {{"SnapshotId", snapshot}, {"StorageTier", "archive"}});
    const auto row = row_of(bill(aws), snapshot);
    EXPECT_EQ(row.at("tier"), "archive");
    EXPECT_EQ(row.at("stored_bytes"), 2 * kEbsBlockBytes);
    EXPECT_THAT(number(row, "monthly_usd"), DoubleNear(blocks(2) / 4, kNear));
}

TEST(Cost, GroupsSnapshotsByTheImageThatTheirsComesFrom)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, 2 * kEbsBlockBytes, 'a');
    const auto snapshot = snapshot_of(aws, volume);
    const auto image =
        aws.must("RegisterImage", {{"Name", "golden"},
                                   {"RootDeviceName", "/dev/xvda"},
                                   {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                   {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}})
            .text("imageId");
    const auto copy =
        aws.must("CopyImage",
                 {{"Name", "copy"}, {"SourceRegion", kRegion}, {"SourceImageId", image}})
            .text("imageId");
    EXPECT_NE(copy, image);
    const auto all = bill(aws);
    ASSERT_EQ(all.at("lineages").as_array().size(), 1U);
    const auto& lineage = all.at("lineages").as_array().front().as_object();
    EXPECT_EQ(lineage.at("image"), json::string_view(image));
    EXPECT_EQ(lineage.at("snapshots"), 2);
    EXPECT_EQ(lineage.at("stored_bytes"), 2 * kEbsBlockBytes);
    EXPECT_THAT(number(lineage, "gives_back_usd"), DoubleNear(blocks(2), kNear));
}

TEST(Cost, OfACopyFromAnotherRegionIsATransferOnce)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, 2 * kEbsBlockBytes, 'a');
    const auto snapshot = snapshot_of(aws, volume);
    const auto image =
        aws.must("RegisterImage", {{"Name", "golden"},
                                   {"RootDeviceName", "/dev/xvda"},
                                   {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                   {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}})
            .text("imageId");
    const auto copy =
        aws.must("CopyImage",
                 {{"Name", "golden"}, {"SourceRegion", kRegion}, {"SourceImageId", image}},
                 kAccount, "eu-west-1")
            .text("imageId");
    const auto there = bill(aws, "eu-west-1");
    const auto row = row_of(there, copy);
    EXPECT_EQ(row.at("kind"), "copy");
    EXPECT_THAT(number(row, "once_usd"),
                DoubleNear(2.0 * kEbsBlockBytes / (1 << 30) * 0.02, kNear));
    EXPECT_EQ(there.at("once_usd"), row.at("once_usd"));
    EXPECT_TRUE(row_of(bill(aws), copy).empty());
}

TEST(Cost, OfASnapshotCopiedFromAnotherRegionIsATransferOnce)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, 2 * kEbsBlockBytes, 'a');
    const auto snapshot = snapshot_of(aws, volume);
    aws.data().background().drain();
    const auto copy_into = [&](const char* region) {
        return aws
            .must("CopySnapshot", {{"SourceRegion", kRegion}, {"SourceSnapshotId", snapshot}},
                  kAccount, region)
            .text("snapshotId");
    };
    const auto near = copy_into(kRegion);
    const auto far = copy_into("eu-west-1");
    const auto copies_of = [&](const char* region) {
        std::vector<json::object> rows;
        const auto all = bill(aws, region);
        for (const auto& row : all.at("resources").as_array()) {
            if (row.at("kind") == "copy") {
                rows.push_back(row.as_object());
            }
        }
        return rows;
    };
    EXPECT_TRUE(copies_of(kRegion).empty()) << near << " was not transferred";
    const auto copies = copies_of("eu-west-1");
    ASSERT_EQ(copies.size(), 1U);
    EXPECT_EQ(copies[0].at("id"), json::string_view(far));
    EXPECT_EQ(copies[0].at("source_region"), json::string_view(kRegion));
    EXPECT_EQ(copies[0].at("bytes"), 2 * kEbsBlockBytes);
    EXPECT_THAT(number(copies[0], "once_usd"),
                DoubleNear(2.0 * kEbsBlockBytes / (1 << 30) * 0.02, kNear));
    aws.must("DeleteSnapshot", {{"SnapshotId", far}}, kAccount, "eu-west-1");
    EXPECT_TRUE(copies_of("eu-west-1").empty());
}

TEST(Cost, OfAnImageThatWasCopiedIsNotToldAgainByItsSnapshots)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, kEbsBlockBytes, 'a');
    const auto image = aws.must("RegisterImage",
                                {{"Name", "golden"},
                                 {"RootDeviceName", "/dev/xvda"},
                                 {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                 {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot_of(aws, volume)}})
                           .text("imageId");
    const auto copy =
        aws.must("CopyImage",
                 {{"Name", "golden"}, {"SourceRegion", kRegion}, {"SourceImageId", image}},
                 kAccount, "eu-west-1")
            .text("imageId");
    aws.data().background().drain();
    const auto once = [&] {
        const auto all = bill(aws, "eu-west-1");
        return number(all, "once_usd");
    };
    const auto with_image = once();
    EXPECT_GT(with_image, 0);
    EXPECT_THAT(number(row_of(bill(aws, "eu-west-1"), copy), "once_usd"),
                DoubleNear(with_image, kNear));
    // The transfer has been paid, whatever became of the image.
    aws.must("DeregisterImage", {{"ImageId", copy}}, kAccount, "eu-west-1");
    EXPECT_THAT(once(), DoubleNear(with_image, kNear));
}

TEST(Cost, SaysWhatItDoesNotTell)
{
    TestEmulator aws;
    const auto all = bill(aws);
    std::string what;
    for (const auto& one : all.at("not_told").as_array()) {
        what += std::string(one.at("what").as_string()) + "\n";
        EXPECT_FALSE(one.at("why").as_string().empty());
    }
    EXPECT_THAT(what, ::testing::AllOf(::testing::HasSubstr("leave AWS or go between zones"),
                                       ::testing::HasSubstr("S3")));
}

TEST(Cost, IsOfOneAccountAndOfAllRegionsUnlessOneIsNamed)
{
    TestEmulator aws;
    const auto mine = new_volume(aws);
    const auto there = aws.must("CreateVolume", {{"AvailabilityZone", "eu-west-1a"}, {"Size", "1"}},
                                kAccount, "eu-west-1")
                           .text("volumeId");
    const auto others =
        aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}}, kOtherAccount)
            .text("volumeId");
    const auto all = bill(aws, "");
    EXPECT_FALSE(row_of(all, mine).empty());
    EXPECT_EQ(row_of(all, there).at("region"), "eu-west-1");
    EXPECT_TRUE(row_of(all, others).empty());
    EXPECT_TRUE(row_of(bill(aws), there).empty());
}

TEST(Cost, ComesInPartsOfWhichNoneIsLong)
{
    TestEmulator aws;
    for (int count = 0; count < 1200; ++count) {
        new_volume(aws);
    }
    control::Bill parts(aws.data().current(), {.account = kAccount, .region = kRegion});
    std::string text;
    std::size_t longest = 0;
    while (!parts.is_done()) {
        const auto part = parts.next();
        longest = std::max(longest, part.size());
        text += part;
    }
    EXPECT_EQ(json::parse(text).at("resources").as_array().size(), 1200U);
    EXPECT_LE(longest, std::size_t{512} << 10U);
}

TEST(Cost, NamesThePagesThatPricesAreOf)
{
    TestEmulator aws;
    const auto all = bill(aws);
    ASSERT_EQ(all.at("sources").as_array().size(), 2U);
    for (const auto& source : all.at("sources").as_array()) {
        EXPECT_THAT(std::string(source.at("page").as_string()),
                    ::testing::MatchesRegex("https://[a-z0-9.-]*(amazonaws|amazon)[.]com/.*"));
        EXPECT_THAT(std::string(source.at("date").as_string()),
                    ::testing::MatchesRegex("20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]"));
    }
}

TEST(Cost, RefusesParametersThatItDoesNotKnow)
{
    TestEmulator aws;
    EXPECT_THROW(control::parse_cost_query(aws.emulator(), "limit=1"), http::HttpError);
    EXPECT_THROW(control::parse_cost_query(aws.emulator(), "region=mars-1"), http::HttpError);
    EXPECT_THROW(control::parse_cost_query(aws.emulator(), "account=12"), http::HttpError);
    EXPECT_EQ(control::parse_cost_query(aws.emulator(), "").region, "");
    EXPECT_EQ(control::parse_cost_query(aws.emulator(), "").account, kAccount);
}

TEST(Prices, OfWhatIsNotThereAreNone)
{
    TestEmulator aws;
    auto reader = aws.generation().reader();
    EXPECT_EQ(select_price(reader.db(), "us-east-1", "volume-gp3"), NanoUsd{80'000'000});
    EXPECT_EQ(select_price(reader.db(), "us-east-1", "volume-gp9"), std::nullopt);
    EXPECT_EQ(select_price(reader.db(), "cn-north-1", "volume-gp3"), std::nullopt);
    EXPECT_EQ(select_instance_price(reader.db(), "us-east-1", "t3.micro"), NanoUsd{10'400'000});
    EXPECT_EQ(select_instance_price(reader.db(), "cn-north-1", "t3.micro"), std::nullopt);
    EXPECT_EQ(select_instance_price(reader.db(), "us-east-1", "t3.huge"), std::nullopt);
    EXPECT_EQ(select_transfer_price(reader.db(), "us-east-1", "us-east-2"), NanoUsd{10'000'000});
    EXPECT_EQ(select_transfer_price(reader.db(), "us-east-1", "eu-west-1"), NanoUsd{20'000'000});
    EXPECT_EQ(select_transfer_price(reader.db(), "ap-east-2", "us-east-1"), std::nullopt);
}

}  // namespace
}  // namespace amilab::test
