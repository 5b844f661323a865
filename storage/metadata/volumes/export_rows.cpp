#include "storage/metadata/volumes/export_rows.h"

#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/snapshots/snapshot_tier_rows.h"
#include "storage/metadata/sql/columns.h"

namespace amilab {

namespace {

constexpr std::string_view kVolumes =
    "(SELECT v.id, 0 AS is_read_only, +v.state AS state, v.size_gib,"
    "  iif(v.state IN ('available', 'in-use'), v.layer_id, NULL) AS top FROM volume v"
    " UNION ALL SELECT s.id, 1, iif(";
constexpr std::string_view kSnapshotState =
    " = 'archive', 'archived', s.state), s.volume_size_gib,"
    "  iif(s.state = 'completed' AND ";
constexpr std::string_view kSnapshotTop =
    " <> 'archive', s.layer_id, NULL) FROM main.snapshot s WHERE s.recycled = 0) e";
/// Volumes and snapshots; `top` is there while the bytes can be read. The + before the state is for
/// SQLite, which merges halves of like columns alone.
constexpr std::string_view kVolumesAndSnapshots =
    kJoined<kVolumes, kStorageTierOfSnapshot, kSnapshotState, kStorageTierOfSnapshot, kSnapshotTop>;
constexpr std::string_view kFrom = "FROM ";
constexpr std::string_view kNamed = " WHERE e.id = ?";

constexpr auto kExportColumns = columns<ExportRow>(
    "export", "e", text("id", &ExportRow::id), flag("is_read_only", &ExportRow::is_read_only),
    text("state", &ExportRow::state), integer("size_gib", &ExportRow::size_gib),
    integer("top", &ExportRow::top));
constexpr Listing<decltype(kExportColumns)> kExportList{.from = kVolumesAndSnapshots,
                                                        .where = "e.top IS NOT NULL",
                                                        .key = "e.id",
                                                        .owner = "-",
                                                        .region = "-",
                                                        .columns = kExportColumns};

}  // namespace

std::optional<ExportRow> select_export(Database& db, std::string_view id, TimeMs now_ms)
{
    auto found =
        select_row_at<kExportColumns>(db, now_ms, kJoined<kFrom, kVolumesAndSnapshots, kNamed>, id);
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
