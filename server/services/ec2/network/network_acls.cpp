#include "server/services/ec2/network/network_acls.h"

#include <fmt/format.h>

#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/subnets.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/wire/ec2/network/network_acls.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/network_acl_entry_rows.h"

namespace amilab::ec2 {

namespace {

NetworkAclEntry to_answer(const NetworkAclEntryRow& row)
{
    NetworkAclEntry entry{.cidr_block = row.cidr_block,
                          .egress = row.egress,
                          .ipv6_cidr_block = row.ipv6_cidr_block,
                          .protocol = row.protocol,
                          .rule_action = std::string(text_of(row.rule_action)),
                          .rule_number = row.rule_number};
    if (row.icmp_type) {
        entry.icmp_type_code = IcmpTypeCode{.code = row.icmp_code, .type = row.icmp_type};
    }
    if (row.port_from) {
        entry.port_range = PortRange{.from = row.port_from, .to = row.port_to};
    }
    return entry;
}

NetworkAclAssociation to_answer(const NetworkAclAssociationRow& row)
{
    return {.network_acl_association_id = row.id.text(),
            .network_acl_id = row.network_acl_id,
            .subnet_id = row.subnet_id.text()};
}

std::vector<NetworkAcl> to_answers(Session& session, std::vector<NetworkAclRow>&& rows)
{
    const auto ids = ids_of(rows);
    const PageTags tags(session, ids);
    const auto associations = select_children<kAssociationsOfNetworkAcls>(session.db(), ids);
    const auto entries = select_children<kEntriesOfNetworkAcls>(session.db(), ids);
    std::vector<NetworkAcl> answers;
    for (const auto& row : rows) {
        const auto& id = row.id.text();
        auto& answer = answers.emplace_back(NetworkAcl{.is_default = row.is_default,
                                                       .network_acl_id = id,
                                                       .owner_id = row.owner,
                                                       .tags = tags.of(id),
                                                       .vpc_id = row.vpc_id.text()});
        for (const auto& one :
             children_of(associations, &NetworkAclAssociationRow::network_acl_id, id)) {
            answer.associations.push_back(to_answer(one));
        }
        for (const auto& one : children_of(entries, &NetworkAclEntryRow::network_acl_id, id)) {
            answer.entries.push_back(to_answer(one));
        }
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeNetworkAcls,
    .ids = {.member = &DescribeNetworkAclsRequest::network_acl_ids,
            .check = &check_ids<NetworkAclId>,
            .not_with_page = "NetworkAclIds",
            .before_filters = true,
            .require = &require_listed<kNetworkAclList, NetworkAclId, not_found>},
    .select = &select_page<kNetworkAclList>,
    .answers = &to_answers,
    .into = &DescribeNetworkAclsResponse::network_acls};

CreateNetworkAclResponse created_answer(Session& session, const CreateNetworkAclRequest& request,
                                        const NetworkAclRow& row)
{
    return {.client_token = request.client_token,
            .network_acl = to_answers(session, {row}).front()};
}

// Source: EC2 API Reference, CreateNetworkAcl; a new ACL denies everything (documented, VPC User
// Guide, "Custom network ACLs").
CreateNetworkAclResponse create_network_acl(Session& session,
                                            const CreateNetworkAclRequest& request)
{
    const auto vpc_id = parse_id<VpcId>(request.vpc_id);
    const auto tags = parse_tags<NetworkAclId>(request.tag_specifications);
    stop_if_dry_run(request);
    if (const auto made = made_before(session, request.kOperation, request.client_token)) {
        return created_answer(session, request,
                              require_network_acl(session, NetworkAclId::trusted(*made)));
    }
    NetworkAclRow row{.vpc_id = require_vpc(session, vpc_id).id};
    insert_own<kNetworkAclColumns>(session, row, tags);
    insert_last_rules(session.db(), row.id, AddressFamily::kIpv4);
    if (has_ipv6_block(session.db(), row.vpc_id)) {
        insert_last_rules(session.db(), row.id, AddressFamily::kIpv6);
    }
    remember_token(session, request.kOperation, request.client_token, row.id.text());
    return created_answer(session, request, row);
}

// Source: EC2 API Reference, DescribeNetworkAcls (documented).
DescribeNetworkAclsResponse describe_network_acls(Session& session,
                                                  const DescribeNetworkAclsRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DeleteNetworkAcl (documented): no default one, none that subnets have;
// the texts are observed.
DeleteNetworkAclResponse delete_network_acl(Session& session,
                                            const DeleteNetworkAclRequest& request)
{
    const auto acl_id = parse_id<NetworkAclId>(request.network_acl_id);
    stop_if_dry_run(request);
    const auto acl = require_network_acl(session, acl_id);
    if (acl.is_default) {
        throw invalid_parameter_value(
            fmt::format("cannot delete default network ACL {}", acl.id.text()));
    }
    if (is_network_acl_in_use(session.db(), acl.id)) {
        throw has_dependencies("networkAcl", acl.id.text());
    }
    delete_own<kNetworkAclColumns>(session, acl.id);
    return {};
}

// Source: EC2 API Reference, ReplaceNetworkAclAssociation (documented).
ReplaceNetworkAclAssociationResponse replace_network_acl_association(
    Session& session, const ReplaceNetworkAclAssociationRequest& request)
{
    const auto id = parse_id<NetworkAclAssociationId>(request.association_id);
    const auto acl_id = parse_id<NetworkAclId>(request.network_acl_id);
    stop_if_dry_run(request);
    auto association =
        require_own<kNetworkAclAssociationList, NetworkAclAssociationId, not_found>(session, id);
    const auto acl = require_network_acl(session, acl_id);
    if (require_subnet_row(session, association.subnet_id).vpc_id != acl.vpc_id) {
        throw of_different_networks("network ACL " + acl.id.text(),
                                    "network subnet " + association.subnet_id.text());
    }
    delete_row<kNetworkAclAssociationColumns>(session.db(), association.id);
    association.network_acl_id = acl.id.text();
    association.id = session.next_id<NetworkAclAssociationId>();
    insert_row<kNetworkAclAssociationColumns>(session.db(), association);
    return {.new_association_id = association.id.text()};
}

constexpr Operation kOperations[] = {
    write<create_network_acl>(kCreateNetworkAcl),
    read<describe_network_acls, kDefaultNetwork>(kDescribeNetworkAcls),
    write<delete_network_acl>(kDeleteNetworkAcl, {.frees_space = true}),
    write<replace_network_acl_association>(kReplaceNetworkAclAssociation),
};

constexpr ResourceKind kKinds[] = {
    kind<NetworkAclId, not_found>(kTaggableByOwner<kNetworkAclColumns>),
};

}  // namespace

NetworkAclRow require_network_acl(Session& session, const NetworkAclId& id)
{
    return require_own<kNetworkAclList, NetworkAclId, not_found>(session, id);
}

constinit const Family kNetworkAcls{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
