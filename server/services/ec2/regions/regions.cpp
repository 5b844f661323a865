#include "server/services/ec2/regions/regions.h"

#include <algorithm>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/regions/errors.h"
#include "server/wire/ec2/regions/regions.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/regions/region_rows.h"
#include "storage/state/generation.h"

namespace amilab::ec2 {

namespace {

Region to_region(const RegionRow& row)
{
    Region region{
        .endpoint = row.endpoint, .opt_in_status = row.opt_in_status, .region_name = row.name};
    if (row.geography) {
        region.geography.push_back({row.geography});
    }
    return region;
}

AvailabilityZone to_zone(const ZoneRow& row)
{
    AvailabilityZone zone{.group_long_name = row.group_long_name,
                          .group_name = row.group_name,
                          .network_border_group = row.network_border_group,
                          .opt_in_status = row.opt_in_status,
                          .parent_zone_id = row.parent_zone_id,
                          .parent_zone_name = row.parent_zone_name,
                          .region_name = row.region,
                          .state = row.state,
                          .zone_id = row.zone_id,
                          .zone_name = row.name,
                          .zone_type = row.zone_type};
    if (row.geography) {
        zone.geography.push_back({row.geography});
    }
    if (row.sub_geography) {
        zone.sub_geography.push_back({row.sub_geography});
    }
    return zone;
}

/// Source: the first unknown name in the order of the alphabet is named (observed).
void require_known_regions(Session& session, std::vector<std::string> names)
{
    std::sort(names.begin(), names.end());
    for (const auto& name : names) {
        if (!session.generation().region_exists(name)) {
            throw invalid_region(name);
        }
    }
}

/// Source: the first unknown one in the order of the request is named (observed).
void require_known_zones(Session& session, const DescribeAvailabilityZonesRequest& request)
{
    const auto zones = select_zones(session.db(), {.region = session.region(),
                                                   .names = {},
                                                   .zone_ids = {},
                                                   .include_not_opted_in = true,
                                                   .filters = {}});
    for (const auto& name : request.zone_names) {
        if (std::none_of(zones.begin(), zones.end(),
                         [&](const ZoneRow& zone) { return zone.name == name; })) {
            throw invalid_zone(name);
        }
    }
    for (const auto& id : request.zone_ids) {
        if (std::none_of(zones.begin(), zones.end(),
                         [&](const ZoneRow& zone) { return zone.zone_id == id; })) {
            throw invalid_zone_id(id);
        }
    }
}

}  // namespace

// Source: EC2 API Reference, DescribeRegions (documented): regions that are not enabled are shown
// when asked for by name or by AllRegions.
DescribeRegionsResponse describe_regions(Session& session, const DescribeRegionsRequest& request)
{
    const auto filters = parse_filters(kDescribeRegions, request.filters);
    stop_if_dry_run(request);
    require_known_regions(session, request.region_names);
    DescribeRegionsResponse response;
    for (const auto& row :
         select_regions(session.db(), {.names = request.region_names,
                                      .include_not_opted_in = request.all_regions.value_or(false) ||
                                                              !request.region_names.empty(),
                                      .filters = filters})) {
        response.regions.push_back(to_region(row));
    }
    return response;
}

// Source: EC2 API Reference, DescribeAvailabilityZones (documented): the region's own zones; those
// that want opting in are shown by AllAvailabilityZones, or by name (assumed).
DescribeAvailabilityZonesResponse describe_availability_zones(
    Session& session, const DescribeAvailabilityZonesRequest& request)
{
    const auto filters = parse_filters(kDescribeAvailabilityZones, request.filters);
    stop_if_dry_run(request);
    require_known_zones(session, request);
    DescribeAvailabilityZonesResponse response;
    for (const auto& row : select_zones(
             session.db(),
             {.region = session.region(),
             .names = request.zone_names,
             .zone_ids = request.zone_ids,
             .include_not_opted_in = request.all_availability_zones.value_or(false) ||
                                     !request.zone_names.empty() || !request.zone_ids.empty(),
             .filters = filters})) {
        response.availability_zones.push_back(to_zone(row));
    }
    return response;
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_regions>(kDescribeRegions),
    read<describe_availability_zones>(kDescribeAvailabilityZones),
};

}  // namespace

constinit const Family kRegions{.operations = kOperations};

}  // namespace amilab::ec2
