#include "storage/metadata/network/vpc_rows.h"

#include "storage/metadata/sql/statement.h"
#include "storage/metadata/tags/tag_rows.h"

namespace amilab {

void insert_vpc(Database& db, const VpcRow& row)
{
    insert_row<kVpcColumns>(db, row);
}

void update_vpc(Database& db, const VpcRow& row)
{
    Statement(db,
              "UPDATE vpc SET dhcp_options_id = ?, instance_tenancy = ?, enable_dns_support = ?,"
              " enable_dns_hostnames = ?, enable_network_address_usage_metrics = ? WHERE id = ?")
        .execute(row.dhcp_options_id, row.instance_tenancy, row.enable_dns_support,
                 row.enable_dns_hostnames, row.enable_network_address_usage_metrics, row.id);
}

bool has_vpc_dependencies(Database& db, const VpcId& id)
{
    Statement select(
        db,
        "SELECT 1 FROM subnet WHERE vpc_id = ?1"
        " UNION ALL SELECT 1 FROM internet_gateway WHERE vpc_id = ?1"
        " UNION ALL SELECT 1 FROM egress_only_gateway WHERE vpc_id = ?1"
        " UNION ALL SELECT 1 FROM vpc_endpoint WHERE vpc_id = ?1"
        " UNION ALL SELECT 1 FROM network_acl WHERE vpc_id = ?1 AND is_default = 0"
        " UNION ALL SELECT 1 FROM security_group WHERE vpc_id = ?1 AND name <> 'default'"
        " UNION ALL SELECT 1 FROM route_table t WHERE t.vpc_id = ?1 AND NOT EXISTS"
        " (SELECT 1 FROM route_table_association a WHERE a.route_table_id = t.id AND a.main_of = "
        "?1)");
    select.bind(id);
    return select.step();
}

void delete_vpc(Database& db, const VpcId& id)
{
    Statement parts(db,
                    "SELECT ?1 UNION ALL SELECT id FROM route_table WHERE vpc_id = ?1"
                    " UNION ALL SELECT id FROM network_acl WHERE vpc_id = ?1"
                    " UNION ALL SELECT id FROM security_group WHERE vpc_id = ?1"
                    " UNION ALL SELECT r.id FROM security_group g"
                    " JOIN security_group_rule r ON r.group_id = g.id WHERE g.vpc_id = ?1");
    parts.bind(id);
    for (const auto& part : parts.texts()) {
        delete_all_tags(db, part);
    }
    for (const char* sql :
         {"DELETE FROM route_table_association WHERE main_of = ?",
          "DELETE FROM route_table WHERE vpc_id = ?", "DELETE FROM network_acl WHERE vpc_id = ?",
          "DELETE FROM security_group WHERE vpc_id = ?", "DELETE FROM vpc WHERE id = ?"}) {
        Statement(db, sql).execute(id);
    }
}

bool has_default_vpc(Database& db, std::string_view owner, std::string_view region)
{
    Statement select(db, "SELECT 1 FROM vpc WHERE region = ? AND owner = ? AND is_default = 1");
    select.bind(region, owner);
    return select.step();
}

std::optional<VpcRow> select_default_vpc(Database& db, std::string_view owner,
                                         std::string_view region)
{
    return select_row<kVpcColumns>(
        db, "FROM vpc v WHERE v.region = ? AND v.owner = ? AND v.is_default = 1", region, owner);
}

}  // namespace amilab
