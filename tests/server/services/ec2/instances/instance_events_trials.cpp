#include "tests/server/services/ec2/instances/instance_events_trials.h"

#include <boost/json.hpp>

#include "server/control/instance_events.h"
#include "storage/base/units.h"
#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

constexpr const char* kAll = "InstanceTagAttribute.IncludeAllTagsOfInstance";
constexpr const char* kKey = "InstanceTagAttribute.InstanceTagKey.1";

/// The region in which tags are registered.
constexpr const char* kRegistered = "eu-west-1";

TrialTable trials()
{
    TrialTable table;
    table["ModifyInstanceEventStartTime"] = {
        {{"InstanceId", "{instance}"},
         {"InstanceEventId", "{event}"},
         {"NotBefore", "2026-01-03T12:00:00Z"}},
        refused("InstanceId", "{stopped}") +
            refused("InstanceEventId", "instance-event-0123456789abcdef0") +
            changes("NotBefore", "2026-01-03T13:00:00Z")};
    table["ReportInstanceStatus"] = {
        {{"InstanceId.1", "{instance}"}, {"Status", "ok"}, {"ReasonCode.1", "other"}},
        refused("InstanceId.1", "{stopped}") + same("Status", "impaired") +
            same("ReasonCode.1", "unresponsive") + same("Description", "slow") +
            same("StartTime", "2026-01-01T00:00:00Z") + same("EndTime", "2026-01-01T00:00:00Z")};
    table["DescribeInstanceEventNotificationAttributes"] = {};
    table["RegisterInstanceEventNotificationAttributes"] = {
        {}, changes(kAll, "true") + changes(kKey, "team")};
    auto& deregister = table["DeregisterInstanceEventNotificationAttributes"];
    deregister.trials = changes(kAll, "false") + changes(kKey, "of");
    deregister.region = kRegistered;
    return table;
}

constexpr WithoutEffect kWithoutEffect[] = {
    {"ReportInstanceStatus Status", "AWS collects reports and tells nobody"},
    {"ReportInstanceStatus ReasonCode.1", "AWS collects reports and tells nobody"},
    {"ReportInstanceStatus Description", "AWS collects reports and tells nobody"},
    {"ReportInstanceStatus StartTime", "AWS collects reports and tells nobody"},
    {"ReportInstanceStatus EndTime", "AWS collects reports and tells nobody"},
};

std::vector<Telling> tellings()
{
    const Parameters by_id = {{"IncludeAllInstances", "true"},
                              {"Filter.1.Name", "event.instance-event-id"},
                              {"Filter.1.Value.1", "{}"}};
    return {{"instance_event", "id", "DescribeInstanceStatus", by_id},
            {"instance_event_tag_key", "key", "DescribeInstanceEventNotificationAttributes", {}}};
}

void add_events(World& world)
{
    const boost::json::object event{{"instance_id", world.id("instance")},
                                    {"code", "instance-stop"},
                                    {"not_before_ms", kStartMs + kDayMs},
                                    {"not_before_deadline_ms", kStartMs + 3 * kDayMs}};
    const auto made = control::schedule_instance_event(world.emulator().emulator(), event);
    world.set_id("event", std::string(made.at("id").as_string()));
    for (const Parameters& tags : {Parameters{{kAll, "true"}}, Parameters{{kKey, "of"}}}) {
        world.emulator().must("RegisterInstanceEventNotificationAttributes", tags, kAccount,
                              kRegistered);
    }
}

}  // namespace

constinit const TrialSet kInstanceEventsTrials{.trials = trials,
                                               .without_effect = kWithoutEffect,
                                               .tellings = tellings,
                                               .add_to_world = add_events};

}  // namespace amilab::test
