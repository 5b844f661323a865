#include "storage/metadata/catalogue/connection.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include <sqlite3.h>
#include <boost/endian/conversion.hpp>

#include "storage/base/crc32c.h"
#include "storage/base/storage_error.h"
#include "storage/metadata/catalogue/catalogue.h"
#include "storage/metadata/catalogue/views.h"
#include "storage/metadata/sql/statement.h"

// Where embedded_data.S puts the bytes.
extern "C" {
extern const unsigned char amilab_empty_database_begin[];
extern const unsigned char amilab_empty_database_end[];
}

namespace amilab {

namespace {

constexpr std::string_view kChildViews = R"sql(
CREATE TEMP VIEW all_product_code AS
SELECT resource_id, code, type FROM main.product_code
UNION ALL
SELECT image_id, code, type FROM catalogue.image_product_code;

CREATE TEMP VIEW all_image_mapping AS
SELECT image_id, position, device_name, virtual_name, no_device, snapshot_id, volume_size_gib,
       volume_type, iops, throughput, encrypted, delete_on_termination
  FROM main.image_mapping
UNION ALL
SELECT image_id, position, device_name, virtual_name, no_device, snapshot_id, volume_size_gib,
       volume_type, iops, throughput, encrypted, delete_on_termination
  FROM catalogue.image_mapping;
)sql";

/// "id, region, CAST(0 AS INTEGER) AS free_tier_eligible"
std::string half_of(std::span<const ViewColumn> view, std::string_view ViewColumn::*half)
{
    std::string list;
    for (const auto& column : view) {
        list += list.empty() ? "" : ", ";
        list += (column.*half).empty() ? "" : std::string(column.*half) + " AS ";
        list += column.name;
    }
    return list;
}

// Only a temporary view may name two databases.
std::string make_views()
{
    const auto own_image = half_of(kImageViewColumns, &ViewColumn::own);
    const auto own_snapshot = half_of(kSnapshotViewColumns, &ViewColumn::own);
    // Of accounts alone: all their images, and their snapshots that are not in the recycle bin.
    const auto images = "SELECT " + own_image + " FROM main.image";
    const auto snapshots = "SELECT " + own_snapshot + " FROM main.snapshot WHERE recycled = 0";
    return "CREATE TEMP VIEW account_image AS " + images + "; CREATE TEMP VIEW all_image AS " +
           images + " UNION ALL SELECT " + half_of(kImageViewColumns, &ViewColumn::catalogue) +
           " FROM catalogue.image; CREATE TEMP VIEW account_snapshot AS " + snapshots +
           "; CREATE TEMP VIEW all_snapshot AS " + snapshots + " UNION ALL SELECT " +
           half_of(kSnapshotViewColumns, &ViewColumn::catalogue) + " FROM catalogue.snapshot;" +
           std::string(kChildViews);
}

/// What scripts/build_empty_database.py has made.
std::string_view packed_database()
{
    return {reinterpret_cast<const char*>(amilab_empty_database_begin),
            static_cast<std::size_t>(amilab_empty_database_end - amilab_empty_database_begin)};
}

std::uint32_t take_number(std::string_view& packed)
{
    std::uint32_t value = 0;
    std::memcpy(&value, packed.data(), sizeof value);
    packed.remove_prefix(sizeof value);
    return boost::endian::little_to_native(value);
}

}  // namespace

std::unique_ptr<Database> open_connection(const std::string& path, Database::Mode mode,
                                          Durability durability,
                                          std::span<const unsigned char> catalogue)
{
    auto db = std::make_unique<Database>(path, mode);
    // The first look at what the file holds.
    db->run(durability == Durability::kKept ? "PRAGMA synchronous = NORMAL"
                                            : "PRAGMA synchronous = OFF",
            "open");
    db->run("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF");
    if (mode == Database::Mode::kReadWrite) {
        db->run("PRAGMA journal_mode = WAL");
        db->leave_checkpoints();
    }
    // Else a bound GLOB pattern has its statement compiled anew for each value.
    sqlite3_db_config(db->handle(), SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
    attach_catalogue(db->handle(), catalogue);
    static const auto views = make_views();
    db->run(views, "views");
    if (mode != Database::Mode::kReadWrite) {
        db->run("PRAGMA query_only = ON");
    }
    return db;
}

void require_made_schema(Database& db)
{
    auto packed = packed_database();
    take_number(packed);
    const auto wanted = take_number(packed);
    Statement select(db, "SELECT type || ' ' || name, ifnull(sql, '') FROM main.sqlite_schema");
    select.bind();
    std::uint32_t sum = 0;
    while (select.step()) {
        auto row = select.row();
        auto text = row.text() + '\0';
        text += row.text();
        sum += crc32c(std::as_bytes(std::span(text)));
    }
    if (sum != wanted) {
        throw StorageError(EBADMSG, "open", db.path(), "its tables are not as amilab makes them");
    }
}

std::string empty_database()
{
    auto packed = packed_database();
    std::string database(take_number(packed), '\0');
    take_number(packed);  // the schema's checksum
    while (!packed.empty()) {
        const auto offset = take_number(packed);
        const auto size = take_number(packed);
        packed.copy(database.data() + offset, size);
        packed.remove_prefix(size);
    }
    return database;
}

}  // namespace amilab
