#include "tests/server/services/ec2/network/flow_logs_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

constexpr const char* kRole = "arn:aws:iam::123456789012:role/logs";

TrialTable trials()
{
    const Parameters to_group{{"LogDestinationType", "cloud-watch-logs"},
                              {"LogDestination", ""},
                              {"LogGroupName", "logs"},
                              {"DeliverLogsPermissionArn", kRole}};
    TrialTable table;
    table["CreateFlowLogs"] = {
        {{"ResourceType", "VPC"},
         {"ResourceId.1", "{own_vpc}"},
         {"TrafficType", "ALL"},
         {"LogDestinationType", "s3"},
         {"LogDestination", "arn:aws:s3:::bucket"}},
        token_trial() + changes("ResourceId.1", "{own_vpc_2}") +
            std::vector<Trial>{
                {"ResourceType", {{"ResourceType", "Subnet"}, {"ResourceId.1", "{own_subnet}"}}}} +
            changes("TrafficType", "REJECT") +
            std::vector<Trial>{{"LogDestinationType", to_group}} +
            changes("LogDestination", "arn:aws:s3:::other") +
            changes("LogGroupName", "other", to_group) +
            changes("DeliverLogsPermissionArn", kRole) + changes("DeliverCrossAccountRole", kRole) +
            changes("LogFormat", "${version}") + changes("MaxAggregationInterval", "60") +
            changes("DestinationOptions.FileFormat", "parquet") +
            changes("DestinationOptions.HiveCompatiblePartitions", "true") +
            changes("DestinationOptions.PerHourPartition", "true") + tag_trials("vpc-flow-log")};
    table["DescribeFlowLogs"] =
        describe_operation(filter_trials("resource-id", "{own_vpc_2}") + page_trials() +
                           changes("FlowLogId.1", "{flow_log}"));
    table["DeleteFlowLogs"] = either_of("FlowLogId.1", "{flow_log}", "{flow_log_2}");
    return table;
}

std::vector<Telling> tellings()
{
    return {{"flow_log", "id", "DescribeFlowLogs", {{"FlowLogId.1", "{}"}}}};
}

void add_to_world(World& world)
{
    for (int number = 1; number <= World::kOfEach; ++number) {
        world.set_id(World::numbered("flow_log", number),
                     world
                         .must("CreateFlowLogs",
                               {{"ResourceType", "VPC"},
                                {"ResourceId.1", "{" + World::numbered("own_vpc", number) + "}"},
                                {"TrafficType", "ALL"},
                                {"LogDestinationType", "s3"},
                                {"LogDestination", "arn:aws:s3:::first"}})
                         .text("flowLogIdSet/item"));
    }
}

}  // namespace

constinit const TrialSet kFlowLogsTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_to_world};

}  // namespace amilab::test
