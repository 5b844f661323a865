#include "storage/metadata/iam/role_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<RoleRow> select_role(Database& db, std::string_view owner, std::string_view name)
{
    return select_row<kRoleColumns>(db, "FROM iam_role r WHERE r.owner = ? AND r.name = ?", owner,
                                    name);
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
    for (const auto& tag : tags) {
        Statement(db, "INSERT INTO iam_role_tag (owner, role_name, key, value) VALUES (?, ?, ?, ?)")
            .execute(role.owner, role.name, tag.key, tag.value);
    }
}

std::vector<TagRow> select_role_tags(Database& db, const RoleRow& role)
{
    static constexpr auto kColumns = columns<TagRow>("iam_role_tag", "t", text<&TagRow::key>("key"),
                                                     text<&TagRow::value>("value"));
    return select_rows<kColumns>(
        db, "FROM iam_role_tag t WHERE t.owner = ? AND t.role_name = ? ORDER BY t.key", role.owner,
        role.name);
}

void delete_role(Database& db, const RoleRow& role)
{
    Statement(db, "DELETE FROM iam_role WHERE owner = ? AND name = ?")
        .execute(role.owner, role.name);
}

}  // namespace amilab
