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
    /// The launch before that one which was a day old by then.
    std::optional<TimeMs> launched_before_ms{};
    std::optional<std::string> source_instance_id{};
    std::optional<std::string> source_image_id{};
    std::optional<std::string> source_image_region{};
    bool free_tier_eligible = false;
    /// Of catalogue images alone.
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

/// One of them is no column of the table, but of its half of the view.
inline constexpr auto kImageColumns = columns<ImageRow>(
    "image", "i", text<&ImageRow::id>("id"), text<&ImageRow::region>("region"),
    text<&ImageRow::owner>("owner"), text<&ImageRow::owner_alias>("owner_alias"),
    text<&ImageRow::name>("name"), text<&ImageRow::description>("description"),
    text<&ImageRow::location>("location"), text<&ImageRow::architecture>("architecture"),
    text<&ImageRow::image_type>("image_type"), flag<&ImageRow::is_public>("public"),
    text<&ImageRow::state>("state"), text<&ImageRow::root_device_name>("root_device_name"),
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
    time<&ImageRow::last_launched_time_ms>("last_launched_time_ms"),
    time<&ImageRow::launched_before_ms>("launched_before_ms"),
    text<&ImageRow::source_instance_id>("source_instance_id"),
    text<&ImageRow::source_image_id>("source_image_id"),
    text<&ImageRow::source_image_region>("source_image_region"),
    flag<&ImageRow::free_tier_eligible>("free_tier_eligible"),
    text<&ImageRow::public_ssm_parameter_name>("public_ssm_parameter_name")
        .as("i.public_ssm_parameter_name"),
    text<&ImageRow::deregistration_protection>("deregistration_protection"),
    text<&ImageRow::state_reason_code>("state_reason_code"),
    text<&ImageRow::state_reason_message>("state_reason_message"),
    flag<&ImageRow::annotated>("annotated"));
static_assert(names_columns(kImageColumns.all, kImageViewColumns));

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
    "main.image_mapping", "m", text<&ImageMappingRow::image_id>("image_id"),
    integer<&ImageMappingRow::position>("position"),
    text<&ImageMappingRow::device_name>("device_name"),
    text<&ImageMappingRow::virtual_name>("virtual_name"),
    flag<&ImageMappingRow::no_device>("no_device"),
    text<&ImageMappingRow::snapshot_id>("snapshot_id"),
    integer<&ImageMappingRow::volume_size_gib>("volume_size_gib"),
    text<&ImageMappingRow::volume_type>("volume_type"), integer<&ImageMappingRow::iops>("iops"),
    integer<&ImageMappingRow::throughput>("throughput"),
    flag<&ImageMappingRow::encrypted>("encrypted"),
    flag<&ImageMappingRow::delete_on_termination>("delete_on_termination"));

/// The mapping of the root device; null when none is. Where no mapping has the root device's name,
/// it is that of the disk that the name is a partition of: images with a root at /dev/sda1 and a
/// mapping at /dev/sda are common (observed).
const ImageMappingRow* find_root_mapping(std::span<const ImageMappingRow> mappings,
                                         const std::optional<std::string>& root_device_name);

using LaunchPermissionRow = Grantee;

/// False when there is an image of that id.
bool insert_image(Database& db, const ImageRow& row, const std::optional<std::string>& uefi_data,
                  std::span<const ImageMappingRow> mappings);
/// An image that has the name.
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
/// Whether a deregistered image was the viewer's, or one that he could launch.
bool is_gone_image_of(Database& db, std::string_view viewer, std::string_view region,
                      const ImageId& id);
/// Whether an image, gone or not, is of the free tier.
bool is_free_tier_image(Database& db, const ImageId& id);
/// Whether the image is a row that can change; the catalogue's cannot.
bool is_image_row(Database& db, const ImageId& id);
/// Whether there is such an image, in whatever region and for whomever.
bool image_id_is_taken(Database& db, const ImageId& id);
/// The mappings of the images, in their order, and in which each was given them.
std::vector<ImageMappingRow> select_image_mappings(Database& db,
                                                   const std::vector<std::string>& images);
std::vector<ImageMappingRow> select_image_mappings(Database& db, const ImageId& id);
std::optional<std::string> select_image_uefi_data(Database& db, const ImageId& id);

/// Sets one member of an image, by the member: &ImageRow::state. No effect on catalogue images,
/// which are read-only.
template <auto kMember, class Value>
void set_image(Database& db, const ImageId& id, const Value& value)
{
    set_member<kImageColumns, kMember>(db, id, value);
}
/// A launch is told of when it is a day old. Source: "24-hour delay before that usage is reported"
/// (documented of LastLaunchedTime).
std::optional<TimeMs> reported_launch_ms(const ImageRow& row, TimeMs now_ms);
/// No effect on catalogue images, which are read-only.
void set_image_last_launched(Database& db, const ImageId& id, TimeMs now_ms);
/// Notes who can launch an image that is about to go, for is_gone_image_of().
void remember_launch_permissions(Database& db, const ImageId& id);
/// The row stays, so that the owner learns what became of it; its mappings, permissions, notes and
/// name go.
void mark_image_deregistered(Database& db, const ImageId& id);
/// Removes the row of a deregistered image; false while instances or images tell of it.
bool delete_former_image(Database& db, const ImageId& id);

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
