#include "storage/metadata/s3/object_rows.h"

namespace amilab {

std::optional<ObjectRow> select_object(Database& db, const ObjectKey& key)
{
    return select_row<kObjectColumns>(db, "FROM s3_object o WHERE o.bucket = ? AND o.key = ?",
                                      key.bucket, key.key);
}

void put_object_row(Database& db, const ObjectRow& row)
{
    // A row that is replaced tells no trigger.
    delete_object_row(db, {row.bucket, row.key});
    insert_row<kObjectColumns>(db, row);
}

void set_object_tags(Database& db, const ObjectKey& key, std::string_view tags)
{
    Statement(db, "UPDATE s3_object SET tags = ? WHERE bucket = ? AND key = ?")
        .execute(tags, key.bucket, key.key);
}

void set_object_acl(Database& db, const ObjectKey& key, CannedAcl acl)
{
    Statement(db, "UPDATE s3_object SET acl = ? WHERE bucket = ? AND key = ?")
        .execute(acl, key.bucket, key.key);
}

bool delete_object_row(Database& db, const ObjectKey& key)
{
    Statement(db, "DELETE FROM s3_object WHERE bucket = ? AND key = ?")
        .execute(key.bucket, key.key);
    return db.changes() == 1;
}

}  // namespace amilab
