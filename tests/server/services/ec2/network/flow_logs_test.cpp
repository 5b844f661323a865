#include "server/services/ec2/network/flow_logs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kIds = "flowLogIdSet/item";
constexpr const char* kBucket = "arn:aws:s3:::bucket/logs/";

/// A log of the VPC's traffic into a bucket.
Parameters of_vpc(const std::string& vpc)
{
    return {{"ResourceType", "VPC"},
            {"ResourceId.1", vpc},
            {"TrafficType", "ALL"},
            {"LogDestinationType", "s3"},
            {"LogDestination", kBucket}};
}

/// A log of the VPC's refused traffic into a log group.
Parameters to_group(const std::string& vpc)
{
    return {{"ResourceType", "VPC"},
            {"ResourceId.1", vpc},
            {"TrafficType", "REJECT"},
            {"LogGroupName", "logs"},
            {"DeliverLogsPermissionArn", "arn:aws:iam::123456789012:role/logs"}};
}

TEST(FlowLogs, AreMadeDescribedAndDeleted)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto id = aws.must("CreateFlowLogs", of_vpc(vpc)).text(kIds);
    EXPECT_THAT(id, StartsWith("fl-"));
    const auto shown = aws.must("DescribeFlowLogs", {{"FlowLogId.1", id}});
    const auto told = [&](const std::string& name) {
        return shown.text("flowLogSet/item/" + name);
    };
    EXPECT_EQ(told("resourceId"), vpc);
    EXPECT_EQ(told("flowLogStatus"), "ACTIVE");
    EXPECT_EQ(told("deliverLogsStatus"), "SUCCESS");
    EXPECT_EQ(told("logDestination"), kBucket);
    EXPECT_EQ(told("maxAggregationInterval"), "600");
    EXPECT_THAT(told("logFormat"), StartsWith("${version} ${account-id}"));
    EXPECT_EQ(told("destinationOptions/fileFormat"), "plain-text");
    EXPECT_THAT(aws.must("DeleteFlowLogs", {{"FlowLogId.1", id}}).texts("unsuccessful/item"),
                IsEmpty());
    const auto gone = aws.call("DeleteFlowLogs", {{"FlowLogId.1", id}});
    EXPECT_EQ(gone.code, "InvalidFlowLogId.NotFound");
    EXPECT_EQ(gone.message,
              "These flow log ids in the input list are not found: [TotalCount: 1] " + id);
    EXPECT_EQ(aws.call("DescribeFlowLogs", {{"FlowLogId.1", id}}).code,
              "InvalidFlowLogId.NotFound");
    EXPECT_EQ(aws.call("DeleteFlowLogs", {{"FlowLogId.1", "x"}}).code,
              "InvalidFlowLogId.Malformed");
}

TEST(CreateFlowLogs, AnswersWithATokenWhoeverChoseIt)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    EXPECT_EQ(aws.must("CreateFlowLogs", merged(of_vpc(vpc), {{"ClientToken", "mine"}}))
                  .text("clientToken"),
              "mine");
    EXPECT_NE(aws.must("CreateFlowLogs", to_group(vpc)).text("clientToken"), "");
}

TEST(FlowLogs, WatchVpcsSubnetsAndInterfaces)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto subnet = make_subnet(aws, vpc);
    const auto interface = aws.must("CreateNetworkInterface", {{"SubnetId", subnet}})
                               .text("networkInterface/networkInterfaceId");
    const std::pair<const char*, std::string> kinds[] = {
        {"VPC", vpc}, {"Subnet", subnet}, {"NetworkInterface", interface}};
    for (const auto& [type, id] : kinds) {
        aws.must("CreateFlowLogs",
                 merged(of_vpc(vpc), {{"ResourceType", type}, {"ResourceId.1", id}}));
    }
    EXPECT_EQ(aws.must("DescribeFlowLogs").count("flowLogSet/item"), 3U);
    aws.must("DeleteNetworkInterface", {{"NetworkInterfaceId", interface}});
    aws.must("DeleteSubnet", {{"SubnetId", subnet}});
    EXPECT_EQ(aws.must("DescribeFlowLogs").count("flowLogSet/item"), 1U);
    EXPECT_EQ(aws.call("CreateFlowLogs", merged(of_vpc(vpc), {{"ResourceId.1", subnet}})).code,
              "InvalidVpcID.Malformed");
    EXPECT_EQ(
        aws.call("CreateFlowLogs", merged(of_vpc(vpc), {{"ResourceType", "TransitGateway"}})).code,
        "UnsupportedOperation");
}

TEST(FlowLogs, TellWhichResourcesGetNone)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto made =
        aws.must("CreateFlowLogs", merged(of_vpc(vpc), {{"ResourceId.2", "vpc-12345678"}}));
    EXPECT_EQ(made.count(kIds), 1U);
    EXPECT_THAT(made.texts("unsuccessful/item/resourceId"), ElementsAre("vpc-12345678"));
    EXPECT_EQ(made.text("unsuccessful/item/error/code"), "InvalidVpcID.NotFound");
    EXPECT_EQ(made.text("unsuccessful/item/error/message"),
              "The vpc ID 'vpc-12345678' does not exist");
}

