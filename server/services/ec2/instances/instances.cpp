#include "server/services/ec2/instances/instances.h"

#include <algorithm>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/instance_answers.h"
#include "server/wire/ec2/instances/instances.h"
#include "server/wire/ec2/schema.h"

namespace amilab::ec2 {

namespace {

// Source: EC2 API Reference, DescribeInstanceStatus (documented).
constexpr std::size_t kMostStatusIds = 100;

/// Throws for ids of instances that are not there. Instances that a filter left out are no error.
/// `found` is in the order of ids.
void require_all_exist(Session& session, const std::vector<InstanceId>& ids,
                       const std::vector<InstanceRow>& found)
{
    std::vector<InstanceId> missing;
    for (const auto& id : ids) {
        const auto at = std::lower_bound(
            found.begin(), found.end(), id,
            [](const InstanceRow& row, const InstanceId& one) { return row.id < one; });
        const bool is_found = at != found.end() && at->id == id;
        if (!is_found && !instance_exists(session.db(), session.account(), session.region(), id)) {
            missing.push_back(id);
        }
    }
    if (!missing.empty()) {
        throw not_found(missing);
    }
}

/// The instances that a Describe call is about, and the token of the page behind them.
struct Found {
    std::vector<InstanceRow> rows;
    std::optional<std::string> next_token;
};

template <class Request>
Found find_instances(Session& session, const Request& request,
                     const wire::OperationSchema& operation, InstanceFilters filters_of,
                     InstanceStates states)
{
    // Source: "The parameter instancesSet cannot be used with the parameter maxResults" (observed).
    refuse_page_with_ids(!request.instance_ids.empty(), request.max_results, "instancesSet");
    const auto ids = parse_ids<InstanceId>(request.instance_ids);
    const auto filters = parse_filters(operation, request.filters);
    const auto page = parse_page(session, request.max_results, request.next_token);
    stop_if_dry_run(request);
    Found found;
    found.rows = select_instances(session.db(), {.owner = session.account(),
                                                 .region = session.region(),
                                                 .ids = ids,
                                                 .filters_of = filters_of,
                                                 .filters = filters,
                                                 .states = states,
                                                 .after = page.after,
                                                 .limit = page.sql_limit()});
    require_all_exist(session, ids, found.rows);
    found.next_token = cut_page(page, found.rows, [](const auto& row) { return row.id.text(); });
    return found;
}

/// Source: EC2 User Guide, "Status checks" (documented). Checks pass when the delay
/// instance.initializing is over: there is no machine that could fail them.
InstanceStatusSummary status_summary(const InstanceRow& row)
{
    if (row.state == "running" || row.state == "pending") {
        const bool passed = row.state == "running" && !row.initializing;
        InstanceStatusDetails details;
        details.name = "reachability";
        details.status = passed ? "passed" : "initializing";
        return {.details = {std::move(details)}, .status = passed ? "ok" : "initializing"};
    }
    return {.details = {}, .status = "not-applicable"};
}

EbsStatusSummary ebs_status_summary(const InstanceStatusSummary& summary)
{
    EbsStatusSummary ebs;
    ebs.status = summary.status;
    for (const auto& one : summary.details) {
        EbsStatusDetails details;
        details.name = one.name;
        details.status = one.status;
        ebs.details.push_back(std::move(details));
    }
    return ebs;
}

InstanceStatus status_answer(const InstanceRow& row)
{
    InstanceStatus answer;
    answer.availability_zone = row.zone;
    answer.availability_zone_id = row.zone_id;
    answer.instance_id = row.id.text();
    answer.instance_state = state_answer(row.state);
    answer.instance_status = status_summary(row);
    answer.system_status = answer.instance_status;
    answer.attached_ebs_status = ebs_status_summary(*answer.instance_status);
    answer.operator_value = OperatorResponse{.managed = false};
    return answer;
}

}  // namespace

// Source: EC2 API Reference, DescribeInstances (documented); one unknown id fails the whole call
// (observed), pages are in the order of ids (assumed).
DescribeInstancesResponse describe_instances(Session& session,
                                             const DescribeInstancesRequest& request)
{
    auto found = find_instances(session, request, kDescribeInstances, InstanceFilters::kInstances,
                                InstanceStates::kAll);
    return {.next_token = std::move(found.next_token),
            .reservations = reservation_answers(session, found.rows)};
}

// Source: EC2 API Reference, DescribeInstanceStatus (documented).
DescribeInstanceStatusResponse describe_instance_status(
    Session& session, const DescribeInstanceStatusRequest& request)
{
    if (request.instance_ids.size() > kMostStatusIds) {
        throw too_many_ids(request.instance_ids.size(), kMostStatusIds);
    }
    auto found =
        find_instances(session, request, kDescribeInstanceStatus, InstanceFilters::kStatuses,
                       request.include_all_instances.value_or(false) ? InstanceStates::kAll
                                                                     : InstanceStates::kRunning);
    DescribeInstanceStatusResponse response;
    response.next_token = std::move(found.next_token);
    for (const auto& row : found.rows) {
        response.instance_statuses.push_back(status_answer(row));
    }
    return response;
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_instances>(kDescribeInstances),
    read<describe_instance_status>(kDescribeInstanceStatus),
};

constexpr ResourceKind kKinds[] = {
    kind<InstanceId, not_found>("instance", kTaggableInstance),
    kind<NetworkInterfaceId, not_found>("network-interface", kTaggableNetworkInterface),
};

}  // namespace

constinit const Family kInstances{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
