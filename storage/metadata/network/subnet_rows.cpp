#include "storage/metadata/network/subnet_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

void insert_subnet(Database& db, const SubnetRow& row)
{
    insert_row<kSubnetColumns>(db, row);
}

void update_subnet(Database& db, const SubnetRow& row)
{
    Statement(db,
              "UPDATE subnet SET map_public_ip_on_launch = ?, hostname_type = ?,"
              " resource_name_dns_a_record = ?, resource_name_dns_aaaa_record = ?,"
              " ipv6_cidr_block = ?, ipv6_association_id = ?, assign_ipv6_address_on_creation = ?,"
              " enable_dns64 = ? WHERE id = ?")
        .execute(row.map_public_ip_on_launch, row.hostname_type, row.resource_name_dns_a_record,
                 row.resource_name_dns_aaaa_record, row.ipv6_cidr_block, row.ipv6_association_id,
                 row.assign_ipv6_address_on_creation, row.enable_dns64, row.id);
}

std::vector<SubnetRow> select_subnets_of(Database& db, const VpcId& vpc)
{
    static const auto tail =
        "FROM " + std::string(kSubnetFrom) + " WHERE s.vpc_id = ? ORDER BY s.id";
    return select_rows<kSubnetColumns>(db, tail, vpc);
}

std::int64_t count_available_addresses(Database& db, const SubnetId& id)
{
    static const auto text =
        "SELECT " + std::string(kAvailableAddresses) + " FROM subnet s WHERE s.id = ?";
    Statement select(db, text);
    select.bind(id);
    return select.step() ? select.row().integer() : 0;
}

bool has_subnet_dependencies(Database& db, const SubnetId& id)
{
    Statement select(db, "SELECT 1 FROM network_interface WHERE subnet_id = ?");
    select.bind(id);
    return select.step();
}

bool has_ipv6_addresses(Database& db, const SubnetId& id)
{
    Statement select(db,
                     "SELECT 1 FROM interface_ipv6_address WHERE subnet_id = ?1 UNION ALL"
                     " SELECT 1 FROM interface_prefix WHERE subnet_id = ?1 AND prefix LIKE '%:%'");
    select.bind(id);
    return select.step();
}

bool has_default_subnet(Database& db, const VpcId& vpc, const std::optional<std::string>& zone)
{
    Statement select(db,
                     "SELECT 1 FROM subnet WHERE vpc_id = ?1 AND default_for_zone = 1"
                     " AND zone = ifnull(?2, zone)");
    select.bind(vpc, zone);
    return select.step();
}

bool has_public_addresses(Database& db, const VpcId& vpc)
{
    Statement select(db,
                     "SELECT 1 FROM subnet s JOIN interface_address a ON a.subnet_id = s.id"
                     " WHERE s.vpc_id = ? AND a.public_ip IS NOT NULL");
    select.bind(vpc);
    return select.step();
}

}  // namespace amilab