TEST(FlowLogs, AreTwoOfAResource)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    aws.must("CreateFlowLogs", of_vpc(vpc));
    const auto same = aws.call("CreateFlowLogs", of_vpc(vpc));
    EXPECT_EQ(same.code, "FlowLogAlreadyExists");
    EXPECT_EQ(same.message,
              "Error. There is an existing Flow Log with the same configuration and log "
              "destination.");
    aws.must("CreateFlowLogs", to_group(vpc));
    const auto third =
        aws.must("CreateFlowLogs", merged(of_vpc(vpc), {{"LogDestination", "arn:aws:s3:::other"}}));
    EXPECT_EQ(third.count(kIds), 0U);
    EXPECT_EQ(third.text("unsuccessful/item/error/code"), "FlowLogsLimitExceeded");
}

TEST(FlowLogs, NameALogGroupInEitherWay)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    aws.must("CreateFlowLogs", to_group(vpc));
    const Parameters by_arn{
        {"LogGroupName", ""},
        {"LogDestination", "arn:aws:logs:us-east-1:123456789012:log-group:more:*"}};
    aws.must("CreateFlowLogs", merged(to_group(vpc), by_arn));
    EXPECT_EQ(
        aws.must("DescribeFlowLogs", filter("log-group-name", "logs")).count("flowLogSet/item"),
        1U);
    EXPECT_EQ(aws.must("DescribeFlowLogs", filter("log-group-name", "more"))
                  .text("flowLogSet/item/logDestinationType"),
              "cloud-watch-logs");
}

TEST(FlowLogs, RefuseWhatDoesNotGoTogether)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto message = [&](const Parameters& base, const Parameters& more) {
        const auto answer = aws.call("CreateFlowLogs", merged(base, more));
        return answer.code + ": " + answer.message;
    };
    EXPECT_EQ(message(to_group(vpc), {{"DeliverLogsPermissionArn", ""}}),
              "InvalidParameter: DeliverLogsPermissionArn can't be empty if LogDestinationType is "
              "cloud-watch-logs.");
    EXPECT_EQ(message(to_group(vpc), {{"LogGroupName", ""}}),
              "InvalidParameter: LogDestination can't be empty if LogGroupName is not provided.");
    for (const auto& both : {merged(to_group(vpc), {{"LogDestination", kBucket}}),
                             merged(of_vpc(vpc), {{"LogGroupName", "logs"}})}) {
        EXPECT_EQ(
            message(both, {}),
            "InvalidParameter: Please only provide LogGroupName or only provide LogDestination.");
    }
    EXPECT_EQ(message(of_vpc(vpc), {{"LogGroupName", "logs"}, {"LogDestination", ""}}),
              "InvalidParameter: LogDestination type must be cloud-watch-logs if LogGroupName is "
              "provided.");
    EXPECT_EQ(message(of_vpc(vpc), {{"MaxAggregationInterval", "61"}}),
              "InvalidParameter: Invalid Flow Log Max Aggregation Interval");
    EXPECT_THAT(message(of_vpc(vpc), {{"LogDestination", "arn:aws:s3:::bucket/AWSLogs/"}}),
                StartsWith("InvalidParameter: Invalid LogDestination"));
    EXPECT_THAT(message(of_vpc(vpc), {{"LogDestinationType", "kinesis-data-firehose"}}),
                StartsWith("InvalidParameter: Invalid LogDestination"));
    EXPECT_THAT(message(of_vpc(vpc), {{"LogFormat", "version"}}),
                StartsWith("InvalidParameter: Invalid LogFormat"));
    EXPECT_THAT(message(to_group(vpc), {{"DestinationOptions.FileFormat", "parquet"}}),
                StartsWith("InvalidParameter: DestinationOptions"));
    auto untold = of_vpc(vpc);
    std::erase_if(untold, [](const auto& one) { return one.first == "TrafficType"; });
    EXPECT_THAT(message(untold, {}), StartsWith("MissingParameter"));
    EXPECT_THAT(message(of_vpc(vpc), {{"DryRun", "true"}}), StartsWith("DryRunOperation"));
}

TEST(FlowLogs, AreMadeOnceForAToken)
{
    TestEmulator aws;
    const auto once = merged(of_vpc(make_vpc(aws)), {{"ClientToken", "once"}});
    EXPECT_EQ(aws.must("CreateFlowLogs", once).texts(kIds),
              aws.must("CreateFlowLogs", once).texts(kIds));
    EXPECT_EQ(aws.call("CreateFlowLogs", merged(once, {{"TrafficType", "ACCEPT"}})).code,
              "IdempotentParameterMismatch");
}

TEST(FlowLogs, AreFoundByEachFilter)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto id = aws.must("CreateFlowLogs", to_group(vpc)).text(kIds);
    const std::pair<const char*, std::string> values[] = {
        {"deliver-log-status", "SUCCESS"},
        {"flow-log-id", id},
        {"log-destination-type", "cloud-watch-logs"},
        {"log-group-name", "logs"},
        {"resource-id", vpc},
        {"traffic-type", "REJECT"}};
    for (const auto& [name, value] : values) {
        const auto found = [&](const std::string& what) {
            return aws.must("DescribeFlowLogs", filter(name, what)).count("flowLogSet/item");
        };
        EXPECT_EQ(found(value), 1U) << name;
        EXPECT_EQ(found("other"), 0U) << name;
    }
}

}  // namespace
}  // namespace amilab::test
