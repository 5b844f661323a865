#include "server/services/ec2/network/vpc_endpoint_services.h"
#include "server/wire/ec2/network/vpc_endpoint_services.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/network/subnets.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/address_family.h"

namespace amilab::ec2 {

namespace {

/// Source: observed.
ApiError service_not_found(const std::string& name)
{
    return {"InvalidServiceName",
            fmt::format("The Vpc Endpoint Service '{}' does not exist", name)};
}

/// An id that stays the same for it is made of what the service is called. Source: the form is
/// documented.
std::string service_id(const VpcEndpointServiceRow& row)
{
    constexpr std::uint64_t kBasis = 14695981039346656037U;
    constexpr std::uint64_t kPrime = 1099511628211U;
    auto hash = kBasis;
    for (const char one : row.name + std::string(text_of(row.type))) {
        hash = (hash ^ static_cast<unsigned char>(one)) * kPrime;
    }
    return fmt::format("vpce-svc-0{:016x}", hash);
}

std::vector<std::string> base_names(const VpcEndpointServiceRow& row)
{
    if (row.type == VpcEndpointType::kGateway) {
        return {fmt::format("{}.{}.{}", row.suffix, row.region, row.domain)};
    }
    return {endpoint_domain(row)};
}

ServiceDetail to_detail(const VpcEndpointServiceRow& row, const std::vector<ZoneRow>& zones)
{
    ServiceDetail detail;
    detail.service_name = row.name;
    detail.service_id = service_id(row);
    detail.service_type.push_back({.service_type = std::string(text_of(row.type))});
    detail.service_region = row.region;
    for (const auto& zone : zones) {
        detail.availability_zones.push_back(zone.name);
        detail.availability_zone_ids.push_back(zone.zone_id);
    }
    detail.owner = "amazon";
    detail.base_endpoint_dns_names = base_names(row);
    detail.vpc_endpoint_policy_supported = row.policy_supported;
    detail.acceptance_required = false;
    detail.manages_vpc_endpoints = false;
    detail.supported_ip_address_types = {std::string(text_of(IpAddressType::kIpv4))};
    if (row.type == VpcEndpointType::kInterface) {
        const auto names = private_names(row);
        detail.private_dns_name = names.front();
        for (const auto& name : names) {
            detail.private_dns_names.push_back({.private_dns_name = name});
        }
        detail.private_dns_name_verification_state = "verified";
    }
    return detail;
}

/// Source: AWS's own services are in every zone (assumed), need no acceptance and are owned by
/// "amazon" (documented example).
std::vector<ServiceDetail> to_details(Session& session, std::vector<VpcEndpointServiceRow>&& rows)
{
    const auto zones = enabled_zones(session);
    std::vector<ServiceDetail> details;
    for (const auto& row : rows) {
        details.push_back(to_detail(row, zones));
    }
    return details;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeVpcEndpointServices,
    .ids = {.member = &DescribeVpcEndpointServicesRequest::service_names,
            .require = &require_listed<kVpcEndpointServiceList, service_not_found>},
    .page = {.largest = 1000},
    .select = &select_page<kVpcEndpointServiceList>,
    .key = &key_by<&VpcEndpointServiceRow::name, &VpcEndpointServiceRow::type>,
    .answers = &to_details,
    .into = &DescribeVpcEndpointServicesResponse::service_details};

// Source: EC2 API Reference, DescribeVpcEndpointServices (documented): names once, details of each
// type.
DescribeVpcEndpointServicesResponse describe_vpc_endpoint_services(
    Session& session, const DescribeVpcEndpointServicesRequest& request)
{
    auto response = describe<kDescribe>(session, request);
    for (const auto& detail : response.service_details) {
        if (response.service_names.empty() ||
            response.service_names.back() != detail.service_name) {
            response.service_names.push_back(*detail.service_name);
        }
    }
    return response;
}

constexpr Operation kOperations[] = {
    read<describe_vpc_endpoint_services>(kDescribeVpcEndpointServices),
};

}  // namespace

std::vector<VpcEndpointServiceRow> require_endpoint_services(Session& session,
                                                             const std::string& name)
{
    auto rows = select_page<kVpcEndpointServiceList>(session.db(),
                                                     {.region = session.region(), .ids = {name}});
    if (rows.empty()) {
        throw service_not_found(name);
    }
    return rows;
}

std::string endpoint_domain(const VpcEndpointServiceRow& service)
{
    const std::string_view host = service.hosts.front();
    const auto plain = host.starts_with("*.") ? host.substr(2) : host;
    return fmt::format("{}.{}.vpce.{}", plain, service.region, service.domain);
}

std::vector<std::string> private_names(const VpcEndpointServiceRow& service)
{
    std::vector<std::string> names;
    for (const auto& host : service.hosts) {
        names.push_back(fmt::format("{}.{}.{}", host, service.region, service.domain));
    }
    return names;
}

constinit const Family kVpcEndpointServices{.operations = kOperations};

}  // namespace amilab::ec2
