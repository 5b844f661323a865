#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/catalogue/views.h"
#include "storage/metadata/images/grantee.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/instances/instance_state.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

/// A row of the view all_image: an account's own, or the catalogue's.
struct ImageRow {
    ImageId id{};
    std::string region{};
    std::string owner{};
    std::optional<std::string> owner_alias{};
    std::string name{};
    std::optional<std::string> description{};
    std::string location{};
    std::string architecture{};
    std::string image_type{};
    bool is_public = false;
    ImageState state{};
    std::optional<std::string> root_device_name{};
    std::string root_device_type{};
    std::string virtualization_type{};
    std::string hypervisor{};
    std::optional<std::string> boot_mode{};
    std::optional<std::string> imds_support{};
    std::optional<std::string> tpm_support{};
    bool ena_support = false;
    std::optional<std::string> sriov_net_support{};
    std::optional<std::string> platform{};
    std::string platform_details{};
    std::string usage_operation{};
    std::optional<std::string> kernel_id{};
    std::optional<std::string> ramdisk_id{};
    TimeMs creation_time_ms = 0;
    std::optional<TimeMs> deprecation_time_ms{};
    std::optional<TimeMs> last_launched_time_ms{};
    std::optional<std::string> source_instance_id{};
    std::optional<std::string> source_image_id{};
    std::optional<std::string> source_image_region{};
    /// Of catalogue images alone, like the next.
    bool free_tier_eligible = false;
    std::optional<std::string> public_ssm_parameter_name{};
    ImageProtection deregistration_protection = ImageProtection::kDisabled;
    std::optional<std::string> state_reason_code{};
    std::optional<std::string> state_reason_message{};
    /// Whether it may have watermarks or an instance type specification: see
    /// image_annotation_rows.h
    bool annotated = false;
    /// What the viewer's Allowed AMIs settings say of it; nothing while they are disabled, and
    /// where nobody asked. No column.
    std::optional<bool> allowed{};
};

/// Two of them are no columns of the table, but of its half of the view.
inline constexpr auto kImageColumns = columns<ImageRow>(
    "image", "i", text("id", &ImageRow::id), text("region", &ImageRow::region),
    text("owner", &ImageRow::owner), text("owner_alias", &ImageRow::owner_alias),
    text("name", &ImageRow::name), text("description", &ImageRow::description),
    text("location", &ImageRow::location), text("architecture", &ImageRow::architecture),
    text("image_type", &ImageRow::image_type), flag("public", &ImageRow::is_public),
    text("state", &ImageRow::state), text("root_device_name", &ImageRow::root_device_name),
    text("root_device_type", &ImageRow::root_device_type),
    text("virtualization_type", &ImageRow::virtualization_type),
    text("hypervisor", &ImageRow::hypervisor), text("boot_mode", &ImageRow::boot_mode),
    text("imds_support", &ImageRow::imds_support), text("tpm_support", &ImageRow::tpm_support),
    flag("ena_support", &ImageRow::ena_support),
    text("sriov_net_support", &ImageRow::sriov_net_support), text("platform", &ImageRow::platform),
    text("platform_details", &ImageRow::platform_details),
    text("usage_operation", &ImageRow::usage_operation), text("kernel_id", &ImageRow::kernel_id),
    text("ramdisk_id", &ImageRow::ramdisk_id),
    time("creation_time_ms", &ImageRow::creation_time_ms),
    time("deprecation_time_ms", &ImageRow::deprecation_time_ms),
    time("last_launched_time_ms", &ImageRow::last_launched_time_ms),
    text("source_instance_id", &ImageRow::source_instance_id),
    text("source_image_id", &ImageRow::source_image_id),
    text("source_image_region", &ImageRow::source_image_region),
    flag("free_tier_eligible", &ImageRow::free_tier_eligible).as("i.free_tier_eligible"),
    text("public_ssm_parameter_name", &ImageRow::public_ssm_parameter_name)
        .as("i.public_ssm_parameter_name"),
    text("deregistration_protection", &ImageRow::deregistration_protection),
    text("state_reason_code", &ImageRow::state_reason_code),
    text("state_reason_message", &ImageRow::state_reason_message),
    flag("annotated", &ImageRow::annotated));
static_assert(names_columns(kImageColumns, kImageViewColumns));

struct ImageMappingRow {
    std::string device_name{};
    std::optional<std::string> virtual_name{};
    bool no_device = false;
    std::optional<std::string> snapshot_id{};
    std::optional<std::int64_t> volume_size_gib{};
    std::optional<std::string> volume_type{};
    std::optional<std::int64_t> iops{};
    std::optional<std::int64_t> throughput{};
    std::optional<bool> encrypted{};
    std::optional<bool> delete_on_termination{};
    /// Of a launch alone; images keep neither.
    std::optional<std::string> kms_key_id{};
    std::optional<std::int64_t> initialization_rate{};
    /// What insert_image() sees to.
    std::string image_id{};
    std::int64_t position = 0;
};

