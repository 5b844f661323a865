#include "storage/metadata/images/catalogue_builder.h"

#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <sqlite3.h>

#include "storage/metadata/catalogue/catalogue.h"
#include "storage/metadata/images/image_life_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"

namespace amilab {

namespace {

/// What DescribeSnapshots shows for a snapshot whose volume is nobody's to know.
/// Source: observed.
constexpr std::string_view kNoVolume = "vol-ffffffff";

/// A writable copy of the built-in catalogue.
std::unique_ptr<Database> copy_of_built_in()
{
    auto db = std::make_unique<Database>(":memory:", Database::Mode::kReadWrite);
    const auto bytes = catalogue_bytes();
    auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(bytes.size()));
    if (copy == nullptr) {
        throw_sqlite_error(db->handle(), SQLITE_NOMEM, "copy", "the catalogue");
    }
    std::memcpy(copy, bytes.data(), bytes.size());
    const auto size = static_cast<sqlite3_int64>(bytes.size());
    // Frees the copy itself when it fails.
    const int result =
        sqlite3_deserialize(db->handle(), "main", copy, size, size,
                            SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE);
    if (result != SQLITE_OK) {
        throw_sqlite_error(db->handle(), result, "copy", "the catalogue");
    }
    return db;
}

void insert_facts(Database& db, std::int64_t number, const CatalogueImage& image)
{
    Statement(db,
              "INSERT INTO image_facts (number, owner, owner_alias, name, description, location,"
              " architecture, image_type, public, root_device_name, root_device_type,"
              " virtualization_type, hypervisor, boot_mode, imds_support, tpm_support, ena_support,"
              " sriov_net_support, platform, platform_details, usage_operation, kernel_id,"
              " ramdisk_id, creation_time_ms, deprecation_time_ms, free_tier_eligible,"
              " public_ssm_parameter_name) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
              " ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)")
        .execute(number, image.owner, image.owner_alias, image.name, image.description,
                 image.location, image.architecture, image.image_type, image.is_public,
                 image.root_device_name, image.root_device_type, image.virtualization_type,
                 image.hypervisor, image.boot_mode, image.imds_support, image.tpm_support,
                 image.ena_support, image.sriov_net_support, image.platform, image.platform_details,
                 image.usage_operation, image.kernel_id, image.ramdisk_id, image.creation_time_ms,
                 image.deprecation_time_ms, image.free_tier_eligible,
                 image.public_ssm_parameter_name);
}

void insert_place(Database& db, std::int64_t number, const CatalogueImage& image)
{
    Statement(db,
              "INSERT INTO image_place (id, region, facts) VALUES (?1, ?2, ?3)"
              " ON CONFLICT DO NOTHING")
        .execute(image.id, image.region, number);
    if (db.changes() == 0) {
        throw CatalogueError(fmt::format("{} is in the catalogue already", image.id.text()));
    }
}

void insert_mappings(Database& db, std::int64_t number, const CatalogueImage& image)
{
    Statement insert(db,
                     "INSERT INTO mapping_facts (facts, position, device_name, virtual_name,"
                     " no_device, volume_size_gib, volume_type, iops, throughput, encrypted,"
                     " delete_on_termination) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
                     " ?11)");
    Statement insert_snapshot(db,
                              "INSERT INTO snapshot_place (region, facts, position, id, defines)"
                              " VALUES (?1, ?2, ?3, ?4,"
                              " NOT EXISTS (SELECT 1 FROM snapshot_place WHERE id = ?4))");
    std::int64_t position = 0;
    for (const auto& mapping : image.mappings) {
        insert.execute(number, position, mapping.device_name, mapping.virtual_name,
                       mapping.no_device, mapping.volume_size_gib, mapping.volume_type,
                       mapping.iops, mapping.throughput, mapping.encrypted,
                       mapping.delete_on_termination);
        if (mapping.snapshot_id) {
            insert_snapshot.execute(image.region, number, position, *mapping.snapshot_id);
        }
        ++position;
    }
}

void insert_rest(Database& db, std::int64_t number, const CatalogueImage& image)
{
    std::int64_t position = 0;
    for (const auto& code : image.product_codes) {
        Statement(db,
                  "INSERT INTO product_code_facts (facts, position, code, type)"
                  " VALUES (?1, ?2, ?3, ?4)")
            .execute(number, position++, code.code, code.type);
    }
    if (image.public_ssm_parameter_name) {
        const auto name = fmt::format("/{}", *image.public_ssm_parameter_name);
        Statement(db,
                  "INSERT INTO parameter_facts (name, facts, value, version, last_modified_ms,"
                  " data_type) VALUES (?1, ?2, '{image_id}', 1, ?3, 'text')")
            .execute(name, number, image.creation_time_ms);
    }
}

std::int64_t highest_number(Database& db)
{
    Statement select(db, "SELECT ifnull(max(number), 0) FROM image_facts");
    select.bind();
    select.step();
    return select.row().integer();
}

bool has_snapshot(Database& db, std::string_view id)
{
    Statement select(db, "SELECT 1 FROM snapshot WHERE id = ?1");
    select.bind(id);
    return select.step();
}

void insert_own_snapshots(Database& db, const CatalogueImage& image)
{
    for (const auto& mapping : image.mappings) {
        if (!mapping.snapshot_id || has_snapshot(db, *mapping.snapshot_id)) {
            continue;
        }
        const SnapshotRow row{.id = SnapshotId::trusted(*mapping.snapshot_id),
                              .region = image.region,
                              .owner = image.owner,
                              .owner_alias = {},
                              .layer_id = {},
                              .volume_id = std::string(kNoVolume),
                              .volume_size_gib = mapping.volume_size_gib.value_or(1),
                              .description = {},
                              .state = "completed",
                              .start_time_ms = image.creation_time_ms,
                              .due_time_ms = {},
                              .completion_time_ms = image.creation_time_ms,
                              .encrypted = mapping.encrypted.value_or(false)};
        insert_snapshot(db, row);
    }
}

ImageRow row_of(const CatalogueImage& image)
{
    return {.id = image.id,
            .region = image.region,
            .owner = image.owner,
            .owner_alias = image.owner_alias,
            .name = image.name,
            .description = image.description,
            .location = image.location,
            .architecture = image.architecture,
            .image_type = image.image_type,
            .is_public = false,
            .state = image.state,
            .root_device_name = image.root_device_name,
            .root_device_type = image.root_device_type,
            .virtualization_type = image.virtualization_type,
            .hypervisor = image.hypervisor,
            .boot_mode = image.boot_mode,
            .imds_support = image.imds_support,
            .tpm_support = image.tpm_support,
            .ena_support = image.ena_support,
            .sriov_net_support = image.sriov_net_support,
            .platform = image.platform,
            .platform_details = image.platform_details,
            .usage_operation = image.usage_operation,
            .kernel_id = image.kernel_id,
            .ramdisk_id = image.ramdisk_id,
            .creation_time_ms = image.creation_time_ms,
            .deprecation_time_ms = image.deprecation_time_ms,
            .last_launched_time_ms = image.last_launched_time_ms,
            .source_instance_id = image.source_instance_id,
            .source_image_id = image.source_image_id,
            .source_image_region = image.source_image_region,
            .free_tier_eligible = false,
            .public_ssm_parameter_name = {}};
}

void insert_tags(Database& db, const CatalogueImage& image, std::string_view owner)
{
    for (const auto& tag : image.tags) {
        Statement(db,
                  "INSERT INTO tag (resource_id, key, value, resource_type, owner, region)"
                  " VALUES (?1, ?2, ?3, 'image', ?4, ?5) ON CONFLICT DO NOTHING")
            .execute(image.id, tag.key, tag.value, owner, image.region);
    }
}

void insert_notes(Database& db, const CatalogueImage& image)
{
    if (image.state == "failed") {
        fail_image(db, image.id, image.state_reason_code.value_or(""),
                   image.state_reason_message.value_or(""));
    }
    set_image_protection(
        db, image.id,
        {.protection = image.deregistration_protection, .cooldown_end_ms = std::nullopt});
    for (const auto& watermark : image.watermarks) {
        insert_watermark(db, image.id, watermark);
    }
    if (!image.instance_types.supported.empty() || !image.instance_types.unsupported.empty()) {
        replace_instance_type_patterns(db, image.id, image.instance_types);
    }
    for (const auto& code : image.product_codes) {
        insert_product_code(db, image.id.text(), code);
        for (const auto& mapping : image.mappings) {
            if (mapping.snapshot_id) {
                insert_product_code(db, *mapping.snapshot_id, code);
            }
        }
    }
}

}  // namespace

