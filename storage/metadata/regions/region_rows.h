#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/regions/partitions.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// What the catalogue knows of regions and zones; alike for every account.
namespace amilab {

enum class OptInStatus : std::uint8_t { kNotRequired, kOptedIn, kNotOptedIn };
template <>
inline constexpr auto kWords<OptInStatus> = words("opt-in-not-required", "opted-in",
                                                  "not-opted-in");
/// Statuses of what an account may use without more ado.
inline std::vector<std::string> enabled_statuses()
{
    return {std::string(text_of(OptInStatus::kNotRequired)),
            std::string(text_of(OptInStatus::kOptedIn))};
}

/// What a zone is. Source: EC2 API Reference, AvailabilityZone (documented).
enum class ZoneType : std::uint8_t { kAvailabilityZone, kLocalZone, kWavelengthZone };
template <>
inline constexpr auto kWords<ZoneType> = words("availability-zone", "local-zone",
                                               "wavelength-zone");

struct RegionRow {
    std::string name{};
    std::string endpoint{};
    std::string opt_in_status{};
    std::optional<std::string> geography{};
};

/// The catalogue knows which regions want opting in; every one is, but those that were opted out
/// of.
inline constexpr auto kRegionOptInStatus =
    "CASE WHEN r.opt_in_status = " + sql_word<OptInStatus::kNotRequired> +
    " THEN r.opt_in_status WHEN r.name IN (SELECT name FROM main.opted_out_region) THEN " +
    sql_word<OptInStatus::kNotOptedIn> + " ELSE " + sql_word<OptInStatus::kOptedIn> + " END";

inline constexpr auto kRegionColumns = columns<RegionRow>(
    "catalogue.region", "r", text<&RegionRow::name>("name"), text<&RegionRow::endpoint>("endpoint"),
    text<&RegionRow::opt_in_status>("opt_in_status").as(kRegionOptInStatus),
    text<&RegionRow::geography>("geography"));
/// What ListQuery::among can name beside the status.
inline constexpr auto kRegionPartition = sql_partition(sql("r.name"));
inline constexpr FilterColumn kRegionFilters[] = {
    {"endpoint", "endpoint"},
    {"opt-in-status", "opt_in_status"},
    {"region-name", "name"},
};
inline constexpr Listing<RegionRow> kRegionList{.key = "r.name",
                                                .owner = "-",
                                                .region = "-",
                                                .columns = kRegionColumns,
                                                .filters = kRegionFilters};

struct ZoneRow {
    std::string name{};
    std::string zone_id{};
    std::string region{};
    std::string state{};
    std::string opt_in_status{};
    std::string zone_type{};
    std::string group_name{};
    std::optional<std::string> group_long_name{};
    std::string network_border_group{};
    std::optional<std::string> parent_zone_name{};
    std::optional<std::string> parent_zone_id{};
    std::optional<std::string> geography{};
    std::optional<std::string> sub_geography{};
};

inline constexpr auto kZoneColumns = columns<ZoneRow>(
    "catalogue.availability_zone", "z", text<&ZoneRow::name>("name"),
    text<&ZoneRow::zone_id>("zone_id"), text<&ZoneRow::region>("region"),
    text<&ZoneRow::state>("state"), text<&ZoneRow::opt_in_status>("opt_in_status"),
    text<&ZoneRow::zone_type>("zone_type"), text<&ZoneRow::group_name>("group_name"),
    text<&ZoneRow::group_long_name>("group_long_name"),
    text<&ZoneRow::network_border_group>("network_border_group"),
    text<&ZoneRow::parent_zone_name>("parent_zone_name"),
    text<&ZoneRow::parent_zone_id>("parent_zone_id"), text<&ZoneRow::geography>("geography"),
    text<&ZoneRow::sub_geography>("sub_geography"));
inline constexpr FilterColumn kZoneFilters[] = {
    {"group-long-name", "group_long_name"},
    {"group-name", "group_name"},
    {"opt-in-status", "opt_in_status"},
    {"parent-zone-id", "parent_zone_id"},
    {"parent-zone-name", "parent_zone_name"},
    {"region-name", "region"},
    {"state", "state"},
    {"zone-id", "zone_id"},
    {"zone-name", "name"},
    {"zone-type", "zone_type"},
};
/// A region's zones, in the order of their names. What ListQuery::among can name is below. Rows are
/// a new account's: select_zones() has those of the account that asks.
inline constexpr Listing<ZoneRow> kZoneList{
    .key = "z.name", .owner = "-", .columns = kZoneColumns, .filters = kZoneFilters};
inline constexpr std::string_view kZoneId = "z.zone_id";
inline constexpr std::string_view kZoneOptInStatus = "z.opt_in_status";
inline constexpr std::string_view kZoneGroupName = "z.group_name";

/// The page of kZoneList, as the query's owner has opted in to groups of zones.
std::vector<ZoneRow> select_zones(Database& db, const ListQuery& wanted);
/// The zones of the region that the account may use.
std::vector<ZoneRow> select_enabled_zones(Database& db, std::string_view account,
                                          std::string_view region);
/// Opts the account in to the group of zones.
void opt_in_to_zones(Database& db, std::string_view account, std::string_view region,
                     std::string_view group);

/// One indexed look; Settings::region_exists() needs none.
bool region_exists(Database& db, std::string_view region);
/// Whether the control API has opted out of the region, or of any.
bool is_opted_out(Database& db, std::string_view region);
bool any_opted_out(Database& db);
void set_opted_in(Database& db, std::string_view region, bool is_in);
/// All of them; Settings keeps them.
std::set<std::string, std::less<>> select_region_names(Database& db);
std::optional<ZoneRow> select_zone(Database& db, std::string_view region, std::string_view name);

}  // namespace amilab
