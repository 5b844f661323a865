#include "server/services/ec2/network/new_network.h"

#include <stdexcept>

#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/security_groups.h"
#include "storage/metadata/network/dhcp_options_rows.h"
#include "storage/metadata/network/network_acl_entry_rows.h"
#include "storage/metadata/network/network_acl_rows.h"
#include "storage/metadata/network/route_rows.h"
#include "storage/metadata/network/route_table_association_rows.h"
#include "storage/metadata/network/route_table_rows.h"
#include "storage/metadata/network/whole_networks.h"

namespace amilab::ec2 {

namespace {

constexpr std::int64_t kFirstDefaultRule = 100;
// Source: observed.
constexpr std::int64_t kFirstDefaultIpv6Rule = 101;

void make_main_route_table(Session& session, const VpcRow& vpc)
{
    auto& db = session.db();
    const auto id = session.next_id<RouteTableId>();
    insert_row<kRouteTableColumns>(
        db, {.id = id, .region = vpc.region, .owner = vpc.owner, .vpc_id = vpc.id});
    insert_local_route(db, id, vpc.cidr_block);
    insert_row<kRouteTableAssociationColumns>(db, {.id = session.next_id<RouteTableAssociationId>(),
                                                   .region = vpc.region,
                                                   .owner = vpc.owner,
                                                   .route_table_id = id.text(),
                                                   .subnet_id = {},
                                                   .main_of = vpc.id});
}

/// Source: a default network ACL lets everything in and out (documented, VPC User Guide, "Default
/// network ACL").
void make_default_network_acl(Session& session, const VpcRow& vpc)
{
    auto& db = session.db();
    const auto id = session.next_id<NetworkAclId>();
    insert_row<kNetworkAclColumns>(
        db,
        {.id = id, .region = vpc.region, .owner = vpc.owner, .vpc_id = vpc.id, .is_default = true});
    for (const bool egress : {false, true}) {
        insert_row<kNetworkAclEntryColumns>(db, {.network_acl_id = id.text(),
                                                 .egress = egress,
                                                 .rule_number = kFirstDefaultRule,
                                                 .protocol = std::string(kAllProtocols),
                                                 .cidr_block = std::string(kAllOfIpv4)});
    }
    insert_last_rules(db, id, AddressFamily::kIpv4);
}

/// Whether the direction has the two rules that it was made with, and no other.
bool is_as_made(const std::vector<NetworkAclEntryRow>& entries, bool egress)
{
    std::size_t count = 0;
    bool allows_all = false;
    for (const auto& one : entries) {
        if (one.egress == egress) {
            ++count;
            allows_all = allows_all ||
                         (one.rule_number == kFirstDefaultRule && one.protocol == kAllProtocols &&
                          one.cidr_block == kAllOfIpv4 && one.rule_action == RuleAction::kAllow);
        }
    }
    return count == 2 && allows_all;
}

void let_ipv6_through(Session& session, const NetworkAclId& acl)
{
    const auto entries = select_children<kEntriesOfNetworkAcls>(session.db(), {acl.text()});
    for (const bool egress : {false, true}) {
        if (is_as_made(entries, egress)) {
            insert_row<kNetworkAclEntryColumns>(session.db(),
                                                {.network_acl_id = acl.text(),
                                                 .egress = egress,
                                                 .rule_number = kFirstDefaultIpv6Rule,
                                                 .protocol = std::string(kAllProtocols),
                                                 .ipv6_cidr_block = std::string(kAllOfIpv6)});
        }
    }
}

}  // namespace

void add_ipv6_rules(Session& session, const VpcId& vpc)
{
    let_ipv6_through(session, select_default_network_acl(session.db(), vpc)->id);
    insert_last_ipv6_rules(session.db(), vpc);
    let_default_group_out(session, vpc);
}

void make_vpc(Session& session, VpcRow& row)
{
    const auto options =
        select_default_dhcp_options(session.db(), session.account(), session.region());
    if (!options) {
        throw std::logic_error("a VPC before the account's default DHCP options");
    }
    make_own(session, row);
    row.cidr_association_id = session.next_id<VpcCidrAssociationId>().text();
    row.dhcp_options_id = options->id.text();
    insert_vpc(session.db(), row);
    make_main_route_table(session, row);
    make_default_network_acl(session, row);
    make_default_group(session, row.id);
}

void make_subnet(Session& session, SubnetRow& row)
{
    make_own(session, row);
    insert_subnet(session.db(), row);
    const auto acl = select_default_network_acl(session.db(), row.vpc_id);
    insert_row<kNetworkAclAssociationColumns>(session.db(),
                                              {.id = session.next_id<NetworkAclAssociationId>(),
                                               .region = row.region,
                                               .owner = row.owner,
                                               .network_acl_id = acl->id.text(),
                                               .subnet_id = row.id});
}

}  // namespace amilab::ec2
