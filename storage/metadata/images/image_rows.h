#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/images/allowed_image_rows.h"
#include "storage/metadata/images/grantee.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"

namespace amilab {

/// A row of the view all_image: an account's own, or the catalogue's.
struct ImageRow {
    ImageId id;
    std::string region;
    std::string owner;
    std::optional<std::string> owner_alias;
    std::string name;
    std::optional<std::string> description;
    std::string location;
    std::string architecture;
    std::string image_type;
    bool is_public;
    std::string state;
    std::optional<std::string> root_device_name;
    std::string root_device_type;
    std::string virtualization_type;
    std::string hypervisor;
    std::optional<std::string> boot_mode;
    std::optional<std::string> imds_support;
    std::optional<std::string> tpm_support;
    bool ena_support;
    std::optional<std::string> sriov_net_support;
    std::optional<std::string> platform;
    std::string platform_details;
    std::string usage_operation;
    std::optional<std::string> kernel_id;
    std::optional<std::string> ramdisk_id;
    TimeMs creation_time_ms;
    std::optional<TimeMs> deprecation_time_ms;
    std::optional<TimeMs> last_launched_time_ms;
    std::optional<std::string> source_instance_id;
    std::optional<std::string> source_image_id;
    std::optional<std::string> source_image_region;
    bool free_tier_eligible;
    std::optional<std::string> public_ssm_parameter_name;
    /// disabled, enabled-with-cooldown or enabled-without-cooldown
    std::string deregistration_protection = "disabled";
    std::optional<std::string> state_reason_code = {};
    std::optional<std::string> state_reason_message = {};
    /// Whether it may have watermarks or an instance type specification: see
    /// image_annotation_rows.h
    bool annotated = false;
};

struct ImageMappingRow {
    std::string device_name;
    std::optional<std::string> virtual_name;
    bool no_device = false;
    std::optional<std::string> snapshot_id;
    std::optional<std::int64_t> volume_size_gib;
    std::optional<std::string> volume_type;
    std::optional<std::int64_t> iops;
    std::optional<std::int64_t> throughput;
    std::optional<bool> encrypted;
    std::optional<bool> delete_on_termination;
    /// Of a launch alone; images keep neither.
    std::optional<std::string> kms_key_id = {};
    std::optional<std::int64_t> initialization_rate = {};
};

/// What an image takes over from the instance it is made of.
struct ImageSourceRow {
    std::string state;
    std::string image_id;
    std::string architecture;
    std::string virtualization_type;
    std::string hypervisor;
    std::optional<std::string> root_device_name;
    std::string root_device_type;
    std::optional<std::string> boot_mode;
    std::optional<std::string> imds_support;
    std::optional<std::string> tpm_support;
    bool ena_support;
    std::optional<std::string> sriov_net_support;
    std::optional<std::string> platform;
    std::string platform_details;
    std::string usage_operation;
    std::optional<std::string> kernel_id;
    std::optional<std::string> ramdisk_id;
};
std::optional<ImageSourceRow> select_image_source(Database& db, std::string_view owner,
                                                  std::string_view region, const InstanceId& id);

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
/// In the order in which the image was given them.
std::vector<ImageMappingRow> select_image_mappings(Database& db, const ImageId& id);
std::optional<std::string> select_image_uefi_data(Database& db, const ImageId& id);

void set_image_state(Database& db, const ImageId& id, std::string_view state);
void set_image_description(Database& db, const ImageId& id, std::string_view description);
void set_image_architecture(Database& db, const ImageId& id, std::string_view architecture);
void set_image_imds_support(Database& db, const ImageId& id, std::string_view imds_support);
/// No effect on catalogue images, which are read-only.
void set_image_last_launched(Database& db, const ImageId& id, TimeMs now_ms);
/// The row stays, so that the owner learns what became of it; its mappings, permissions, notes and
/// name go.
void mark_image_deregistered(Database& db, const ImageId& id);

/// Also keeps the image's `public` flag. What is there already stays once.
void insert_launch_permission(Database& db, const ImageId& id, const LaunchPermissionRow& row);
void delete_launch_permission(Database& db, const ImageId& id, const LaunchPermissionRow& row);
void delete_all_launch_permissions(Database& db, const ImageId& id);
std::vector<LaunchPermissionRow> select_launch_permissions(Database& db, const ImageId& id);

struct ImageQuery {
    /// Whose view it is: what this account may see, and its tags.
    std::string_view viewer;
    std::string_view region;
    std::vector<ImageId> ids;
    /// Account ids and owner aliases; empty: any.
    std::vector<std::string> owners;
    /// Only those that one of these may launch explicitly: account ids, "self" being the viewer,
    /// and "all" for public ones; empty: any.
    std::vector<std::string> executable_by;
    std::span<const Filter> filters;
    /// The viewer's Allowed AMIs settings in the region.
    const AllowedImagesSettings& allowed;
    /// Whether images of others whose deprecation time has come, and disabled ones, are wanted.
    bool include_deprecated;
    bool include_disabled;
    TimeMs now_ms;
    std::string_view after;
    std::int64_t limit;
};

/// Images that `viewer` may see, in the order of their ids. Where its Allowed AMIs settings are
/// enabled, those that they allow.
std::vector<ImageRow> select_images(Database& db, const ImageQuery& query);

/// Which images an account may tag, those in the recycle bin included: ?1 the id, ?2 the region, ?3
/// the account.
inline constexpr std::string_view kTaggableImage =
    "SELECT 1 FROM all_image i WHERE i.id = ?1 AND i.region = ?2 AND (i.state <> 'deregistered'"
    " OR EXISTS (SELECT 1 FROM recycled b WHERE b.resource_id = ?1))"
    " AND (i.owner = ?3 OR i.public = 1 OR EXISTS (SELECT 1 FROM launch_permission p"
    " WHERE p.image_id = i.id AND p.kind = 'userId' AND p.value = ?3) OR EXISTS"
    " (SELECT 1 FROM account_membership m JOIN launch_permission p ON p.image_id = i.id"
    " AND p.kind = m.kind AND p.value = m.value WHERE m.account = ?3))";

}  // namespace amilab
