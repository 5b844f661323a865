// Calls that name many resources ask SQLite as often as those that name a few.
#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/support/told_statements.h"

namespace amilab::test {
namespace {

class ListedIds : public ::testing::Test {
protected:
    static constexpr std::size_t kFew = 3;
    static constexpr std::size_t kMany = 12;

    /// How many statements that read a call runs that names the first `count` of the ids.
    std::ptrdiff_t reads_of(const char* action, const std::string& list, std::size_t count,
                            const Parameters& more = {})
    {
        auto parameters = more;
        for (std::size_t i = 0; i < count; ++i) {
            parameters.emplace_back(fmt::format("{}.{}", list, i + 1), ids_.at(i));
        }
        const auto texts = told_.texts_of([&] { aws_.must(action, parameters); });
        return std::ranges::count_if(texts, [](const auto& text) {
            return text.starts_with("SELECT") || text.starts_with("WITH");
        });
    }
    void expect_same_reads(const char* action, const std::string& list, const Parameters& more = {})
    {
        const auto few = reads_of(action, list, kFew, more);
        EXPECT_GT(few, 0);
        EXPECT_EQ(reads_of(action, list, kMany, more), few);
    }

    ToldStatements told_;  // before any connection
    TestEmulator aws_;
    std::vector<std::string> ids_;
};

TEST_F(ListedIds, OfLockedSnapshotsAreLookedUpTogether)
{
    const auto volume = new_volume(aws_);
    for (std::size_t i = 0; i < kMany; ++i) {
        ids_.push_back(aws_.must("CreateSnapshot", {{"VolumeId", volume}}).text("snapshotId"));
    }
    expect_same_reads("DescribeLockedSnapshots", "SnapshotId");
    ids_[1] = "snap-0123456789abcdef0";
    ids_[2] = "snap-0123456789abcdef1";
    const auto refused = aws_.call(
        "DescribeLockedSnapshots",
        {{"SnapshotId.1", ids_[0]}, {"SnapshotId.2", ids_[1]}, {"SnapshotId.3", ids_[2]}});
    EXPECT_EQ(refused.code, "InvalidSnapshot.NotFound");
    EXPECT_NE(refused.message.find(ids_[1]), std::string::npos) << refused.message;
}

TEST_F(ListedIds, OfModifiedVolumesAreLookedUpTogether)
{
    for (std::size_t i = 0; i < kMany; ++i) {
        ids_.push_back(new_volume(aws_));
        aws_.must("ModifyVolume", {{"VolumeId", ids_.back()}, {"Size", "11"}});
    }
    expect_same_reads("DescribeVolumesModifications", "VolumeId");
    const auto code = [&](const std::string& first, const std::string& second) {
        return aws_
            .call("DescribeVolumesModifications",
                  {{"VolumeId.1", ids_[0]}, {"VolumeId.2", first}, {"VolumeId.3", second}})
            .code;
    };
    const auto unmodified = new_volume(aws_);
    EXPECT_EQ(code(unmodified, "vol-0123456789abcdef0"), "InvalidVolumeModification.NotFound");
    EXPECT_EQ(code("vol-0123456789abcdef0", unmodified), "InvalidVolume.NotFound");
}

TEST_F(ListedIds, OfMonitoredInstancesAreLookedUpTogether)
{
    const auto count = std::to_string(kMany);
    ids_ = aws_.must("RunInstances",
                     launch(public_image(aws_), {{"MinCount", count}, {"MaxCount", count}}))
               .texts("instancesSet/item/instanceId");
    for (const auto* action : {"MonitorInstances", "UnmonitorInstances"}) {
        expect_same_reads(action, "InstanceId");
    }
    aws_.must("TerminateInstances", {{"InstanceId.1", ids_[1]}});
    EXPECT_EQ(aws_.call("MonitorInstances", {{"InstanceId.1", ids_[0]},
                                             {"InstanceId.2", ids_[1]},
                                             {"InstanceId.3", "i-0123456789abcdef0"}})
                  .code,
              "IncorrectInstanceState");
}

TEST_F(ListedIds, OfFastRestoresAreLookedUpTogether)
{
    constexpr std::size_t kMost = 5;
    const auto volume = new_volume(aws_);
    for (std::size_t i = 0; i < kMany + kMost; ++i) {
        ids_.push_back(aws_.must("CreateSnapshot", {{"VolumeId", volume}}).text("snapshotId"));
    }
    const Parameters zones = {{"AvailabilityZone.1", "us-east-1a"},
                              {"AvailabilityZone.2", "us-east-1b"}};
    reads_of("EnableFastSnapshotRestores", "SourceSnapshotId", kMost, zones);
    ids_.erase(ids_.begin(), ids_.begin() + kMost);
    // None of these can be enabled, or is.
    for (const auto* action : {"EnableFastSnapshotRestores", "DisableFastSnapshotRestores"}) {
        expect_same_reads(action, "SourceSnapshotId", zones);
    }
}

}  // namespace
}  // namespace amilab::test
