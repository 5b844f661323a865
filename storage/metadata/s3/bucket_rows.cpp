#include "storage/metadata/s3/bucket_rows.h"

namespace amilab {

std::optional<BucketRow> select_bucket(Database& db, std::string_view name)
{
    return select_row<kBucketColumns>(db, "FROM s3_bucket b WHERE b.name = ?", name);
}

std::vector<BucketRow> select_buckets(Database& db, const BucketQuery& query)
{
    return select_rows<kBucketColumns>(
        db,
        "FROM s3_bucket b WHERE b.owner = ?1 AND b.name > ?2 AND b.name >= ?3"
        " AND substr(b.name, 1, length(?3)) = ?3 AND (?4 = '' OR b.region = ?4)"
        " ORDER BY b.name LIMIT ?5",
        query.owner, query.after, query.prefix, query.region, query.most);
}

std::int64_t count_buckets(Database& db, std::string_view owner)
{
    Statement select(db, "SELECT count(*) FROM s3_bucket WHERE owner = ?");
    select.bind(owner);
    return select.values<std::int64_t>().front();
}

bool insert_bucket(Database& db, const BucketRow& row)
{
    return insert_unless_there<kBucketColumns>(db, row);
}

void update_bucket(Database& db, const BucketRow& row)
{
    Statement(db,
              "UPDATE s3_bucket SET ownership = ?, acl = ?, tags = ?, policy = ?,"
              " public_access = ?, versioning = ?, has_ownership_controls = ? WHERE name = ?")
        .execute(row.ownership, row.acl, row.tags, row.policy, row.public_access, row.versioning,
                 row.has_ownership_controls, row.name);
}

bool has_objects(Database& db, std::string_view bucket)
{
    return Statement(db, "SELECT 1 FROM s3_object WHERE bucket = ? LIMIT 1").bind(bucket).step();
}

void delete_bucket(Database& db, std::string_view name)
{
    Statement(db, "DELETE FROM s3_bucket WHERE name = ?").execute(name);
}

}  // namespace amilab
