#include "server/services/ec2/network/vpc_endpoints.h"
#include "server/wire/ec2/network/vpc_endpoints.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "server/services/ec2/network/route_tables.h"
#include "server/services/ec2/network/security_groups.h"
#include "server/services/ec2/network/vpc_endpoint_services.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/address_family.h"
#include "storage/metadata/network/managed_prefix_list_rows.h"
#include "storage/metadata/network/route_rows.h"
#include "storage/metadata/network/security_group_vpc_association_rows.h"
#include "storage/metadata/network/vpc_endpoint_rows.h"

namespace amilab::ec2 {

namespace {

// Source: VPC User Guide, "Amazon VPC quotas", of a VPC: 50 of interfaces, 255 of gateways at most
// (documented).
constexpr std::int64_t kMostOfInterfaces = 50;
constexpr std::int64_t kMostOfGateways = 255;
constexpr std::size_t kMostPolicyCharacters = 20480;

// Source: the default policies are observed.
constexpr std::string_view kGatewayPolicy =
    R"({"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]})";
constexpr std::string_view kInterfacePolicy =
    "{\n  \"Statement\": [\n    {\n      \"Action\": \"*\", \n      \"Effect\": \"Allow\", \n"
    "      \"Principal\": \"*\", \n      \"Resource\": \"*\"\n    }\n  ]\n}";

/// Source: observed.
ApiError endpoint_not_found(const VpcEndpointId& id)
{
    return {"InvalidVpcEndpointId.NotFound",
            fmt::format("The Vpc Endpoint Id '{}' does not exist", id.text())};
}

/// Source: the quotas are documented, code and text assumed.
ApiError too_many_endpoints(const VpcId& vpc, std::int64_t limit)
{
    return {"VpcEndpointLimitExceeded",
            fmt::format("The maximum number of VPC endpoints of {} has been reached: {}.",
                        vpc.text(), limit)};
}

std::string_view default_policy(VpcEndpointType type)
{
    return type == VpcEndpointType::kGateway ? kGatewayPolicy : kInterfacePolicy;
}

/// Eight letters that AWS puts behind the id in names. Source: the form (documented example); which
/// ones (ours): made of the id.
std::string letters_of(const VpcEndpointId& id)
{
    constexpr std::size_t kLetters = 8;
    auto digits = id.text().substr(id.text().size() - kLetters);
    for (auto& digit : digits) {
        digit = digit <= '9' ? static_cast<char>('a' + (digit - '0'))
                             : static_cast<char>('k' + (digit - 'a'));
    }
    return digits;
}

/// Source: of us-east-1 observed; that each region has one of its own is assumed.
std::string hosted_zone_of(std::string_view region)
{
    if (region == "us-east-1") {
        return "Z7HUB22UULQXV";
    }
    std::string id = "Z";
    for (const char one : region) {
        if (one != '-') {
            id += one >= 'a' ? static_cast<char>(one - 'a' + 'A') : one;
        }
    }
    return id;
}

/// Source: one name of the endpoint and one of each zone, the private ones besides (documented).
std::vector<DnsEntry> dns_entries(const VpcEndpointRow& row, const VpcEndpointServiceRow& service,
                                  std::span<const VpcEndpointSubnetRow> subnets)
{
    const auto* const any = service.hosts.front().starts_with("*.") ? "*." : "";
    const auto begin = fmt::format("{}{}-{}", any, row.id.text(), letters_of(row.id));
    const auto zone_id = hosted_zone_of(row.region);
    const auto domain = endpoint_domain(service);
    std::vector<DnsEntry> entries{{.dns_name = begin + "." + domain, .hosted_zone_id = zone_id}};
    for (const auto& subnet : subnets) {
        entries.push_back({.dns_name = fmt::format("{}-{}.{}", begin, subnet.zone, domain),
                           .hosted_zone_id = zone_id});
    }
    if (row.private_dns_enabled) {
        for (const auto& name : private_names(service)) {
            entries.push_back({.dns_name = name, .hosted_zone_id = zone_id});
        }
    }
    return entries;
}

