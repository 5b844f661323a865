#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DescribeInstanceTopology : public ::testing::Test {
protected:
    std::string run(const Parameters& more) { return run_one(aws, more); }
    std::string run_large(const std::string& group)
    {
        return run({{"InstanceType", "p3dn.24xlarge"}, {"Placement.GroupName", group}});
    }
    std::vector<std::string> nodes(const std::string& instance)
    {
        return aws.must("DescribeInstanceTopology", {{"InstanceId.1", instance}})
            .texts("instanceSet/item/networkNodeSet/item");
    }

    TestEmulator aws;
};

TEST_F(DescribeInstanceTopology, PutsInstancesOfAClusterBelowTheSameNodes)
{
    aws.must("CreatePlacementGroup", {{"GroupName", "near"}, {"Strategy", "cluster"}});
    const auto one = nodes(run_large("near"));
    const auto far = nodes(run_large(""));
    EXPECT_THAT(one, SizeIs(3));
    EXPECT_EQ(nodes(run_large("near")), one);
    ASSERT_THAT(far, SizeIs(3));
    EXPECT_EQ(far[0], one[0]);
    EXPECT_NE(far[1], one[1]);
    EXPECT_NE(far[2], one[2]);
}

TEST_F(DescribeInstanceTopology, TellsOfNoNodesForOtherTypesAndWhatDoesNotRun)
{
    EXPECT_THAT(nodes(run({{"InstanceType", "t3.micro"}})), IsEmpty());
    const auto large = run_large("");
    aws.must("StopInstances", {{"InstanceId.1", large}});
    EXPECT_THAT(nodes(large), IsEmpty());
}

TEST_F(DescribeInstanceTopology, ListsByGroupAndFilter)
{
    aws.must("CreatePlacementGroup", {{"GroupName", "near"}, {"Strategy", "cluster"}});
    const auto near = run_large("near");
    const auto small = run({{"InstanceType", "t3.micro"}});
    const auto listed = [&](const Parameters& more) {
        return aws.must("DescribeInstanceTopology", more).texts("instanceSet/item/instanceId");
    };
    EXPECT_THAT(listed({{"GroupName.1", "near"}}), ElementsAre(near));
    EXPECT_THAT(listed(filter("instance-type", "t3*")), ElementsAre(small));
    EXPECT_THAT(listed({{"MaxResults", "1"}}), SizeIs(1));
}

TEST_F(DescribeInstanceTopology, RefusesUnknownInstancesAndPagesOfNamedOnes)
{
    const auto code = [&](const Parameters& more) {
        return aws.call("DescribeInstanceTopology", more).code;
    };
    EXPECT_EQ(code({{"InstanceId.1", "i-0123456789abcdef0"}}), "InvalidInstanceID.NotFound");
    EXPECT_EQ(code({{"InstanceId.1", run({})}, {"MaxResults", "5"}}),
              "InvalidParameterCombination");
}

}  // namespace
}  // namespace amilab::test
