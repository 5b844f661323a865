#include "storage/metadata/snapshots/snapshot_permission_rows.h"

#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/sql/columns.h"

namespace amilab {

namespace {

constexpr std::string_view kSetting = "snapshot-block-public-access";

struct PermissionRow {
    SnapshotId snapshot_id{};
    GranteeKind kind{};
    std::string value = {};
};

constexpr auto kPermissionColumns = columns<PermissionRow>(
    "create_volume_permission", "p", text<&PermissionRow::snapshot_id>("snapshot_id"),
    text<&PermissionRow::kind>("kind"), text<&PermissionRow::value>("value"));

void set_public(Database& db, const SnapshotId& id)
{
    Statement(db,
              "UPDATE snapshot SET public = EXISTS (SELECT 1 FROM create_volume_permission"
              " WHERE snapshot_id = snapshot.id AND kind = ? AND value = ?) AND NOT EXISTS"
              " (SELECT 1 FROM account_setting AS a WHERE a.owner = snapshot.owner"
              " AND a.region = snapshot.region AND a.name = ? AND a.value = ?) WHERE id = ?")
        .execute(GranteeKind::kGroup, kEverybody, kSetting, SnapshotPublicAccess::kBlockAll, id);
}

}  // namespace

void insert_create_volume_permission(Database& db, const SnapshotId& id, const Grantee& grantee)
{
    insert_unless_there<kPermissionColumns>(
        db, {.snapshot_id = id, .kind = grantee.kind, .value = grantee.value});
    set_public(db, id);
}

void delete_create_volume_permission(Database& db, const SnapshotId& id, const Grantee& grantee)
{
    Statement(db,
              "DELETE FROM create_volume_permission WHERE snapshot_id = ? AND kind = ?"
              " AND value = ?")
        .execute(id, grantee.kind, grantee.value);
    set_public(db, id);
}

void delete_all_create_volume_permissions(Database& db, const SnapshotId& id)
{
    Statement(db, "DELETE FROM create_volume_permission WHERE snapshot_id = ?").execute(id);
    set_public(db, id);
}

std::vector<Grantee> select_create_volume_permissions(Database& db, const SnapshotId& id)
{
    std::vector<Grantee> grantees;
    for (auto& row : select_rows<kPermissionColumns>(
             db, "FROM create_volume_permission p WHERE p.snapshot_id = ? ORDER BY p.kind, p.value",
             id)) {
        grantees.push_back({row.kind, std::move(row.value)});
    }
    return grantees;
}

SnapshotPublicAccess select_snapshot_block_public_access(Database& db, std::string_view owner,
                                                         std::string_view region)
{
    const auto setting = select_account_setting(db, owner, region, kSetting);
    return setting ? to_word<SnapshotPublicAccess>(*setting) : SnapshotPublicAccess::kUnblocked;
}

void write_snapshot_block_public_access(Database& db, std::string_view owner,
                                        std::string_view region, SnapshotPublicAccess state)
{
    write_account_setting(db, owner, region, kSetting, text_of(state));
    if (state == SnapshotPublicAccess::kBlockAll) {
        Statement(db,
                  "UPDATE snapshot SET public = 0 WHERE region = ? AND public = 1 AND owner = ?")
            .execute(region, owner);
        return;
    }
    Statement(db,
              "UPDATE snapshot SET public = 1 WHERE owner = ? AND region = ? AND id IN"
              " (SELECT snapshot_id FROM create_volume_permission WHERE kind = ? AND value = ?)")
        .execute(owner, region, GranteeKind::kGroup, kEverybody);
}

}  // namespace amilab
