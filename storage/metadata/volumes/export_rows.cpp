#include "storage/metadata/volumes/export_rows.h"

#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/snapshots/snapshot_tier_rows.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab {

namespace {

constexpr auto kIsReadableVolume = "v.state IN " + sql_list<kUsableVolumeStates>();
constexpr auto kIsArchived = kStorageTierOfSnapshot + " = " + sql_word<StorageTier::kArchive>;
constexpr auto kIsReadableSnapshot =
    "s.state = " + sql_word<SnapshotState::kCompleted> + " AND NOT " + kIsArchived;

/// Volumes and snapshots; `top` is there while the bytes can be read. The + before the state is for
/// SQLite, which merges halves of like columns alone.
constexpr auto kVolumesAndSnapshots =
    "(SELECT v.id, v.owner, 0 AS is_read_only, +v.state AS state, v.size_gib, iif(" +
    kIsReadableVolume +
    ", v.layer_id, NULL) AS top FROM volume v UNION ALL SELECT s.id, s.owner, 1, iif(" +
    kIsArchived + ", 'archived', s.state), s.volume_size_gib, iif(" + kIsReadableSnapshot +
    ", s.layer_id, NULL) FROM main.snapshot s WHERE s.recycled = 0) e";
constexpr auto kNamed = "FROM " + kVolumesAndSnapshots + " WHERE e.id = ?";

constexpr auto kExportColumns = columns<ExportRow>(
    "export", "e", text<&ExportRow::id>("id"), text<&ExportRow::owner>("owner"),
    flag<&ExportRow::is_read_only>("is_read_only"), text<&ExportRow::state>("state"),
    integer<&ExportRow::size_gib>("size_gib"), integer<&ExportRow::top>("top"));
constexpr Listing<ExportRow> kExportList{.from = kVolumesAndSnapshots,
                                         .where = "e.top IS NOT NULL",
                                         .key = "e.id",
                                         .owner = "-",
                                         .region = "-",
                                         .columns = kExportColumns};

}  // namespace

std::optional<ExportRow> select_export(Database& db, std::string_view id, TimeMs now_ms)
{
    auto found = select_row_at<kExportColumns>(db, now_ms, kNamed, id);
    if (found && found->top) {
        found->chain = select_layer_chain(db, *found->top);
    }
    return found;
}

std::vector<std::string> select_export_ids(Database& db, const ListQuery& wanted)
{
    std::vector<std::string> ids;
    for (auto& row : select_page<kExportList>(db, wanted)) {
        ids.push_back(std::move(row.id));
    }
    return ids;
}

}  // namespace amilab