inline constexpr auto kImageMappingColumns = columns<ImageMappingRow>(
    "main.image_mapping", "m", text("image_id", &ImageMappingRow::image_id),
    integer("position", &ImageMappingRow::position),
    text("device_name", &ImageMappingRow::device_name),
    text("virtual_name", &ImageMappingRow::virtual_name),
    flag("no_device", &ImageMappingRow::no_device),
    text("snapshot_id", &ImageMappingRow::snapshot_id),
    integer("volume_size_gib", &ImageMappingRow::volume_size_gib),
    text("volume_type", &ImageMappingRow::volume_type), integer("iops", &ImageMappingRow::iops),
    integer("throughput", &ImageMappingRow::throughput),
    flag("encrypted", &ImageMappingRow::encrypted),
    flag("delete_on_termination", &ImageMappingRow::delete_on_termination));

using LaunchPermissionRow = Grantee;

/// False when the owner has an image of that name in the region.
bool insert_image(Database& db, const ImageRow& row, const std::optional<std::string>& uefi_data,
                  std::span<const ImageMappingRow> mappings);
/// The image that holds a name.
std::optional<ImageId> select_image_named(Database& db, std::string_view owner,
                                          std::string_view region, std::string_view name);

/// An image of the region that `viewer` may see: own, shared with that account, its organization or
/// its units, or public. One that its owner deregistered is there for him, in that state.
std::optional<ImageRow> select_visible_image(Database& db, std::string_view viewer,
                                             std::string_view region, const ImageId& id);
/// Whether there is such an image, not deregistered, whoever may see it.
bool image_exists(Database& db, std::string_view region, const ImageId& id);
/// Whether instances are left, the viewer's or of an image that was, of an image that is gone.
bool is_gone_image_in_use(Database& db, std::string_view viewer, std::string_view region,
                          const ImageId& id);
/// Whether the image is a row that can change; the catalogue's cannot.
bool is_image_row(Database& db, const ImageId& id);
/// Whether there is such an image, in whatever region and for whomever.
bool image_id_is_taken(Database& db, const ImageId& id);
/// The mappings of the images, in their order, and in which each was given them.
std::vector<ImageMappingRow> select_image_mappings(Database& db,
                                                   const std::vector<std::string>& images);
std::vector<ImageMappingRow> select_image_mappings(Database& db, const ImageId& id);
std::optional<std::string> select_image_uefi_data(Database& db, const ImageId& id);

void set_image_state(Database& db, const ImageId& id, ImageState state);
void set_image_description(Database& db, const ImageId& id, std::string_view description);
void set_image_architecture(Database& db, const ImageId& id, std::string_view architecture);
void set_image_imds_support(Database& db, const ImageId& id, std::string_view imds_support);
/// No effect on catalogue images, which are read-only.
void set_image_last_launched(Database& db, const ImageId& id, TimeMs now_ms);
/// The row stays, so that the owner learns what became of it; its mappings, permissions, notes and
/// name go.
void mark_image_deregistered(Database& db, const ImageId& id);

/// Adds a permission and keeps the image's `public` flag. What is there already stays once.
void insert_launch_permission(Database& db, const ImageId& id, const LaunchPermissionRow& row);
void delete_launch_permission(Database& db, const ImageId& id, const LaunchPermissionRow& row);
void delete_all_launch_permissions(Database& db, const ImageId& id);
std::vector<LaunchPermissionRow> select_launch_permissions(Database& db, const ImageId& id);

/// Which images an account may tag, those in the recycle bin included.
inline constexpr auto kTaggableImage =
    "SELECT 1 FROM all_image i WHERE i.id = $id AND i.region = $region AND (i.state <> " +
    sql_word<ImageState::kDeregistered> +
    " OR EXISTS (SELECT 1 FROM recycled b WHERE b.resource_id = $id))"
    " AND (i.owner = $viewer OR i.public = 1 OR EXISTS (SELECT 1 FROM launch_permission p"
    " WHERE p.image_id = i.id AND p.kind = " +
    sql_word<GranteeKind::kUserId> +
    " AND p.value = $viewer) OR EXISTS"
    " (SELECT 1 FROM account_membership m JOIN launch_permission p ON p.image_id = i.id"
    " AND p.kind = m.kind AND p.value = m.value WHERE m.account = $viewer))";

}  // namespace amilab