/// What the interface endpoints of a page lead to.
std::vector<VpcEndpointServiceRow> services_of(Session& session,
                                               const std::vector<VpcEndpointRow>& rows)
{
    std::set<std::string> names;
    for (const auto& row : rows) {
        if (row.type == VpcEndpointType::kInterface) {
            names.insert(row.service_name);
        }
    }
    if (names.empty()) {
        return {};
    }
    auto services = select_page<kVpcEndpointServiceList>(
        session.db(), {.region = session.region(), .ids = {names.begin(), names.end()}});
    std::erase_if(services,
                  [](const auto& one) { return one.type != VpcEndpointType::kInterface; });
    return services;
}

/// What belongs to the endpoints of a page, by one statement for each table.
struct Parts {
    Parts(Session& session, const std::vector<VpcEndpointRow>& rows,
          const std::vector<std::string>& ids)
        : services(services_of(session, rows)),
          tables(select_children<kRouteTablesOfEndpoints>(session.db(), ids)),
          subnets(select_children<kSubnetsOfEndpoints>(session.db(), ids)),
          groups(select_children<kGroupsOfEndpoints>(session.db(), ids))
    {
    }
    std::vector<VpcEndpointServiceRow> services;
    std::vector<VpcEndpointRouteTableRow> tables;
    std::vector<VpcEndpointSubnetRow> subnets;
    std::vector<VpcEndpointGroupRow> groups;
};

VpcEndpoint to_answer(const VpcEndpointRow& row, const Parts& parts)
{
    const auto& id = row.id.text();
    VpcEndpoint answer;
    answer.creation_timestamp = Timestamp{row.creation_time_ms};
    answer.ip_address_type = text_of(IpAddressType::kIpv4);
    answer.owner_id = row.owner;
    answer.policy_document = row.policy_document;
    answer.private_dns_enabled = row.private_dns_enabled;
    answer.requester_managed = false;
    answer.service_name = row.service_name;
    answer.service_region = row.region;
    answer.state = text_of(row.state);
    answer.vpc_endpoint_id = id;
    answer.vpc_endpoint_type = text_of(row.type);
    answer.vpc_id = row.vpc_id.text();
    for (const auto& one : children_of(parts.tables, &VpcEndpointRouteTableRow::endpoint_id, id)) {
        answer.route_table_ids.push_back(one.route_table_id);
    }
    const auto subnets = children_of(parts.subnets, &VpcEndpointSubnetRow::endpoint_id, id);
    for (const auto& one : subnets) {
        answer.subnet_ids.push_back(one.subnet_id.text());
        answer.network_interface_ids.push_back(one.interface_id.text());
    }
    for (const auto& one : children_of(parts.groups, &VpcEndpointGroupRow::endpoint_id, id)) {
        answer.groups.push_back({.group_id = one.group_id.text(), .group_name = one.name});
    }
    if (row.type == VpcEndpointType::kInterface) {
        answer.dns_options = DnsOptions{.dns_record_ip_type = "ipv4"};
        const auto service =
            std::ranges::find(parts.services, row.service_name, &VpcEndpointServiceRow::name);
        if (service != parts.services.end()) {
            answer.dns_entries = dns_entries(row, *service, subnets);
        }
    }
    return answer;
}

