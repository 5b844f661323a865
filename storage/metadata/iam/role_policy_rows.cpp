#include "storage/metadata/iam/role_policy_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

void want_policies_of(ListQuery& wanted, std::string_view role)
{
    wanted.also.part(" AND p.role_name = ?", role);
}

std::optional<RolePolicyRow> select_role_policy(Database& db, std::string_view owner,
                                                std::string_view role, std::string_view name)
{
    return select_row<kRolePolicyColumns>(
        db, "FROM iam_role_policy p WHERE p.owner = ? AND p.role_name = ? AND p.name = ?", owner,
        role, name);
}

std::int64_t select_policy_characters(Database& db, std::string_view owner, std::string_view role,
                                      std::string_view but)
{
    Statement select(db,
                     "SELECT coalesce(sum(length(document)), 0) FROM iam_role_policy"
                     " WHERE owner = ? AND role_name = ? AND name <> ?");
    select.bind(owner, role, but);
    select.step();
    return select.row().integer();
}

bool has_role_policies(Database& db, std::string_view owner, std::string_view role)
{
    Statement select(db, "SELECT 1 FROM iam_role_policy WHERE owner = ? AND role_name = ? LIMIT 1");
    select.bind(owner, role);
    return select.step();
}

void put_role_policy(Database& db, const RolePolicyRow& row)
{
    put_row<kRolePolicyColumns>(db, row);
}

void delete_role_policy(Database& db, const RolePolicyRow& row)
{
    Statement(db, "DELETE FROM iam_role_policy WHERE owner = ? AND role_name = ? AND name = ?")
        .execute(row.owner, row.role_name, row.name);
}

}  // namespace amilab
