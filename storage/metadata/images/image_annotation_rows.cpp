#include "storage/metadata/images/image_annotation_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

void set_annotated(Database& db, const ImageId& id)
{
    Statement(db,
              "UPDATE image SET annotated ="
              " EXISTS (SELECT 1 FROM image_watermark WHERE image_id = ?1)"
              " OR EXISTS (SELECT 1 FROM image_instance_type WHERE image_id = ?1)"
              " WHERE id = ?1")
        .execute(id);
}

void insert_patterns(Database& db, const ImageId& id, bool supported,
                     const std::vector<std::string>& patterns)
{
    Statement insert(db,
                     "INSERT INTO image_instance_type (image_id, supported, position, pattern)"
                     " VALUES (?1, ?2, ?3, ?4)");
    std::int64_t position = 0;
    for (const auto& pattern : patterns) {
        insert.execute(id, supported, position++, pattern);
    }
}

}  // namespace

void insert_watermark(Database& db, const ImageId& id, const WatermarkRow& row)
{
    Statement(db,
              "INSERT INTO image_watermark (image_id, watermark_key, source_image_id,"
              " source_image_region, source_image_creation_time_ms, creation_time_ms)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING")
        .execute(id, row.key, row.source_image_id, row.source_image_region,
                 row.source_image_creation_time_ms, row.creation_time_ms);
    set_annotated(db, id);
}

void delete_watermark(Database& db, const ImageId& id, std::string_view key)
{
    Statement(db, "DELETE FROM image_watermark WHERE image_id = ?1 AND watermark_key = ?2")
        .execute(id, key);
    set_annotated(db, id);
}

std::vector<WatermarkRow> select_watermarks(Database& db, const ImageId& id)
{
    Statement select(db,
                     "SELECT watermark_key, source_image_id, source_image_region,"
                     " source_image_creation_time_ms, creation_time_ms FROM image_watermark"
                     " WHERE image_id = ?1 ORDER BY watermark_key");
    select.bind(id);
    std::vector<WatermarkRow> rows;
    while (select.step()) {
        auto row = select.row();
        rows.push_back({.key = row.text(),
                        .source_image_id = row.text(),
                        .source_image_region = row.text(),
                        .source_image_creation_time_ms = row.integer(),
                        .creation_time_ms = row.integer()});
    }
    return rows;
}

void copy_watermarks(Database& db, std::string_view from, const ImageId& to)
{
    for (const auto& row : select_watermarks(db, ImageId::trusted(std::string(from)))) {
        insert_watermark(db, to, row);
    }
}

void replace_instance_type_patterns(Database& db, const ImageId& id,
                                    const InstanceTypePatterns& patterns)
{
    Statement(db, "DELETE FROM image_instance_type WHERE image_id = ?1").execute(id);
    insert_patterns(db, id, true, patterns.supported);
    insert_patterns(db, id, false, patterns.unsupported);
    set_annotated(db, id);
}

InstanceTypePatterns select_instance_type_patterns(Database& db, const ImageId& id)
{
    Statement select(db,
                     "SELECT supported, pattern FROM image_instance_type WHERE image_id = ?1"
                     " ORDER BY supported, position");
    select.bind(id);
    InstanceTypePatterns patterns;
    while (select.step()) {
        auto row = select.row();
        auto& list = row.boolean() ? patterns.supported : patterns.unsupported;
        list.push_back(row.text());
    }
    return patterns;
}

}  // namespace amilab
