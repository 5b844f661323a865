#include "server/services/ec2/network/default_network.h"

#include <fmt/format.h>

#include "server/services/ec2/network/security_groups.h"
#include "storage/metadata/network/subnet_rows.h"
#include "storage/metadata/network/vpc_rows.h"
#include "storage/metadata/regions/region_rows.h"

namespace amilab::ec2 {

namespace {

bool default_network_missing(Session& session)
{
    return !has_default_vpc(session.db(), session.account(), session.region());
}

/// Source: 172.31.0.0/16 and a /20 in each zone, a group that is called default, public addresses
/// (documented, VPC User Guide, "Default VPC components"); the blocks in the order of the zones'
/// names (assumed: AWS's order differs from account to account).
void make_default_network(Session& session)
{
    auto& db = session.db();
    const auto vpc = session.next_id<VpcId>();
    insert_vpc(db, {.id = vpc,
                    .region = session.region(),
                    .owner = session.account(),
                    .cidr_block = "172.31.0.0/16",
                    .cidr_association_id = session.ids().next_text("vpc-cidr-assoc"),
                    .dhcp_options_id = session.ids().next_text("dopt"),
                    .is_default = true});
    constexpr int kAddressesInThirdByte = 16;  // a /20
    int block = 0;
    for (const auto& zone : select_page<kZoneList>(
             db, {.region = session.region(), .among = {{kZoneOptInStatus, enabled_statuses()}}})) {
        insert_subnet(db,
                      {.id = session.next_id<SubnetId>(),
                       .region = session.region(),
                       .owner = session.account(),
                       .vpc_id = vpc,
                       .zone = zone.name,
                       .cidr_block = fmt::format("172.31.{}.0/20", block * kAddressesInThirdByte),
                       .default_for_zone = true,
                       .map_public_ip_on_launch = true});
        ++block;
    }
    make_default_group(session, vpc);
}

}  // namespace

const Prerequisite kDefaultNetwork{default_network_missing, make_default_network};

void ensure_default_network(Session& session)
{
    if (default_network_missing(session)) {
        make_default_network(session);
    }
}

}  // namespace amilab::ec2
