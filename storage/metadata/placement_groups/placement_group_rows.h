#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/base/ids.h"
#include "storage/metadata/regions/partitions.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

struct PlacementGroupTag {
    static constexpr std::string_view kPrefix = "pg";
    static constexpr std::string_view kResourceType = "placement-group";
    static constexpr std::string_view kMalformed = "InvalidPlacementGroupId.Malformed";
};
using PlacementGroupId = Id<PlacementGroupTag>;

struct PlacementGroupRow {
    PlacementGroupId id{};
    std::string region{};
    std::string owner{};
    std::string name{};
    std::string strategy{};
    std::optional<std::int64_t> partition_count{};
    std::optional<std::string> spread_level{};
    std::string arn{};    ///< read only
    std::string state{};  ///< read only
};

inline constexpr auto kPlacementGroupArn =
    "'arn:' || " + sql_partition(sql("p.region")) +
    " || ':ec2:' || p.region || ':' || p.owner || ':placement-group/' || p.name";
inline constexpr auto kPlacementGroupColumns = columns<PlacementGroupRow>(
    "placement_group", "p", text<&PlacementGroupRow::id>("id"),
    text<&PlacementGroupRow::region>("region"), text<&PlacementGroupRow::owner>("owner"),
    text<&PlacementGroupRow::name>("name"), text<&PlacementGroupRow::strategy>("strategy"),
    integer<&PlacementGroupRow::partition_count>("partition_count"),
    text<&PlacementGroupRow::spread_level>("spread_level"),
    text<&PlacementGroupRow::arn>("arn").as(kPlacementGroupArn),
    text<&PlacementGroupRow::state>("state").as("'available'"));
inline constexpr FilterColumn kPlacementGroupFilters[] = {
    {"group-arn", "arn"}, {"group-name", "name"},   {"spread-level", "spread_level"},
    {"state", "state"},   {"strategy", "strategy"},
};
inline constexpr Listing<PlacementGroupRow> kPlacementGroupList{
    .key = "p.id", .columns = kPlacementGroupColumns, .filters = kPlacementGroupFilters};

}  // namespace amilab
