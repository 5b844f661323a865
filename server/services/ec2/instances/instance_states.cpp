#include "server/services/ec2/instances/instance_states.h"
#include "server/wire/ec2/instances/instance_states.h"
#include "server/wire/ec2/schema.h"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "server/calls/idempotency.h"
#include "server/compute/machines.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/product_codes.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/host_placement.h"
#include "server/services/ec2/instances/instance_answers.h"
#include "server/services/ec2/instances/instances.h"
#include "server/services/ec2/instances/reserved_capacity.h"
#include "server/services/ec2/instances/root_volumes.h"
#include "server/services/ec2/instances/spot_instances.h"
#include "server/services/ec2/instances/vcpu_quotas.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "server/services/ec2/volumes/attachments.h"
#include "server/services/ec2/volumes/volumes.h"
#include "storage/base/lists.h"
#include "storage/base/units.h"
#include "storage/metadata/calls/client_token_rows.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instances/instance_filters.h"
#include "storage/metadata/instances/instance_option_rows.h"
#include "storage/metadata/network/interface_address_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab::ec2 {

namespace {

// Source: EC2 API Reference, TerminateInstances (documented).
constexpr std::size_t kMostTerminated = 1000;

/// Each once, in the order of the request. Source: the refusal of none is observed of
/// TerminateInstances.
std::vector<InstanceId> parse_instance_ids(const std::vector<std::string>& texts)
{
    if (texts.empty()) {
        throw invalid_parameter_combination("No instances specified");
    }
    return parse_ids<InstanceId>(each_once(texts));
}

/// The instances that are there, in the order of `ids`.
std::vector<InstanceRow> select_in_order(Session& session, const std::vector<InstanceId>& ids)
{
    auto found = select_page<kInstanceList>(
        session.db(),
        {.owner = session.account(), .region = session.region(), .ids = texts_of(ids)});
    std::vector<InstanceRow> rows;
    for (const auto& id : ids) {
        const auto at = std::lower_bound(
            found.begin(), found.end(), id,
            [](const InstanceRow& row, const InstanceId& one) { return row.id < one; });
        if (at != found.end() && at->id == id) {
            rows.push_back(*at);
        }
    }
    return rows;
}

/// The instances, in the order of `ids`. Throws, naming all that are missing.
std::vector<InstanceRow> require_instances(Session& session, const std::vector<InstanceId>& ids)
{
    auto rows = select_in_order(session, ids);
    if (rows.size() < ids.size()) {
        require_listed_instances(
            session,
            {.owner = session.account(), .region = session.region(), .ids = texts_of(ids)});
    }
    return rows;
}

/// What a call has changed, from the rows before to the instances now.
std::vector<InstanceStateChange> state_changes(Session& session, const std::vector<InstanceId>& ids,
                                               const std::vector<InstanceRow>& before)
{
    const auto now = select_in_order(session, ids);
    std::vector<InstanceStateChange> changes;
    for (std::size_t i = 0; i < now.size(); ++i) {
        changes.push_back({.current_state = state_answer(now[i]),
                           .instance_id = now[i].id.text(),
                           .previous_state = state_answer(before[i])});
    }
    return changes;
}

/// Source: "User initiated (2016-11-16 06:52:13 GMT)" (observed).
std::string user_initiated(TimeMs now_ms)
{
    constexpr TimeMs kSecond = 1000;
    return fmt::format("User initiated ({:%Y-%m-%d %H:%M:%S} GMT)", fmt::gmtime(now_ms / kSecond));
}

/// Source: EC2 API Reference, StateReason (documented).
InstanceStateRow user_shutdown(const Session& session, InstanceStateName state)
{
    return {.state = state,
            .reason_code = "Client.UserInitiatedShutdown",
            .reason_message = "Client.UserInitiatedShutdown: User initiated shutdown",
            .transition_reason = user_initiated(session.now_ms()),
            .time_ms = session.now_ms()};
}

/// Source: EC2 API Reference, StateReason (documented).
InstanceStateRow user_hibernate(const Session& session)
{
    auto row = user_shutdown(session, InstanceStateName::kStopping);
    row.reason_code = "Client.UserInitiatedHibernate";
    row.reason_message = "Client.UserInitiatedHibernate: User initiated hibernate";
    return row;
}

void require_set_up_to_hibernate(Session& session, const std::vector<InstanceId>& ids)
{
    auto options = select_instance_options(session.db(), texts_of(ids));
    std::erase_if(options, [](const auto& row) { return !row.hibernation; });
    std::vector<InstanceId> others;
    std::ranges::copy_if(ids, std::back_inserter(others), [&](const InstanceId& id) {
        return !std::ranges::binary_search(options, id, {}, &InstanceOptionRow::instance_id);
    });
    if (!others.empty()) {
        throw not_set_up_to_hibernate(others);
    }
}

/// A shutdown that the caller asks not to wait for is over at once.
enum class Pace { kUsual, kAtOnce };

template <class Request>
Pace pace_of(const Request& request)
{
    return request.force.value_or(false) || request.skip_os_shutdown.value_or(false) ? Pace::kAtOnce
                                                                                     : Pace::kUsual;
}

/// `row` is of before, `state` the one that it passes now. The machine that is not asked to stop is
/// cut off when that state is over.
void shut_down(Session& session, const InstanceRow& row, const Delay& state, const Due& end,
               Pace pace)
{
    session.cancel_transitions(row.id.text());
    if (pace == Pace::kAtOnce) {
        session.schedule_at(session.now_ms(), end, row.id.text());
        return;
    }
    if (row.state == InstanceStateName::kRunning || row.state == InstanceStateName::kPending) {
        tell_machines(session, &Machines::stop, row.id);
    }
    schedule_end_of(session, state, end, row.id);
}

bool is_ending(const InstanceRow& row)
{
    return row.state == InstanceStateName::kShuttingDown ||
           row.state == InstanceStateName::kTerminated;
}

/// Source: observed.
void require_root(Session& session, const InstanceRow& row)
{
    const auto attachments = select_attachments_of(session.db(), row.id);
    const bool has_root =
        std::any_of(attachments.begin(), attachments.end(),
                    [&](const AttachmentRow& one) { return one.device == row.root_device_name; });
    if (!has_root) {
        throw root_is_not_attached(row.id, row.root_device_name.value_or(""));
    }
}

void require_startable(const InstanceRow& row)
{
    if (row.root_device_type != RootDeviceType::kEbs) {
        throw root_is_not_ebs(row.id, "started");
    }
    if (row.state == InstanceStateName::kStopping || is_ending(row)) {
        throw cannot_be_started(row.id);
    }
}

void require_stoppable(const InstanceRow& row)
{
    if (is_ending(row)) {
        throw cannot_be_stopped(row.id);
    }
    if (row.state == InstanceStateName::kPending) {
        throw never_ran(row.id);
    }
    if (row.root_device_type != RootDeviceType::kEbs) {
        throw root_is_not_ebs(row.id, "stopped");
    }
    if (row.disable_api_stop && row.state == InstanceStateName::kRunning) {
        throw protected_instance(row.id, "stopped", "disableApiStop");
    }
}

/// Source: an instance has another public address after each start, unless it has several
/// interfaces (documented).
void renew_public_address(Session& session, const InstanceId& id)
{
    const auto interfaces = select_interfaces_of(session.db(), {id.text()});
    if (interfaces.size() == 1 && interfaces.front().associate_public_ip) {
        set_public_address(session.db(), interfaces.front().id, new_public_address(session));
    }
}

/// Source: on its host, or in a reservation, if it has to be (documented).
void find_room(Session& session, const InstanceRow& row)
{
    auto options = select_instance_options(session.db(), row.id);
    const auto before = options;
    leave_full_host(session, options, row.instance_type);
    within_hosts(session, options, row.instance_type, row.zone, 1, 1);
    take_host(session, options, row.instance_type, row.zone);
    const auto needs = needs_of(row, options);
    within_reservation(session, options, needs, 1, 1);
    take_reserved_capacity(session, options, needs);
    if (options != before) {
        put_instance_options(session.db(), options);
    }
}

void start(Session& session, const InstanceRow& row)
{
    set_instance_state(session.db(), row.id,
                       {.state = InstanceStateName::kPending, .time_ms = session.now_ms()});
    set_instance<&InstanceRow::launch_time_ms>(session.db(), row.id,
                                               whole_seconds(session.now_ms()));
    renew_public_address(session, row.id);
    spot_instance_started(session, row.id);
    find_room(session, row);
    tell_machines(session, &Machines::start, row.id);
    schedule_end_of(session, kInstancePending, kInstanceRunning, row.id);
}

/// Status checks have to pass; without a delay they do at once.
void begin_checks(Session& session, const InstanceId& id)
{
    if (machines_of(session).lasts_ms(session, kInstanceInitializing) > 0) {
        session.cancel_transitions(id.text());
        set_instance<&InstanceRow::initializing>(session.db(), id, true);
        schedule_end_of(session, kInstanceInitializing, kInstanceInitialized, id);
    }
}

/// The attribute that protects the instance from being terminated; empty when none does. Source:
/// both do (documented), the one against termination is named first (observed: aws-nuke takes it
/// away first), a stopped instance is no exception (assumed).
std::string_view protection_of(const InstanceRow& row)
{
    if (row.disable_api_termination) {
        return "disableApiTermination";
    }
    return row.disable_api_stop ? "disableApiStop" : "";
}

/// The instances of zones in which none is protected. When there are others, the call is refused,
/// at once if nothing is left to do.
std::vector<InstanceRow> without_protected_zones(Session& session, std::vector<InstanceRow> rows)
{
    std::set<std::string> zones;
    std::optional<ApiError> refusal;
    for (const auto& row : rows) {
        const auto attribute = protection_of(row);
        if (!attribute.empty() && !is_ending(row)) {
            zones.insert(row.zone);
            if (!refusal) {
                refusal = protected_instance(row.id, "terminated", attribute);
            }
        }
    }
    std::erase_if(rows, [&](const InstanceRow& row) { return zones.contains(row.zone); });
    if (refusal && rows.empty()) {
        throw ApiError(*refusal);
    }
    if (refusal) {
        session.refuse_committed(*refusal);
    }
    return rows;
}

/// Gives the instance's volumes back, or deletes those that go with it.
void release_volumes(Session& session, const InstanceId& id)
{
    auto& db = session.db();
    for (const auto& [volume, is_deleted] : take_attachments_of(db, id)) {
        session.cancel_transitions(attachment_key(volume, id));
        if (!select_attachments_on(db, volume).empty()) {
            continue;  // attached elsewhere too
        }
        if (is_deleted) {
            discard_volume(session, volume, VolumeState::kInUse);
        } else {
            change_volume_state(db, volume, VolumeState::kInUse, VolumeState::kAvailable);
        }
    }
}

/// Gives the instance's interfaces back, or deletes those that go with it.
void release_interfaces(Session& session, const InstanceId& id)
{
    for (const auto& one : select_interfaces_of(session.db(), {id.text()})) {
        if (one.delete_on_termination.value_or(false)) {
            discard_interface(session, one.id);
        } else {
            set_public_address(session.db(), one.id, std::nullopt);
            detach_network_interface(session.db(), one.id);
        }
    }
}

}  // namespace

