#include "server/services/ec2/common/describe.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/calls/services.h"
#include "tests/support/emulator_fixture.h"
#include "tests/support/filter_list.h"

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

/// What a request must say besides its filters, of which the first is that one.
Parameters besides(TestEmulator& aws, const wire::OperationSchema& operation,
                   std::string_view filter = {})
{
    if (operation.name == "DescribeLaunchTemplateVersions") {
        return {{"LaunchTemplateVersion.1", "$Latest"}};
    }
    if (operation.name == "GetSubnetCidrReservations") {
        return {{"SubnetId", aws.must("DescribeSubnets").text("subnetSet/item/subnetId")}};
    }
    if (operation.name == "DescribeAddressesAttribute") {
        return {{"Attribute", "domain-name"}};
    }
    if (operation.name == "GetSecurityGroupsForVpc") {
        return {{"VpcId", aws.must("DescribeVpcs").text("vpcSet/item/vpcId")}};
    }
    return role_beside(operation, filter);
}

/// An answer whose lists are empty.
void expect_nothing(TestEmulator& aws, const wire::OperationSchema& operation,
                    const Parameters& filters)
{
    const auto& filter = filters.front().second;
    const auto answer = aws.call(operation.name, merged(besides(aws, operation, filter), filters));
    EXPECT_TRUE(answer.ok()) << operation.name << ": " << answer.message;
    for (const auto& child : answer.root().children()) {
        EXPECT_FALSE(child.child("item")) << operation.name << " " << filter;
    }
}

TEST(Filters, WithoutValuesMatchNothing)
{
    TestEmulator aws;
    for (const auto* operation : operations_with_filters()) {
        const auto first = filter_list(*operation) + ".1";
        for (const auto filter : operation->filters) {
            const auto name = filter == "tag:<key>" ? std::string("tag:a") : std::string(filter);
            expect_nothing(aws, *operation, {{first + ".Name", name}});
            expect_nothing(aws, *operation, {{first + ".Name", name}, {first + ".Value", ""}});
        }
    }
}

