#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/network/address_family.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/regions/partitions.h"
#include "storage/metadata/regions/zone_id.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// EC2 Instance Connect endpoints. Their addresses and groups are those of their interfaces.
namespace amilab {

struct InstanceConnectEndpointTag {
    static constexpr std::string_view kPrefix = "eice";
    static constexpr std::string_view kResourceType = "instance-connect-endpoint";
    static constexpr std::string_view kMalformed = "InvalidInstanceConnectEndpointId.Malformed";
};
using InstanceConnectEndpointId = Id<InstanceConnectEndpointTag>;

enum class InstanceConnectEndpointState : std::uint8_t {
    kCreating,
    kCreated,
    kUpdating,
    kUpdated,
    kDeleting
};
template <>
inline constexpr auto kWords<InstanceConnectEndpointState> = words("create-in-progress",
                                                                   "create-complete",
                                                                   "update-in-progress",
                                                                   "update-complete",
                                                                   "delete-in-progress");

struct InstanceConnectEndpointRow {
    InstanceConnectEndpointId id{};
    std::string region{};
    std::string owner{};
    VpcId vpc_id{};
    SubnetId subnet_id{};
    std::string zone{};
    NetworkInterfaceId interface_id{};
    InstanceConnectEndpointState state{};
    IpAddressType ip_address_type{};
    bool preserve_client_ip = false;
    TimeMs create_time_ms = 0;
    // Read only.
    std::string zone_id{};
    std::string domain{};
};

inline constexpr auto kInstanceConnectEndpointZoneId = sql_zone_id(sql("c.zone"));
inline constexpr auto kInstanceConnectEndpointDomain = sql_domain(sql("c.region"));
inline constexpr auto kInstanceConnectEndpointColumns = columns<InstanceConnectEndpointRow>(
    "instance_connect_endpoint", "c", text<&InstanceConnectEndpointRow::id>("id"),
    text<&InstanceConnectEndpointRow::region>("region"),
    text<&InstanceConnectEndpointRow::owner>("owner"),
    text<&InstanceConnectEndpointRow::vpc_id>("vpc_id"),
    text<&InstanceConnectEndpointRow::subnet_id>("subnet_id"),
    text<&InstanceConnectEndpointRow::zone>("zone"),
    text<&InstanceConnectEndpointRow::interface_id>("interface_id"),
    text<&InstanceConnectEndpointRow::state>("state"),
    text<&InstanceConnectEndpointRow::ip_address_type>("ip_address_type"),
    flag<&InstanceConnectEndpointRow::preserve_client_ip>("preserve_client_ip"),
    time<&InstanceConnectEndpointRow::create_time_ms>("create_time_ms"),
    text<&InstanceConnectEndpointRow::zone_id>("zone_id").as(kInstanceConnectEndpointZoneId),
    text<&InstanceConnectEndpointRow::domain>("domain").as(kInstanceConnectEndpointDomain));
/// Source: EC2 API Reference, DescribeInstanceConnectEndpoints (documented).
inline constexpr FilterColumn kInstanceConnectEndpointFilters[] = {
    {"instance-connect-endpoint-id", "id"},
    {"state", "state"},
    {"subnet-id", "subnet_id"},
    {"vpc-id", "vpc_id"},
};
inline constexpr Listing<InstanceConnectEndpointRow> kInstanceConnectEndpointList{
    .key = "c.id",
    .columns = kInstanceConnectEndpointColumns,
    .filters = kInstanceConnectEndpointFilters};

/// Whoever has it.
std::optional<InstanceConnectEndpointRow> select_instance_connect_endpoint(
    Database& db, const InstanceConnectEndpointId& id);
/// Sets the endpoint's state and its option as the row has them.
void update_instance_connect_endpoint(Database& db, const InstanceConnectEndpointRow& row);
bool has_instance_connect_endpoint(Database& db, const VpcId& vpc);

}  // namespace amilab