std::vector<VpcEndpoint> to_answers(Session& session, std::vector<VpcEndpointRow>&& rows)
{
    const auto ids = ids_of(rows);
    const Parts parts(session, rows, ids);
    const PageTags tags(session, ids);
    std::vector<VpcEndpoint> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer(row, parts));
        answers.back().tags = tags.of(row.id.text());
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeVpcEndpoints,
    .ids = {.member = &DescribeVpcEndpointsRequest::vpc_endpoint_ids,
            .check = &check_ids<VpcEndpointId>,
            .not_with_page = "VpcEndpointIds",
            .before_filters = true,
            .require = &require_listed<kVpcEndpointList, VpcEndpointId, endpoint_not_found>},
    .page = {.largest = 1000},
    .select = &select_page<kVpcEndpointList>,
    .answers = &to_answers,
    .into = &DescribeVpcEndpointsResponse::vpc_endpoints};

/// Throws unless the text is JSON. Source: it must be valid JSON (documented), the refusal is
/// assumed.
void check_policy(const std::optional<std::string>& policy)
{
    if (!is_given(policy)) {
        return;
    }
    boost::system::error_code error;
    const auto document = boost::json::parse(*policy, error);
    if (error || !document.is_object() || policy->size() > kMostPolicyCharacters) {
        throw ApiError("InvalidPolicyDocument", "This policy contains invalid Json");
    }
}

/// Subnets that a request names, each with the address that it asks for there, if any.
using SubnetWishes = std::map<SubnetId, std::string>;

SubnetWishes subnet_wishes(const std::vector<std::string>& ids,
                           const std::vector<SubnetConfiguration>& configurations)
{
    SubnetWishes wishes;
    for (const auto& id : ids) {
        wishes.emplace(parse_id<SubnetId>(id), "");
    }
    for (const auto& one : configurations) {
        if (!is_given(one.subnet_id)) {
            throw missing_parameter("SubnetConfiguration.SubnetId");
        }
        wishes.insert_or_assign(parse_id<SubnetId>(*one.subnet_id), one.ipv4.value_or(""));
    }
    return wishes;
}

/// Throws for what goes with the other type of endpoint alone. Source: which parameter is of which
/// type (documented), code and text assumed.
void refuse_for(VpcEndpointType type, bool is_there, std::string_view parameter)
{
    if (is_there) {
        throw invalid_parameter(
            fmt::format("{} cannot be specified for {} endpoints.", parameter, text_of(type)));
    }
}

/// Source: the types that lead to services of other accounts and to VPC Lattice are not offered.
VpcEndpointType parse_type(const std::optional<std::string>& text)
{
    const auto type = find_word<VpcEndpointType>(text.value_or("Gateway"));
    if (!type) {
        throw unsupported(fmt::format("VpcEndpointType {} is not supported here.", *text));
    }
    return *type;
}

void check_type(const CreateVpcEndpointRequest& request, VpcEndpointType type)
{
    if (type == VpcEndpointType::kGateway) {
        refuse_for(type, !request.subnet_ids.empty(), "SubnetIds");
        refuse_for(type, !request.subnet_configurations.empty(), "SubnetConfigurations");
        refuse_for(type, !request.security_group_ids.empty(), "SecurityGroupIds");
        refuse_for(type, request.private_dns_enabled.value_or(false), "PrivateDnsEnabled");
    } else {
        refuse_for(type, !request.route_table_ids.empty(), "RouteTableIds");
    }
}

/// The service by that type of endpoint. Source: the refusal is observed.
const VpcEndpointServiceRow& service_by(const std::vector<VpcEndpointServiceRow>& services,
                                        VpcEndpointType type)
{
    std::string types;
    for (const auto& one : services) {
        if (one.type == type) {
            return one;
        }
        types += (types.empty() ? "" : ", ") + std::string(text_of(one.type));
    }
    throw invalid_parameter(fmt::format(
        "Endpoint type ({}) does not match available service types ([{}]).", text_of(type), types));
}

VpcEndpointServiceRow require_service(Session& session, const VpcEndpointRow& row)
{
    return service_by(require_endpoint_services(session, row.service_name), row.type);
}

/// Throws unless endpoints of the service have policies.
void require_policies(const VpcEndpointServiceRow& service)
{
    if (!service.policy_supported) {
        throw invalid_parameter(
            fmt::format("Endpoint policies are not supported by {}.", service.name));
    }
}