// Source: EC2 API Reference, StartInstances (documented); the launch time and the public address
// are new (documented); instances that run already are no error (observed).
StartInstancesResponse start_instances(Session& session, const StartInstancesRequest& request)
{
    const auto ids = parse_instance_ids(request.instance_ids);
    stop_if_dry_run(request);
    const auto rows = require_instances(session, ids);
    std::for_each(rows.begin(), rows.end(), require_startable);
    std::vector<InstanceRow> stopped;
    for (const auto& row : rows) {
        // Source: assumed, as for a launch.
        if (row.state == InstanceStateName::kStopped) {
            require_root(session, row);
            require_subscribed(session, row.id.text());
            stopped.push_back(row);
        }
    }
    require_within_quotas(session, stopped);
    for (const auto& row : rows) {
        if (row.state == InstanceStateName::kStopped) {
            start(session, row);
        }
    }
    return {.starting_instances = state_changes(session, ids, rows)};
}

// Source: EC2 API Reference, StopInstances (documented); instances that are stopped already are no
// error, one that has never run is (observed); with Force or SkipOsShutdown the instance is stopped
// at once, also one that was stopping (assumed: amilab's reading of "forces the instance to stop").
StopInstancesResponse stop_instances(Session& session, const StopInstancesRequest& request)
{
    const auto ids = parse_instance_ids(request.instance_ids);
    stop_if_dry_run(request);
    const auto rows = require_instances(session, ids);
    for (const auto& row : rows) {
        require_stoppable(row);
        require_spot_stoppable(session, row.id);
    }
    const bool hibernates = request.hibernate.value_or(false);
    if (hibernates) {
        require_set_up_to_hibernate(session, ids);
    }
    const auto pace = pace_of(request);
    for (const auto& row : rows) {
        const bool is_running = row.state == InstanceStateName::kRunning;
        if (is_running) {
            set_instance_state(session.db(), row.id,
                               hibernates ? user_hibernate(session)
                                          : user_shutdown(session, InstanceStateName::kStopping));
            spot_instance_stopped(session, row.id);
        }
        if (is_running || (row.state == InstanceStateName::kStopping && pace == Pace::kAtOnce)) {
            shut_down(session, row, kInstanceStopping, kInstanceStopped, pace);
        }
    }
    return {.stopping_instances = state_changes(session, ids, rows)};
}

