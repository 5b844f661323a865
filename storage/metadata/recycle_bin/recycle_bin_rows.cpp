#include "storage/metadata/recycle_bin/recycle_bin_rows.h"

#include "storage/metadata/images/image_rows.h"

namespace amilab {

namespace {

/// What the permissions of an image in the bin are read into.
constexpr auto kPermissionColumns =
    columns<Grantee>("recycled_launch_permission", "p", text<&Grantee::kind>("kind"),
                     text<&Grantee::value>("value"));

}  // namespace

void insert_recycled(Database& db, const RecycledRow& row)
{
    insert_row<kRecycledColumns>(db, row);
}

std::optional<RecycledRow> select_recycled(Database& db, std::string_view owner,
                                           std::string_view region, std::string_view resource_id)
{
    return select_row<kRecycledColumns>(
        db, "FROM recycled r WHERE r.resource_id = ? AND r.owner = ? AND r.region = ?", resource_id,
        owner, region);
}

void delete_recycled(Database& db, std::string_view resource_id)
{
    Statement(db, "DELETE FROM recycled WHERE resource_id = ?").execute(resource_id);
}

std::optional<RecycledRow> take_expired(Database& db, std::string_view resource_id, TimeMs now_ms)
{
    auto taken = select_row<kRecycledColumns>(
        db, "FROM recycled r WHERE r.resource_id = ? AND r.exit_time_ms <= ?", resource_id, now_ms);
    if (taken) {
        delete_recycled(db, resource_id);
    }
    return taken;
}

void set_launch_permissions_aside(Database& db, const ImageId& id)
{
    Statement(db,
              "INSERT INTO recycled_launch_permission (image_id, kind, value)"
              " SELECT image_id, kind, value FROM launch_permission WHERE image_id = ?")
        .execute(id);
    delete_all_launch_permissions(db, id);
}

void restore_launch_permissions(Database& db, const ImageId& id)
{
    for (const auto& permission : select_rows<kPermissionColumns>(
             db, "FROM recycled_launch_permission p WHERE p.image_id = ?", id)) {
        insert_launch_permission(db, id, permission);
    }
}

}  // namespace amilab
