#include "server/services/ec2/instances/instances.h"

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/instance_answers.h"
#include "server/wire/ec2/instances/instances.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/instance_filters.h"
#include "storage/metadata/instances/instance_status_rows.h"
#include "storage/metadata/network/network_ids.h"

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

std::vector<InstanceStatus> status_answers(Session&, std::vector<InstanceStatusRow>&& rows)
{
    std::vector<InstanceStatus> answers;
    for (const auto& row : rows) {
        InstanceStatus answer;
        answer.availability_zone = row.zone;
        answer.availability_zone_id = row.zone_id;
        answer.instance_id = row.id.text();
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
        throw too_many_ids(request.instance_ids.size(), kMostStatusIds);
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
    kind<NetworkInterfaceId, not_found>(kTaggableNetworkInterface),
};

}  // namespace

constinit const Family kInstances{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
