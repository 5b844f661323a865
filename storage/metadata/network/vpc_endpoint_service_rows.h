#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/vocabulary.h"
#include "storage/metadata/regions/partitions.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// AWS's services that VPC endpoints lead to, which the catalogue knows.
namespace amilab {

/// How an endpoint leads to its service: by routes, or by interfaces.
enum class VpcEndpointType : std::uint8_t { kGateway, kInterface };
template <>
inline constexpr auto kWords<VpcEndpointType> = words("Gateway", "Interface");

/// A service in a region, by one type of endpoint.
struct VpcEndpointServiceRow {
    std::string name{};
    VpcEndpointType type{};
    /// What its name ends with.
    std::string suffix{};
    std::string region{};
    /// Of its hosts.
    std::string domain{};
    /// What the names of its hosts begin with.
    std::vector<std::string> hosts{};
    bool policy_supported = false;
};

inline constexpr auto kEndpointServiceName = sql("('com.amazonaws.' || r.name || '.' || e.suffix)");
inline constexpr auto kEndpointServiceDomain = sql_domain(sql("r.name"));
inline constexpr auto kVpcEndpointServiceColumns = columns<VpcEndpointServiceRow>(
    "catalogue.endpoint_service", "e",
    text<&VpcEndpointServiceRow::name>("name").as(kEndpointServiceName),
    text<&VpcEndpointServiceRow::type>("type"), text<&VpcEndpointServiceRow::suffix>("suffix"),
    text<&VpcEndpointServiceRow::region>("region").as("r.name"),
    text<&VpcEndpointServiceRow::domain>("domain").as(kEndpointServiceDomain),
    list<&VpcEndpointServiceRow::hosts>("hosts"),
    flag<&VpcEndpointServiceRow::policy_supported>("policy_supported"));
/// Source: EC2 API Reference, DescribeVpcEndpointServices (documented).
inline constexpr FilterColumn kVpcEndpointServiceFilters[] = {
    {"owner", "'amazon'"},
    {"service-name", "name"},
    {"service-region", "region"},
    {"service-type", "type"},
    {"supported-ip-address-types", "'ipv4'"},
};
/// A region's services, alike for every account; ids are names.
inline constexpr Listing<VpcEndpointServiceRow> kVpcEndpointServiceList{
    .from = "catalogue.endpoint_service e JOIN catalogue.region r",
    .key = kEndpointServiceName,
    .second_key = "e.type",
    .owner = "-",
    .region = "r.name",
    .columns = kVpcEndpointServiceColumns,
    .filters = kVpcEndpointServiceFilters};

}  // namespace amilab
