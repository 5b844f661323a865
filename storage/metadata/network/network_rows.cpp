#include "storage/metadata/network/network_rows.h"

namespace amilab {

void insert_vpc(Database& db, const VpcRow& row)
{
    insert_row<kVpcColumns>(db, row);
}

void insert_subnet(Database& db, const SubnetRow& row)
{
    insert_row<kSubnetColumns>(db, row);
}

void insert_security_group(Database& db, const SecurityGroupRow& row)
{
    insert_row<kSecurityGroupColumns>(db, row);
}

bool has_default_vpc(Database& db, std::string_view owner, std::string_view region)
{
    Statement select(db, "SELECT 1 FROM vpc WHERE region = ? AND owner = ? AND is_default = 1");
    select.bind(region, owner);
    return select.step();
}

std::optional<VpcRow> select_vpc(Database& db, std::string_view owner, std::string_view region,
                                 const VpcId& id)
{
    return select_row<kVpcColumns>(db, "FROM vpc v WHERE v.region = ? AND v.owner = ? AND v.id = ?",
                                   region, owner, id);
}

std::optional<VpcRow> select_default_vpc(Database& db, std::string_view owner,
                                         std::string_view region)
{
    return select_row<kVpcColumns>(
        db, "FROM vpc v WHERE v.region = ? AND v.owner = ? AND v.is_default = 1", region, owner);
}

std::optional<SubnetRow> select_subnet(Database& db, std::string_view owner,
                                       std::string_view region, const SubnetId& id)
{
    static const auto tail =
        "FROM " + std::string(kSubnetFrom) + " WHERE s.region = ? AND s.owner = ? AND s.id = ?";
    return select_row<kSubnetColumns>(db, tail, region, owner, id);
}

std::optional<SecurityGroupRow> select_security_group(Database& db, std::string_view owner,
                                                      std::string_view region,
                                                      const SecurityGroupId& id)
{
    return select_row<kSecurityGroupColumns>(
        db, "FROM security_group g WHERE g.id = ? AND g.region = ? AND g.owner = ?", id, region,
        owner);
}

std::optional<SecurityGroupRow> select_security_group_named(Database& db, const VpcId& vpc,
                                                            std::string_view name)
{
    return select_row<kSecurityGroupColumns>(
        db, "FROM security_group g WHERE g.vpc_id = ? AND g.name = ?", vpc, name);
}

std::optional<SecurityGroupRow> select_default_security_group(Database& db, const VpcId& vpc)
{
    return select_security_group_named(db, vpc, "default");
}

}  // namespace amilab
