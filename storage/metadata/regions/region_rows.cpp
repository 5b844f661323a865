#include "storage/metadata/regions/region_rows.h"

#include <array>

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kZoneColumns =
    "SELECT name, zone_id, region, state, opt_in_status, zone_type, group_name, group_long_name,"
    " network_border_group, parent_zone_name, parent_zone_id, geography, sub_geography"
    " FROM catalogue.availability_zone";

constexpr std::array<FilterColumn, 3> kRegionFilters = {{
    {"endpoint", "endpoint"},
    {"opt-in-status", "opt_in_status"},
    {"region-name", "name"},
}};

constexpr std::array<FilterColumn, 10> kZoneFilters = {{
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
}};

ZoneRow read_zone(Statement& select)
{
    auto row = select.row();
    return {.name = row.text(),
            .zone_id = row.text(),
            .region = row.text(),
            .state = row.text(),
            .opt_in_status = row.text(),
            .zone_type = row.text(),
            .group_name = row.text(),
            .group_long_name = row.optional_text(),
            .network_border_group = row.text(),
            .parent_zone_name = row.optional_text(),
            .parent_zone_id = row.optional_text(),
            .geography = row.optional_text(),
            .sub_geography = row.optional_text()};
}

}  // namespace

bool region_exists(Database& db, std::string_view region)
{
    Statement select(db, "SELECT 1 FROM catalogue.region WHERE name = ?1");
    select.bind(region);
    return select.step();
}

std::set<std::string, std::less<>> select_region_names(Database& db)
{
    Statement select(db, "SELECT name FROM catalogue.region");
    select.bind();
    std::set<std::string, std::less<>> names;
    while (select.step()) {
        names.insert(select.row().text());
    }
    return names;
}

std::optional<ZoneRow> select_zone(Database& db, std::string_view region, std::string_view name)
{
    Query query(kZoneColumns);
    query.sql(" WHERE name = ").value(name).sql(" AND region = ").value(region);
    auto select = query.on(db);
    return select.step() ? std::optional(read_zone(select)) : std::nullopt;
}

std::vector<RegionRow> select_regions(Database& db, const RegionQuery& query)
{
    Query sql("SELECT name, endpoint, opt_in_status, geography FROM catalogue.region WHERE 1");
    if (!query.names.empty()) {
        sql.sql(" AND name IN ").list(query.names);
    }
    if (!query.include_not_opted_in) {
        sql.sql(" AND opt_in_status <> 'not-opted-in'");
    }
    append_filters(sql, query.filters, kRegionFilters, "name", {});
    sql.sql(" ORDER BY name");
    auto select = sql.on(db);
    std::vector<RegionRow> regions;
    while (select.step()) {
        auto row = select.row();
        regions.push_back({.name = row.text(),
                           .endpoint = row.text(),
                           .opt_in_status = row.text(),
                           .geography = row.optional_text()});
    }
    return regions;
}

std::vector<ZoneRow> select_zones(Database& db, const ZoneQuery& query)
{
    Query sql(kZoneColumns);
    sql.sql(" WHERE region = ").value(query.region);
    if (!query.names.empty()) {
        sql.sql(" AND name IN ").list(query.names);
    }
    if (!query.zone_ids.empty()) {
        sql.sql(" AND zone_id IN ").list(query.zone_ids);
    }
    if (!query.include_not_opted_in) {
        sql.sql(" AND opt_in_status <> 'not-opted-in'");
    }
    append_filters(sql, query.filters, kZoneFilters, "name", {});
    sql.sql(" ORDER BY name");
    auto select = sql.on(db);
    std::vector<ZoneRow> zones;
    while (select.step()) {
        zones.push_back(read_zone(select));
    }
    return zones;
}

}  // namespace amilab
