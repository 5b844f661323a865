#include "storage/metadata/network/network_acl_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<NetworkAclRow> select_default_network_acl(Database& db, const VpcId& vpc)
{
    return select_row<kNetworkAclColumns>(
        db, "FROM network_acl n WHERE n.vpc_id = ? AND n.is_default = 1", vpc);
}

bool is_network_acl_in_use(Database& db, const NetworkAclId& id)
{
    Statement select(db, "SELECT 1 FROM network_acl_association WHERE network_acl_id = ?");
    select.bind(id);
    return select.step();
}

}  // namespace amilab
