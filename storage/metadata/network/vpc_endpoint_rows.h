#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/network/vpc_endpoint_service_rows.h"
#include "storage/metadata/sql/children.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"

/// VPC endpoints, and what they lead by.
namespace amilab {

struct VpcEndpointTag {
    static constexpr std::string_view kPrefix = "vpce";
    static constexpr std::string_view kResourceType = "vpc-endpoint";
    static constexpr std::string_view kMalformed = "InvalidVpcEndpointId.Malformed";
};
using VpcEndpointId = Id<VpcEndpointTag>;

enum class VpcEndpointState : std::uint8_t { kPending, kAvailable, kDeleting };
template <>
inline constexpr auto kWords<VpcEndpointState> = words("pending", "available", "deleting");

struct VpcEndpointRow {
    VpcEndpointId id{};
    std::string region{};
    std::string owner{};
    VpcId vpc_id{};
    VpcEndpointType type{};
    std::string service_name{};
    VpcEndpointState state{};
    std::string policy_document{};
    bool private_dns_enabled = false;
    TimeMs creation_time_ms = 0;
};

inline constexpr auto kVpcEndpointColumns = columns<VpcEndpointRow>(
    "vpc_endpoint", "e", text<&VpcEndpointRow::id>("id"), text<&VpcEndpointRow::region>("region"),
    text<&VpcEndpointRow::owner>("owner"), text<&VpcEndpointRow::vpc_id>("vpc_id"),
    text<&VpcEndpointRow::type>("type"), text<&VpcEndpointRow::service_name>("service_name"),
    text<&VpcEndpointRow::state>("state"),
    text<&VpcEndpointRow::policy_document>("policy_document"),
    flag<&VpcEndpointRow::private_dns_enabled>("private_dns_enabled"),
    time<&VpcEndpointRow::creation_time_ms>("creation_time_ms"));
/// Source: EC2 API Reference, DescribeVpcEndpoints (documented).
inline constexpr FilterColumn kVpcEndpointFilters[] = {
    {"ip-address-type", "'ipv4'"}, {"service-name", "service_name"}, {"service-region", "region"},
    {"vpc-endpoint-id", "id"},     {"vpc-endpoint-state", "state"},  {"vpc-endpoint-type", "type"},
    {"vpc-id", "vpc_id"},
};
inline constexpr Listing<VpcEndpointRow> kVpcEndpointList{
    .key = "e.id", .columns = kVpcEndpointColumns, .filters = kVpcEndpointFilters};

/// A route table with a route to the endpoint.
struct VpcEndpointRouteTableRow {
    std::string endpoint_id{};
    std::string route_table_id{};
};
inline constexpr auto kVpcEndpointRouteTableColumns = columns<VpcEndpointRouteTableRow>(
    "vpc_endpoint_route_table", "t", text<&VpcEndpointRouteTableRow::endpoint_id>("endpoint_id"),
    text<&VpcEndpointRouteTableRow::route_table_id>("route_table_id"));
inline constexpr Children<VpcEndpointRouteTableRow> kRouteTablesOfEndpoints{
    .columns = kVpcEndpointRouteTableColumns, .parent = "endpoint_id", .order = "route_table_id"};

/// A subnet with an interface of the endpoint: one in a zone.
struct VpcEndpointSubnetRow {
    std::string endpoint_id{};
    SubnetId subnet_id{};
    std::string zone{};
    NetworkInterfaceId interface_id{};
};
inline constexpr auto kVpcEndpointSubnetColumns = columns<VpcEndpointSubnetRow>(
    "vpc_endpoint_subnet", "s", text<&VpcEndpointSubnetRow::endpoint_id>("endpoint_id"),
    text<&VpcEndpointSubnetRow::subnet_id>("subnet_id"), text<&VpcEndpointSubnetRow::zone>("zone"),
    text<&VpcEndpointSubnetRow::interface_id>("interface_id"));
inline constexpr Children<VpcEndpointSubnetRow> kSubnetsOfEndpoints{
    .columns = kVpcEndpointSubnetColumns, .parent = "endpoint_id", .order = "subnet_id"};

/// A security group of the endpoint's interfaces.
struct VpcEndpointGroupRow {
    std::string endpoint_id{};
    SecurityGroupId group_id{};
    /// Read only.
    std::string name{};
};
inline constexpr auto kVpcEndpointGroupColumns = columns<VpcEndpointGroupRow>(
    "vpc_endpoint_group", "g", text<&VpcEndpointGroupRow::endpoint_id>("endpoint_id"),
    text<&VpcEndpointGroupRow::group_id>("group_id"),
    text<&VpcEndpointGroupRow::name>("name").as(
        "(SELECT p.name FROM security_group p WHERE p.id = g.group_id)"));
inline constexpr Children<VpcEndpointGroupRow> kGroupsOfEndpoints{
    .columns = kVpcEndpointGroupColumns, .parent = "endpoint_id", .order = "group_id"};

/// Whoever has it.
std::optional<VpcEndpointRow> select_vpc_endpoint(Database& db, const VpcEndpointId& id);
/// Sets the endpoint's state, policy and private DNS as the row has them.
void update_vpc_endpoint(Database& db, const VpcEndpointRow& row);
void delete_endpoint_route_table(Database& db, const VpcEndpointId& id, const RouteTableId& table);
void delete_endpoint_subnet(Database& db, const VpcEndpointId& id, const SubnetId& subnet);
void delete_endpoint_groups(Database& db, const VpcEndpointId& id);
std::int64_t count_vpc_endpoints(Database& db, const VpcId& vpc, VpcEndpointType type);
/// Whether another endpoint of the VPC has private names of the service.
bool has_private_dns(Database& db, const VpcEndpointRow& row);

}  // namespace amilab
