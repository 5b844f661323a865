#include "storage/metadata/network/security_group_rows.h"

namespace amilab {

void insert_security_group(Database& db, const SecurityGroupRow& row)
{
    insert_row<kSecurityGroupColumns>(db, row);
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
        db, "FROM security_group g WHERE g.vpc_id = ? AND g.name = ? COLLATE NOCASE", vpc, name);
}

std::optional<SecurityGroupRow> select_default_security_group(Database& db, const VpcId& vpc)
{
    return select_security_group_named(db, vpc, "default");
}

}  // namespace amilab
