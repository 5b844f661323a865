#include "storage/metadata/iam/instance_profile_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

void want_tags_of_profile(ListQuery& wanted, std::string_view profile)
{
    wanted.also.part(" AND t.profile_name = ?", profile);
}

void want_profile_path(ListQuery& wanted, std::string_view prefix)
{
    wanted.also.part(" AND substr(p.path, 1, length(?)) = ?", prefix, prefix);
}

void want_profile_role(ListQuery& wanted, std::string_view role)
{
    wanted.also.part(" AND p.role_name = ?", role);
}

std::optional<InstanceProfileRow> select_instance_profile(Database& db, std::string_view owner,
                                                          std::string_view name)
{
    return select_row<kInstanceProfileColumns>(
        db, "FROM iam_instance_profile p WHERE p.owner = ? AND p.name = ?", owner, name);
}

std::int64_t count_instance_profiles(Database& db, std::string_view owner)
{
    Statement select(db, "SELECT count(*) FROM iam_instance_profile WHERE owner = ?");
    select.bind(owner);
    select.step();
    return select.row().integer();
}

bool is_in_instance_profile(Database& db, const RoleRow& role)
{
    Statement select(
        db, "SELECT 1 FROM iam_instance_profile WHERE owner = ? AND role_name = ? LIMIT 1");
    select.bind(role.owner, role.name);
    return select.step();
}

void set_profile_role(Database& db, const InstanceProfileRow& profile,
                      const std::optional<std::string>& role)
{
    Statement(db, "UPDATE iam_instance_profile SET role_name = ? WHERE owner = ? AND name = ?")
        .execute(role, profile.owner, profile.name);
}

void insert_instance_profile_tags(Database& db, const InstanceProfileRow& profile,
                                  const std::vector<TagRow>& tags)
{
    insert_iam_tags<kInstanceProfileTagColumns>(db, profile.owner, profile.name, tags);
}

void put_instance_profile_tags(Database& db, const InstanceProfileRow& profile,
                               const std::vector<TagRow>& tags)
{
    put_iam_tags<kInstanceProfileTagColumns>(db, profile.owner, profile.name, tags);
}

void delete_instance_profile_tags(Database& db, const InstanceProfileRow& profile,
                                  const std::vector<std::string>& keys)
{
    for (const auto& key : keys) {
        delete_iam_tag<kInstanceProfileTagColumns>(db, profile.owner, profile.name, key);
    }
}

std::vector<TagRow> select_instance_profile_tags(Database& db, const InstanceProfileRow& profile)
{
    return select_iam_tags<kInstanceProfileTagColumns>(db, profile.owner, profile.name);
}

void delete_instance_profile(Database& db, const InstanceProfileRow& profile)
{
    Statement(db, "DELETE FROM iam_instance_profile WHERE owner = ? AND name = ?")
        .execute(profile.owner, profile.name);
}

}  // namespace amilab
