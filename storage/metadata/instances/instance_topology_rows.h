#pragma once

#include <optional>
#include <string>

#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/regions/zone_id.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

/// What DescribeInstanceTopology tells of an instance.
struct InstanceTopologyRow {
    InstanceId id{};
    std::string instance_type{};
    std::string zone{};
    std::optional<std::string> zone_id{};
    std::string state{};
    /// Of the placement group that it is in.
    std::optional<std::string> group_name{};
};

inline constexpr auto kOfInstanceGroup =
    sql("(SELECT o.placement_group_name FROM instance_option o WHERE o.instance_id = n.id)");
inline constexpr auto kTopologyZoneId = sql_zone_id(sql("n.zone"));
inline constexpr auto kInstanceTopologyColumns = columns<InstanceTopologyRow>(
    "instance", "n", text<&InstanceTopologyRow::id>("id"),
    text<&InstanceTopologyRow::instance_type>("instance_type"),
    text<&InstanceTopologyRow::zone>("zone"),
    text<&InstanceTopologyRow::zone_id>("zone_id").as(kTopologyZoneId),
    text<&InstanceTopologyRow::state>("state"),
    text<&InstanceTopologyRow::group_name>("group_name").as(kOfInstanceGroup));
inline constexpr FilterColumn kInstanceTopologyFilters[] = {
    {"availability-zone", "zone"},
    {"instance-type", "instance_type"},
    {"zone-id", "zone_id"},
};
inline constexpr Listing<InstanceTopologyRow> kInstanceTopologyList{
    .key = "n.id", .columns = kInstanceTopologyColumns, .filters = kInstanceTopologyFilters};

}  // namespace amilab
