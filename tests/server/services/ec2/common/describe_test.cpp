#include "server/services/ec2/common/describe.h"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/calls/services.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

std::vector<const wire::OperationSchema*> operations_with_filters()
{
    std::vector<const wire::OperationSchema*> found;
    for (const auto* operation : test_services().named("ec2")->schema.operations) {
        if (!operation->filters.empty()) {
            found.push_back(operation);
        }
    }
    return found;
}

/// An answer whose lists are empty.
void expect_nothing(TestEmulator& aws, const wire::OperationSchema& operation,
                    const Parameters& filters)
{
    const auto answer = aws.call(operation.name, filters);
    EXPECT_TRUE(answer.ok()) << operation.name << ": " << answer.message;
    for (const auto& child : answer.root().children()) {
        EXPECT_FALSE(child.child("item")) << operation.name << " " << filters.front().second;
    }
}

TEST(Filters, WithoutValuesMatchNothing)
{
    TestEmulator aws;
    for (const auto* operation : operations_with_filters()) {
        for (const auto filter : operation->filters) {
            const auto name = filter == "tag:<key>" ? std::string("tag:a") : std::string(filter);
            expect_nothing(aws, *operation, {{"Filter.1.Name", name}});
            expect_nothing(aws, *operation, {{"Filter.1.Name", name}, {"Filter.1.Value", ""}});
        }
    }
}

TEST(Filters, WithoutANameAreCalledNull)
{
    TestEmulator aws;
    for (const auto* operation : operations_with_filters()) {
        for (const Parameters& nameless :
             {Parameters{{"Filter", ""}}, Parameters{{"Filter.1.Value.1", "a"}}}) {
            const auto refused = aws.call(operation->name, nameless);
            EXPECT_EQ(refused.code, "InvalidParameterValue") << operation->name;
            EXPECT_EQ(refused.message, "The filter 'null' is invalid") << operation->name;
        }
    }
}

TEST(Owners, AreMissingWhenTheListIsEmpty)
{
    TestEmulator aws;
    for (const auto* operation : {"DescribeImages", "DescribeSnapshots"}) {
        const auto refused = aws.call(operation, {{"Owner", ""}});
        EXPECT_EQ(refused.code, "MissingParameter");
        EXPECT_EQ(refused.message, "The request must contain the parameter Owner");
    }
}

TEST(NextToken, OfNoCallIsAnInvalidValue)
{
    TestEmulator aws;
    for (const auto* action : {"DescribeImages", "DescribeVpcs", "DescribeVolumes"}) {
        for (const auto* token : {"nonsense", "bm90IG91cnM="}) {
            const auto refused = aws.call(action, {{"NextToken", token}});
            EXPECT_EQ(refused.code, "InvalidParameterValue") << action;
            EXPECT_EQ(refused.message, "The NextToken is invalid.") << action;
        }
    }
}

}  // namespace
}  // namespace amilab::test
