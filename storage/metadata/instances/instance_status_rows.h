#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/sql/listing.h"

/// The list of DescribeInstanceStatus.
namespace amilab {

struct InstanceStatusRow {
    InstanceId id{};
    std::string zone{};
    std::string zone_id{};
    std::string state{};
    std::int64_t state_code = 0;
    /// ok, initializing, not-applicable
    std::string status{};
    /// passed, initializing; nothing where checks do not apply.
    std::optional<std::string> reachability{};
};

// Source: EC2 User Guide, "Status checks": "not-applicable" while an instance is not running,
// "initializing" while it starts (documented). Checks pass when the delay instance.initializing is
// over: there is no machine that could fail them.
inline constexpr std::string_view kInstanceStatus =
    "CASE n.state WHEN 'running' THEN iif(n.initializing, 'initializing', 'ok')"
    " WHEN 'pending' THEN 'initializing' ELSE 'not-applicable' END";
inline constexpr std::string_view kReachability =
    "CASE n.state WHEN 'running' THEN iif(n.initializing, 'initializing', 'passed')"
    " WHEN 'pending' THEN 'initializing' END";

inline constexpr auto kInstanceStatusColumns = columns<InstanceStatusRow>(
    "instance", "n", text("id", &InstanceStatusRow::id), text("zone", &InstanceStatusRow::zone),
    text("zone_id", &InstanceStatusRow::zone_id).as("z.zone_id"),
    text("state", &InstanceStatusRow::state),
    integer("state_code", &InstanceStatusRow::state_code).as(kInstanceStateCode),
    text("status", &InstanceStatusRow::status).as(kInstanceStatus),
    text("reachability", &InstanceStatusRow::reachability).as(kReachability));
/// Source: EC2 API Reference, DescribeInstanceStatus (documented); what is missing belongs to
/// features that amilab does not have and matches nothing.
inline constexpr FilterColumn kInstanceStatusFilters[] = {
    {"attached-ebs-status.status", "status"},
    {"availability-zone", "zone"},
    {"availability-zone-id", "zone_id"},
    {"instance-state-code", "state_code"},
    {"instance-state-name", "state"},
    {"instance-status.reachability", "reachability"},
    {"instance-status.status", "status"},
    {"operator.managed", "'false'"},
    {"system-status.reachability", "reachability"},
    {"system-status.status", "status"},
};
inline constexpr Listing<decltype(kInstanceStatusColumns)> kInstanceStatusList{
    .from = "instance n JOIN catalogue.availability_zone z ON z.name = n.zone",
    .key = "n.id",
    .columns = kInstanceStatusColumns,
    .filters = kInstanceStatusFilters};

}  // namespace amilab
