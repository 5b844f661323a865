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

/// SQLite gives them their numbers.
constexpr auto kFactsColumns = columns<ImageRow>(
    "image_facts", "f", text<&ImageRow::owner>("owner"),
    text<&ImageRow::owner_alias>("owner_alias"), text<&ImageRow::name>("name"),
    text<&ImageRow::description>("description"), text<&ImageRow::location>("location"),
    text<&ImageRow::architecture>("architecture"), text<&ImageRow::image_type>("image_type"),
    flag<&ImageRow::is_public>("public"), text<&ImageRow::root_device_name>("root_device_name"),
    text<&ImageRow::root_device_type>("root_device_type"),
    text<&ImageRow::virtualization_type>("virtualization_type"),
    text<&ImageRow::hypervisor>("hypervisor"), text<&ImageRow::boot_mode>("boot_mode"),
    text<&ImageRow::imds_support>("imds_support"), text<&ImageRow::tpm_support>("tpm_support"),
    flag<&ImageRow::ena_support>("ena_support"),
    text<&ImageRow::sriov_net_support>("sriov_net_support"), text<&ImageRow::platform>("platform"),
    text<&ImageRow::platform_details>("platform_details"),
    text<&ImageRow::usage_operation>("usage_operation"), text<&ImageRow::kernel_id>("kernel_id"),
    text<&ImageRow::ramdisk_id>("ramdisk_id"),
    time<&ImageRow::creation_time_ms>("creation_time_ms"),
    time<&ImageRow::deprecation_time_ms>("deprecation_time_ms"),
    flag<&ImageRow::free_tier_eligible>("free_tier_eligible"),
    text<&ImageRow::public_ssm_parameter_name>("public_ssm_parameter_name"));

std::int64_t insert_facts(Database& db, const ImageRow& row)
{
    insert_row<kFactsColumns>(db, row);
    Statement select(db, "SELECT last_insert_rowid()");
    select.bind();
    select.step();
    return select.row().integer();
}

void insert_place(Database& db, const ImageRow& image, std::int64_t facts)
{
    Statement(db,
              "INSERT INTO image_place (id, region, facts)"
              " SELECT ?, number, ? FROM region WHERE name = ? ON CONFLICT DO NOTHING")
        .execute(image.id, facts, image.region);
    if (db.changes() == 0) {
        throw CatalogueError(fmt::format("{} is in the catalogue already", image.id.text()));
    }
}

void insert_mappings(Database& db, const CatalogueImage& image, std::int64_t facts)
{
    Statement insert(db,
                     "INSERT INTO mapping_facts (facts, position, device_name, virtual_name,"
                     " no_device, volume_size_gib, volume_type, iops, throughput, encrypted,"
                     " delete_on_termination) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    Statement insert_snapshot(
        db,
        "INSERT INTO snapshot_place (region, facts, position, id, defines, public)"
        " SELECT r.number, ?, ?, new.id, NOT EXISTS"
        " (SELECT 1 FROM snapshot_place p WHERE p.id = new.id), 0"
        " FROM (SELECT ? AS id) new JOIN region r ON r.name = ?");
    std::int64_t position = 0;
    for (const auto& mapping : image.mappings) {
        insert.execute(facts, position, mapping.device_name, mapping.virtual_name,
                       mapping.no_device, mapping.volume_size_gib, mapping.volume_type,
                       mapping.iops, mapping.throughput, mapping.encrypted,
                       mapping.delete_on_termination);
        if (mapping.snapshot_id) {
            insert_snapshot.execute(facts, position, *mapping.snapshot_id, image.row.region);
        }
        ++position;
    }
}

void insert_rest(Database& db, const CatalogueImage& image, std::int64_t facts)
{
    std::int64_t position = 0;
    for (const auto& code : image.product_codes) {
        Statement(db,
                  "INSERT INTO product_code_facts (facts, position, code, type)"
                  " VALUES (?, ?, ?, ?)")
            .execute(facts, position++, code.code, code.type);
    }
    if (image.row.public_ssm_parameter_name) {
        const auto name = fmt::format("/{}", *image.row.public_ssm_parameter_name);
        Statement(db,
                  "INSERT INTO parameter_facts (name, facts, value, version, last_modified_ms,"
                  " data_type) VALUES (?, ?, '{image_id}', 1, ?, 'text')")
            .execute(name, facts, image.row.creation_time_ms);
    }
}

bool has_snapshot(Database& db, std::string_view id)
{
    Statement select(db, "SELECT 1 FROM snapshot WHERE id = ?");
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
                              .region = image.row.region,
                              .owner = image.row.owner,
                              .volume_size_gib = mapping.volume_size_gib.value_or(1),
                              .state = SnapshotState::kCompleted,
                              .start_time_ms = image.row.creation_time_ms,
                              .completion_time_ms = image.row.creation_time_ms,
                              .encrypted = mapping.encrypted.value_or(false)};
        insert_snapshot(db, row);
    }
}

void insert_tags(Database& db, const CatalogueImage& image, std::string_view owner)
{
    for (const auto& tag : image.tags) {
        Statement(db,
                  "INSERT INTO tag (resource_id, key, value, resource_type, owner, region)"
                  " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
            .execute(image.row.id, tag.key, tag.value, ImageTag::kResourceType, owner,
                     image.row.region);
    }
}

void insert_notes(Database& db, const CatalogueImage& image)
{
    if (image.row.state == ImageState::kFailed) {
        fail_image(db, image.row.id, image.row.state_reason_code.value_or(""),
                   image.row.state_reason_message.value_or(""));
    }
    set_image_protection(
        db, image.row.id,
        {.protection = image.row.deregistration_protection, .cooldown_end_ms = std::nullopt});
    for (const auto& watermark : image.watermarks) {
        insert_watermark(db, image.row.id, watermark);
    }
    if (!image.instance_types.supported.empty() || !image.instance_types.unsupported.empty()) {
        replace_instance_type_patterns(db, image.row.id, image.instance_types);
    }
    for (const auto& code : image.product_codes) {
        insert_product_code(db, image.row.id.text(), code);
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
        for (const auto& image : images) {
            const auto facts = insert_facts(*db, image.row);
            insert_place(*db, image.row, facts);
            insert_mappings(*db, image, facts);
            insert_rest(*db, image, facts);
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
    Statement select(db, "SELECT 1 FROM catalogue.image_place WHERE id = ?");
    select.bind(id);
    return select.step();
}

void delete_images_of_catalogue(Database& db, std::string_view owner)
{
    Statement(db,
              "DELETE FROM main.image WHERE id IN (SELECT i.id FROM catalogue.region AS r"
              " CROSS JOIN main.image AS i ON i.region = r.name AND i.owner = ?"
              " JOIN catalogue.image_place AS p ON p.id = i.id)")
        .execute(owner);
}

void insert_own_images(Database& db, std::span<const CatalogueImage> images, const OwnImages& whose)
{
    for (const auto& image : images) {
        const std::string_view owner = image.row.is_public ? whose.describer : image.row.owner;
        if (whose.account && owner != *whose.account) {
            continue;
        }
        if (image.row.is_public) {
            insert_tags(db, image, whose.describer);
            continue;
        }
        if (insert_image(db, image.row, std::nullopt, image.mappings)) {
            insert_own_snapshots(db, image);
            insert_notes(db, image);
            insert_tags(db, image, image.row.owner);
        }
    }
}

}  // namespace amilab
