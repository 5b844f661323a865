#include "storage/metadata/tag_rows.h"

#include "storage/metadata/statement.h"

namespace amilab {

void upsert_tags(Database& db, std::string_view owner, std::string_view region,
                 const TaggedResource& resource, const std::vector<TagRow>& tags)
{
    Statement upsert(db,
                     "INSERT INTO tag (resource_id, key, value, resource_type, owner, region)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                     " ON CONFLICT (resource_id, key, owner) DO UPDATE SET value = excluded.value");
    for (const auto& tag : tags) {
        upsert.execute(resource.id, tag.key, tag.value, resource.resource_type, owner, region);
    }
}

std::vector<TagRow> select_tags(Database& db, std::string_view owner, std::string_view resource_id)
{
    Statement select(
        db, "SELECT key, value FROM tag WHERE resource_id = ?1 AND owner = ?2 ORDER BY key");
    select.bind(resource_id, owner);
    std::vector<TagRow> tags;
    while (select.step()) {
        auto row = select.row();
        auto key = row.text();
        tags.push_back({std::move(key), row.text()});
    }
    return tags;
}

std::int64_t count_tags(Database& db, std::string_view owner, std::string_view resource_id)
{
    Statement select(db, "SELECT COUNT(*) FROM tag WHERE resource_id = ?1 AND owner = ?2");
    select.bind(resource_id, owner);
    select.step();
    return select.row().integer();
}

void delete_all_tags(Database& db, std::string_view resource_id)
{
    Statement(db, "DELETE FROM tag WHERE resource_id = ?1").execute(resource_id);
}

}  // namespace amilab