/// Source: which attributes, and the texts (observed).
void check_private_dns(Session& session, const VpcEndpointRow& row,
                       const VpcEndpointServiceRow& service)
{
    const auto vpc = require_vpc(session, row.vpc_id);
    if (!vpc.enable_dns_support || !vpc.enable_dns_hostnames) {
        throw invalid_parameter(fmt::format(
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames "
            "VPC attributes set to true for {}",
            row.vpc_id.text()));
    }
    if (has_private_dns(session.db(), row)) {
        throw invalid_parameter(fmt::format(
            "private-dns-enabled cannot be set because there is already a conflicting DNS "
            "domain "
            "for {} in the VPC {}",
            private_names(service).front(), row.vpc_id.text()));
    }
}

/// Source: on unless said otherwise (documented); not of services that have gateways too, whose
/// names would miss those (assumed).
bool wants_private_dns(const CreateVpcEndpointRequest& request, VpcEndpointType type,
                       std::size_t types)
{
    return type == VpcEndpointType::kInterface && request.private_dns_enabled.value_or(types == 1);
}

std::string prefix_list_of(Session& session, const VpcEndpointRow& row)
{
    // Each service that has a gateway has a list.
    return find_own<kAwsPrefixListList, &ManagedPrefixListRow::name>(session, row.service_name)
        .value()
        .id.text();
}

/// Lets the table's subnets reach the service. Source: a route to the service's prefix list
/// (documented); the refusal is observed.
void add_route_table(Session& session, const VpcEndpointRow& row, const RouteTableId& id)
{
    const auto table = require_route_table(session, id);
    if (table.vpc_id != row.vpc_id) {
        throw of_different_networks("route table " + id.text(), "vpc " + row.vpc_id.text());
    }
    const auto list = prefix_list_of(session, row);
    const RouteRow route{.route_table_id = id.text(), .destination = list, .target = row.id.text()};
    if (!insert_unless_there<kRouteColumns>(session.db(), route)) {
        throw ApiError("RouteAlreadyExists", fmt::format("route table {} already has a route with "
                                                         "destination-prefix-list-id {}",
                                                         id.text(), list));
    }
    insert_row<kVpcEndpointRouteTableColumns>(
        session.db(), {.endpoint_id = row.id.text(), .route_table_id = id.text()});
}

/// Gives the endpoint an interface in the subnet. Source: one subnet of a zone (observed), of its
/// VPC (documented, the refusal assumed).
void add_subnet(Session& session, const VpcEndpointRow& row, const SubnetId& id,
                const std::string& address, const std::vector<SecurityGroupId>& groups)
{
    const auto subnet = require_launch_subnet(session, id);
    if (subnet.vpc_id != row.vpc_id) {
        throw of_different_networks("subnet " + id.text(), "vpc " + row.vpc_id.text());
    }
    const auto made =
        new_endpoint_interface(session, {.subnet = subnet,
                                         .groups = groups,
                                         .description = "VPC Endpoint Interface " + row.id.text(),
                                         .interface_type = NetworkInterfaceType::kVpcEndpoint,
                                         .addresses = {.primary = address}});
    const VpcEndpointSubnetRow in{
        .endpoint_id = row.id.text(), .subnet_id = id, .zone = subnet.zone, .interface_id = made};
    if (!insert_unless_there<kVpcEndpointSubnetColumns>(session.db(), in)) {
        throw ApiError("DuplicateSubnetsInSameZone",
                       fmt::format("Found another VPC endpoint subnet in the availability zone of "
                                   "{}",
                                   id.text()));
    }
}

