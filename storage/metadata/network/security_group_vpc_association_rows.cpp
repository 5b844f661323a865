#include "storage/metadata/network/security_group_vpc_association_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

bool is_group_associated(Database& db, const SecurityGroupId& group, const VpcId& vpc)
{
    Statement select(
        db, "SELECT 1 FROM security_group_vpc_association WHERE group_id = ? AND vpc_id = ?");
    select.bind(group, vpc);
    return select.step();
}

bool is_group_used_in(Database& db, const SecurityGroupId& group, const VpcId& vpc)
{
    Statement select(db,
                     "SELECT 1 FROM interface_group g JOIN network_interface e"
                     " ON e.id = g.interface_id WHERE g.group_id = ? AND e.vpc_id = ?");
    select.bind(group, vpc);
    return select.step();
}

bool delete_group_association(Database& db, const SecurityGroupId& group, const VpcId& vpc)
{
    Statement(db, "DELETE FROM security_group_vpc_association WHERE group_id = ? AND vpc_id = ?")
        .execute(group, vpc);
    return db.changes() == 1;
}

}  // namespace amilab
