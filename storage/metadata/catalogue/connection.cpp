#include "storage/metadata/catalogue/connection.h"

#include <sqlite3.h>

#include "storage/metadata/catalogue/catalogue.h"

// Where embedded_data.S puts the bytes.
extern "C" {
extern const unsigned char amilab_empty_database_begin[];
extern const unsigned char amilab_empty_database_end[];
}

namespace amilab {

namespace {

// Only a temporary view may name two databases. SQLite pushes what a query asks of the view into
// both halves and merges them in key order, but only where the halves' columns have the same
// affinity: hence the casts. Catalogue images are available, catalogue snapshots completed.
constexpr const char* kViews = R"sql(
CREATE TEMP VIEW all_image AS
SELECT id, region, owner, owner_alias, name, description, location, architecture, image_type,
       public, state, root_device_name, root_device_type, virtualization_type, hypervisor,
       boot_mode, imds_support, tpm_support, ena_support, sriov_net_support, platform,
       platform_details, usage_operation, kernel_id, ramdisk_id, creation_time_ms,
       deprecation_time_ms, last_launched_time_ms, source_instance_id, source_image_id,
       source_image_region, CAST(0 AS INTEGER) AS free_tier_eligible,
       CAST(NULL AS TEXT) AS public_ssm_parameter_name, deregistration_protection,
       state_reason_code, state_reason_message, annotated
  FROM main.image
UNION ALL
SELECT id, region, owner, owner_alias, name, description, location, architecture, image_type,
       public, CAST('available' AS TEXT), root_device_name, root_device_type, virtualization_type,
       hypervisor, boot_mode, imds_support, tpm_support, ena_support, sriov_net_support, platform,
       platform_details, usage_operation, kernel_id, ramdisk_id, creation_time_ms,
       deprecation_time_ms, CAST(NULL AS INTEGER), CAST(NULL AS TEXT), CAST(NULL AS TEXT),
       CAST(NULL AS TEXT), free_tier_eligible, public_ssm_parameter_name,
       CAST('disabled' AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(0 AS INTEGER)
  FROM catalogue.image;

-- The half of all_image that accounts own: all columns of its table, and what it lacks.
CREATE TEMP VIEW account_image AS
SELECT *, CAST(0 AS INTEGER) AS free_tier_eligible,
       CAST(NULL AS TEXT) AS public_ssm_parameter_name
  FROM main.image;

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

-- The snapshots of accounts that are not in the recycle bin.
CREATE TEMP VIEW account_snapshot AS SELECT * FROM main.snapshot WHERE recycled = 0;

CREATE TEMP VIEW all_snapshot AS
SELECT id, region, owner, owner_alias, layer_id, volume_id, volume_size_gib, description, state,
       start_time_ms, due_time_ms, completion_time_ms, encrypted, kms_key_id, data_key_id,
       transfer_type, completion_duration_minutes, status_message, full_size_bytes, public
  FROM main.snapshot WHERE recycled = 0
UNION ALL
SELECT id, region, owner, owner_alias, CAST(NULL AS INTEGER), CAST('vol-ffffffff' AS TEXT),
       volume_size_gib, description, CAST('completed' AS TEXT), start_time_ms,
       CAST(NULL AS INTEGER), start_time_ms, encrypted, CAST(NULL AS TEXT), CAST(NULL AS TEXT),
       CAST(NULL AS TEXT), CAST(NULL AS INTEGER), CAST(NULL AS TEXT), CAST(0 AS INTEGER),
       CAST(0 AS INTEGER)
  FROM catalogue.snapshot;
)sql";

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
    db->run(kViews);
    if (mode == Database::Mode::kReadOnly) {
        db->run("PRAGMA query_only = ON");
    }
    return db;
}

std::string_view empty_database()
{
    return {reinterpret_cast<const char*>(amilab_empty_database_begin),
            static_cast<std::size_t>(amilab_empty_database_end - amilab_empty_database_begin)};
}

}  // namespace amilab