/// The groups of the endpoint's interfaces; the VPC's default group without any. Source: of its VPC
/// (documented), the refusal is assumed.
std::vector<SecurityGroupId> groups_in(Session& session, const std::vector<std::string>& ids,
                                       const VpcEndpointRow& row)
{
    for (const auto& id : parse_ids<SecurityGroupId>(ids)) {
        const auto group = require_group(session, id);
        if (group.vpc_id != row.vpc_id && !is_group_associated(session.db(), id, row.vpc_id)) {
            throw of_different_networks("security group " + id.text(), "vpc " + row.vpc_id.text());
        }
    }
    return find_groups(session, ids, LaunchSubnet{.vpc_id = row.vpc_id});
}

void set_groups(Session& session, const VpcEndpointRow& row,
                const std::vector<SecurityGroupId>& groups)
{
    delete_endpoint_groups(session.db(), row.id);
    for (const auto& group : groups) {
        insert_row<kVpcEndpointGroupColumns>(session.db(),
                                             {.endpoint_id = row.id.text(), .group_id = group});
    }
    for (const auto& one : select_children<kSubnetsOfEndpoints>(session.db(), {row.id.text()})) {
        replace_interface_groups(session.db(), one.interface_id, groups);
    }
}

void require_room(Session& session, const VpcEndpointRow& row)
{
    const auto limit = row.type == VpcEndpointType::kGateway ? kMostOfGateways : kMostOfInterfaces;
    if (count_vpc_endpoints(session.db(), row.vpc_id, row.type) >= limit) {
        throw too_many_endpoints(row.vpc_id, limit);
    }
}

/// What of a request needs no state.
struct VpcEndpointWish {
    VpcEndpointRow row{};
    std::vector<RouteTableId> tables{};
    SubnetWishes subnets{};
    std::vector<TagRow> tags{};
};

VpcEndpointWish check_request(const CreateVpcEndpointRequest& request)
{
    const auto type = parse_type(request.vpc_endpoint_type);
    check_type(request, type);
    check_policy(request.policy_document);
    const auto is_gateway = type == VpcEndpointType::kGateway;
    // One after the other: in one list, what GCC 12 has made of the row is destroyed twice when a
    // later part throws.
    VpcEndpointWish wish;
    wish.row.vpc_id = parse_id<VpcId>(request.vpc_id);
    wish.row.type = type;
    wish.row.service_name = request.service_name;
    wish.row.state = is_gateway ? VpcEndpointState::kAvailable : VpcEndpointState::kPending;
    wish.row.policy_document = default_policy(type);
    wish.tables = parse_ids<RouteTableId>(request.route_table_ids);
    wish.subnets = subnet_wishes(request.subnet_ids, request.subnet_configurations);
    wish.tags = parse_tags<VpcEndpointId>(request.tag_specifications, &invalid_parameter);
    if (is_given(request.policy_document)) {
        wish.row.policy_document = *request.policy_document;
    }
    parse_ids<SecurityGroupId>(request.security_group_ids);
    return wish;
}

void make_endpoint(Session& session, VpcEndpointWish& wish, const CreateVpcEndpointRequest& request)
{
    auto& row = wish.row;
    require_vpc(session, row.vpc_id);
    const auto services = require_endpoint_services(session, row.service_name);
    const auto& service = service_by(services, row.type);
    if (is_given(request.policy_document)) {
        require_policies(service);
    }
    require_room(session, row);
    row.private_dns_enabled = wants_private_dns(request, row.type, services.size());
    if (row.private_dns_enabled) {
        check_private_dns(session, row, service);
    }
    row.creation_time_ms = session.now_ms();
    insert_own<kVpcEndpointColumns>(session, row, wish.tags);
    for (const auto& table : wish.tables) {
        add_route_table(session, row, table);
    }
    if (row.type == VpcEndpointType::kGateway) {
        return;
    }
    const auto groups = groups_in(session, request.security_group_ids, row);
    for (const auto& [subnet, address] : wish.subnets) {
        add_subnet(session, row, subnet, address, groups);
    }
    set_groups(session, row, groups);
    session.schedule(kVpcEndpointPending, kVpcEndpointMade, row.id.text());
}

