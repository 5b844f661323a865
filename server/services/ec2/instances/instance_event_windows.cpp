#include "server/services/ec2/instances/instance_event_windows.h"

#include <fmt/format.h>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/dedicated_hosts/dedicated_hosts.h"
#include "server/services/ec2/instances/event_window_times.h"
#include "server/services/ec2/instances/instances.h"
#include "server/wire/ec2/instances/instance_event_windows.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/instance_event_window_rows.h"
#include "storage/metadata/instances/instance_option_rows.h"

namespace amilab::ec2 {

namespace {

// Source: "You can create up to 200 event windows per Amazon Web Services Region" (documented).
constexpr std::int64_t kMostWindows = 200;
// Source: EC2 User Guide, "Considerations" of event windows (documented).
constexpr std::size_t kMostWindowInstances = 100;
constexpr std::size_t kMostWindowHosts = 50;
constexpr std::size_t kMostWindowTags = 50;
constexpr std::size_t kMostName = 128;

/// Source: assumed, as the code of malformed ids is.
ApiError window_unknown(const EventWindowId& id)
{
    return {"InvalidInstanceEventWindowID.NotFound",
            fmt::format("The instance event window '{}' does not exist.", id.text())};
}

EventWindowRow require_window(Session& session, const std::string& text)
{
    return require_own<kEventWindowList, EventWindowId, window_unknown>(
        session, parse_id<EventWindowId>(text));
}

std::vector<EventWindowRangeRow> ranges_of(
    const std::vector<InstanceEventWindowTimeRangeRequest>& wishes)
{
    std::vector<EventWindowRangeRow> ranges;
    for (const auto& wish : wishes) {
        if (!wish.start_week_day || !wish.start_hour || !wish.end_week_day || !wish.end_hour) {
            throw missing_parameter("StartWeekDay, StartHour, EndWeekDay and EndHour");
        }
        ranges.push_back({.position = static_cast<std::int64_t>(ranges.size()),
                          .start_week_day = *wish.start_week_day,
                          .start_hour = *wish.start_hour,
                          .end_week_day = *wish.end_week_day,
                          .end_hour = *wish.end_hour});
    }
    return ranges;
}

/// Throws unless the times that are said are possible ones. Source: ranges or an expression, not
/// both (documented).
template <class Request>
std::vector<EventWindowRangeRow> check_times(const Request& request)
{
    auto ranges = ranges_of(request.time_ranges);
    if (!ranges.empty() && request.cron_expression) {
        throw parameters_not_together("timeRanges", "cronExpression");
    }
    if (!ranges.empty()) {
        check_ranges(ranges);
    }
    if (request.cron_expression) {
        check_cron_expression(*request.cron_expression);
    }
    if (request.name) {
        check_ascii(*request.name, "name", kMostName);
    }
    return ranges;
}

void insert_ranges(Session& session, const EventWindowId& id,
                   std::vector<EventWindowRangeRow> ranges)
{
    for (auto& range : ranges) {
        range.window_id = id.text();
        insert_row<kEventWindowRangeColumns>(session.db(), range);
    }
}

// Answers.

InstanceEventWindowTimeRange range_answer(const EventWindowRangeRow& row)
{
    return {.end_hour = row.end_hour,
            .end_week_day = row.end_week_day,
            .start_hour = row.start_hour,
            .start_week_day = row.start_week_day};
}

/// Nothing when no target is associated.
std::optional<InstanceEventWindowAssociationTarget> target_answer(
    std::span<const EventWindowInstanceRow> instances, std::span<const EventWindowHostRow> hosts,
    std::span<const EventWindowTagRow> tags)
{
    if (instances.empty() && hosts.empty() && tags.empty()) {
        return std::nullopt;
    }
    InstanceEventWindowAssociationTarget target;
    for (const auto& host : hosts) {
        target.dedicated_host_ids.push_back(host.host_id);
    }
    for (const auto& instance : instances) {
        target.instance_ids.push_back(instance.instance_id);
    }
    for (const auto& tag : tags) {
        target.tags.push_back({.key = tag.key, .value = tag.value});
    }
    return target;
}

std::vector<InstanceEventWindow> to_answers(Session& session, std::vector<EventWindowRow>&& rows)
{
    const auto ids = ids_of(rows);
    const auto ranges = select_children<kEventWindowRanges>(session.db(), ids);
    const auto instances = select_children<kEventWindowInstances>(session.db(), ids);
    const auto hosts = select_children<kEventWindowHosts>(session.db(), ids);
    const auto target_tags = select_children<kEventWindowTags>(session.db(), ids);
    const PageTags tags(session, ids);
    std::vector<InstanceEventWindow> answers;
    for (auto& row : rows) {
        const auto& id = row.id.text();
        InstanceEventWindow answer;
        answer.association_target =
            target_answer(children_of(instances, &EventWindowInstanceRow::window_id, id),
                          children_of(hosts, &EventWindowHostRow::window_id, id),
                          children_of(target_tags, &EventWindowTagRow::window_id, id));
        answer.cron_expression = std::move(row.cron_expression);
        answer.instance_event_window_id = id;
        answer.name = std::move(row.name);
        answer.state = text_of(EventWindowState::kActive);
        answer.tags = tags.of(id);
        for (const auto& range : children_of(ranges, &EventWindowRangeRow::window_id, id)) {
            answer.time_ranges.push_back(range_answer(range));
        }
        answers.push_back(std::move(answer));
    }
    return answers;
}

InstanceEventWindow answer_of(Session& session, const EventWindowRow& row)
{
    return to_answers(session, {row}).front();
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeInstanceEventWindows,
    .ids = {.member = &DescribeInstanceEventWindowsRequest::instance_event_window_ids,
            .check = &check_ids<EventWindowId>,
            .not_with_page = "instanceEventWindowIdSet",
            .require = &require_listed<kEventWindowList, EventWindowId, window_unknown>},
    .select = &select_page<kEventWindowList>,
    .answers = &to_answers,
    .into = &DescribeInstanceEventWindowsResponse::instance_event_windows};

// Targets.

ApiError several_kinds_of_targets()
{
    return invalid_parameter_combination(
        "An event window is associated with one type of target alone.");
}

/// Throws unless one kind of target is named.
void check_target(const auto& target)
{
    const auto kinds = int{!target.instance_ids.empty()} + int{!target.instance_tags.empty()} +
                       int{!target.dedicated_host_ids.empty()};
    if (kinds != 1) {
        throw kinds == 0 ? missing_parameter("AssociationTarget") : several_kinds_of_targets();
    }
    parse_ids<InstanceId>(target.instance_ids);
    parse_ids<DedicatedHostId>(target.dedicated_host_ids);
    read_tags(target.instance_tags);
}

/// Source: an instance on a Dedicated Host is associated by that (documented), the refusal is
/// assumed.
void require_no_host(Session& session, const InstanceId& id)
{
    if (select_instance_options(session.db(), id).host_id) {
        throw invalid_value(id.text(), "instanceId",
                            "The instance is on a Dedicated Host; specify the ID of that.");
    }
}

/// Source: an instance has one window at most (documented); the refusal is assumed.
void associate_instances(Session& session, const EventWindowRow& row,
                         const std::vector<std::string>& instances)
{
    for (const auto& id : parse_ids<InstanceId>(instances)) {
        require_modifiable_instance(session, id);
        require_no_host(session, id);
        delete_event_window_instance(session.db(), row.id, id.text());
        if (!insert_unless_there<kEventWindowInstanceColumns>(
                session.db(), {.window_id = row.id.text(), .instance_id = id.text()})) {
            throw invalid_value(id.text(), "instanceId",
                                "The instance is associated with another event window.");
        }
    }
}

/// Source: a host has one window at most (documented); the refusal is assumed.
void associate_hosts(Session& session, const EventWindowRow& row,
                     const std::vector<std::string>& hosts)
{
    for (const auto& id : parse_ids<DedicatedHostId>(hosts)) {
        require_dedicated_host(session, id);
        delete_event_window_host(session.db(), row.id, id.text());
        if (!insert_unless_there<kEventWindowHostColumns>(
                session.db(), {.window_id = row.id.text(), .host_id = id.text()})) {
            throw invalid_value(id.text(), "dedicatedHostId",
                                "The host is associated with another event window.");
        }
    }
}

void associate_tags(Session& session, const EventWindowRow& row, const std::vector<Tag>& tags)
{
    for (const auto& tag : read_tags(tags)) {
        put_row<kEventWindowTagColumns>(
            session.db(), {.window_id = row.id.text(), .key = tag.key, .value = tag.value});
    }
}

/// Throws when a window has targets of two kinds, or too many.
void check_targets_of(const InstanceEventWindow& window)
{
    if (!window.association_target) {
        return;
    }
    const auto& target = *window.association_target;
    if (int{!target.instance_ids.empty()} + int{!target.tags.empty()} +
            int{!target.dedicated_host_ids.empty()} >
        1) {
        throw several_kinds_of_targets();
    }
    if (target.instance_ids.size() > kMostWindowInstances) {
        throw too_many_given(target.instance_ids.size(), kMostWindowInstances, "instance IDs");
    }
    if (target.dedicated_host_ids.size() > kMostWindowHosts) {
        throw too_many_given(target.dedicated_host_ids.size(), kMostWindowHosts,
                             "Dedicated Host IDs");
    }
    if (target.tags.size() > kMostWindowTags) {
        throw too_many_given(target.tags.size(), kMostWindowTags, "tags");
    }
}

}  // namespace

// Source: EC2 API Reference, CreateInstanceEventWindow (documented): the answer says "creating"
// (observed in its example), the next call "active".
CreateInstanceEventWindowResponse create_instance_event_window(
    Session& session, const CreateInstanceEventWindowRequest& request)
{
    const auto ranges = check_times(request);
    const auto tags = parse_tags<EventWindowId>(request.tag_specifications);
    if (ranges.empty() && !request.cron_expression) {
        throw missing_parameter("TimeRange or CronExpression");
    }
    stop_if_dry_run(request);
    EventWindowRow row{.name = request.name, .cron_expression = request.cron_expression};
    insert_own<kEventWindowColumns>(session, row, tags);
    if (count_own<kEventWindowList>(session) > kMostWindows) {
        throw too_many_in_region("InstanceEventWindowLimitExceeded", kMostWindows,
                                 "instance event windows");
    }
    insert_ranges(session, row.id, ranges);
    auto answer = answer_of(session, row);
    answer.state = text_of(EventWindowState::kCreating);
    return {.instance_event_window = std::move(answer)};
}

// Source: EC2 API Reference, ModifyInstanceEventWindow (documented): what is said takes the place
// of what was, ranges that of an expression too.
ModifyInstanceEventWindowResponse modify_instance_event_window(
    Session& session, const ModifyInstanceEventWindowRequest& request)
{
    const auto ranges = check_times(request);
    if (ranges.empty() && !request.cron_expression && !request.name) {
        throw missing_parameter("Name, TimeRange or CronExpression");
    }
    stop_if_dry_run(request);
    auto row = require_window(session, request.instance_event_window_id);
    row.name = request.name ? request.name : row.name;
    if (!ranges.empty() || request.cron_expression) {
        row.cron_expression = request.cron_expression;
        delete_event_window_ranges(session.db(), row.id);
        insert_ranges(session, row.id, ranges);
    }
    set_event_window(session.db(), row);
    return {.instance_event_window = answer_of(session, row)};
}

// Source: EC2 API Reference, DeleteInstanceEventWindow: one with targets has to be forced
// (documented), the refusal is assumed; it is gone at once, the answer says "deleting" (observed).
DeleteInstanceEventWindowResponse delete_instance_event_window(
    Session& session, const DeleteInstanceEventWindowRequest& request)
{
    parse_id<EventWindowId>(request.instance_event_window_id);
    stop_if_dry_run(request);
    const auto row = require_window(session, request.instance_event_window_id);
    if (!request.force_delete.value_or(false) &&
        answer_of(session, row).association_target.has_value()) {
        throw ApiError("DependencyViolation",
                       fmt::format("The instance event window '{}' has targets.", row.id.text()));
    }
    delete_own<kEventWindowColumns>(session, row.id);
    return {.instance_event_window_state = InstanceEventWindowStateChange{
                .instance_event_window_id = row.id.text(),
                .state = std::string(text_of(EventWindowState::kDeleting))}};
}

// Source: EC2 API Reference, DescribeInstanceEventWindows (documented).
DescribeInstanceEventWindowsResponse describe_instance_event_windows(
    Session& session, const DescribeInstanceEventWindowsRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, AssociateInstanceEventWindow: one type of target (documented).
AssociateInstanceEventWindowResponse associate_instance_event_window(
    Session& session, const AssociateInstanceEventWindowRequest& request)
{
    const auto& target = request.association_target;
    check_target(target);
    stop_if_dry_run(request);
    const auto row = require_window(session, request.instance_event_window_id);
    associate_instances(session, row, target.instance_ids);
    associate_hosts(session, row, target.dedicated_host_ids);
    associate_tags(session, row, target.instance_tags);
    auto answer = answer_of(session, row);
    check_targets_of(answer);
    return {.instance_event_window = std::move(answer)};
}

// Source: EC2 API Reference, DisassociateInstanceEventWindow (documented); what is not associated
// is no error (assumed).
DisassociateInstanceEventWindowResponse disassociate_instance_event_window(
    Session& session, const DisassociateInstanceEventWindowRequest& request)
{
    const auto& target = request.association_target;
    check_target(target);
    stop_if_dry_run(request);
    const auto row = require_window(session, request.instance_event_window_id);
    for (const auto& instance : target.instance_ids) {
        delete_event_window_instance(session.db(), row.id, instance);
    }
    for (const auto& host : target.dedicated_host_ids) {
        delete_event_window_host(session.db(), row.id, host);
    }
    for (const auto& tag : read_tags(target.instance_tags)) {
        delete_event_window_tag(session.db(), row.id, tag.key, tag.value);
    }
    return {.instance_event_window = answer_of(session, row)};
}

namespace {

constexpr Operation kOperations[] = {
    write<create_instance_event_window>(kCreateInstanceEventWindow),
    write<modify_instance_event_window>(kModifyInstanceEventWindow),
    write<delete_instance_event_window>(kDeleteInstanceEventWindow, {.frees_space = true}),
    read<describe_instance_event_windows>(kDescribeInstanceEventWindows),
    write<associate_instance_event_window>(kAssociateInstanceEventWindow),
    write<disassociate_instance_event_window>(kDisassociateInstanceEventWindow),
};

constexpr ResourceKind kKinds[] = {
    kind<EventWindowId, window_unknown>(kTaggableByOwner<kEventWindowColumns>)};

}  // namespace

constinit const Family kInstanceEventWindows{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
