#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"

/// What the catalogue knows of regions and zones; the same for every account.
namespace amilab {

struct RegionRow {
    std::string name;
    std::string endpoint;
    std::string opt_in_status;
    std::optional<std::string> geography;
};

struct ZoneRow {
    std::string name;
    std::string zone_id;
    std::string region;
    std::string state;
    std::string opt_in_status;
    std::string zone_type;
    std::string group_name;
    std::optional<std::string> group_long_name;
    std::string network_border_group;
    std::optional<std::string> parent_zone_name;
    std::optional<std::string> parent_zone_id;
    std::optional<std::string> geography;
    std::optional<std::string> sub_geography;
};

/// One indexed look; Generation::region_exists() needs none.
bool region_exists(Database& db, std::string_view region);
/// All of them; Generation keeps them.
std::set<std::string, std::less<>> select_region_names(Database& db);
std::optional<ZoneRow> select_zone(Database& db, std::string_view region, std::string_view name);

struct RegionQuery {
    /// Only these; empty: any.
    std::vector<std::string> names;
    /// Whether regions that the account has not opted in to are wanted too.
    bool include_not_opted_in;
    std::span<const Filter> filters;
};

/// In the order of their names.
std::vector<RegionRow> select_regions(Database& db, const RegionQuery& query);

struct ZoneQuery {
    std::string_view region;
    /// Only these; empty: any.
    std::vector<std::string> names;
    std::vector<std::string> zone_ids;
    /// Whether zones that the account has not opted in to are wanted too.
    bool include_not_opted_in;
    std::span<const Filter> filters;
};

/// In the order of their names.
std::vector<ZoneRow> select_zones(Database& db, const ZoneQuery& query);

}  // namespace amilab
