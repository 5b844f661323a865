#include "server/services/ec2/regions/regions.h"

#include <algorithm>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/partition_regions.h"
#include "server/services/ec2/regions/errors.h"
#include "server/wire/ec2/regions/regions.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/regions/region_rows.h"

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
void require_known_regions(Session& session, const ListQuery& wanted)
{
    auto names = wanted.ids;
    std::sort(names.begin(), names.end());
    for (const auto& name : names) {
        if (!is_region_of_partition(session, name)) {
            throw invalid_region(name);
        }
    }
}

/// Source: a partition knows its own regions alone (documented).
void leave_out_other_regions(Session& session, const DescribeRegionsRequest& request,
                             ListQuery& wanted)
{
    wanted.among.emplace_back(kRegionPartition,
                              std::vector{std::string(partition_of(session.region()))});
    if (!request.all_regions.value_or(false) && request.region_names.empty()) {
        wanted.among.emplace_back(kRegionOptInStatus, enabled_statuses());
    }
}

std::vector<Region> to_regions(Session& /*session*/, std::vector<RegionRow>&& rows)
{
    std::vector<Region> regions(rows.size());
    std::transform(rows.begin(), rows.end(), regions.begin(), &to_region);
    return regions;
}

constexpr DescribeSpec kDescribeRegionsSpec{
    .schema = kDescribeRegions,
    .ids = {.member = &DescribeRegionsRequest::region_names, .require = &require_known_regions},
    .refine = &leave_out_other_regions,
    .select = &select_page<kRegionList>,
    .key = &key_by<&RegionRow::name>,
    .answers = &to_regions,
    .into = &DescribeRegionsResponse::regions};

/// Source: the first unknown one in the order of the request is named (observed).
void require_known_zones(Session& session, const DescribeAvailabilityZonesRequest& request)
{
    const auto zones = select_page<kZoneList>(session.db(), {.region = session.region()});
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

void add_zone_ids(Session& session, const DescribeAvailabilityZonesRequest& request,
                  ListQuery& wanted)
{
    require_known_zones(session, request);
    wanted.among.emplace_back(kZoneId, request.zone_ids);
    if (!request.all_availability_zones.value_or(false) && request.zone_names.empty() &&
        request.zone_ids.empty()) {
        wanted.among.emplace_back(kZoneOptInStatus, enabled_statuses());
    }
}

std::vector<AvailabilityZone> to_zones(Session& /*session*/, std::vector<ZoneRow>&& rows)
{
    std::vector<AvailabilityZone> zones(rows.size());
    std::transform(rows.begin(), rows.end(), zones.begin(), &to_zone);
    return zones;
}

constexpr DescribeSpec kDescribeZones{
    .schema = kDescribeAvailabilityZones,
    .ids = {.member = &DescribeAvailabilityZonesRequest::zone_names},
    .resolve = &add_zone_ids,
    .select = &select_zones,
    .key = &key_by<&ZoneRow::name>,
    .answers = &to_zones,
    .into = &DescribeAvailabilityZonesResponse::availability_zones};

}  // namespace

// Source: EC2 API Reference, DescribeRegions (documented): regions that are not enabled are shown
// when asked for by name or by AllRegions.
DescribeRegionsResponse describe_regions(Session& session, const DescribeRegionsRequest& request)
{
    return describe<kDescribeRegionsSpec>(session, request);
}

// Source: EC2 API Reference, DescribeAvailabilityZones (documented): the region's own zones; those
// that want opting in are shown by AllAvailabilityZones, or by name (assumed).
DescribeAvailabilityZonesResponse describe_availability_zones(
    Session& session, const DescribeAvailabilityZonesRequest& request)
{
    return describe<kDescribeZones>(session, request);
}

// Source: EC2 API Reference, ModifyAvailabilityZoneGroup (documented): opting out is for AWS
// Support; the refusals are assumed.
ModifyAvailabilityZoneGroupResponse modify_availability_zone_group(
    Session& session, const ModifyAvailabilityZoneGroupRequest& request)
{
    stop_if_dry_run(request);
    ListQuery query{.owner = session.account(), .region = session.region()};
    query.among.emplace_back(kZoneGroupName, std::vector{request.group_name});
    const auto zones = select_zones(session.db(), query);
    if (zones.empty()) {
        throw invalid_value(request.group_name, "GroupName", "There is no such zone group.");
    }
    const auto& status = zones.front().opt_in_status;
    if (request.opt_in_status == OptInStatus::kNotOptedIn && status != OptInStatus::kNotOptedIn) {
        throw unsupported("Contact AWS Support to opt out of a zone group.");
    }
    if (request.opt_in_status == OptInStatus::kOptedIn && status == OptInStatus::kNotOptedIn) {
        opt_in_to_zones(session.db(), session.account(), session.region(), request.group_name);
    }
    return {.return_value = true};
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_regions>(kDescribeRegions),
    read<describe_availability_zones>(kDescribeAvailabilityZones),
    write<modify_availability_zone_group>(kModifyAvailabilityZoneGroup),
};

}  // namespace

constinit const Family kRegions{.operations = kOperations};

}  // namespace amilab::ec2
