#include "server/services/ec2/network/instance_connect_endpoints.h"
#include "server/wire/ec2/network/instance_connect_endpoints.h"

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/interface_answers.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/instance_connect_endpoint_rows.h"

namespace amilab::ec2 {

namespace {

// Source: EC2 User Guide, "Quotas for EC2 Instance Connect Endpoint": 5 of an account in a region,
// one of a VPC (documented).
constexpr std::int64_t kMostEndpoints = 5;

// Source: the code is documented, the text assumed.
ApiError endpoint_not_found(const InstanceConnectEndpointId& id)
{
    return {"InvalidInstanceConnectEndpointId.NotFound",
            fmt::format("The instance connect endpoint ID '{}' does not exist", id.text())};
}

/// Source: the quotas are documented, code and text assumed.
ApiError too_many_endpoints(std::string_view why)
{
    return {"InstanceConnectEndpointLimitExceeded",
            fmt::format("The maximum number of EC2 Instance Connect Endpoints has been reached: {}",
                        why)};
}

/// "eice-....b67b86ba.ec2-instance-connect-endpoint.us-east-1.amazonaws.com". Source: the form
/// (documented example); what stands behind the id is made of it (ours).
InstanceConnectEndpointDnsNames dns_names(const InstanceConnectEndpointRow& row,
                                          std::string_view domain)
{
    constexpr std::size_t kDigits = 8;
    const auto& id = row.id.text();
    const auto begin = fmt::format("{}.{}", id, id.substr(id.size() - kDigits));
    const auto end = fmt::format("ec2-instance-connect-endpoint.{}.{}", row.region, domain);
    return {.dns_name = fmt::format("{}.{}", begin, end),
            .fips_dns_name = fmt::format("{}.fips.{}", begin, end)};
}

/// Source: names for both families, and for IPv6, are of api.aws (assumed).
void tell_names(const InstanceConnectEndpointRow& row, Ec2InstanceConnectEndpoint& answer)
{
    constexpr std::string_view kDualstackDomain = "api.aws";
    const bool is_ipv6 = row.ip_address_type == IpAddressType::kIpv6;
    const auto names = is_ipv6 ? dns_names(row, kDualstackDomain) : dns_names(row, row.domain);
    answer.dns_name = names.dns_name;
    answer.fips_dns_name = names.fips_dns_name;
    InstanceConnectEndpointPublicDnsNames all;
    if (!is_ipv6) {
        all.ipv4 = names;
    }
    if (row.ip_address_type != IpAddressType::kIpv4) {
        all.dualstack = dns_names(row, kDualstackDomain);
    }
    answer.public_dns_names = all;
}

std::vector<Ec2InstanceConnectEndpoint> to_answers(Session& session,
                                                   std::vector<InstanceConnectEndpointRow>&& rows)
{
    std::vector<std::string> interfaces;
    for (const auto& row : rows) {
        interfaces.push_back(row.interface_id.text());
    }
    const InterfaceParts parts(session, interfaces);
    const PageTags tags(session, ids_of(rows));
    std::vector<Ec2InstanceConnectEndpoint> answers;
    for (const auto& row : rows) {
        auto& answer = answers.emplace_back();
        answer.availability_zone = row.zone;
        answer.availability_zone_id = row.zone_id;
        answer.created_at = Timestamp{row.create_time_ms};
        answer.instance_connect_endpoint_arn =
            resource_arn(session, InstanceConnectEndpointTag::kResourceType, row.id.text());
        answer.instance_connect_endpoint_id = row.id.text();
        answer.ip_address_type = text_of(row.ip_address_type);
        answer.network_interface_ids = {row.interface_id.text()};
        answer.owner_id = row.owner;
        answer.preserve_client_ip = row.preserve_client_ip;
        answer.state = text_of(row.state);
        answer.state_message = "";
        answer.subnet_id = row.subnet_id.text();
        answer.tags = tags.of(row.id.text());
        answer.vpc_id = row.vpc_id.text();
        for (const auto& group : parts.groups_of(row.interface_id)) {
            answer.security_group_ids.push_back(group.id.text());
        }
        tell_names(row, answer);
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeInstanceConnectEndpoints,
    .ids = {.member = &DescribeInstanceConnectEndpointsRequest::instance_connect_endpoint_ids,
            .check = &check_ids<InstanceConnectEndpointId>,
            .not_with_page = "InstanceConnectEndpointIds",
            .before_filters = true,
            .require = &require_listed<kInstanceConnectEndpointList, InstanceConnectEndpointId,
                                       endpoint_not_found>},
    .select = &select_page<kInstanceConnectEndpointList>,
    .answers = &to_answers,
    .into = &DescribeInstanceConnectEndpointsResponse::instance_connect_endpoints};

InstanceConnectEndpointRow require_endpoint(Session& session, const InstanceConnectEndpointId& id)
{
    return require_own<kInstanceConnectEndpointList, InstanceConnectEndpointId, endpoint_not_found>(
        session, id);
}

/// Source: without a wish, what the subnet has (documented); what it has not is refused (assumed).
IpAddressType address_type(const std::optional<std::string>& wish, const LaunchSubnet& subnet)
{
    if (!is_given(wish)) {
        if (subnet.ipv6_native) {
            return IpAddressType::kIpv6;
        }
        return subnet.ipv6_cidr_block ? IpAddressType::kDualstack : IpAddressType::kIpv4;
    }
    const auto type = to_word<IpAddressType>(*wish);
    if (type != IpAddressType::kIpv6 && subnet.ipv6_native) {
        throw no_ipv4_addresses(subnet.id);
    }
    return type;
}

/// Source: with IPv4 alone (documented), the refusal is assumed.
void check_preserving(bool preserves, IpAddressType type)
{
    if (preserves && type != IpAddressType::kIpv4) {
        throw invalid_parameter_combination(
            "PreserveClientIp is only supported on IPv4 EC2 Instance Connect Endpoints.");
    }
}

/// Source: the type of the interface is documented, its description assumed; one of a subnet with
/// IPv4 has an address of it whatever the endpoint's type (assumed).
NetworkInterfaceId make_endpoint_interface(Session& session, const InstanceConnectEndpointRow& row,
                                           const LaunchSubnet& subnet,
                                           const std::vector<std::string>& groups)
{
    const bool has_ipv6 = row.ip_address_type != IpAddressType::kIpv4;
    return new_endpoint_interface(session,
                                  {.subnet = subnet,
                                   .groups = find_groups(session, groups, subnet),
                                   .description = "EC2 Instance Connect Endpoint " + row.id.text(),
                                   .interface_type = NetworkInterfaceType::kInstanceConnectEndpoint,
                                   .addresses = {.none = subnet.ipv6_native},
                                   .ipv6 = {.count = has_ipv6 ? 1 : 0}});
}

InstanceConnectEndpointRow make_endpoint(Session& session,
                                         const CreateInstanceConnectEndpointRequest& request,
                                         const std::vector<TagRow>& tags)
{
    const auto subnet = require_launch_subnet(session, parse_id<SubnetId>(request.subnet_id));
    if (has_instance_connect_endpoint(session.db(), subnet.vpc_id)) {
        throw too_many_endpoints(fmt::format("{} has one.", subnet.vpc_id.text()));
    }
    if (count_own<kInstanceConnectEndpointList>(session) >= kMostEndpoints) {
        throw too_many_endpoints(fmt::format("the account has {}.", kMostEndpoints));
    }
    InstanceConnectEndpointRow row{.vpc_id = subnet.vpc_id,
                                   .subnet_id = subnet.id,
                                   .zone = subnet.zone,
                                   .state = InstanceConnectEndpointState::kCreating,
                                   .ip_address_type = address_type(request.ip_address_type, subnet),
                                   .preserve_client_ip = request.preserve_client_ip.value_or(false),
                                   .create_time_ms = session.now_ms()};
    check_preserving(row.preserve_client_ip, row.ip_address_type);
    make_own(session, row);
    row.interface_id = make_endpoint_interface(session, row, subnet, request.security_group_ids);
    insert_row<kInstanceConnectEndpointColumns>(session.db(), row);
    store_tags(session, row.id, tags);
    session.schedule(kInstanceConnectEndpointCreating, kInstanceConnectEndpointReady,
                     row.id.text());
    return row;
}

CreateInstanceConnectEndpointResponse created_answer(
    Session& session, const CreateInstanceConnectEndpointRequest& request,
    const InstanceConnectEndpointId& id)
{
    return {
        .client_token = request.client_token,
        .instance_connect_endpoint = to_answers(session, {require_endpoint(session, id)}).front()};
}

// Source: EC2 API Reference, CreateInstanceConnectEndpoint (documented).
CreateInstanceConnectEndpointResponse create_instance_connect_endpoint(
    Session& session, const CreateInstanceConnectEndpointRequest& request)
{
    parse_id<SubnetId>(request.subnet_id);
    parse_ids<SecurityGroupId>(request.security_group_ids);
    const auto tags = parse_tags<InstanceConnectEndpointId>(request.tag_specifications);
    stop_if_dry_run(request);
    ensure_default_network(session);
    if (const auto made = made_before(session, request.kOperation, request.client_token)) {
        return created_answer(session, request, InstanceConnectEndpointId::trusted(*made));
    }
    const auto row = make_endpoint(session, request, tags);
    remember_token(session, request.kOperation, request.client_token, row.id.text());
    return created_answer(session, request, row.id);
}

// Source: EC2 API Reference, DescribeInstanceConnectEndpoints (documented).
DescribeInstanceConnectEndpointsResponse describe_instance_connect_endpoints(
    Session& session, const DescribeInstanceConnectEndpointsRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, ModifyInstanceConnectEndpoint (documented): groups take the place of
// those that are there; without anything to change it is refused (assumed).
ModifyInstanceConnectEndpointResponse modify_instance_connect_endpoint(
    Session& session, const ModifyInstanceConnectEndpointRequest& request)
{
    const auto id = parse_id<InstanceConnectEndpointId>(request.instance_connect_endpoint_id);
    parse_ids<SecurityGroupId>(request.security_group_ids);
    if (request.security_group_ids.empty() && !request.preserve_client_ip) {
        throw no_attribute_to_modify();
    }
    stop_if_dry_run(request);
    auto row = require_endpoint(session, id);
    if (row.state != InstanceConnectEndpointState::kCreated &&
        row.state != InstanceConnectEndpointState::kUpdated) {
        throw incorrect_state(id.text(), row.state);
    }
    row.preserve_client_ip = request.preserve_client_ip.value_or(row.preserve_client_ip);
    check_preserving(row.preserve_client_ip, row.ip_address_type);
    if (!request.security_group_ids.empty()) {
        replace_interface_groups(session.db(), row.interface_id,
                                 find_groups(session, request.security_group_ids,
                                             require_launch_subnet(session, row.subnet_id)));
    }
    row.state = InstanceConnectEndpointState::kUpdating;
    update_instance_connect_endpoint(session.db(), row);
    session.schedule(kInstanceConnectEndpointUpdating, kInstanceConnectEndpointReady, id.text());
    return {.return_value = true};
}

// Source: EC2 API Reference, DeleteInstanceConnectEndpoint (documented); one that is being deleted
// is no error (assumed).
DeleteInstanceConnectEndpointResponse delete_instance_connect_endpoint(
    Session& session, const DeleteInstanceConnectEndpointRequest& request)
{
    const auto id = parse_id<InstanceConnectEndpointId>(request.instance_connect_endpoint_id);
    stop_if_dry_run(request);
    auto row = require_endpoint(session, id);
    if (row.state != InstanceConnectEndpointState::kDeleting) {
        session.cancel_transitions(id.text());
        row.state = InstanceConnectEndpointState::kDeleting;
        update_instance_connect_endpoint(session.db(), row);
        session.schedule(kInstanceConnectEndpointDeleting, kInstanceConnectEndpointGone, id.text());
    }
    return {.instance_connect_endpoint = to_answers(session, {row}).front()};
}

void instance_connect_endpoint_ready(Session& session, const InstanceConnectEndpointId& id)
{
    auto row = select_instance_connect_endpoint(session.db(), id);
    if (row && row->state != InstanceConnectEndpointState::kDeleting) {
        row->state = row->state == InstanceConnectEndpointState::kCreating
                         ? InstanceConnectEndpointState::kCreated
                         : InstanceConnectEndpointState::kUpdated;
        update_instance_connect_endpoint(session.db(), *row);
    }
}

/// Source: that it is forgotten at once is assumed.
void instance_connect_endpoint_gone(Session& session, const InstanceConnectEndpointId& id)
{
    if (const auto row = select_instance_connect_endpoint(session.db(), id)) {
        delete_own<kInstanceConnectEndpointColumns>(session, id);
        discard_interface(session, row->interface_id);
    }
}

constexpr Operation kOperations[] = {
    write<create_instance_connect_endpoint>(kCreateInstanceConnectEndpoint),
    read<describe_instance_connect_endpoints>(kDescribeInstanceConnectEndpoints),
    write<modify_instance_connect_endpoint>(kModifyInstanceConnectEndpoint),
    write<delete_instance_connect_endpoint>(kDeleteInstanceConnectEndpoint, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<InstanceConnectEndpointId, endpoint_not_found>(
        kTaggableByOwner<kInstanceConnectEndpointColumns>),
};

constexpr DueRow kDue[] = {
    when<instance_connect_endpoint_ready>(kInstanceConnectEndpointReady),
    when<instance_connect_endpoint_gone>(kInstanceConnectEndpointGone),
};

constexpr Delay kDelays[] = {kInstanceConnectEndpointCreating, kInstanceConnectEndpointUpdating,
                             kInstanceConnectEndpointDeleting};

}  // namespace

constinit const Family kInstanceConnectEndpoints{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
