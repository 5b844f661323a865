#include "tests/server/services/ec2/instances/instance_event_windows_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

constexpr const char* kTarget = "AssociationTarget.InstanceId.1";
constexpr const char* kCron = "* 0-4 * * *";

std::vector<Trial> range_trials()
{
    const Parameters range = {{"TimeRange.1.StartWeekDay", "monday"},
                              {"TimeRange.1.StartHour", "2"},
                              {"TimeRange.1.EndWeekDay", "monday"},
                              {"TimeRange.1.EndHour", "8"}};
    return changes("TimeRange.1.StartWeekDay", "sunday", range) +
           changes("TimeRange.1.StartHour", "3", range) +
           changes("TimeRange.1.EndWeekDay", "tuesday", range) +
           changes("TimeRange.1.EndHour", "9", range);
}

std::vector<Trial> target_trials()
{
    const Parameters tag = {{"AssociationTarget.InstanceTag.1.Key", "of"},
                            {"AssociationTarget.InstanceTag.1.Value", "test"}};
    return std::vector<Trial>{
               {"AssociationTarget.InstanceTag.1.Key", tag, {}, Outcome::kRefused},
               {"AssociationTarget.InstanceTag.1.Value", tag, {}, Outcome::kRefused}} +
           refused("InstanceEventWindowId", "iew-0123456789abcdef0");
}

TrialTable trials()
{
    TrialTable table;
    const Parameters by_cron = {{"CronExpression", kCron}};
    auto& create = table["CreateInstanceEventWindow"].trials;
    create = range_trials() + changes("CronExpression", "* 0-5 * * *", by_cron) +
             changes("Name", "late", by_cron);
    for (auto& trial : tag_trials("instance-event-window")) {
        trial.besides = merged(by_cron, trial.besides);
        create.push_back(std::move(trial));
    }
    table["ModifyInstanceEventWindow"] = {
        {{"InstanceEventWindowId", "{window}"}},
        range_trials() + changes("CronExpression", "* 0-5 * * *", by_cron) +
            changes("Name", "late", by_cron) +
            changes("InstanceEventWindowId", "{window_2}", by_cron)};
    table["DeleteInstanceEventWindow"] = {
        {{"InstanceEventWindowId", "{free_window}"}},
        refused("InstanceEventWindowId", "{window}") +
            changes("ForceDelete", "true", {{"InstanceEventWindowId", "{window}"}})};
    table["DescribeInstanceEventWindows"] =
        describe_operation(filter_trials("instance-id", "{monitored}") +
                           changes("InstanceEventWindowId.1", "{window}") +
                           changes("MaxResults", "20") + refused("NextToken", "bm90IG91cnM="));
    table["AssociateInstanceEventWindow"] = {
        {{"InstanceEventWindowId", "{window}"}, {kTarget, "{instance}"}},
        changes("AssociationTarget.InstanceId.1", "{stopped}") +
            refused("AssociationTarget.DedicatedHostId.1", "{host}") + target_trials()};
    table["DisassociateInstanceEventWindow"] = {
        {{"InstanceEventWindowId", "{window}"}, {kTarget, "{monitored}"}},
        changes("AssociationTarget.InstanceId.1", "{instance}") +
            refused("AssociationTarget.DedicatedHostId.1", "{host}") + target_trials()};
    return table;
}

std::vector<Telling> tellings()
{
    const auto* describe = "DescribeInstanceEventWindows";
    const Parameters by_id = {{"InstanceEventWindowId.1", "{}"}};
    return {{"instance_event_window", "id", describe, by_id},
            {"instance_event_window_range", "window_id", describe, by_id},
            {"instance_event_window_instance", "window_id", describe, by_id},
            {"instance_event_window_host", "window_id", describe, by_id},
            {"instance_event_window_tag", "window_id", describe, by_id}};
}

std::string make_window(World& world)
{
    return world.must("CreateInstanceEventWindow", {{"CronExpression", kCron}})
        .text("instanceEventWindow/instanceEventWindowId");
}

void add_windows(World& world)
{
    constexpr int kMoreThanAPage = 19;
    for (const auto& [name, instance] :
         {std::pair("window", "monitored"), std::pair("window_2", "monitored_2")}) {
        world.set_id(name, make_window(world));
        world.must("AssociateInstanceEventWindow",
                   {{"InstanceEventWindowId", world.id(name)}, {kTarget, world.id(instance)}});
    }
    for (int i = 0; i < kMoreThanAPage; ++i) {
        world.set_id("free_window", make_window(world));
    }
}

}  // namespace

constinit const TrialSet kInstanceEventWindowsTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_windows};

}  // namespace amilab::test
