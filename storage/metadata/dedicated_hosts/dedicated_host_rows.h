#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/base/ids.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/regions/zone_id.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// Dedicated Hosts. Instances that are on one name it in their options.
namespace amilab {

struct DedicatedHostTag {
    static constexpr std::string_view kPrefix = "h";
    static constexpr std::string_view kResourceType = "dedicated-host";
    static constexpr std::string_view kMalformed = "InvalidHostID.Malformed";
};
using DedicatedHostId = Id<DedicatedHostTag>;

enum class DedicatedHostState : std::uint8_t { kAvailable, kReleased };
template <>
inline constexpr auto kWords<DedicatedHostState> = words("available", "released");

struct DedicatedHostRow {
    DedicatedHostId id{};
    std::string region{};
    std::string owner{};
    std::string zone{};
    /// Nothing: all types of the family.
    std::optional<std::string> instance_type{};
    std::string instance_family{};
    /// on, off; as are the next two.
    std::string auto_placement{};
    std::string host_recovery{};
    std::string host_maintenance{};
    /// Empty when the allocation had none.
    std::string client_token{};
    DedicatedHostState state = DedicatedHostState::kAvailable;
    TimeMs allocation_time_ms = 0;
    std::optional<TimeMs> release_time_ms{};
    // Read only.
    std::string zone_id{};
    std::int64_t vcpus = 0;
    std::int64_t cores = 0;
    /// Of the instances that are on it and take room.
    std::int64_t used_vcpus = 0;
};

/// Source: assumed: as many as the largest type of the family has.
inline constexpr auto kHostTypes =
    sql("FROM catalogue.instance_type t WHERE t.name > h.instance_family || '.'"
        " AND t.name < h.instance_family || '/' AND t.dedicated_hosts_supported");
inline constexpr auto kHostVcpus = "(SELECT coalesce(max(t.default_vcpus), 0) " + kHostTypes + ")";
inline constexpr auto kHostCores = "(SELECT coalesce(max(t.default_cores), 0) " + kHostTypes + ")";
inline constexpr auto kHostUsed =
    "(SELECT coalesce(sum(t.default_vcpus), 0) FROM instance_option o"
    " JOIN instance n ON n.id = o.instance_id"
    " JOIN catalogue.instance_type t ON t.name = n.instance_type WHERE o.host_id = h.id AND " +
    kTakesCapacity + ")";
inline constexpr auto kHostZoneId = sql_zone_id(sql("h.zone"));

inline constexpr auto kDedicatedHostColumns = columns<DedicatedHostRow>(
    "dedicated_host", "h", text<&DedicatedHostRow::id>("id"),
    text<&DedicatedHostRow::region>("region"), text<&DedicatedHostRow::owner>("owner"),
    text<&DedicatedHostRow::zone>("zone"), text<&DedicatedHostRow::instance_type>("instance_type"),
    text<&DedicatedHostRow::instance_family>("instance_family"),
    text<&DedicatedHostRow::auto_placement>("auto_placement"),
    text<&DedicatedHostRow::host_recovery>("host_recovery"),
    text<&DedicatedHostRow::host_maintenance>("host_maintenance"),
    text<&DedicatedHostRow::client_token>("client_token"), text<&DedicatedHostRow::state>("state"),
    time<&DedicatedHostRow::allocation_time_ms>("allocation_time_ms"),
    time<&DedicatedHostRow::release_time_ms>("release_time_ms"),
    text<&DedicatedHostRow::zone_id>("zone_id").as(kHostZoneId),
    integer<&DedicatedHostRow::vcpus>("vcpus").as(kHostVcpus),
    integer<&DedicatedHostRow::cores>("cores").as(kHostCores),
    integer<&DedicatedHostRow::used_vcpus>("used_vcpus").as(kHostUsed));
/// Source: EC2 API Reference, DescribeHosts (documented); what is missing belongs to features that
/// amilab does not have and matches nothing.
inline constexpr FilterColumn kDedicatedHostFilters[] = {
    {"auto-placement", "auto_placement"},
    {"availability-zone", "zone"},
    {"client-token", "client_token"},
    {"instance-type", "instance_type"},
    {"state", "state"},
};
inline constexpr Listing<DedicatedHostRow> kDedicatedHostList{
    .key = "h.id", .columns = kDedicatedHostColumns, .filters = kDedicatedHostFilters};

/// A type that hosts of its family may have, the smallest first.
struct HostTypeRow {
    std::string name{};
    std::int64_t vcpus = 0;
};
/// The types of the family ("m5") that hosts may have.
std::vector<HostTypeRow> select_host_types(Database& db, std::string_view family);
/// The vCPUs of a type that hosts may have; nothing for others.
std::optional<std::int64_t> select_host_type_vcpus(Database& db, std::string_view instance_type);

/// An instance on a host.
struct HostInstanceRow {
    std::string host_id{};
    std::string instance_id{};
    std::string instance_type{};
    std::string owner{};
};
/// The instances on those hosts that take room, in the order of hosts and instances.
std::vector<HostInstanceRow> select_host_instances(Database& db,
                                                   const std::vector<std::string>& hosts);

/// Hosts of the zone that take instances of the type which name no host, in the order of their ids.
std::vector<DedicatedHostRow> select_auto_placement_hosts(Database& db, std::string_view owner,
                                                          std::string_view region,
                                                          std::string_view zone,
                                                          std::string_view instance_type);
/// Whoever's it is.
std::optional<DedicatedHostRow> select_dedicated_host(Database& db, const DedicatedHostId& id);
/// What can change: type, placement, recovery, maintenance, state and release, as the row has them.
void update_dedicated_host(Database& db, const DedicatedHostRow& row);

}  // namespace amilab
