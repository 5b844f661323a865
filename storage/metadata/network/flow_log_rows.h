#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

struct FlowLogTag {
    static constexpr std::string_view kPrefix = "fl";
    static constexpr std::string_view kResourceType = "vpc-flow-log";
    static constexpr std::string_view kMalformed = "InvalidFlowLogId.Malformed";
};
using FlowLogId = Id<FlowLogTag>;

/// What takes a flow log's records.
enum class LogDestinationType : std::uint8_t { kCloudWatchLogs, kS3, kFirehose };
template <>
inline constexpr auto kWords<LogDestinationType> = words("cloud-watch-logs", "s3",
                                                         "kinesis-data-firehose");

struct FlowLogRow {
    FlowLogId id{};
    std::string region{};
    std::string owner{};
    TimeMs creation_time_ms = 0;
    /// A VPC, a subnet or a network interface.
    std::string resource_id{};
    std::string traffic_type{};
    LogDestinationType destination_type{};
    /// Of CloudWatch's logs alone, which may have an ARN besides.
    std::optional<std::string> log_group_name{};
    std::optional<std::string> destination{};
    std::optional<std::string> permission_arn{};
    std::optional<std::string> cross_account_role{};
    std::string log_format{};
    /// Seconds.
    std::int64_t max_aggregation_interval = 0;
    // Of buckets alone.
    std::optional<std::string> file_format{};
    bool hive_partitions = false;
    bool hourly_partitions = false;
};

inline constexpr auto kFlowLogColumns = columns<FlowLogRow>(
    "flow_log", "f", text<&FlowLogRow::id>("id"), text<&FlowLogRow::region>("region"),
    text<&FlowLogRow::owner>("owner"), time<&FlowLogRow::creation_time_ms>("creation_time_ms"),
    text<&FlowLogRow::resource_id>("resource_id"), text<&FlowLogRow::traffic_type>("traffic_type"),
    text<&FlowLogRow::destination_type>("destination_type"),
    text<&FlowLogRow::log_group_name>("log_group_name"),
    text<&FlowLogRow::destination>("destination"),
    text<&FlowLogRow::permission_arn>("permission_arn"),
    text<&FlowLogRow::cross_account_role>("cross_account_role"),
    text<&FlowLogRow::log_format>("log_format"),
    integer<&FlowLogRow::max_aggregation_interval>("max_aggregation_interval"),
    text<&FlowLogRow::file_format>("file_format"),
    flag<&FlowLogRow::hive_partitions>("hive_partitions"),
    flag<&FlowLogRow::hourly_partitions>("hourly_partitions"));
/// Source: EC2 API Reference, DescribeFlowLogs (documented).
inline constexpr FilterColumn kFlowLogFilters[] = {
    {"deliver-log-status", "'SUCCESS'"},
    {"flow-log-id", "id"},
    {"log-destination-type", "destination_type"},
    {"log-group-name", "log_group_name"},
    {"resource-id", "resource_id"},
    {"traffic-type", "traffic_type"},
};
inline constexpr Listing<FlowLogRow> kFlowLogList{
    .key = "f.id", .columns = kFlowLogColumns, .filters = kFlowLogFilters};

/// How many logs watch the resource.
std::int64_t count_flow_logs(Database& db, std::string_view resource_id);

}  // namespace amilab
