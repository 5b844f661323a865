#include "server/services/ec2/instances/spot_requests.h"
#include "server/wire/ec2/instances/spot_requests.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <boost/algorithm/string/join.hpp>

#include "server/calls/idempotency.h"
#include "server/calls/request_values.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/common/page_rows.h"
#include "server/services/ec2/instances/launches.h"
#include "server/services/ec2/instances/spot_instances.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/parameters.h"
#include "server/wire/request.h"
#include "storage/metadata/network/security_group_rule_rows.h"
#include "storage/metadata/sql/transaction.h"

namespace amilab::ec2 {

namespace {

constexpr TimeMs kUsualValidityMs = 7 * kDayMs;

/// Source: code documented, text observed.
ApiError request_not_found(const SpotRequestId& id)
{
    return {"InvalidSpotInstanceRequestID.NotFound",
            fmt::format("The spot instance request ID '{}' does not exist", id.text())};
}

/// What a launch for the request would be asked.
RunInstancesRequest launch_request(const LaunchParameters& told)
{
    auto all = told;
    std::erase_if(all, [](const auto& one) {
        return one.path.starts_with("InstanceMarketOptions.") || one.path == "MinCount" ||
               one.path == "MaxCount" || one.path == "ClientToken" || one.path == "DryRun";
    });
    all.push_back({"MinCount", "1"});
    all.push_back({"MaxCount", "1"});
    const wire::Parameters named(all);
    return wire::parse_request<RunInstancesRequest>(named.root());
}

/// Id → name, of security groups.
using GroupNames = std::map<std::string, std::string>;

/// Of all groups that the requests name by their ids.
GroupNames group_names(Session& session, const std::vector<RunInstancesRequest>& requests)
{
    std::vector<std::string> ids;
    for (const auto& one : requests) {
        ids.insert(ids.end(), one.security_group_ids.begin(), one.security_group_ids.end());
    }
    GroupNames names;
    if (!ids.empty()) {
        for (auto& row : select_page<kSecurityGroupList>(
                 session.db(),
                 {.owner = session.account(), .region = session.region(), .ids = ids})) {
            names.emplace(row.id.text(), std::move(row.name));
        }
    }
    return names;
}

LaunchSpecification specification_answer(const RunInstancesRequest& from, const GroupNames& names)
{
    LaunchSpecification to;
    to.block_device_mappings = from.block_device_mappings;
    to.ebs_optimized = from.ebs_optimized;
    to.iam_instance_profile = from.iam_instance_profile;
    to.image_id = from.image_id;
    to.instance_type = from.instance_type;
    to.kernel_id = from.kernel_id;
    to.key_name = from.key_name;
    to.monitoring = from.monitoring.value_or(RunInstancesMonitoringEnabled{.enabled = false});
    to.network_interfaces = from.network_interfaces;
    if (from.placement) {
        to.placement = SpotPlacement{.availability_zone = from.placement->availability_zone,
                                     .availability_zone_id = from.placement->availability_zone_id,
                                     .group_name = from.placement->group_name,
                                     .tenancy = from.placement->tenancy};
    }
    to.ramdisk_id = from.ramdisk_id;
    for (const auto& id : from.security_group_ids) {
        const auto found = names.find(id);
        to.security_groups.push_back(
            {.group_id = id,
             .group_name = found == names.end() ? std::nullopt : std::optional(found->second)});
    }
    // Of a request from before names were kept as ids.
    for (const auto& name : from.security_groups) {
        to.security_groups.push_back({.group_id = {}, .group_name = name});
    }
    to.subnet_id = from.subnet_id;
    to.user_data = from.user_data;
    return to;
}

SpotInstanceRequest to_answer(const SpotRequestRow& row)
{
    SpotInstanceRequest answer;
    answer.availability_zone_group = row.zone_group;
    answer.create_time = Timestamp{row.create_time_ms};
    if (row.fault_code) {
        answer.fault = SpotInstanceStateFault{.code = row.fault_code, .message = row.fault_message};
    }
    if (row.instance_id) {
        answer.instance_id = row.instance_id->text();
    }
    answer.instance_interruption_behavior = text_of(row.interruption_behavior);
    answer.launch_group = row.launch_group;
    answer.launched_availability_zone = row.zone;
    answer.launched_availability_zone_id = row.zone_id;
    answer.product_description = row.product_description;
    answer.spot_instance_request_id = row.id.text();
    answer.spot_price = told_spot_price(row.spot_price);
    answer.state = text_of(row.state);
    answer.status = SpotInstanceStatus{.code = row.status_code,
                                       .message = row.status_message,
                                       .update_time = Timestamp{row.status_time_ms}};
    answer.type = text_of(row.type);
    answer.valid_from = time_of(row.valid_from_ms);
    answer.valid_until = time_of(row.valid_until_ms);
    return answer;
}

std::vector<SpotInstanceRequest> to_answers(Session& session, std::vector<SpotRequestRow>&& rows)
{
    const PageTags tags(session, ids_of(rows));
    const auto told = select_spot_request_parameters(session.db(), ids_of(rows));
    const auto request_of = [](const auto& row) -> const std::string& { return row.request_id; };
    std::vector<RunInstancesRequest> launches;
    for (const auto& row : rows) {
        LaunchParameters parameters;
        for (const auto& one : rows_of(told, row.id.text(), request_of)) {
            parameters.push_back({one.path, one.value});
        }
        launches.push_back(launch_request(parameters));
    }
    const auto names = group_names(session, launches);
    std::vector<SpotInstanceRequest> answers;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        answers.push_back(to_answer(rows[i]));
        answers.back().launch_specification = specification_answer(launches[i], names);
        answers.back().tags = tags.of(rows[i].id.text());
    }
    return answers;
}

constexpr auto require_request = &require_own<kSpotRequestList, SpotRequestId, request_not_found>;

// Requests

/// Source: after now, the end after the start (documented); codes and texts are assumed.
void check_times(const Session& session, const RequestSpotInstancesRequest& request)
{
    if (request.valid_from && request.valid_from->ms <= session.now_ms()) {
        throw invalid_parameter_value("ValidFrom must be after the current time.");
    }
    const auto from_ms = request.valid_from ? request.valid_from->ms : session.now_ms();
    if (request.valid_until && request.valid_until->ms <= from_ms) {
        throw invalid_parameter_value("ValidUntil must be after the current time and ValidFrom.");
    }
}

/// Source: the same as of RunInstances (assumed).
void check_behavior(const SpotRequestRow& row)
{
    if (row.type == SpotRequestType::kOneTime &&
        row.interruption_behavior != InterruptionBehavior::kTerminate) {
        throw behavior_of_persistent_requests();
    }
}

SpotRequestRow asked_row(const Session& session, const RequestSpotInstancesRequest& request)
{
    SpotRequestRow row{.status_code = "pending-evaluation",
                       .status_message =
                           "Your Spot request has been submitted for review, and is "
                           "pending evaluation.",
                       .status_time_ms = session.now_ms(),
                       .spot_price = request.spot_price.value_or("")};
    if (request.type) {
        row.type = *find_word<SpotRequestType>(*request.type);
    }
    if (request.instance_interruption_behavior) {
        row.interruption_behavior =
            *find_word<InterruptionBehavior>(*request.instance_interruption_behavior);
    }
    row.launch_group = request.launch_group;
    row.zone_group = request.availability_zone_group;
    if (request.valid_from) {
        row.valid_from_ms = request.valid_from->ms;
        row.status_code = "not-scheduled-yet";
        row.status_message = "Your Spot request will not be evaluated until the scheduled date.";
    }
    if (request.valid_until) {
        row.valid_until_ms = request.valid_until->ms;
    } else if (row.type == SpotRequestType::kOneTime) {
        row.valid_until_ms = row.valid_from_ms.value_or(session.now_ms()) + kUsualValidityMs;
    }
    check_behavior(row);
    return row;
}

/// The rows of a call before, as they are now.
std::vector<SpotRequestRow> made_rows(Session& session, const std::string& made)
{
    const auto ids = split(made, ',');
    return select_page<kSpotRequestList>(
        session.db(),
        {.owner = session.account(), .region = session.region(), .ids = {ids.begin(), ids.end()}});
}

void let_be_looked_at(Session& session, const SpotRequestRow& row)
{
    if (row.valid_from_ms) {
        session.schedule_at(*row.valid_from_ms, kSpotRequestLooked, row.id.text());
    } else {
        session.schedule(kSpotRequestOpen, kSpotRequestLooked, row.id.text());
    }
}

// Source: EC2 API Reference, RequestSpotInstances (documented): a request for each instance, which
// is looked at once it is there.
RequestSpotInstancesResponse request_spot_instances(Session& session,
                                                    const RequestSpotInstancesRequest& request)
{
    refuse_block_duration(request.block_duration_minutes);
    if (is_given(request.spot_price)) {
        check_spot_price(*request.spot_price);
    }
    check_times(session, request);
    SpotTerms terms{.row = asked_row(session, request),
                    .parameters = read_parameters(session.fingerprint(), "LaunchSpecification."),
                    .tags = parse_tags<SpotRequestId>(request.tag_specifications)};
    const auto launch = launch_request(terms.parameters);
    check_spot_launch(session, launch, terms.row);
    keep_group_ids(session, launch, terms.parameters);
    stop_if_dry_run(request);
    if (const auto made = made_before(session, request.kOperation, request.client_token)) {
        return {.spot_instance_requests = to_answers(session, made_rows(session, *made))};
    }
    std::vector<SpotRequestRow> rows;
    for (std::int64_t number = 0; number < request.instance_count.value_or(1); ++number) {
        insert_spot_request(session, terms);
        let_be_looked_at(session, terms.row);
        rows.push_back(terms.row);
    }
    remember_token(session, request.kOperation, request.client_token,
                   boost::algorithm::join(ids_of(rows), ","));
    return {.spot_instance_requests = to_answers(session, std::move(rows))};
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeSpotInstanceRequests,
    .ids = {.member = &DescribeSpotInstanceRequestsRequest::spot_instance_request_ids,
            .check = &check_ids<SpotRequestId>,
            .not_with_page = "SpotInstanceRequestIds",
            .before_filters = true,
            .require = &require_listed<kSpotRequestList, SpotRequestId, request_not_found>},
    .select = &select_page<kSpotRequestList>,
    .answers = &to_answers,
    .into = &DescribeSpotInstanceRequestsResponse::spot_instance_requests};

// Source: EC2 API Reference, DescribeSpotInstanceRequests (documented).
DescribeSpotInstanceRequestsResponse describe_spot_instance_requests(
    Session& session, const DescribeSpotInstanceRequestsRequest& request)
{
    return describe<kDescribe>(session, request);
}

void cancel(Session& session, SpotRequestRow row)
{
    if (row.state == SpotRequestState::kOpen) {
        set_spot_status(session, row, SpotRequestState::kCancelled, "canceled-before-fulfillment",
                        "Your Spot request was canceled before it was fulfilled.");
    } else if (row.state == SpotRequestState::kActive || row.state == SpotRequestState::kDisabled) {
        session.cancel_transitions(row.id.text());
        set_spot_status(session, row, SpotRequestState::kCancelled,
                        "request-canceled-and-instance-running",
                        "Your Spot request is canceled, but your instance is still running.");
    }
}

// Source: EC2 API Reference, CancelSpotInstanceRequests: instances go on (documented); requests
// that have ended are no error (assumed).
CancelSpotInstanceRequestsResponse cancel_spot_instance_requests(
    Session& session, const CancelSpotInstanceRequestsRequest& request)
{
    const auto ids = parse_ids<SpotRequestId>(request.spot_instance_request_ids);
    stop_if_dry_run(request);
    CancelSpotInstanceRequestsResponse answer;
    std::vector<SpotRequestRow> rows;
    for (const auto& id : ids) {
        rows.push_back(require_request(session, id));
    }
    for (auto& row : rows) {
        cancel(session, row);
        answer.cancelled_spot_instance_requests.push_back(
            {.spot_instance_request_id = row.id.text(),
             .state = std::string(text_of(SpotRequestState::kCancelled))});
    }
    return answer;
}

// What befalls requests.

/// Launches for the request, as its owner. Throws what a launch does, and leaves nothing then.
void launch_as_owner(Session& session, const SpotTerms& terms)
{
    const Caller owner{.account = terms.row.owner, .region = terms.row.region, .access_key = {}};
    const wire::Parameters parameters(terms.parameters);
    Session theirs(
        {session.services(), session.generation(), owner, parameters, session.request_id()},
        session.db(), session.ids());
    if (!session.may_wait()) {
        theirs.forbid_waiting();
    }
    Savepoint savepoint(session.db());
    launch_for_spot(theirs, launch_request(terms.parameters), terms);
    savepoint.keep();
    session.adopt(theirs);
}

void note_refusal(Session& session, SpotRequestRow& row, const ApiError& refusal)
{
    if (refusal.code == "SpotMaxPriceTooLow") {
        set_spot_status(session, row, SpotRequestState::kOpen, "price-too-low",
                        "Your Spot request price is lower than required Spot request fulfillment "
                        "price.");
        return;
    }
    row.fault_code = refusal.code;
    row.fault_message = refusal.what();
    set_spot_status(session, row, SpotRequestState::kFailed, "bad-parameters",
                    "Your Spot request failed due to bad parameters.");
}

void spot_request_looked(Session& session, const SpotRequestId& id)
{
    const auto row = select_spot_request(session.db(), id);
    if (!row || row->state != SpotRequestState::kOpen) {
        return;
    }
    SpotTerms terms{.row = *row};
    for (auto& one : select_spot_request_parameters(session.db(), {id.text()})) {
        terms.parameters.push_back({std::move(one.path), std::move(one.value)});
    }
    try {
        launch_as_owner(session, terms);
    } catch (const ApiError& refusal) {
        note_refusal(session, terms.row, refusal);
    }
}

void spot_request_expired(Session& session, const SpotRequestId& id)
{
    auto row = select_spot_request(session.db(), id);
    if (row && row->state == SpotRequestState::kOpen) {
        set_spot_status(session, *row, SpotRequestState::kClosed, "schedule-expired",
                        "Your Spot request expired because it was not fulfilled before the "
                        "specified date.");
    }
}

void spot_request_gone(Session& session, const SpotRequestId& id)
{
    delete_own<kSpotRequestColumns>(session, id);
}

constexpr Operation kOperations[] = {
    write<request_spot_instances>(kRequestSpotInstances),
    read<describe_spot_instance_requests>(kDescribeSpotInstanceRequests),
    write<cancel_spot_instance_requests>(kCancelSpotInstanceRequests),
};

constexpr ResourceKind kKinds[] = {
    kind<SpotRequestId, request_not_found>(kTaggableByOwner<kSpotRequestColumns>),
};

constexpr DueRow kDue[] = {
    when<spot_request_looked>(kSpotRequestLooked),
    when<spot_request_expired>(kSpotRequestExpired),
    when<spot_request_gone>(kSpotRequestGone),
};

constexpr Delay kDelays[] = {kSpotRequestOpen, kSpotRequestEnded};

}  // namespace

constinit const Family kSpotRequests{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
