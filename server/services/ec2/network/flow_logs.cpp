#include "server/services/ec2/network/flow_logs.h"
#include "server/wire/ec2/network/flow_logs.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/algorithm/string/split.hpp>

#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "server/services/ec2/network/subnets.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/flow_log_rows.h"

namespace amilab::ec2 {

namespace {

// Source: 300 of these resources a call, 1,000 ids a call (documented).
constexpr std::size_t kMostResources = 300;
constexpr std::size_t kMostIds = 1000;
// Source: VPC User Guide, "Amazon VPC quotas": 2 of each resource (documented).
constexpr std::int64_t kMostOfResource = 2;

// Source: documented.
constexpr std::int64_t kShortInterval = 60;
constexpr std::int64_t kUsualInterval = 600;
constexpr std::string_view kUsualFormat =
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} "
    "${dstport} "
    "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

/// Source: observed.
ApiError logs_not_found(const std::vector<std::string>& ids)
{
    return {"InvalidFlowLogId.NotFound",
            fmt::format("These flow log ids in the input list are not found: "
                        "[TotalCount: {}] {}",
                        ids.size(), fmt::join(ids, " "))};
}
ApiError log_not_found(const FlowLogId& id)
{
    return logs_not_found({id.text()});
}

FlowLog to_answer(const FlowLogRow& row)
{
    FlowLog answer;
    answer.creation_time = Timestamp{row.creation_time_ms};
    answer.deliver_cross_account_role = row.cross_account_role;
    answer.deliver_logs_permission_arn = row.permission_arn;
    answer.deliver_logs_status = "SUCCESS";
    answer.flow_log_id = row.id.text();
    answer.flow_log_status = "ACTIVE";
    answer.log_destination = row.destination;
    answer.log_destination_type = text_of(row.destination_type);
    answer.log_format = row.log_format;
    answer.log_group_name = row.log_group_name;
    answer.max_aggregation_interval = row.max_aggregation_interval;
    answer.resource_id = row.resource_id;
    answer.traffic_type = row.traffic_type;
    if (row.file_format) {
        answer.destination_options =
            DestinationOptionsResponse{.file_format = row.file_format,
                                       .hive_compatible_partitions = row.hive_partitions,
                                       .per_hour_partition = row.hourly_partitions};
    }
    return answer;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeFlowLogs,
    .ids = {.member = &DescribeFlowLogsRequest::flow_log_ids,
            .check = &check_ids<FlowLogId>,
            .not_with_page = "FlowLogIds",
            .before_filters = true,
            .require = &require_listed<kFlowLogList, FlowLogId, log_not_found>},
    .page = {.largest = 1000},
    .select = &select_page<kFlowLogList>,
    .answers = &answers_with_tags<&to_answer, FlowLogRow>,
    .into = &DescribeFlowLogsResponse::flow_logs};

/// Throws unless it is fields, each as ${name}. Source: the form (documented); which names there
/// are is not looked at; the refusal is assumed.
void check_format(const std::string& format)
{
    std::vector<std::string> fields;
    boost::algorithm::split(fields, format, [](char one) { return one == ' '; });
    for (const std::string_view field : fields) {
        const bool is_field = field.starts_with("${") && field.ends_with('}') && field.size() > 3;
        if (!is_field || !has_only(field.substr(2, field.size() - 3), "-_")) {
            throw invalid_parameter(fmt::format("Invalid LogFormat: unknown field {}", field));
        }
    }
}

/// Source: the texts are observed.
void take_log_group(const CreateFlowLogsRequest& request, FlowLogRow& row)
{
    if (!row.permission_arn) {
        throw invalid_parameter(
            "DeliverLogsPermissionArn can't be empty if "
            "LogDestinationType is cloud-watch-logs.");
    }
    if (!row.destination) {
        row.log_group_name = request.log_group_name;
        return;
    }
    constexpr std::string_view kMark = ":log-group:";
    const auto at = row.destination->find(kMark);
    if (!row.destination->starts_with("arn:") || at == std::string::npos) {
        throw invalid_parameter(fmt::format("Invalid LogDestination: {}", *row.destination));
    }
    auto name = row.destination->substr(at + kMark.size());
    row.log_group_name = name.substr(0, name.find(':'));
}

/// Source: an ARN of the destination's service, of a bucket not below AWSLogs (documented); the
/// texts are assumed, but for that of a log group (observed).
void take_other_destination(const CreateFlowLogsRequest& request, FlowLogRow& row)
{
    if (is_given(request.log_group_name)) {
        throw invalid_parameter(
            "LogDestination type must be cloud-watch-logs if "
            "LogGroupName is provided.");
    }
    const auto is_bucket = row.destination_type == LogDestinationType::kS3;
    const auto service = is_bucket ? ":s3:::" : ":firehose:";
    const auto& destination = *row.destination;
    if (!destination.starts_with("arn:") || destination.find(service) == std::string::npos ||
        (is_bucket && destination.find("/AWSLogs") != std::string::npos)) {
        throw invalid_parameter(fmt::format("Invalid LogDestination: {}", destination));
    }
}

/// Source: options are of buckets alone (documented), the refusal is assumed.
void take_options(const CreateFlowLogsRequest& request, FlowLogRow& row)
{
    if (row.destination_type != LogDestinationType::kS3) {
        if (request.destination_options) {
            throw invalid_parameter("DestinationOptions can be specified for s3 only.");
        }
        return;
    }
    const auto options = request.destination_options.value_or(DestinationOptionsRequest{});
    row.file_format = options.file_format.value_or("plain-text");
    row.hive_partitions = options.hive_compatible_partitions.value_or(false);
    row.hourly_partitions = options.per_hour_partition.value_or(false);
}

/// What the request says of each of its logs.
FlowLogRow wished(const CreateFlowLogsRequest& request)
{
    if (!is_given(request.traffic_type)) {
        throw missing_parameter("TrafficType");
    }
    FlowLogRow row{
        .traffic_type = *request.traffic_type,
        .destination_type =
            to_word<LogDestinationType>(request.log_destination_type.value_or("cloud-watch-logs")),
        .destination = request.log_destination,
        .permission_arn = request.deliver_logs_permission_arn,
        .cross_account_role = request.deliver_cross_account_role,
        .log_format = request.log_format.value_or(std::string(kUsualFormat)),
        .max_aggregation_interval = request.max_aggregation_interval.value_or(kUsualInterval)};
    for (auto* text : {&row.destination, &row.permission_arn, &row.cross_account_role}) {
        drop_empty(*text);
    }
    if (!row.destination && !is_given(request.log_group_name)) {
        throw invalid_parameter("LogDestination can't be empty if LogGroupName is not provided.");
    }
    // Source: the text, and that it comes before that of the type (observed).
    if (row.destination && is_given(request.log_group_name)) {
        throw invalid_parameter("Please only provide LogGroupName or only provide LogDestination.");
    }
    if (row.destination_type == LogDestinationType::kCloudWatchLogs) {
        take_log_group(request, row);
    } else {
        take_other_destination(request, row);
    }
    take_options(request, row);
    check_format(row.log_format);
    if (row.max_aggregation_interval != kShortInterval &&
        row.max_aggregation_interval != kUsualInterval) {
        throw invalid_parameter("Invalid Flow Log Max Aggregation Interval");
    }
    return row;
}

/// Throws unless the caller has the resource.
using RequireResource = void (*)(Session& session, const std::string& id);

struct WatchedType {
    std::string_view name;
    void (*check)(const std::vector<std::string>& ids);
    RequireResource require;
};
constexpr WatchedType kWatchedTypes[] = {
    {"VPC", &check_ids<VpcId>,
     [](Session& session, const std::string& id) { require_vpc(session, VpcId::trusted(id)); }},
    {"Subnet", &check_ids<SubnetId>,
     [](Session& session, const std::string& id) {
         require_subnet_row(session, SubnetId::trusted(id));
     }},
    {"NetworkInterface", &check_ids<NetworkInterfaceId>,
     [](Session& session, const std::string& id) {
         require_interface(session, NetworkInterfaceId::trusted(id));
     }},
};

/// Source: the other types are of gateways and networks that are not served.
const WatchedType& watched_type(const CreateFlowLogsRequest& request)
{
    const auto* const found =
        std::ranges::find(kWatchedTypes, request.resource_type, &WatchedType::name);
    if (found == std::end(kWatchedTypes)) {
        throw unsupported(
            fmt::format("ResourceType {} is not supported here.", request.resource_type));
    }
    found->check(request.resource_ids);
    if (request.resource_ids.size() > kMostResources) {
        throw too_many_given(request.resource_ids.size(), kMostResources, "resource IDs");
    }
    return *found;
}

/// Why the resource gets no log more, if so. Source: that it is told of each resource (documented);
/// which of them, and the text of the limit, are assumed.
std::optional<ApiError> find_refusal(Session& session, const WatchedType& type,
                                     const std::string& id)
{
    try {
        type.require(session, id);
    } catch (const ApiError& refusal) {
        return refusal;
    }
    if (count_flow_logs(session.db(), id) >= kMostOfResource) {
        return ApiError("FlowLogsLimitExceeded",
                        fmt::format("{} already has {} flow logs.", id, kMostOfResource));
    }
    return std::nullopt;
}

/// Source: the refusal of a log that is there is observed.
void make_log(Session& session, FlowLogRow row, const std::string& resource,
              const std::vector<TagRow>& tags, CreateFlowLogsResponse& response)
{
    row.resource_id = resource;
    row.creation_time_ms = session.now_ms();
    if (!insert_own<kFlowLogColumns>(session, row, tags)) {
        throw ApiError("FlowLogAlreadyExists",
                       "Error. There is an existing Flow Log with the same "
                       "configuration and log "
                       "destination.");
    }
    response.flow_log_ids.push_back(row.id.text());
}

/// Source: that a call without a token is answered with one (documented example); its form is ours.
std::string new_client_token(Session& session)
{
    const auto part = [&] { return session.ids().next_number("client-token"); };
    const auto first = part();
    return fmt::format("{:016x}{:016x}", first, part());
}

// Source: EC2 API Reference, CreateFlowLogs (documented): destinations and roles are taken as there
// (assumed).
CreateFlowLogsResponse create_flow_logs(Session& session, const CreateFlowLogsRequest& request)
{
    const auto& type = watched_type(request);
    const auto row = wished(request);
    const auto tags = parse_tags<FlowLogId>(request.tag_specifications);
    stop_if_dry_run(request);
    ensure_default_network(session);
    CreateFlowLogsResponse response{.client_token = request.client_token};
    drop_empty(response.client_token);
    if (const auto made = made_before(session, request.kOperation, request.client_token)) {
        boost::algorithm::split(response.flow_log_ids, *made, [](char one) { return one == ','; });
        return response;
    }
    for (const auto& resource : request.resource_ids) {
        if (const auto refusal = find_refusal(session, type, resource)) {
            response.unsuccessful.push_back(
                {.error = UnsuccessfulItemError{.code = refusal->code, .message = refusal->what()},
                 .resource_id = resource});
        } else {
            make_log(session, row, resource, tags, response);
        }
    }
    if (!response.flow_log_ids.empty()) {
        remember_token(session, request.kOperation, request.client_token,
                       fmt::format("{}", fmt::join(response.flow_log_ids, ",")));
    }
    if (!response.client_token) {
        response.client_token = new_client_token(session);
    }
    return response;
}

// Source: EC2 API Reference, DescribeFlowLogs (documented); that unknown ids are refused is
// assumed.
DescribeFlowLogsResponse describe_flow_logs(Session& session,
                                            const DescribeFlowLogsRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DeleteFlowLogs (documented); unknown ids are refused (observed), and
// then none is deleted (assumed).
DeleteFlowLogsResponse delete_flow_logs(Session& session, const DeleteFlowLogsRequest& request)
{
    const auto ids = parse_ids<FlowLogId>(request.flow_log_ids);
    if (ids.size() > kMostIds) {
        throw too_many_given(ids.size(), kMostIds, "flow log IDs");
    }
    stop_if_dry_run(request);
    std::vector<std::string> unknown;
    for (const auto& id : ids) {
        if (!find_own<kFlowLogList, &FlowLogRow::id>(session, id)) {
            unknown.push_back(id.text());
        }
    }
    if (!unknown.empty()) {
        throw logs_not_found(unknown);
    }
    for (const auto& id : ids) {
        delete_own<kFlowLogColumns>(session, id);
    }
    return {};
}

constexpr Operation kOperations[] = {
    write<create_flow_logs>(kCreateFlowLogs),
    read<describe_flow_logs>(kDescribeFlowLogs),
    write<delete_flow_logs>(kDeleteFlowLogs, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<FlowLogId, log_not_found>(kTaggableByOwner<kFlowLogColumns>),
};

}  // namespace

constinit const Family kFlowLogs{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
