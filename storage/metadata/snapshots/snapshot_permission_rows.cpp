#include "storage/metadata/snapshots/snapshot_permission_rows.h"

#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kSetting = "snapshot-block-public-access";
constexpr std::string_view kUnblocked = "unblocked";

void set_public(Database& db, const SnapshotId& id)
{
    Statement(db,
              "UPDATE snapshot SET public = EXISTS (SELECT 1 FROM create_volume_permission"
              " WHERE snapshot_id = ?1 AND kind = 'group' AND value = 'all') AND NOT EXISTS"
              " (SELECT 1 FROM account_setting AS a WHERE a.owner = snapshot.owner"
              " AND a.region = snapshot.region AND a.name = ?2 AND a.value = 'block-all-sharing')"
              " WHERE id = ?1")
        .execute(id, kSetting);
}

}  // namespace

void insert_create_volume_permission(Database& db, const SnapshotId& id, const Grantee& grantee)
{
    Statement(db,
              "INSERT INTO create_volume_permission (snapshot_id, kind, value)"
              " VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
        .execute(id, grantee.kind, grantee.value);
    set_public(db, id);
}

void delete_create_volume_permission(Database& db, const SnapshotId& id, const Grantee& grantee)
{
    Statement(db,
              "DELETE FROM create_volume_permission WHERE snapshot_id = ?1 AND kind = ?2"
              " AND value = ?3")
        .execute(id, grantee.kind, grantee.value);
    set_public(db, id);
}

void delete_all_create_volume_permissions(Database& db, const SnapshotId& id)
{
    Statement(db, "DELETE FROM create_volume_permission WHERE snapshot_id = ?1").execute(id);
    set_public(db, id);
}

std::vector<Grantee> select_create_volume_permissions(Database& db, const SnapshotId& id)
{
    Statement select(db,
                     "SELECT kind, value FROM create_volume_permission WHERE snapshot_id = ?1"
                     " ORDER BY kind, value");
    select.bind(id);
    std::vector<Grantee> grantees;
    while (select.step()) {
        auto row = select.row();
        auto kind = row.text();
        grantees.push_back({std::move(kind), row.text()});
    }
    return grantees;
}

std::string select_snapshot_block_public_access(Database& db, std::string_view owner,
                                                std::string_view region)
{
    return select_account_setting(db, owner, region, kSetting).value_or(std::string(kUnblocked));
}

void write_snapshot_block_public_access(Database& db, std::string_view owner,
                                        std::string_view region, std::string_view state)
{
    write_account_setting(db, owner, region, kSetting, state);
    if (state == "block-all-sharing") {
        Statement(db,
                  "UPDATE snapshot SET public = 0 WHERE region = ?2 AND public = 1 AND owner = ?1")
            .execute(owner, region);
        return;
    }
    Statement(db,
              "UPDATE snapshot SET public = 1 WHERE owner = ?1 AND region = ?2 AND id IN"
              " (SELECT snapshot_id FROM create_volume_permission WHERE kind = 'group'"
              " AND value = 'all')")
        .execute(owner, region);
}

}  // namespace amilab