CreateVpcEndpointResponse created_answer(Session& session, const CreateVpcEndpointRequest& request,
                                         const VpcEndpointRow& row)
{
    return {.client_token = request.client_token,
            .vpc_endpoint = to_answers(session, {row}).front()};
}

VpcEndpointRow require_endpoint(Session& session, const VpcEndpointId& id)
{
    return require_own<kVpcEndpointList, VpcEndpointId, endpoint_not_found>(session, id);
}

// Source: EC2 API Reference, CreateVpcEndpoint (documented); a gateway is available at once
// (documented example).
CreateVpcEndpointResponse create_vpc_endpoint(Session& session,
                                              const CreateVpcEndpointRequest& request)
{
    auto wish = check_request(request);
    stop_if_dry_run(request);
    ensure_default_network(session);
    if (const auto made = made_before(session, request.kOperation, request.client_token)) {
        return created_answer(session, request,
                              require_endpoint(session, VpcEndpointId::trusted(*made)));
    }
    make_endpoint(session, wish, request);
    remember_token(session, request.kOperation, request.client_token, wish.row.id.text());
    return created_answer(session, request, wish.row);
}

// Source: EC2 API Reference, DescribeVpcEndpoints (documented).
DescribeVpcEndpointsResponse describe_vpc_endpoints(Session& session,
                                                    const DescribeVpcEndpointsRequest& request)
{
    return describe<kDescribe>(session, request);
}

void check_type(const ModifyVpcEndpointRequest& request, VpcEndpointType type)
{
    if (type == VpcEndpointType::kGateway) {
        refuse_for(type, !request.add_subnet_ids.empty(), "AddSubnetIds");
        refuse_for(type, !request.remove_subnet_ids.empty(), "RemoveSubnetIds");
        refuse_for(type, !request.subnet_configurations.empty(), "SubnetConfigurations");
        refuse_for(type, !request.add_security_group_ids.empty(), "AddSecurityGroupIds");
        refuse_for(type, !request.remove_security_group_ids.empty(), "RemoveSecurityGroupIds");
        refuse_for(type, request.private_dns_enabled.has_value(), "PrivateDnsEnabled");
    } else {
        refuse_for(type, !request.add_route_table_ids.empty(), "AddRouteTableIds");
        refuse_for(type, !request.remove_route_table_ids.empty(), "RemoveRouteTableIds");
    }
}

void modify_policy(Session& session, const ModifyVpcEndpointRequest& request, VpcEndpointRow& row)
{
    if (request.reset_policy.value_or(false)) {
        row.policy_document = default_policy(row.type);
    }
    if (is_given(request.policy_document)) {
        require_policies(require_service(session, row));
        row.policy_document = *request.policy_document;
    }
}

/// Source: what is removed must be there (assumed).
ApiError not_of_endpoint(const VpcEndpointId& id, std::string_view what)
{
    return invalid_parameter(fmt::format("{} is not associated with {}.", what, id.text()));
}

void modify_route_tables(Session& session, const ModifyVpcEndpointRequest& request,
                         const VpcEndpointRow& row)
{
    const auto there = select_children<kRouteTablesOfEndpoints>(session.db(), {row.id.text()});
    for (const auto& id : parse_ids<RouteTableId>(request.remove_route_table_ids)) {
        if (std::ranges::find(there, id.text(), &VpcEndpointRouteTableRow::route_table_id) ==
            there.end()) {
            throw not_of_endpoint(row.id, id.text());
        }
        delete_endpoint_route_table(session.db(), row.id, id);
    }
    for (const auto& id : parse_ids<RouteTableId>(request.add_route_table_ids)) {
        add_route_table(session, row, id);
    }
}

