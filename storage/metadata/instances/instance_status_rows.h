#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata/instances/instance_event_rows.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// The list of DescribeInstanceStatus.
namespace amilab {

/// What a check of an instance says.
enum class InstanceCheck : std::uint8_t { kOk, kPassed, kInitializing, kNotApplicable };
template <>
inline constexpr auto kWords<InstanceCheck> = words("ok", "passed", "initializing",
                                                    "not-applicable");

struct InstanceStatusRow {
    InstanceId id{};
    std::string zone{};
    std::string zone_id{};
    InstanceStateName state{};
    std::int64_t state_code = 0;
    /// ok, initializing, not-applicable
    InstanceCheck status{};
    /// passed, initializing; nothing where checks do not apply.
    std::optional<InstanceCheck> reachability{};
};

// Source: EC2 User Guide, "Status checks": "not-applicable" while an instance is not running,
// "initializing" while it starts (documented). Checks pass when the delay instance.initializing is
// over: there is no machine that could fail them.
inline constexpr auto kIsChecked =
    "CASE WHEN " + kIsPending + " OR (n.state = " + sql_word<InstanceStateName::kRunning> +
    " AND n.initializing) THEN " + sql_word<InstanceCheck::kInitializing> +
    " WHEN n.state = " + sql_word<InstanceStateName::kRunning> + " THEN ";
inline constexpr auto kInstanceStatus = kIsChecked + sql_word<InstanceCheck::kOk> + " ELSE " +
                                        sql_word<InstanceCheck::kNotApplicable> + " END";
inline constexpr auto kReachability = kIsChecked + sql_word<InstanceCheck::kPassed> + " END";

inline constexpr auto kInstanceStatusColumns = columns<InstanceStatusRow>(
    "instance", "n", text<&InstanceStatusRow::id>("id"), text<&InstanceStatusRow::zone>("zone"),
    text<&InstanceStatusRow::zone_id>("zone_id").as("z.zone_id"),
    text<&InstanceStatusRow::state>("state"),
    integer<&InstanceStatusRow::state_code>("state_code").as(kInstanceStateCode),
    text<&InstanceStatusRow::status>("status").as(kInstanceStatus),
    text<&InstanceStatusRow::reachability>("reachability").as(kReachability));
/// Source: EC2 API Reference, DescribeInstanceStatus (documented); what is missing belongs to
/// features that amilab does not have and matches nothing.
inline constexpr std::string_view kOfEvent =
    "EXISTS (SELECT 1 FROM instance_event e WHERE e.instance_id = n.id AND ";
inline constexpr auto kEventNotAfter = sql_whole_seconds(sql("e.not_after_ms"));
inline constexpr auto kEventNotBefore = sql_whole_seconds(sql("e.not_before_ms"));
inline constexpr auto kEventDeadline = sql_whole_seconds(sql("e.not_before_deadline_ms"));
inline constexpr FilterColumn kInstanceStatusFilters[] = {
    {"attached-ebs-status.status", "status"},
    {"availability-zone", "zone"},
    {"availability-zone-id", "zone_id"},
    {"event.code", "e.code", kOfEvent, ")"},
    {"event.description", kEventDescription, kOfEvent, ")"},
    {"event.instance-event-id", "e.id", kOfEvent, ")"},
    {"event.not-after", kEventNotAfter, kOfEvent, ")"},
    {"event.not-before", kEventNotBefore, kOfEvent, ")"},
    {"event.not-before-deadline", kEventDeadline, kOfEvent, ")"},
    {"instance-state-code", "state_code"},
    {"instance-state-name", "state"},
    {"instance-status.reachability", "reachability"},
    {"instance-status.status", "status"},
    {"operator.managed", "'false'"},
    {"system-status.reachability", "reachability"},
    {"system-status.status", "status"},
};
inline constexpr Listing<InstanceStatusRow> kInstanceStatusList{
    .from = "instance n JOIN catalogue.availability_zone z ON z.name = n.zone",
    .key = "n.id",
    .columns = kInstanceStatusColumns,
    .filters = kInstanceStatusFilters};

}  // namespace amilab
