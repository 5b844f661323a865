#include "storage/metadata/iam/role_attachment_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

void want_attachments_of(ListQuery& wanted, std::string_view role)
{
    wanted.also.part(" AND a.role_name = ?", role);
}

void want_policy_path(ListQuery& wanted, std::string_view prefix)
{
    // "arn:aws:iam::aws:policy/path/name": the path begins with the one slash that ends "policy/".
    wanted.also.part(
        " AND substr(a.policy_arn, instr(a.policy_arn, ':policy/') + 7, length(?)) = ?", prefix,
        prefix);
}

std::int64_t count_role_attachments(Database& db, std::string_view owner, std::string_view role)
{
    Statement select(db,
                     "SELECT count(*) FROM iam_role_attachment WHERE owner = ? AND role_name = ?");
    select.bind(owner, role);
    select.step();
    return select.row().integer();
}

void insert_role_attachment(Database& db, const RoleAttachmentRow& row)
{
    insert_unless_there<kRoleAttachmentColumns>(db, row);
}

bool delete_role_attachment(Database& db, const RoleAttachmentRow& row)
{
    Statement(db,
              "DELETE FROM iam_role_attachment"
              " WHERE owner = ? AND role_name = ? AND policy_arn = ?")
        .execute(row.owner, row.role_name, row.policy_arn);
    return db.changes() > 0;
}

}  // namespace amilab
