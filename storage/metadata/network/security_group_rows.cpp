#include "storage/metadata/network/security_group_rows.h"

namespace amilab {

std::optional<SecurityGroupRow> select_security_group_named(Database& db, const VpcId& vpc,
                                                            std::string_view name)
{
    return select_row<kSecurityGroupColumns>(
        db, "FROM security_group g WHERE g.vpc_id = ? AND g.name = ? COLLATE NOCASE", vpc, name);
}

std::optional<SecurityGroupRow> select_default_security_group(Database& db, const VpcId& vpc)
{
    return select_security_group_named(db, vpc, kDefaultGroupName);
}

}  // namespace amilab