TEST(Filters, WithoutANameAreCalledNull)
{
    TestEmulator aws;
    for (const auto* operation : operations_with_filters()) {
        const auto list = filter_list(*operation);
        for (const Parameters& nameless :
             {Parameters{{list, ""}}, Parameters{{list + ".1.Value.1", "a"}}}) {
            const auto refused =
                aws.call(operation->name, merged(besides(aws, *operation), nameless));
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

/// What a list of ids has ids of.
struct IdList {
    std::string_view list;
    const char* prefix;
    /// Whose it is, where others call a list of other ids the same.
    std::string_view operation = {};
};

constexpr IdList kIdLists[] = {
    {"AllocationId", "eipalloc"},
    {"AssociationId", "iip-assoc"},
    {"CapacityReservationId", "cr"},
    {"DhcpOptionsId", "dopt"},
    {"EgressOnlyInternetGatewayId", "eigw"},
    {"ExportImageTaskId", "export-ami"},
    {"FlowLogId", "fl"},
    {"GroupId", "sg"},
    {"HostId", "h"},
    {"ImageId", "ami"},
    {"ImportTaskId", "import-ami", "DescribeImportImageTasks"},
    {"ImportTaskId", "import-snap", "DescribeImportSnapshotTasks"},
    {"InstanceConnectEndpointId", "eice"},
    {"InstanceEventWindowId", "iew"},
    {"InstanceId", "i"},
    {"InternetGatewayId", "igw"},
    {"LaunchTemplateId", "lt"},
    {"NatGatewayId", "nat"},
    {"NetworkAclId", "acl"},
    {"NetworkInterfaceId", "eni"},
    {"NetworkInterfacePermissionId", "eni-perm"},
    {"PrefixListId", "pl"},
    {"ReplaceRootVolumeTaskId", "replacevol"},
    {"ReportId", "amiur"},
    {"RouteTableId", "rtb"},
    {"SecurityGroupRuleId", "sgr"},
    {"SnapshotId", "snap"},
    {"SpotInstanceRequestId", "sir"},
    {"SubnetId", "subnet"},
    {"VolumeId", "vol"},
    {"VpcEndpointId", "vpce"},
    {"VpcId", "vpc"},
    {"VpcPeeringConnectionId", "pcx"},
};

/// Lists of ids of something else than what the operation describes.
constexpr std::pair<std::string_view, std::string_view> kOfOthers[] = {
    {"DescribeImageReferences", "ImageId"},
    {"DescribeImageUsageReportEntries", "ImageId"},
    {"DescribeImageUsageReportEntries", "ReportId"},
    {"DescribeImageUsageReports", "ImageId"},
};

/// By operation: its lists of ids of what it describes, where it has pages too.
std::vector<std::pair<const wire::OperationSchema*, std::string_view>> paged_id_lists()
{
    std::vector<std::pair<const wire::OperationSchema*, std::string_view>> lists;
    for (const auto* operation : test_services().named("ec2")->schema.operations) {
        const auto* page = wire::find_member(*operation->input, "MaxResults");
        if (!operation->name.starts_with("Describe") || page == nullptr || !page->offered) {
            continue;
        }
        for (const auto& member : operation->input->rows) {
            const std::pair<std::string_view, std::string_view> list(operation->name, member.name);
            if (member.kind == wire::Kind::kList && member.name.ends_with("Id") &&
                std::ranges::find(kOfOthers, list) == std::end(kOfOthers)) {
                lists.emplace_back(operation, member.name);
            }
        }
    }
    return lists;
}

const IdList* find_id_list(std::string_view operation, std::string_view list)
{
    return std::ranges::find_if(kIdLists, [&](const auto& known) {
        return known.list == list && (known.operation.empty() || known.operation == operation);
    });
}

TEST(EveryDescribe, TakesIdsOrMaxResults)
{
    TestEmulator aws;
    const auto lists = paged_id_lists();
    EXPECT_GT(lists.size(), 30U);
    for (const auto& [operation, list] : lists) {
        const auto* const known = find_id_list(operation->name, list);
        ASSERT_NE(known, std::end(kIdLists)) << operation->name << " " << list;
        const auto least = wire::find_member(*operation->input, "MaxResults")->min;
        const auto answer = aws.call(
            operation->name,
            merged(besides(aws, *operation),
                   {{fmt::format("{}.1", list), fmt::format("{}-0123456789abcdef0", known->prefix)},
                    {"MaxResults", std::to_string(least)}}));
        EXPECT_EQ(answer.code, "InvalidParameterCombination") << operation->name;
        EXPECT_NE(answer.message.find("axResults"), std::string::npos) << answer.message;
    }
}

// Operations word it in their own ways.
TEST(EveryDescribe, RefusesIdsWithMaxResultsAsItIsWordedThere)
{
    TestEmulator aws;
    const auto message = [&](const char* operation, const char* list, const char* id) {
        return aws.call(operation, {{list, id}, {"MaxResults", "5"}}).message;
    };
    EXPECT_EQ(message("DescribeVpcs", "VpcId.1", "vpc-0123456789abcdef0"),
              "The parameter VpcIds cannot be used with the parameter MaxResults");
    EXPECT_EQ(message("DescribeInstances", "InstanceId.1", "i-0123456789abcdef0"),
              "The parameter instancesSet cannot be used with the parameter maxResults");
    EXPECT_EQ(message("DescribeSecurityGroups", "GroupId.1", "sg-0123456789abcdef0"),
              "The parameter securityGroupIdSet cannot be used with the parameter maxResults");
    EXPECT_EQ(
        message("DescribeSecurityGroupRules", "SecurityGroupRuleId.1", "sgr-0123456789abcdef0"),
        "The parameter 'securityGroupRuleIds' may not be used in combination with "
        "'maxResults'.");
}

}  // namespace
}  // namespace amilab::test
