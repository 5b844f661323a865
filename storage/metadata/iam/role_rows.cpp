#include "storage/metadata/iam/role_rows.h"

#include "storage/metadata/iam/iam_tags.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kRoleTagColumns = iam_tag_columns("iam_role_tag", "role_name");

}  // namespace

void want_role_path(ListQuery& wanted, std::string_view prefix)
{
    wanted.also.part(" AND substr(r.path, 1, length(?)) = ?", prefix, prefix);
}

std::optional<RoleRow> select_role(Database& db, std::string_view owner, std::string_view name)
{
    return select_row<kRoleColumns>(db, "FROM iam_role r WHERE r.owner = ? AND r.name = ?", owner,
                                    name);
}

std::vector<RoleRow> select_roles(Database& db, std::string_view owner,
                                  const std::vector<std::string>& names)
{
    return select_rows<kRoleColumns>(
        db,
        "FROM iam_role r WHERE r.owner = ? AND r.name IN (SELECT value FROM json_each(?))"
        " ORDER BY r.name",
        owner, json_list(names));
}

std::int64_t count_roles(Database& db, std::string_view owner)
{
    Statement select(db, "SELECT count(*) FROM iam_role WHERE owner = ?");
    select.bind(owner);
    select.step();
    return select.row().integer();
}

void insert_role_tags(Database& db, const RoleRow& role, const std::vector<TagRow>& tags)
{
    insert_iam_tags<kRoleTagColumns>(db, role.owner, role.name, tags);
}

std::vector<TagRow> select_role_tags(Database& db, const RoleRow& role)
{
    return select_iam_tags<kRoleTagColumns>(db, role.owner, role.name);
}

void set_trust_policy(Database& db, const RoleRow& role, std::string_view policy)
{
    Statement(db, "UPDATE iam_role SET trust_policy = ? WHERE owner = ? AND name = ?")
        .execute(policy, role.owner, role.name);
}

void delete_role(Database& db, const RoleRow& role)
{
    Statement(db, "DELETE FROM iam_role WHERE owner = ? AND name = ?")
        .execute(role.owner, role.name);
}

}  // namespace amilab