// Source: EC2 API Reference, RebootInstances: terminated instances are ignored (documented); others
// that do not run are refused (assumed).
RebootInstancesResponse reboot_instances(Session& session, const RebootInstancesRequest& request)
{
    const auto ids = parse_instance_ids(request.instance_ids);
    stop_if_dry_run(request);
    const auto rows = require_instances(session, ids);
    for (const auto& row : rows) {
        if (row.state != InstanceStateName::kRunning && row.state != InstanceStateName::kPending &&
            !is_ending(row)) {
            throw cannot_be_rebooted(row.id);
        }
        if (row.state == InstanceStateName::kRunning) {
            reboot_instance(session, row.id);
        }
    }
    return {};
}

void drop_public_addresses(Session& session, const InstanceId& id)
{
    for (const auto& one : select_interfaces_of(session.db(), {id.text()})) {
        set_public_address(session.db(), one.id, std::nullopt);
    }
}

/// Source: EC2 API Reference, StateReason: Server.ScheduledStop (documented).
void stop_as_scheduled(Session& session, const InstanceId& id)
{
    const InstanceStateRow stopping{
        .state = InstanceStateName::kStopping,
        .reason_code = "Server.ScheduledStop",
        .reason_message = "Server.ScheduledStop: Stopped due to a scheduled retirement",
        .transition_reason = "Server.ScheduledStop",
        .time_ms = session.now_ms()};
    if (change_instance_state(session.db(), id, InstanceStateName::kRunning, stopping)) {
        session.cancel_transitions(id.text());
        tell_machines(session, &Machines::stop, id);
        schedule_end_of(session, kInstanceStopping, kInstanceStopped, id);
    }
}

