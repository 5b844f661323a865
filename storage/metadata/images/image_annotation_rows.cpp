#include "storage/metadata/images/image_annotation_rows.h"

#include "storage/metadata/sql/children.h"

namespace amilab {

namespace {

constexpr auto kWatermarkColumns = columns<WatermarkRow>(
    "image_watermark", "w", text<&WatermarkRow::image_id>("image_id"),
    text<&WatermarkRow::key>("watermark_key"),
    text<&WatermarkRow::source_image_id>("source_image_id"),
    text<&WatermarkRow::source_image_region>("source_image_region"),
    time<&WatermarkRow::source_image_creation_time_ms>("source_image_creation_time_ms"),
    time<&WatermarkRow::creation_time_ms>("creation_time_ms"));

constexpr auto kPatternColumns = columns<InstanceTypePatternRow>(
    "image_instance_type", "t", text<&InstanceTypePatternRow::image_id>("image_id"),
    flag<&InstanceTypePatternRow::supported>("supported"),
    integer<&InstanceTypePatternRow::position>("position"),
    text<&InstanceTypePatternRow::pattern>("pattern"));

constexpr Children<WatermarkRow> kWatermarks{
    .columns = kWatermarkColumns, .parent = "image_id", .order = "watermark_key"};
constexpr Children<InstanceTypePatternRow> kPatterns{
    .columns = kPatternColumns, .parent = "image_id", .order = "supported, t.position"};

void set_annotated(Database& db, const ImageId& id)
{
    Statement(db,
              "UPDATE image SET annotated ="
              " EXISTS (SELECT 1 FROM image_watermark WHERE image_id = image.id)"
              " OR EXISTS (SELECT 1 FROM image_instance_type WHERE image_id = image.id)"
              " WHERE id = ?")
        .execute(id);
}

void insert_patterns(Database& db, const ImageId& id, bool supported,
                     const std::vector<std::string>& patterns)
{
    std::int64_t position = 0;
    for (const auto& pattern : patterns) {
        insert_row<kPatternColumns>(db, {.image_id = id.text(),
                                         .supported = supported,
                                         .position = position++,
                                         .pattern = pattern});
    }
}

}  // namespace

void insert_watermark(Database& db, const ImageId& id, const WatermarkRow& row)
{
    auto own = row;
    own.image_id = id.text();
    insert_unless_there<kWatermarkColumns>(db, own);
    set_annotated(db, id);
}

void delete_watermark(Database& db, const ImageId& id, std::string_view key)
{
    Statement(db, "DELETE FROM image_watermark WHERE image_id = ? AND watermark_key = ?")
        .execute(id, key);
    set_annotated(db, id);
}

std::vector<WatermarkRow> select_watermarks(Database& db, const std::vector<std::string>& images)
{
    return select_children<kWatermarks>(db, images);
}

void copy_watermarks(Database& db, std::string_view from, const ImageId& to)
{
    for (const auto& row : select_watermarks(db, std::vector{std::string(from)})) {
        insert_watermark(db, to, row);
    }
}

void replace_instance_type_patterns(Database& db, const ImageId& id,
                                    const InstanceTypePatterns& patterns)
{
    Statement(db, "DELETE FROM image_instance_type WHERE image_id = ?").execute(id);
    insert_patterns(db, id, true, patterns.supported);
    insert_patterns(db, id, false, patterns.unsupported);
    set_annotated(db, id);
}

std::vector<InstanceTypePatternRow> select_instance_type_patterns(
    Database& db, const std::vector<std::string>& images)
{
    return select_children<kPatterns>(db, images);
}

InstanceTypePatterns to_patterns(std::span<const InstanceTypePatternRow> rows)
{
    InstanceTypePatterns patterns;
    for (const auto& row : rows) {
        (row.supported ? patterns.supported : patterns.unsupported).push_back(row.pattern);
    }
    return patterns;
}

}  // namespace amilab
