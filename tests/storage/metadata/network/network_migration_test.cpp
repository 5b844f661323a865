#include <gtest/gtest.h>

#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/network/dhcp_options_rows.h"
#include "storage/metadata/network/network_acl_rows.h"
#include "storage/metadata/network/route_rows.h"
#include "storage/metadata/network/route_table_rows.h"
#include "storage/metadata/network/vpc_rows.h"
#include "storage/metadata/sql/migration_steps.h"
#include "storage/metadata/sql/migrations.h"

namespace amilab {
namespace {

constexpr const char* kFirstRows =
    "INSERT INTO vpc VALUES ('vpc-00000001', 'us-east-1', '123456789012', '172.31.0.0/16', 'a',"
    " 'dopt-00000001', 1);"
    "INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone,"
    " map_public_ip_on_launch) VALUES ('subnet-00000001', 'us-east-1', '123456789012',"
    " 'vpc-00000001', 'us-east-1a', '172.31.0.0/20', 1, 1);";

TEST(NetworkMigration, GivesVpcsOfEarlierVersionsWhatEveryOneHas)
{
    const auto db = open_connection(":memory:", Database::Mode::kReadWrite, Durability::kPrivate);
    db->run(migration_steps()[0]);
    db->run("PRAGMA user_version = 1");
    db->run(kFirstRows);
    migrate(*db);

    const auto vpc = select_own<kVpcList, &VpcRow::id>(*db, "123456789012", "us-east-1",
                                                       VpcId::trusted("vpc-00000001"));
    ASSERT_TRUE(vpc);
    EXPECT_TRUE(vpc->enable_dns_hostnames);
    EXPECT_TRUE(has_default_dhcp_options(*db, "123456789012", "us-east-1"));
    const auto table = select_main_route_table(*db, vpc->id);
    ASSERT_TRUE(table);
    EXPECT_EQ(select_route(*db, table->id, "172.31.0.0/16")->target, kLocalTarget);
    EXPECT_EQ(select_route(*db, table->id, "0.0.0.0/0")->state, RouteState::kActive);
    const auto acl = select_default_network_acl(*db, vpc->id);
    ASSERT_TRUE(acl);
    EXPECT_TRUE(is_network_acl_in_use(*db, acl->id));
}

}  // namespace
}  // namespace amilab
