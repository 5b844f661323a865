#include "storage/metadata/iam/role_rows.h"

#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

void want_tags_of_role(ListQuery& wanted, std::string_view role)
{
    wanted.also.part(" AND t.role_name = ?", role);
}

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

void put_role_tags(Database& db, const RoleRow& role, const std::vector<TagRow>& tags)
{
    put_iam_tags<kRoleTagColumns>(db, role.owner, role.name, tags);
}

void delete_role_tags(Database& db, const RoleRow& role, const std::vector<std::string>& keys)
{
    for (const auto& key : keys) {
        delete_iam_tag<kRoleTagColumns>(db, role.owner, role.name, key);
    }
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

void set_role_description(Database& db, const RoleRow& role, std::string_view description)
{
    Statement(db, "UPDATE iam_role SET description = ? WHERE owner = ? AND name = ?")
        .execute(description, role.owner, role.name);
}

void set_longest_session(Database& db, const RoleRow& role, std::int64_t seconds)
{
    Statement(db, "UPDATE iam_role SET max_session_seconds = ? WHERE owner = ? AND name = ?")
        .execute(seconds, role.owner, role.name);
}

void delete_role(Database& db, const RoleRow& role)
{
    Statement(db, "DELETE FROM iam_role WHERE owner = ? AND name = ?")
        .execute(role.owner, role.name);
}

}  // namespace amilab