void remove_subnet(Session& session, const VpcEndpointRow& row, const SubnetId& id)
{
    const auto there = select_children<kSubnetsOfEndpoints>(session.db(), {row.id.text()});
    const auto found = std::ranges::find(there, id, &VpcEndpointSubnetRow::subnet_id);
    if (found == there.end()) {
        throw not_of_endpoint(row.id, id.text());
    }
    delete_endpoint_subnet(session.db(), row.id, id);
    discard_interface(session, found->interface_id);
}

std::vector<SecurityGroupId> groups_of(Session& session, const VpcEndpointRow& row)
{
    std::vector<SecurityGroupId> groups;
    for (auto& one : select_children<kGroupsOfEndpoints>(session.db(), {row.id.text()})) {
        groups.push_back(std::move(one.group_id));
    }
    return groups;
}

/// Source: an address for a subnet that the endpoint has replaces its interface (documented).
void modify_subnets(Session& session, const ModifyVpcEndpointRequest& request,
                    const VpcEndpointRow& row)
{
    for (const auto& id : parse_ids<SubnetId>(request.remove_subnet_ids)) {
        remove_subnet(session, row, id);
    }
    const auto groups = groups_of(session, row);
    const auto there = select_children<kSubnetsOfEndpoints>(session.db(), {row.id.text()});
    for (const auto& [id, address] :
         subnet_wishes(request.add_subnet_ids, request.subnet_configurations)) {
        const bool is_there =
            std::ranges::find(there, id, &VpcEndpointSubnetRow::subnet_id) != there.end();
        if (is_there && !address.empty()) {
            remove_subnet(session, row, id);
        }
        if (!is_there || !address.empty()) {
            add_subnet(session, row, id, address, groups);
        }
    }
}

void modify_groups(Session& session, const ModifyVpcEndpointRequest& request,
                   const VpcEndpointRow& row)
{
    auto groups = groups_of(session, row);
    for (const auto& id : parse_ids<SecurityGroupId>(request.remove_security_group_ids)) {
        if (std::erase(groups, id) == 0) {
            throw not_of_endpoint(row.id, id.text());
        }
    }
    std::vector<std::string> ids;
    for (const auto& one : groups) {
        ids.push_back(one.text());
    }
    ids.insert(ids.end(), request.add_security_group_ids.begin(),
               request.add_security_group_ids.end());
    if (ids.empty()) {
        throw invalid_parameter("A VPC endpoint must have at least one security group.");
    }
    set_groups(session, row, groups_in(session, ids, row));
}

void check_changed_ids(const ModifyVpcEndpointRequest& request)
{
    parse_ids<RouteTableId>(request.add_route_table_ids);
    parse_ids<RouteTableId>(request.remove_route_table_ids);
    subnet_wishes(request.add_subnet_ids, request.subnet_configurations);
    parse_ids<SubnetId>(request.remove_subnet_ids);
    parse_ids<SecurityGroupId>(request.add_security_group_ids);
    parse_ids<SecurityGroupId>(request.remove_security_group_ids);
}

// Source: EC2 API Reference, ModifyVpcEndpoint (documented); what is removed goes before what is
// added comes (assumed).
ModifyVpcEndpointResponse modify_vpc_endpoint(Session& session,
                                              const ModifyVpcEndpointRequest& request)
{
    const auto id = parse_id<VpcEndpointId>(request.vpc_endpoint_id);
    check_changed_ids(request);
    check_policy(request.policy_document);
    stop_if_dry_run(request);
    auto row = require_endpoint(session, id);
    check_type(request, row.type);
    if (row.state == VpcEndpointState::kDeleting) {
        throw incorrect_state(id.text(), row.state);
    }
    modify_policy(session, request, row);
    modify_route_tables(session, request, row);
    modify_subnets(session, request, row);
    if (!request.add_security_group_ids.empty() || !request.remove_security_group_ids.empty()) {
        modify_groups(session, request, row);
    }
    if (request.private_dns_enabled) {
        row.private_dns_enabled = *request.private_dns_enabled;
        if (row.private_dns_enabled) {
            check_private_dns(session, row, require_service(session, row));
        }
    }
    update_vpc_endpoint(session.db(), row);
    return {.return_value = true};
}

