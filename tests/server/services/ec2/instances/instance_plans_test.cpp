// What reads of instances ask of SQLite must cost the same whatever other accounts have.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/support/query_plans.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class InstancePlans : public ::testing::Test {
protected:
    ToldStatements told;  // before any connection
    TestEmulator aws;
};

TEST_F(InstancePlans, OfPartsWalkTheOwnersLaunchesInTheirOrder)
{
    for (const auto* count : {"600", "600", "600"}) {
        aws.must("RunInstances",
                 launch(public_image(aws), {{"MinCount", count}, {"MaxCount", count}}));
    }
    const auto steps =
        plan_of_call(told, aws, {}, "DescribeInstances", "ORDER BY n.reservation_id");
    EXPECT_THAT(scans(steps), IsEmpty());
    EXPECT_THAT(steps, Each(Not(HasSubstr("TEMP B-TREE"))));
    // The first part, and one that goes on.
    EXPECT_THAT(steps, Contains(HasSubstr("instance_by_reservation (region=? AND owner=?)")));
    EXPECT_THAT(steps, Contains(HasSubstr("instance_by_reservation (region=? AND owner=? AND "
                                          "(reservation_id,id)>(?,?))")));
}

TEST_F(InstancePlans, OfShortAnswersAndPagesWalkTheOwnersInTheOrderOfIds)
{
    aws.must("RunInstances", launch(public_image(aws)));
    for (const auto& page : {Parameters(), Parameters{{"MaxResults", "5"}}}) {
        const auto steps =
            plan_of_call(told, aws, page, "DescribeInstances", "ORDER BY n.id LIMIT");
        EXPECT_THAT(scans(steps), IsEmpty());
        EXPECT_THAT(steps, Contains(HasSubstr("instance_by_owner (region=? AND owner=?")));
        EXPECT_THAT(steps, Each(Not(HasSubstr("TEMP B-TREE"))));
    }
}

TEST_F(InstancePlans, OfALaunchAreAboutItsInstancesAlone)
{
    const Parameters launch_again = launch(public_image(aws), {{"ClientToken", "once"}});
    aws.must("RunInstances", launch_again);
    EXPECT_THAT(
        plan_of_call(told, aws, launch_again, "RunInstances", "n.reservation_id = ?"),
        Contains(HasSubstr("instance_by_reservation (region=? AND owner=? AND reservation_id=?)")));
}

}  // namespace
}  // namespace amilab::test
