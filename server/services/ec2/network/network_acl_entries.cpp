#include "server/services/ec2/network/network_acl_entries.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/network_acls.h"
#include "server/wire/ec2/network/network_acl_entries.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/ipv4_block.h"
#include "storage/metadata/network/ipv6_block.h"
#include "storage/metadata/network/network_acl_entry_rows.h"

namespace amilab::ec2 {

namespace {

// Source: a quota may be raised to 40 (documented, VPC User Guide, "Amazon VPC quotas").
constexpr std::int64_t kMostAclEntries = 40;
constexpr std::int64_t kMostPort = 65535;
constexpr int kMostProtocol = 255;

ApiError entry_not_found()
{
    return {"InvalidNetworkAclEntry.NotFound", "The specified network ACL entry does not exist."};
}

/// A protocol's number, or -1. Source: numbers (documented); the refusal is assumed.
std::string parse_protocol(const std::string& text)
{
    int number = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || rest != end || number < -1 || number > kMostProtocol) {
        throw invalid_value(text, "protocol", "Unknown protocol");
    }
    return std::to_string(number);
}

template <class Request>
void take_block(const Request& request, NetworkAclEntryRow& row)
{
    if (is_given(request.cidr_block) == is_given(request.ipv6_cidr_block)) {
        throw invalid_parameter_combination(
            "The request must contain exactly one of CidrBlock, Ipv6CidrBlock");
    }
    if (is_given(request.ipv6_cidr_block)) {
        row.ipv6_cidr_block =
            parse_cidr_block<Ipv6Block>(*request.ipv6_cidr_block, "ipv6CidrBlock").text();
        return;
    }
    row.cidr_block = parse_cidr_block<Ipv4Block>(*request.cidr_block, "cidrBlock").text();
}

/// Source: of protocols 6 and 17 ports are required, of 1 and 58 types and codes (documented); of
/// others they are taken and not kept (assumed).
template <class Request>
void take_ports(const Request& request, NetworkAclEntryRow& row)
{
    if (row.protocol == "6" || row.protocol == "17") {
        if (!request.port_range || !request.port_range->from || !request.port_range->to) {
            throw missing_parameter("PortRange");
        }
        row.port_from = request.port_range->from;
        row.port_to = request.port_range->to;
        if (*row.port_from < 0 || *row.port_to > kMostPort || *row.port_from > *row.port_to) {
            throw invalid_value(fmt::format("{}-{}", *row.port_from, *row.port_to), "portRange",
                                "Ports go from 0 to 65535.");
        }
    }
    if (row.protocol == "1" || row.protocol == "58") {
        if (!request.icmp_type_code || !request.icmp_type_code->type ||
            !request.icmp_type_code->code) {
            throw missing_parameter("Icmp");
        }
        row.icmp_type = request.icmp_type_code->type;
        row.icmp_code = request.icmp_type_code->code;
        if (std::min(*row.icmp_type, *row.icmp_code) < -1 ||
            std::max(*row.icmp_type, *row.icmp_code) > kMostProtocol) {
            throw invalid_value(fmt::format("{}, {}", *row.icmp_type, *row.icmp_code), "icmp",
                                "Types and codes go from -1 to 255.");
        }
    }
}

template <class Request>
NetworkAclEntryRow wished_entry(const Request& request)
{
    NetworkAclEntryRow row{.network_acl_id = parse_id<NetworkAclId>(request.network_acl_id).text(),
                           .egress = request.egress,
                           .rule_number = request.rule_number,
                           .protocol = parse_protocol(request.protocol),
                           .rule_action = to_word<RuleAction>(request.rule_action)};
    take_block(request, row);
    take_ports(request, row);
    return row;
}

// Source: EC2 API Reference, CreateNetworkAclEntry (documented); the text is observed.
CreateNetworkAclEntryResponse create_network_acl_entry(Session& session,
                                                       const CreateNetworkAclEntryRequest& request)
{
    const auto row = wished_entry(request);
    stop_if_dry_run(request);
    const auto acl = require_network_acl(session, NetworkAclId::trusted(row.network_acl_id));
    if (!insert_unless_there<kNetworkAclEntryColumns>(session.db(), row)) {
        throw ApiError(
            "NetworkAclEntryAlreadyExists",
            fmt::format("The network acl entry identified by {} already exists.", row.rule_number));
    }
    if (count_network_acl_entries(session.db(), acl.id, row.egress) > kMostAclEntries) {
        throw ApiError("NetworkAclEntryLimitExceeded",
                       "The maximum number of network acl entries has been reached.");
    }
    return {};
}

// Source: EC2 API Reference, ReplaceNetworkAclEntry (documented).
ReplaceNetworkAclEntryResponse replace_network_acl_entry(
    Session& session, const ReplaceNetworkAclEntryRequest& request)
{
    const auto row = wished_entry(request);
    stop_if_dry_run(request);
    const auto acl = require_network_acl(session, NetworkAclId::trusted(row.network_acl_id));
    if (!delete_network_acl_entry_row(session.db(), acl.id, row.egress, row.rule_number)) {
        throw entry_not_found();
    }
    insert_row<kNetworkAclEntryColumns>(session.db(), row);
    return {};
}

// Source: EC2 API Reference, DeleteNetworkAclEntry (documented).
DeleteNetworkAclEntryResponse delete_network_acl_entry(Session& session,
                                                       const DeleteNetworkAclEntryRequest& request)
{
    const auto acl_id = parse_id<NetworkAclId>(request.network_acl_id);
    stop_if_dry_run(request);
    const auto acl = require_network_acl(session, acl_id);
    if (!delete_network_acl_entry_row(session.db(), acl.id, request.egress, request.rule_number)) {
        throw entry_not_found();
    }
    return {};
}

constexpr Operation kOperations[] = {
    write<create_network_acl_entry>(kCreateNetworkAclEntry),
    write<replace_network_acl_entry>(kReplaceNetworkAclEntry),
    write<delete_network_acl_entry>(kDeleteNetworkAclEntry, {.frees_space = true}),
};

}  // namespace

constinit const Family kNetworkAclEntries{.operations = kOperations};

}  // namespace amilab::ec2
