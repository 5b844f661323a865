#include "storage/metadata/s3/upload_rows.h"

namespace amilab {

void insert_upload(Database& db, const UploadRow& row)
{
    insert_row<kUploadColumns>(db, row);
}

std::optional<UploadRow> select_upload(Database& db, std::string_view id)
{
    return select_row<kUploadColumns>(db, "FROM s3_upload u WHERE u.upload_id = ?", id);
}

void delete_upload(Database& db, std::string_view id)
{
    Statement(db, "DELETE FROM s3_upload WHERE upload_id = ?").execute(id);
}

void put_part_row(Database& db, const PartRow& row)
{
    // A row that is replaced tells no trigger.
    Statement(db, "DELETE FROM s3_part WHERE upload = ? AND number = ?")
        .execute(row.upload, row.number);
    insert_row<kPartRowColumns>(db, row);
}

std::vector<PartRow> select_parts(Database& db, std::string_view upload, std::int64_t after,
                                  std::int64_t most)
{
    return select_rows<kPartRowColumns>(
        db, "FROM s3_part p WHERE p.upload = ? AND p.number > ? ORDER BY p.number LIMIT ?", upload,
        after, most);
}

}  // namespace amilab
