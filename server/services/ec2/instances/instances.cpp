#include "server/services/ec2/instances/instances.h"

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/instance_answers.h"
#include "server/services/ec2/instances/instance_events.h"
#include "server/wire/ec2/instances/instances.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/instance_filters.h"
#include "storage/metadata/instances/instance_status_rows.h"

namespace amilab::ec2 {

void require_listed_instances(Session& session, const ListQuery& wanted)
{
    std::vector<InstanceId> missing;
    for (auto& id : missing_ids<kInstanceList>(session.db(), wanted)) {
        missing.push_back(InstanceId::trusted(std::move(id)));
    }
    if (!missing.empty()) {
        throw not_found(missing);
    }
}

InstanceId parse_one_instance_id(const std::string& text)
{
    if (!has_id_prefix(text, InstanceTag::kPrefix)) {
        throw invalid_value(text, "instanceId", "Expected: 'i-...'.");
    }
    return parse_id<InstanceId>(text);
}

InstanceRow require_instance(Session& session, const InstanceId& id)
{
    auto row = select_instance(session.db(), session.account(), session.region(), id);
    if (!row) {
        throw not_found(id);
    }
    return std::move(*row);
}

namespace {

void require_not_ending(const InstanceRow& row)
{
    if (row.state == InstanceStateName::kTerminated ||
        row.state == InstanceStateName::kShuttingDown) {
        throw cannot_be_modified(row.id, text_of(row.state));
    }
}

}  // namespace

InstanceRow require_modifiable_instance(Session& session, const InstanceId& id)
{
    auto row = require_instance(session, id);
    require_not_ending(row);
    return row;
}

void require_modifiable_instances(Session& session, const std::vector<InstanceId>& ids)
{
    const auto rows = select_page<kInstanceList>(
        session.db(),
        {.owner = session.account(), .region = session.region(), .ids = texts_of(ids)});
    for (const auto& id : ids) {
        const auto found = std::ranges::lower_bound(rows, id, {}, &InstanceRow::id);
        if (found == rows.end() || found->id != id) {
            throw not_found(id);
        }
        require_not_ending(*found);
    }
}

namespace {

void require_state(const InstanceRow& row, InstanceStateName state)
{
    if (row.state != state) {
        throw not_in_state(row.id, text_of(state));
    }
}

}  // namespace

void require_stopped(const InstanceRow& row)
{
    require_state(row, InstanceStateName::kStopped);
}

void require_running(const InstanceRow& row)
{
    require_state(row, InstanceStateName::kRunning);
}

namespace {

// Source: EC2 API Reference, DescribeInstanceStatus (documented).
constexpr std::size_t kMostStatusIds = 100;

/// Refuses a page of instances that are named, before what is wrong with the ids (assumed).
/// Source: "The parameter instancesSet cannot be used with the parameter maxResults" (observed).
template <class Request>
void refuse_page_of_named(const Request& request)
{
    refuse_page_with_ids(!request.instance_ids.empty(), request.max_results, "instancesSet");
}

/// The reachability check in the summary of instance, system or volumes.
template <class Summary, class Details>
Summary status_summary(const InstanceStatusRow& row)
{
    Summary summary;
    summary.status = text_of(row.status);
    if (row.reachability) {
        Details details;
        details.name = "reachability";
        details.status = text_of(row.reachability);
        summary.details.push_back(std::move(details));
    }
    return summary;
}

std::vector<InstanceStatus> status_answers(Session& session, std::vector<InstanceStatusRow>&& rows)
{
    const auto events = select_children<kEventsOfInstances>(session.db(), ids_of(rows));
    std::vector<InstanceStatus> answers;
    for (const auto& row : rows) {
        InstanceStatus answer;
        answer.availability_zone = row.zone;
        answer.availability_zone_id = row.zone_id;
        answer.instance_id = row.id.text();
        for (const auto& event :
             children_of(events, &InstanceEventRow::instance_id, row.id.text())) {
            answer.events.push_back(event_answer(event));
        }
        answer.instance_state = state_answer(row);
        answer.instance_status = status_summary<InstanceStatusSummary, InstanceStatusDetails>(row);
        answer.system_status = answer.instance_status;
        answer.attached_ebs_status = status_summary<EbsStatusSummary, EbsStatusDetails>(row);
        answer.operator_value = OperatorResponse{.managed = false};
        answers.push_back(std::move(answer));
    }
    return answers;
}

/// Source: instances that run, unless all are asked for (documented).
void choose_states(Session&, const DescribeInstanceStatusRequest& request, ListQuery& wanted)
{
    if (!request.include_all_instances.value_or(false)) {
        wanted.among.emplace_back("n.state",
                                  std::vector{std::string(text_of(InstanceStateName::kRunning))});
    }
}

const std::string& reservation_of(const InstanceRow& row)
{
    return row.reservation_id;
}

constexpr DescribeSpec kDescribe{.schema = kDescribeInstances,
                                 .ids = {.member = &DescribeInstancesRequest::instance_ids,
                                         .check = &check_ids<InstanceId>,
                                         .before_filters = true,
                                         .require = &require_listed_instances},
                                 .select = &select_page<kInstanceList>,
                                 .group = {.column = "n.reservation_id", .of = &reservation_of},
                                 .answers = &reservation_answers,
                                 .into = &DescribeInstancesResponse::reservations};

constexpr DescribeSpec kDescribeStatus{
    .schema = kDescribeInstanceStatus,
    .ids = {.member = &DescribeInstanceStatusRequest::instance_ids,
            .check = &check_ids<InstanceId>,
            .before_filters = true,
            .require = &require_listed_instances},
    .refine = &choose_states,
    .select = &select_page<kInstanceStatusList>,
    .answers = &status_answers,
    .into = &DescribeInstanceStatusResponse::instance_statuses};

}  // namespace

// Source: EC2 API Reference, DescribeInstances (documented); one unknown id fails the whole call
// (observed), pages are in the order of ids (assumed).
DescribeInstancesResponse describe_instances(Session& session,
                                             const DescribeInstancesRequest& request)
{
    refuse_page_of_named(request);
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DescribeInstanceStatus (documented).
DescribeInstanceStatusResponse describe_instance_status(
    Session& session, const DescribeInstanceStatusRequest& request)
{
    if (request.instance_ids.size() > kMostStatusIds) {
        throw too_many_given(request.instance_ids.size(), kMostStatusIds, "instance IDs");
    }
    refuse_page_of_named(request);
    return describe<kDescribeStatus>(session, request);
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_instances>(kDescribeInstances),
    read<describe_instance_status>(kDescribeInstanceStatus),
};

constexpr ResourceKind kKinds[] = {
    kind<InstanceId, not_found>(kTaggableByOwner<kInstanceColumns>),
};

}  // namespace

constinit const Family kInstances{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
