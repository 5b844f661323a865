#include "server/services/ec2/network/network_interfaces.h"
#include "server/wire/ec2/network/network_interfaces.h"

#include "server/calls/arns.h"
#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/interface_answers.h"
#include "server/services/ec2/network/interface_cards.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/network_interface_rows.h"

namespace amilab::ec2 {

namespace {

std::optional<NetworkInterfaceAssociation> association_answer(const InterfaceAddressRow& row)
{
    if (!row.public_ip) {
        return std::nullopt;
    }
    NetworkInterfaceAssociation answer;
    answer.allocation_id = row.allocation_id;
    if (row.association_id) {
        answer.association_id = row.association_id->text();
    }
    answer.ip_owner_id = row.public_owner;
    answer.public_dns_name = row.public_dns_name;
    answer.public_ip = row.public_ip;
    return answer;
}

NetworkInterfacePrivateIpAddress address_answer(const InterfaceAddressRow& row)
{
    NetworkInterfacePrivateIpAddress answer;
    answer.association = association_answer(row);
    answer.primary = row.position == 0;
    answer.private_dns_name = row.private_dns_name;
    answer.private_ip_address = row.address;
    return answer;
}

void fill_addresses(NetworkInterface& answer, const std::vector<InterfaceAddressRow>& addresses)
{
    for (const auto& address : addresses) {
        answer.private_ip_addresses.push_back(address_answer(address));
    }
    if (!addresses.empty()) {
        const auto& primary = answer.private_ip_addresses.front();
        answer.association = primary.association;
        answer.private_dns_name = primary.private_dns_name;
        answer.private_ip_address = primary.private_ip_address;
    }
}

/// Source: EC2 API Reference, NetworkInterface (documented); the constants are those of an
/// interface that was made with nothing said (observed); of those of IPv6 alone it is told
/// (assumed).
NetworkInterface to_answer(const NetworkInterfaceRow& row, const InterfaceParts& parts,
                           const PageTags& tags)
{
    NetworkInterface answer;
    answer.availability_zone = row.zone;
    answer.availability_zone_id = row.zone_id;
    answer.connection_tracking_configuration =
        connection_tracking_answer<ConnectionTrackingConfiguration>(row);
    answer.description = row.description;
    answer.groups = group_answers(parts.groups_of(row.id));
    answer.interface_type = text_of(row.interface_type);
    if (row.ipv6_native) {
        answer.ipv6_native = true;
    }
    answer.mac_address = row.mac_address;
    answer.network_interface_id = row.id.text();
    answer.operator_value = OperatorResponse{.managed = false};
    answer.owner_id = row.owner;
    answer.requester_id = row.requester_id;
    answer.requester_managed = is_requester_managed(row);
    answer.source_dest_check = row.source_dest_check;
    answer.status = text_of(row.status);
    answer.subnet_id = row.subnet_id.text();
    answer.tag_set = tags.of(row.id.text());
    answer.vpc_id = row.vpc_id.text();
    answer.attachment = attachment_answer(row);
    fill_addresses(answer, parts.addresses_of(row.id));
    answer.ipv6_addresses = ipv6_answers<NetworkInterfaceIpv6Address>(row, parts.ipv6_of(row.id));
    for (const auto& prefix : parts.prefixes_of(row.id, AddressFamily::kIpv4)) {
        answer.ipv4_prefixes.push_back({.ipv4_prefix = prefix});
    }
    for (const auto& prefix : parts.prefixes_of(row.id, AddressFamily::kIpv6)) {
        answer.ipv6_prefixes.push_back({.ipv6_prefix = prefix});
    }
    if (!answer.ipv6_addresses.empty()) {
        answer.ipv6_address = answer.ipv6_addresses.front().ipv6_address;
    }
    return answer;
}

std::vector<NetworkInterface> to_answers(Session& session, std::vector<NetworkInterfaceRow>&& rows)
{
    const auto ids = ids_of(rows);
    const InterfaceParts parts(session, ids);
    const PageTags tags(session, ids);
    std::vector<NetworkInterface> answers;
    answers.reserve(rows.size());
    for (const auto& row : rows) {
        answers.push_back(to_answer(row, parts, tags));
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeNetworkInterfaces,
    .ids = {.member = &DescribeNetworkInterfacesRequest::network_interface_ids,
            .check = &check_ids<NetworkInterfaceId>,
            .not_with_page = "NetworkInterfaceIds",
            .before_filters = true,
            .require = &require_listed<kNetworkInterfaceList, NetworkInterfaceId, not_found>},
    .select = &select_page<kNetworkInterfaceList>,
    .answers = &to_answers,
    .into = &DescribeNetworkInterfacesResponse::network_interfaces};

/// Source: an interface is pending in the answer that makes it (observed).
CreateNetworkInterfaceResponse created_answer(Session& session,
                                              const CreateNetworkInterfaceRequest& request,
                                              const NetworkInterfaceId& id)
{
    auto answer = to_answers(session, {require_interface(session, id)}).front();
    if (answer.status == text_of(InterfaceStatus::kAvailable)) {
        answer.status = "pending";
    }
    return {.client_token = request.client_token, .network_interface = std::move(answer)};
}

/// The addresses that the request asks for.
struct InterfaceWish {
    AddressWish addresses;
    Ipv6Wish ipv6;
    PrefixWishes prefixes;
    NetworkInterfaceType type = NetworkInterfaceType::kInterface;
};

InterfaceWish wish_of(const CreateNetworkInterfaceRequest& request)
{
    InterfaceWish wish{
        .addresses = address_wish(request.private_ip_address, request.private_ip_addresses,
                                  request.secondary_private_ip_address_count),
        .ipv6 = ipv6_wish(request.ipv6_addresses, request.ipv6_address_count,
                          request.enable_primary_ipv6),
        .prefixes = prefix_wishes(request),
        .type = parse_interface_type(request.interface_type)};
    settle_addresses(wish.type, wish.addresses, wish.ipv6, wish.prefixes);
    return wish;
}

NetworkInterfaceId make_interface(Session& session, const CreateNetworkInterfaceRequest& request,
                                  InterfaceWish wish, const std::vector<TagRow>& tags,
                                  const LaunchSubnet& subnet)
{
    follow_subnet(wish.addresses, wish.prefixes, subnet);
    const auto groups = find_groups(session, request.groups, subnet);
    require_free(session, wish.addresses, subnet);
    require_free(session, wish.ipv6, subnet);
    require_free(session, wish.prefixes, subnet, wish.addresses.secondary_count(),
                 wish.ipv6.count_in(subnet));
    TakenAddresses taken;
    add_named(taken, wish.addresses, wish.ipv6, wish.prefixes);
    const auto addresses = take_addresses(session, wish.addresses, subnet, taken);
    if (!addresses) {
        throw subnet_full(subnet.id);
    }
    const auto requester = caller_user_id(session);
    return new_interface(session,
                         {.subnet = subnet,
                          .groups = groups,
                          .addresses = *addresses,
                          .tags = tags,
                          .ipv6 = wish.ipv6,
                          .prefixes = wish.prefixes,
                          .taken = std::move(taken),
                          .description = request.description.value_or(""),
                          .interface_type = wish.type,
                          .requester_id = requester,
                          .connection_tracking = request.connection_tracking_specification.value_or(
                              ConnectionTrackingSpecificationRequest{})});
}

// Source: EC2 API Reference, CreateNetworkInterface (documented).
CreateNetworkInterfaceResponse create_network_interface(
    Session& session, const CreateNetworkInterfaceRequest& request)
{
    const auto subnet_id = parse_id<SubnetId>(request.subnet_id);
    const auto wish = wish_of(request);
    const auto tags = parse_tags<NetworkInterfaceId>(request.tag_specifications);
    ensure_default_network(session);
    const auto subnet = require_launch_subnet(session, subnet_id);
    stop_if_dry_run(request);
    if (const auto made = made_before(session, request.kOperation, request.client_token)) {
        return created_answer(session, request, NetworkInterfaceId::trusted(*made));
    }
    const auto id = make_interface(session, request, wish, tags, subnet);
    remember_token(session, request.kOperation, request.client_token, id.text());
    return created_answer(session, request, id);
}

// Source: EC2 API Reference, DescribeNetworkInterfaces: no MaxResults beside ids (documented), what
// the text calls them is assumed.
DescribeNetworkInterfacesResponse describe_network_interfaces(
    Session& session, const DescribeNetworkInterfacesRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DeleteNetworkInterface: it is to be detached first (documented).
DeleteNetworkInterfaceResponse delete_network_interface(
    Session& session, const DeleteNetworkInterfaceRequest& request)
{
    const auto id = parse_id<NetworkInterfaceId>(request.network_interface_id);
    stop_if_dry_run(request);
    const auto row = require_unmanaged_interface(session, id);
    if (row.instance_id) {
        throw interface_is_attached(id);
    }
    discard_interface(session, id);
    return {};
}

constexpr Operation kOperations[] = {
    write<create_network_interface>(kCreateNetworkInterface),
    read<describe_network_interfaces>(kDescribeNetworkInterfaces),
    write<delete_network_interface>(kDeleteNetworkInterface, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<NetworkInterfaceId, not_found>(kTaggableByOwner<kNetworkInterfaceColumns>),
};

}  // namespace

constinit const Family kNetworkInterfaces{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
