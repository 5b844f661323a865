// What reads of images ask of SQLite must cost the same however many images there are.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/support/query_plans.h"
#include "tests/support/told_statements.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ImagePlans : public ::testing::Test {
protected:
    ImagePlans() : image(own_image(aws, "golden-1")) {}

    ToldStatements told;  // before any connection
    TestEmulator aws;
    std::string image;
};

TEST_F(ImagePlans, ByIdReadNoTableWhole)
{
    const auto steps = plan_of_call(told, aws, {{"ImageId.1", image}});
    EXPECT_THAT(scans(steps), IsEmpty());
    // An account may have any number of tags and images.
    EXPECT_THAT(steps, Not(Contains(HasSubstr("(owner=?)"))));
}

TEST_F(ImagePlans, ByNameAndByPrefixUseTheNames)
{
    for (const char* name : {"golden-1", "golden-*"}) {
        const auto steps =
            plan_of_call(told, aws, {{"Filter.1.Name", "name"}, {"Filter.1.Value.1", name}});
        EXPECT_THAT(scans(steps), IsEmpty());
        EXPECT_THAT(steps, Contains(HasSubstr("image_by_name (region=? AND name")));
    }
}

TEST_F(ImagePlans, ByTheEndOfANameReadIdsAndNamesAlone)
{
    const Parameters by_end = {{"Filter.1.Name", "name"}, {"Filter.1.Value.1", "*-1"}};
    const auto steps = plan_of_call(told, aws, by_end);
    EXPECT_THAT(steps, Contains(HasSubstr("COVERING INDEX image_by_owner (region=? AND owner=?")));
    EXPECT_EQ(std::count_if(steps.begin(), steps.end(),
                            [](const auto& step) {
                                return step.find("image_by_owner") != std::string::npos;
                            }),
              1);
    // A tag finds fewer.
    auto tagged = by_end;
    tagged.emplace_back("Filter.2.Name", "tag:group");
    tagged.emplace_back("Filter.2.Value.1", "a");
    EXPECT_THAT(plan_of_call(told, aws, tagged),
                Contains(HasSubstr("tag_by_key (owner=? AND key=?")));
}

TEST_F(ImagePlans, ByTagUseTheTags)
{
    aws.must("CreateTags", {{"ResourceId.1", image}, {"Tag.1.Key", "group"}, {"Tag.1.Value", "a"}});
    const auto steps =
        plan_of_call(told, aws, {{"Filter.1.Name", "tag:group"}, {"Filter.1.Value.1", "a"}});
    EXPECT_THAT(scans(steps), IsEmpty());
    EXPECT_THAT(steps, Contains(HasSubstr("tag_by_key (owner=? AND key=? AND value=?")));
}

TEST_F(ImagePlans, ByWhoMayLaunchUseThePermissions)
{
    for (const char* user : {"self", "all", kOtherAccount}) {
        const auto steps = plan_of_call(told, aws, {{"ExecutableBy.1", user}});
        EXPECT_THAT(scans(steps), IsEmpty()) << user;
    }
}

TEST_F(ImagePlans, PagesWalkTheOwnersImagesInTheirOrder)
{
    for (const Parameters& more : {Parameters{}, Parameters{{"Owner.1", "self"}}}) {
        auto parameters = more;
        parameters.emplace_back("MaxResults", "1000");
        const auto steps = plan_of_call(told, aws, parameters);
        EXPECT_THAT(scans(steps), IsEmpty());
        EXPECT_THAT(steps, Contains(HasSubstr("image_by_owner (region=? AND owner=?")));
    }
}

TEST_F(ImagePlans, PagesFindWhatBelongsToTheirImagesByTheIds)
{
    own_image(aws, "golden-2");
    for (const char* owner : {"self", "amazon"}) {
        const auto steps = plan_of_call(told, aws, {{"Owner.1", owner}, {"MaxResults", "50"}});
        EXPECT_THAT(scans(steps), IsEmpty()) << owner;
        EXPECT_THAT(steps, Contains("SEARCH m USING PRIMARY KEY (image_id=?)"));
        EXPECT_THAT(steps, Contains(HasSubstr("SEARCH t USING PRIMARY KEY (resource_id=?")));
    }
}

TEST_F(ImagePlans, OfReferencesFindWhatRefersByTheImage)
{
    const auto steps =
        plan_of_call(told, aws, {{"ImageId.1", image}, {"IncludeAllResourceTypes", "true"}},
                     "DescribeImageReferences");
    EXPECT_THAT(scans(steps), IsEmpty());
    EXPECT_THAT(steps, Contains(HasSubstr("instance_by_image (image_id=?")));
    EXPECT_THAT(steps, Contains(HasSubstr("parameter_version_by_image (value=?")));
}

}  // namespace
}  // namespace amilab::test
