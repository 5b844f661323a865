#include "server/services/ec2/network/vpcs.h"

#include <fmt/format.h>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/new_network.h"
#include "server/services/ec2/network/vpc_cidr_blocks.h"
#include "server/services/ec2/network/vpc_peering_connections.h"
#include "server/wire/ec2/network/vpcs.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/vpc_rows.h"

namespace amilab::ec2 {

namespace {

template <class Value>
std::vector<Value>& ensure_list(std::optional<std::vector<Value>>& list)
{
    return list ? *list : list.emplace();
}

/// Source: what a default VPC's answer holds (observed).
Vpc to_vpc(const PageTags& tags, const std::vector<VpcCidrBlockRow>& blocks, const VpcRow& row)
{
    Vpc answer{
        .block_public_access_states = BlockPublicAccessStates{"off"},
        .cidr_block = row.cidr_block,
        .cidr_block_association_set = {ipv4_association(row.cidr_association_id, row.cidr_block)},
        .dhcp_options_id = row.dhcp_options_id,
        .instance_tenancy = std::string(text_of(row.instance_tenancy)),
        .is_default = row.is_default,
        .owner_id = row.owner,
        .state = "available",
        .tags = unless_empty(tags.of(row.id.text())),
        .vpc_id = row.id.text()};
    for (const auto& one : children_of(blocks, &VpcCidrBlockRow::vpc_id, row.id.text())) {
        if (one.family == AddressFamily::kIpv6) {
            ensure_list(answer.ipv6_cidr_block_association_set).push_back(ipv6_association(one));
        } else {
            answer.cidr_block_association_set.push_back(
                ipv4_association(one.id.text(), one.cidr_block));
        }
    }
    return answer;
}

std::vector<Vpc> to_answers(Session& session, std::vector<VpcRow>&& rows)
{
    const auto ids = ids_of(rows);
    const PageTags tags(session, ids);
    const auto blocks = select_children<kBlocksOfVpcs>(session.db(), ids);
    std::vector<Vpc> answers;
    for (const auto& row : rows) {
        answers.push_back(to_vpc(tags, blocks, row));
    }
    return answers;
}

constexpr DescribeSpec kDescribe{.schema = kDescribeVpcs,
                                 .ids = {.member = &DescribeVpcsRequest::vpc_ids,
                                         .check = &check_ids<VpcId>,
                                         .not_with_page = "VpcIds",
                                         .before_filters = true,
                                         .require = &require_listed<kVpcList, VpcId, not_found>},
                                 .select = &select_page<kVpcList>,
                                 .answers = &to_answers,
                                 .into = &DescribeVpcsResponse::vpcs};

/// Source: "The host value cannot be used with this parameter" (documented).
Tenancy parse_tenancy(const std::optional<std::string>& text)
{
    const auto tenancy = find_word<Tenancy>(text.value_or("default"));
    if (!tenancy) {
        throw invalid_value(*text, "instanceTenancy", "Use default or dedicated.");
    }
    return *tenancy;
}

}  // namespace

VpcRow require_vpc(Session& session, const VpcId& id)
{
    return require_own<kVpcList, VpcId, not_found>(session, id);
}

Vpc vpc_answer(Session& session, const VpcId& id)
{
    auto answer = to_answers(session, {require_vpc(session, id)}).front();
    ensure_list(answer.tags);
    ensure_list(answer.ipv6_cidr_block_association_set);
    return answer;
}

namespace {

// Source: EC2 API Reference, CreateVpc (documented); it is available at once (assumed).
CreateVpcResponse create_vpc(Session& session, const CreateVpcRequest& request)
{
    const auto block = parse_vpc_block(request.cidr_block);
    VpcRow row{.cidr_block = block.text(),
               .instance_tenancy = parse_tenancy(request.instance_tenancy)};
    const auto tags = parse_tags<VpcId>(request.tag_specifications);
    const bool is_ipv6_wanted = request.amazon_provided_ipv6_cidr_block.value_or(false);
    check_ipv6_border_group(session, is_ipv6_wanted, request.ipv6_cidr_block_network_border_group);
    stop_if_dry_run(request);
    ensure_default_network(session);
    make_vpc(session, row);
    if (is_ipv6_wanted) {
        add_amazon_ipv6_block(session, row);
    }
    store_tags(session, row.id, tags);
    return {.vpc = vpc_answer(session, row.id)};
}

// Source: EC2 API Reference, DescribeVpcs (documented); ids together with MaxResults are taken
// (assumed: the documentation forbids it elsewhere, not here).
DescribeVpcsResponse describe_vpcs(Session& session, const DescribeVpcsRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DeleteVpc (documented): without subnets, gateways, and whatever else
// is not the VPC's own; the text is observed.
DeleteVpcResponse delete_vpc(Session& session, const DeleteVpcRequest& request)
{
    const auto id = parse_id<VpcId>(request.vpc_id);
    stop_if_dry_run(request);
    require_vpc(session, id);
    if (has_vpc_dependencies(session.db(), id) || is_vpc_peered(session.db(), id)) {
        throw has_dependencies("vpc", id.text());
    }
    end_vpc_peering_requests(session, id);
    amilab::delete_vpc(session.db(), id);
    return {};
}

constexpr Operation kOperations[] = {
    write<create_vpc>(kCreateVpc),
    read<describe_vpcs, kDefaultNetwork>(kDescribeVpcs),
    write<delete_vpc>(kDeleteVpc, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<VpcId, not_found>(kTaggableByOwner<kVpcColumns>),
};

}  // namespace

constinit const Family kVpcs{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