std::string build_catalogue(CatalogueStart start, std::span<const CatalogueImage> images)
{
    const auto db = copy_of_built_in();
    {
        Transaction transaction(*db);
        if (start == CatalogueStart::kWithoutImages) {
            db->run(
                "DELETE FROM parameter_facts; DELETE FROM product_code_facts;"
                " DELETE FROM snapshot_place; DELETE FROM mapping_facts;"
                " DELETE FROM image_place; DELETE FROM image_facts");
        }
        auto number = highest_number(*db);
        for (const auto& image : images) {
            ++number;
            insert_facts(*db, number, image);
            insert_place(*db, number, image);
            insert_mappings(*db, number, image);
            insert_rest(*db, number, image);
        }
        db->run("ANALYZE");
        transaction.commit();
    }
    sqlite3_int64 size = 0;
    const std::unique_ptr<unsigned char, void (*)(void*)> bytes(
        sqlite3_serialize(db->handle(), "main", &size, 0), sqlite3_free);
    if (!bytes) {
        throw_sqlite_error(db->handle(), SQLITE_NOMEM, "serialize", "the catalogue");
    }
    return {reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size)};
}

bool catalogue_has_image(Database& db, const ImageId& id)
{
    Statement select(db, "SELECT 1 FROM catalogue.image_place WHERE id = ?1");
    select.bind(id);
    return select.step();
}

void delete_images_of_catalogue(Database& db, std::string_view owner)
{
    Statement(db,
              "DELETE FROM main.image WHERE id IN (SELECT i.id FROM catalogue.region AS r"
              " CROSS JOIN main.image AS i ON i.region = r.name AND i.owner = ?1"
              " JOIN catalogue.image_place AS p ON p.id = i.id)")
        .execute(owner);
}

void insert_own_images(Database& db, std::span<const CatalogueImage> images,
                       std::string_view describer)
{
    for (const auto& image : images) {
        if (image.is_public) {
            insert_tags(db, image, describer);
            continue;
        }
        if (insert_image(db, row_of(image), std::nullopt, image.mappings)) {
            insert_own_snapshots(db, image);
            insert_notes(db, image);
            insert_tags(db, image, image.owner);
        }
    }
}

}  // namespace amilab
