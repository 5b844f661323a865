#include "storage/metadata/s3/object_part_rows.h"

#include "storage/metadata/sql/columns.h"

namespace amilab {

namespace {

constexpr auto kPartColumns = columns<ObjectPartRow>(
    "s3_object_part", "p", integer<&ObjectPartRow::content>("content"),
    integer<&ObjectPartRow::number>("number"), integer<&ObjectPartRow::size_bytes>("size_bytes"),
    text<&ObjectPartRow::checksum>("checksum"));

}  // namespace

void insert_object_part(Database& db, const ObjectPartRow& row)
{
    insert_row<kPartColumns>(db, row);
}

std::optional<ObjectPartRow> select_object_part(Database& db, ContentNumber content,
                                                std::int64_t number)
{
    return select_row<kPartColumns>(
        db, "FROM s3_object_part p WHERE p.content = ? AND p.number = ?", content, number);
}

std::vector<ObjectPartRow> select_object_parts(Database& db, ContentNumber content,
                                               std::int64_t after, std::int64_t last)
{
    return select_rows<kPartColumns>(db,
                                     "FROM s3_object_part p WHERE p.content = ? AND p.number > ?"
                                     " AND p.number <= ? ORDER BY p.number",
                                     content, after, last);
}

}  // namespace amilab
