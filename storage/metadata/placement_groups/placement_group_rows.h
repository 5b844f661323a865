#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/base/ids.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

struct PlacementGroupTag {
    static constexpr std::string_view kPrefix = "pg";
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

inline constexpr auto kPlacementGroupColumns = columns<PlacementGroupRow>(
    "placement_group", "p", text("id", &PlacementGroupRow::id),
    text("region", &PlacementGroupRow::region), text("owner", &PlacementGroupRow::owner),
    text("name", &PlacementGroupRow::name), text("strategy", &PlacementGroupRow::strategy),
    integer("partition_count", &PlacementGroupRow::partition_count),
    text("spread_level", &PlacementGroupRow::spread_level),
    text("arn", &PlacementGroupRow::arn)
        .as("'arn:aws:ec2:' || p.region || ':' || p.owner || ':placement-group/' || p.name"),
    text("state", &PlacementGroupRow::state).as("'available'"));
inline constexpr FilterColumn kPlacementGroupFilters[] = {
    {"group-arn", "arn"}, {"group-name", "name"},   {"spread-level", "spread_level"},
    {"state", "state"},   {"strategy", "strategy"},
};
inline constexpr Listing<decltype(kPlacementGroupColumns)> kPlacementGroupList{
    .key = "p.id", .columns = kPlacementGroupColumns, .filters = kPlacementGroupFilters};

}  // namespace amilab
