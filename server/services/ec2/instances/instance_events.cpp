#include "server/services/ec2/instances/instance_events.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/instances/instance_states.h"
#include "server/services/ec2/instances/instances.h"
#include "server/wire/ec2/instances/instance_events.h"
#include "server/wire/ec2/schema.h"

namespace amilab::ec2 {

namespace {

// Source: "it can still be described for up to a week" (documented).
constexpr TimeMs kKeptMs = 7 * kDayMs;
// Source: EC2 User Guide, "Reschedule a scheduled event": at least 60 minutes from now
// (documented).
constexpr TimeMs kSoonestMs = kHourMs;
// Source: EC2 User Guide, "Customize scheduled event notifications": ten tag keys (documented).
constexpr std::size_t kMostTagKeys = 10;
// An account that wants all tags has this row.
constexpr std::string_view kAllTags;

/// The caller's event of the instance. Throws when there is none (code and text assumed).
InstanceEventRow require_event(Session& session, const InstanceRow& instance, const std::string& id)
{
    auto row = select_instance_event(session.db(), InstanceEventId::trusted(id));
    if (!row || row->instance_id != instance.id.text()) {
        throw invalid_value(id, "instanceEventId", "The instance has no such event.");
    }
    return std::move(*row);
}

/// Source: only events with a deadline, not later than that, and in an hour at the soonest
/// (documented); codes and texts are assumed.
void check_new_start(const Session& session, const InstanceEventRow& row, TimeMs start_ms)
{
    if (row.is_completed || !row.not_before_deadline_ms) {
        throw unsupported(fmt::format("The event {} cannot be rescheduled.", row.id.text()));
    }
    if (start_ms < session.now_ms() + kSoonestMs || start_ms > *row.not_before_deadline_ms) {
        throw invalid_parameter_value(
            "The new start must be 60 minutes from now at least, and not after the deadline of the "
            "event.");
    }
}

// Tags of notifications.

InstanceTagNotificationAttribute tags_answer(Session& session)
{
    InstanceTagNotificationAttribute answer;
    answer.include_all_tags_of_instance = false;
    for (auto& row : select_event_tag_keys(session.db(), session.account(), session.region())) {
        if (row.key == kAllTags) {
            answer.include_all_tags_of_instance = true;
        } else {
            answer.instance_tag_keys.push_back(std::move(row.key));
        }
    }
    return answer;
}

EventTagKeyRow own_key(const Session& session, std::string_view key)
{
    return {.owner = session.account(), .region = session.region(), .key = std::string(key)};
}

/// Throws unless the request says which keys it means.
void check_tag_keys(bool is_all_said, const std::vector<std::string>& keys)
{
    if (!is_all_said && keys.empty()) {
        throw missing_parameter("IncludeAllTagsOfInstance or InstanceTagKeys");
    }
    if (is_all_said && !keys.empty()) {
        throw parameters_not_together("includeAllTagsOfInstance", "instanceTagKeys");
    }
    if (std::ranges::find(keys, kAllTags) != keys.end()) {
        throw invalid_value("", "instanceTagKeys", "A tag key is empty.");
    }
}

}  // namespace

InstanceEventRow schedule_event(Session& session, InstanceEventRow row)
{
    row.id = session.next_id<InstanceEventId>();
    insert_row<kInstanceEventColumns>(session.db(), row);
    session.schedule_at(row.not_before_ms, kInstanceEventDue, row.id.text());
    return row;
}

InstanceStatusEvent event_answer(const InstanceEventRow& row)
{
    InstanceStatusEvent answer;
    answer.code = row.code;
    answer.description = row.shown_description;
    answer.instance_event_id = row.id.text();
    answer.not_before = Timestamp{row.not_before_ms};
    answer.not_after = time_of(row.not_after_ms);
    answer.not_before_deadline = time_of(row.not_before_deadline_ms);
    return answer;
}

/// Source: EC2 User Guide, "Scheduled events for your instances" (documented): what each code does
/// to an instance that runs; a retired one is stopped, since its root device is a volume.
void instance_event_due(Session& session, const InstanceEventId& id)
{
    const auto row = select_instance_event(session.db(), id);
    if (!row || row->is_completed) {
        return;
    }
    const auto instance = InstanceId::trusted(row->instance_id);
    const bool reboots = row->code == InstanceEventCode::kInstanceReboot ||
                         row->code == InstanceEventCode::kSystemReboot;
    const bool stops = row->code == InstanceEventCode::kInstanceRetirement ||
                       row->code == InstanceEventCode::kInstanceStop;
    if (reboots && row->instance_state == InstanceStateName::kRunning) {
        reboot_instance(session, instance);
    }
    if (stops) {
        stop_as_scheduled(session, instance);
    }
    complete_instance_event(session.db(), id);
    session.schedule_at(session.now_ms() + kKeptMs, kInstanceEventForgotten, id.text());
}

void instance_event_forgotten(Session& session, const InstanceEventId& id)
{
    delete_row<kInstanceEventColumns>(session.db(), id);
}

// Source: EC2 API Reference, ModifyInstanceEventStartTime (documented).
ModifyInstanceEventStartTimeResponse modify_instance_event_start_time(
    Session& session, const ModifyInstanceEventStartTimeRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    stop_if_dry_run(request);
    const auto instance = require_instance(session, id);
    auto row = require_event(session, instance, request.instance_event_id);
    check_new_start(session, row, request.not_before.ms);
    row.not_before_ms = request.not_before.ms;
    set_event_start(session.db(), row.id, row.not_before_ms);
    session.cancel_transitions(row.id.text());
    session.schedule_at(row.not_before_ms, kInstanceEventDue, row.id.text());
    return {.event = event_answer(row)};
}

// Source: EC2 API Reference, ReportInstanceStatus: of instances that run; it changes nothing that
// is told (documented).
ReportInstanceStatusResponse report_instance_status(Session& session,
                                                    const ReportInstanceStatusRequest& request)
{
    const auto ids = parse_ids<InstanceId>(request.instances);
    if (request.start_time && request.end_time && request.end_time->ms < request.start_time->ms) {
        throw invalid_parameter_value("The end time is before the start time.");
    }
    stop_if_dry_run(request);
    for (const auto& id : ids) {
        require_running(require_instance(session, id));
    }
    return {};
}

// Source: EC2 API Reference, RegisterInstanceEventNotificationAttributes and its siblings
// (documented); nobody is notified here.
RegisterInstanceEventNotificationAttributesResponse register_instance_event_notification_attributes(
    Session& session, const RegisterInstanceEventNotificationAttributesRequest& request)
{
    const auto& wish = request.instance_tag_attribute;
    check_tag_keys(wish.include_all_tags_of_instance.value_or(false), wish.instance_tag_keys);
    stop_if_dry_run(request);
    if (wish.include_all_tags_of_instance.value_or(false)) {
        put_row<kEventTagKeyColumns>(session.db(), own_key(session, kAllTags));
    }
    for (const auto& key : wish.instance_tag_keys) {
        put_row<kEventTagKeyColumns>(session.db(), own_key(session, key));
    }
    auto answer = tags_answer(session);
    if (answer.instance_tag_keys.size() > kMostTagKeys) {
        throw too_many_given(answer.instance_tag_keys.size(), kMostTagKeys, "tag keys");
    }
    return {.instance_tag_attribute = std::move(answer)};
}

// Source: whatever IncludeAllTagsOfInstance says, all go (documented: false; true in the example of
// the AWS CLI's help).
DeregisterInstanceEventNotificationAttributesResponse
deregister_instance_event_notification_attributes(
    Session& session, const DeregisterInstanceEventNotificationAttributesRequest& request)
{
    const auto& wish = request.instance_tag_attribute;
    check_tag_keys(wish.include_all_tags_of_instance.has_value(), wish.instance_tag_keys);
    stop_if_dry_run(request);
    if (wish.include_all_tags_of_instance) {
        delete_event_tag_keys(session.db(), session.account(), session.region());
    }
    for (const auto& key : wish.instance_tag_keys) {
        delete_event_tag_key(session.db(), own_key(session, key));
    }
    return {.instance_tag_attribute = tags_answer(session)};
}

DescribeInstanceEventNotificationAttributesResponse describe_instance_event_notification_attributes(
    Session& session, const DescribeInstanceEventNotificationAttributesRequest& request)
{
    stop_if_dry_run(request);
    return {.instance_tag_attribute = tags_answer(session)};
}

namespace {

constexpr Operation kOperations[] = {
    write<modify_instance_event_start_time>(kModifyInstanceEventStartTime),
    read<report_instance_status>(kReportInstanceStatus),
    write<register_instance_event_notification_attributes>(
        kRegisterInstanceEventNotificationAttributes),
    write<deregister_instance_event_notification_attributes>(
        kDeregisterInstanceEventNotificationAttributes),
    read<describe_instance_event_notification_attributes>(
        kDescribeInstanceEventNotificationAttributes),
};

constexpr DueRow kDue[] = {
    when<instance_event_due>(kInstanceEventDue),
    when<instance_event_forgotten>(kInstanceEventForgotten),
};

}  // namespace

constinit const Family kInstanceEvents{.operations = kOperations, .due = kDue};

}  // namespace amilab::ec2
