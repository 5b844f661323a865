#include "storage/metadata/launch_templates/launch_template_version_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<LaunchTemplateVersionRow> select_launch_template_version(Database& db,
                                                                       const LaunchTemplateId& id,
                                                                       std::int64_t version)
{
    return select_row<kLaunchTemplateVersionColumns>(
        db,
        "FROM launch_template_version v JOIN launch_template l ON l.id = v.template_id"
        " WHERE v.template_id = ? AND v.version = ?",
        id, version);
}

std::int64_t count_launch_template_versions(Database& db, const LaunchTemplateId& id)
{
    Statement select(db, "SELECT COUNT(*) FROM launch_template_version WHERE template_id = ?");
    select.bind(id);
    select.step();
    return select.row().integer();
}

void delete_launch_template_version(Database& db, const LaunchTemplateId& id, std::int64_t version)
{
    Statement(db, "DELETE FROM launch_template_version WHERE template_id = ? AND version = ?")
        .execute(id, version);
}

void set_default_version(Database& db, const LaunchTemplateId& id, std::int64_t version)
{
    Statement(db, "UPDATE launch_template SET default_version = ? WHERE id = ?")
        .execute(version, id);
}

void set_next_version(Database& db, const LaunchTemplateId& id, std::int64_t version)
{
    Statement(db, "UPDATE launch_template SET next_version = ? WHERE id = ?").execute(version, id);
}

}  // namespace amilab