void delete_endpoint(Session& session, const VpcEndpointRow& row)
{
    for (const auto& one :
         select_children<kRouteTablesOfEndpoints>(session.db(), {row.id.text()})) {
        delete_endpoint_route_table(session.db(), row.id,
                                    RouteTableId::trusted(one.route_table_id));
    }
    for (const auto& one : select_children<kSubnetsOfEndpoints>(session.db(), {row.id.text()})) {
        discard_interface(session, one.interface_id);
    }
    delete_own<kVpcEndpointColumns>(session, row.id);
}

/// Source: a gateway is gone at once (assumed), interfaces go with their endpoint (documented).
void begin_deletion(Session& session, VpcEndpointRow& row)
{
    if (row.type == VpcEndpointType::kGateway) {
        delete_endpoint(session, row);
    } else if (row.state != VpcEndpointState::kDeleting) {
        session.cancel_transitions(row.id.text());
        row.state = VpcEndpointState::kDeleting;
        update_vpc_endpoint(session.db(), row);
        session.schedule(kVpcEndpointDeleting, kVpcEndpointEnded, row.id.text());
    }
}

// Source: EC2 API Reference, DeleteVpcEndpoints (documented): what is not there is told, and the
// rest deleted; the code is observed.
DeleteVpcEndpointsResponse delete_vpc_endpoints(Session& session,
                                                const DeleteVpcEndpointsRequest& request)
{
    const auto ids = parse_ids<VpcEndpointId>(request.vpc_endpoint_ids);
    stop_if_dry_run(request);
    DeleteVpcEndpointsResponse response;
    for (const auto& id : ids) {
        if (auto row = find_own<kVpcEndpointList, &VpcEndpointRow::id>(session, id)) {
            begin_deletion(session, *row);
        } else {
            response.unsuccessful.push_back(
                {.error = UnsuccessfulItemError{.code = "InvalidVpcEndpoint.NotFound",
                                                .message = endpoint_not_found(id).what()},
                 .resource_id = id.text()});
        }
    }
    return response;
}

std::optional<VpcEndpointRow> find_endpoint(Session& session, const VpcEndpointId& id,
                                            VpcEndpointState state)
{
    auto row = select_vpc_endpoint(session.db(), id);
    return row && row->state == state ? std::move(row) : std::nullopt;
}

void vpc_endpoint_made(Session& session, const VpcEndpointId& id)
{
    if (auto row = find_endpoint(session, id, VpcEndpointState::kPending)) {
        row->state = VpcEndpointState::kAvailable;
        update_vpc_endpoint(session.db(), *row);
    }
}

void vpc_endpoint_deleted(Session& session, const VpcEndpointId& id)
{
    if (const auto row = find_endpoint(session, id, VpcEndpointState::kDeleting)) {
        delete_endpoint(session, *row);
    }
}

constexpr Operation kOperations[] = {
    write<create_vpc_endpoint>(kCreateVpcEndpoint),
    read<describe_vpc_endpoints>(kDescribeVpcEndpoints),
    write<modify_vpc_endpoint>(kModifyVpcEndpoint),
    write<delete_vpc_endpoints>(kDeleteVpcEndpoints, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<VpcEndpointId, endpoint_not_found>(kTaggableByOwner<kVpcEndpointColumns>),
};

constexpr DueRow kDue[] = {
    when<vpc_endpoint_made>(kVpcEndpointMade),
    when<vpc_endpoint_deleted>(kVpcEndpointEnded),
};

constexpr Delay kDelays[] = {kVpcEndpointPending, kVpcEndpointDeleting};

}  // namespace

constinit const Family kVpcEndpoints{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