void reboot_instance(Session& session, const InstanceId& id)
{
    // Until the checks pass again is all that a client sees of a reboot.
    tell_machines(session, &Machines::reboot, id);
    begin_checks(session, id);
}

void instance_initialized(Session& session, const InstanceId& id)
{
    set_instance<&InstanceRow::initializing>(session.db(), id, false);
}

// Source: EC2 API Reference, TerminateInstances: a protected instance keeps those of its zone
// alive, those of other zones are terminated, and the request fails (documented).
TerminateInstancesResponse terminate_instances(Session& session,
                                               const TerminateInstancesRequest& request)
{
    const auto ids = parse_instance_ids(request.instance_ids);
    if (ids.size() > kMostTerminated) {
        throw too_many_given(ids.size(), kMostTerminated, "instance IDs");
    }
    stop_if_dry_run(request);
    const auto all = require_instances(session, ids);
    const auto rows = without_protected_zones(session, all);
    const auto pace = pace_of(request);
    for (const auto& row : rows) {
        if (!is_ending(row)) {
            set_instance_state(session.db(), row.id,
                               user_shutdown(session, InstanceStateName::kShuttingDown));
            spot_instance_terminated(session, row.id);
        }
        if (!is_ending(row) ||
            (row.state == InstanceStateName::kShuttingDown && pace == Pace::kAtOnce)) {
            shut_down(session, row, kInstanceShuttingDown, kInstanceEnded, pace);
        }
    }
    return {.terminating_instances = state_changes(session, ids, all)};
}

void instance_running(Session& session, const InstanceId& id)
{
    if (change_instance_state(
            session.db(), id, InstanceStateName::kPending,
            {.state = InstanceStateName::kRunning, .time_ms = session.now_ms()})) {
        mark_attachments_attached(session.db(), id);
        begin_checks(session, id);
    }
}

void instance_stopped(Session& session, const InstanceId& id)
{
    if (end_instance_state(session.db(), id, InstanceStateName::kStopping,
                           InstanceStateName::kStopped, session.now_ms())) {
        tell_machines(session, &Machines::kill, id);
        leave_reserved_capacity(session, id);
        drop_public_addresses(session, id);
    }
}

void instance_terminated(Session& session, const InstanceId& id)
{
    auto& db = session.db();
    if (!end_instance_state(db, id, InstanceStateName::kShuttingDown,
                            InstanceStateName::kTerminated, session.now_ms())) {
        return;
    }
    tell_machines(session, &Machines::kill, id);  // before its volumes go
    release_volumes(session, id);
    leave_reserved_capacity(session, id);
    end_launch_token(db, id, token_end_ms(session));
    release_interfaces(session, id);
    session.schedule(kInstanceTerminated, kInstanceGone, id.text());
}

void instance_gone(Session& session, const InstanceId& id)
{
    forget_root_volume_tasks(session, id);
    delete_all_tags(session.db(), id.text());
    delete_instance_row(session.db(), id);
}

namespace {

constexpr Operation kOperations[] = {
    write<start_instances>(kStartInstances),
    write<stop_instances>(kStopInstances),
    write<reboot_instances>(kRebootInstances),
    write<terminate_instances>(kTerminateInstances, {.frees_space = true}),
};

constexpr DueRow kDue[] = {
    when<instance_running>(kInstanceRunning), when<instance_initialized>(kInstanceInitialized),
    when<instance_stopped>(kInstanceStopped), when<instance_terminated>(kInstanceEnded),
    when<instance_gone>(kInstanceGone),
};

constexpr Delay kDelays[] = {kInstancePending, kInstanceInitializing, kInstanceStopping,
                             kInstanceShuttingDown, kInstanceTerminated};

}  // namespace

constinit const Family kInstanceStates{.operations = kOperations, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
