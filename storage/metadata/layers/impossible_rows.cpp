#include "storage/metadata/layers/impossible_rows.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "storage/base/units.h"
#include "storage/blocks/layer_id.h"
#include "storage/metadata/snapshots/snapshot_state.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/volumes/volume_state.h"

namespace amilab {

namespace {

/// How many lines one rule may have.
constexpr int kMostOfRule = 3;
/// What the texts below have for ?1 and ?2.
constexpr auto kMostVolumeGib = static_cast<std::int64_t>(kMaxVolumeSize / kGiB);
constexpr auto kMostNumber = std::int64_t{1} << 62U;

/// A SELECT of the names of those that cannot be, and what is wrong with them.
struct Rule {
    std::string_view names;
    std::string_view what;
};

constexpr auto kSealedVolumes = sql("SELECT v.id FROM volume v JOIN layer l ON l.id = v.layer_id"
                                    " WHERE l.sealed <> 0 AND v.state <> ") +
                                sql_word<VolumeState::kDeleted>;
constexpr auto kOpenSnapshots =
    sql("SELECT s.id FROM main.snapshot s JOIN layer l ON l.id = s.layer_id"
        " WHERE l.sealed = 0 AND s.state = ") +
    sql_word<SnapshotState::kCompleted>;

constexpr std::array kLayerRules = {
    Rule{"SELECT printf('layer %016x', id) FROM layer WHERE id NOT BETWEEN 1 AND ?2",
         "is no number that is given"},
    Rule{"WITH RECURSIVE grounded (id) AS (SELECT id FROM layer WHERE parent_id IS NULL"
         " UNION SELECT l.id FROM grounded g JOIN layer l ON l.parent_id = g.id)"
         " SELECT printf('layer %016x', id) FROM layer"
         " WHERE id NOT IN (SELECT id FROM grounded)",
         "lies on itself"},
    Rule{"SELECT printf('layer %016x', l.id) FROM layer l JOIN layer p ON p.id = l.parent_id"
         " WHERE p.sealed = 0",
         "lies on one that may be written"},
    Rule{kSealedVolumes, "has a layer that nobody may write"},
    Rule{kOpenSnapshots, "has a layer that may still be written"},
    Rule{"SELECT max(d.id) FROM (SELECT id, layer_id FROM volume"
         "  UNION ALL SELECT id, layer_id FROM main.snapshot) d"
         " JOIN layer l ON l.id = d.layer_id AND l.sealed = 0"
         " GROUP BY d.layer_id HAVING count(*) > 1",
         "writes a layer that another one writes"},
};

constexpr std::array kSizeRules = {
    Rule{"SELECT id FROM volume WHERE size_gib > ?1", "is larger than any volume"},
    Rule{"SELECT id FROM main.snapshot"
         " WHERE volume_size_gib NOT BETWEEN iif(layer_id IS NULL, 0, 1) AND ?1",
         "is of no volume's size"},
    Rule{"SELECT b.snapshot_id FROM direct_block b JOIN main.snapshot s ON s.id = b.snapshot_id"
         " WHERE b.block_index NOT BETWEEN 0 AND s.volume_size_gib * 2048 - 1"
         " GROUP BY b.snapshot_id",
         "has a block that lies outside it"},
    Rule{"SELECT image_id FROM image_mapping WHERE volume_size_gib NOT BETWEEN 0 AND ?1",
         "has a device of no volume's size"},
    Rule{"SELECT id FROM import_snapshot_task WHERE image_bytes < 0"
         " UNION ALL SELECT task_id FROM import_image_disk WHERE image_bytes < 0"
         " UNION ALL SELECT id FROM conversion_task"
         "  WHERE image_bytes < 0 OR bytes_converted < 0 OR parts_found < 0"
         "   OR volume_size_gib NOT BETWEEN 1 AND ?1"
         " UNION ALL SELECT id FROM store_image_task WHERE size_gib < 0"
         " UNION ALL SELECT id FROM restore_image_task WHERE size_gib < 0",
         "has a size that no disk has"},
    Rule{"SELECT 'the counter ' || kind FROM id_counter WHERE value NOT BETWEEN 0 AND ?2",
         "has no number behind it"},
    Rule{"SELECT id FROM subnet WHERE ipv6_native <> 0 AND ipv6_cidr_block IS NULL",
         "has no addresses at all"},
    Rule{"SELECT printf('object file %016x', number) FROM s3_blob"
         " WHERE number NOT BETWEEN 1 AND ?2",
         "is no number that is given"},
    Rule{"SELECT printf('object file %016x', number) FROM s3_blob"
         " WHERE size_bytes NOT BETWEEN 0 AND ?1 * 1073741824",
         "is of no file's size"},
    // 16384: what S3's writer puts into a row at most, and its reader looks for there.
    Rule{"SELECT printf('object file %016x', number) FROM s3_blob"
         " WHERE bytes IS NOT NULL AND (length(bytes) <> size_bytes OR held_bytes <> size_bytes"
         " OR size_bytes > 16384)",
         "has other bytes in its row than that says, or more than rows have"},
    Rule{"SELECT printf('object file %016x', p.blob) FROM s3_piece p"
         " JOIN s3_blob b ON b.number = p.blob"
         " WHERE p.length_bytes < 1 OR p.offset_bytes < 0"
         "  OR p.length_bytes > b.size_bytes - p.offset_bytes"
         " GROUP BY p.blob",
         "has not the bytes that an object or a part has of it"},
    Rule{"SELECT printf('content %d', content) FROM"
         " (SELECT p.content, p.start_bytes, coalesce(lag(p.start_bytes + p.length_bytes)"
         "   OVER (PARTITION BY p.content ORDER BY p.start_bytes), 0) AS behind FROM s3_piece p)"
         " WHERE start_bytes <> behind GROUP BY content",
         "is made of pieces that do not follow each other"},
    Rule{"SELECT max(name) FROM (SELECT content, bucket || '/' || key AS name FROM s3_object"
         "  UNION ALL SELECT content, upload || ', part ' || number FROM s3_part)"
         " GROUP BY content HAVING count(*) > 1",
         "has the content of another one"},
    Rule{"SELECT name FROM"
         " (SELECT content, size_bytes, bucket || '/' || key AS name FROM s3_object"
         "  UNION ALL SELECT content, size_bytes, upload || ', part ' || number FROM s3_part) o"
         " WHERE size_bytes NOT BETWEEN 0 AND ?1 * 1073741824"
         "  OR size_bytes <> (SELECT total(p.length_bytes) FROM s3_piece p"
         "   WHERE p.content = o.content)",
         "has not as many bytes as its pieces"},
    Rule{"SELECT upload || ', part ' || number FROM s3_part"
         " WHERE length(etag) <> 32 OR etag GLOB '*[^0-9a-f]*'",
         "has an ETag that is none of a part"},
    Rule{"SELECT upload || ', part ' || p.number FROM s3_part p"
         " WHERE p.checksum GLOB '*[^A-Za-z0-9+/=]*' OR length(p.checksum) > 88",
         "has a checksum that is none"},
    Rule{"SELECT bucket || '/' || key FROM s3_object WHERE parts NOT BETWEEN 1 AND 10000",
         "has a number of parts that none has"},
    Rule{"SELECT printf('content %d', o.content) FROM s3_object_part o WHERE o.size_bytes <>"
         " (SELECT total(p.length_bytes) FROM s3_piece p"
         "  WHERE p.content = o.content AND p.part = o.number)"
         " GROUP BY o.content",
         "has not the bytes of its parts"},
};

template <std::size_t kCount>
std::vector<std::string> find_by(Database& db, const std::array<Rule, kCount>& rules)
{
    std::vector<std::string> found;
    if (!has_this_schema(db)) {
        return found;  // others' tables
    }
    for (const auto& rule : rules) {
        // Some texts have but one of the values: the condition has both in each.
        Statement select(
            db, fmt::format("WITH found (name) AS ({}) SELECT name FROM found WHERE ?1 + ?2 > 0",
                            rule.names));
        select.bind(kMostVolumeGib, kMostNumber);
        for (int count = 0; count < kMostOfRule && select.step(); ++count) {
            found.push_back(fmt::format("{} {}", select.row().text(), rule.what));
        }
    }
    return found;
}

}  // namespace

std::vector<std::string> find_impossible_layers(Database& db)
{
    return find_by(db, kLayerRules);
}

std::vector<std::string> find_impossible_sizes(Database& db)
{
    return find_by(db, kSizeRules);
}

}  // namespace amilab
