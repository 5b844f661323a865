#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/catalogue/catalogue.h"
#include "storage/metadata/images/image_annotation_rows.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/tags/product_code_rows.h"
#include "storage/metadata/tags/tag_rows.h"

namespace amilab {

/// An image that a catalogue is to have, as fixtures/catalog/schema.sql says what its facts mean.
struct CatalogueImage {
    ImageId id;
    std::string region{};
    std::string owner{};
    std::optional<std::string> owner_alias{};
    std::string name{};
    std::optional<std::string> description{};
    std::string location{};
    std::string architecture{};
    std::string image_type{};
    bool is_public = true;
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
    bool free_tier_eligible = false;
    std::optional<std::string> public_ssm_parameter_name{};
    std::vector<ImageMappingRow> mappings{};
    std::vector<ProductCodeRow> product_codes{};

    /// What build_catalogue() sees to.
    std::int64_t number = 0;

    // Of private images and of those that an account has described alone; the catalogue itself has
    // no room for them.
    std::optional<TimeMs> last_launched_time_ms{};
    std::optional<std::string> source_instance_id{};
    std::optional<std::string> source_image_id{};
    std::optional<std::string> source_image_region{};
    std::vector<TagRow> tags{};

    // Of private images alone.
    std::string state{image_state::kAvailable};
    std::optional<std::string> state_reason_code{};
    std::optional<std::string> state_reason_message{};
    std::string deregistration_protection{image_protection::kDisabled};
    std::vector<WatermarkRow> watermarks{};
    InstanceTypePatterns instance_types{};
};

/// What keeps a catalogue from being built, in one line.
struct CatalogueError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What a catalogue has beside the images that are given: regions and types always.
enum class CatalogueStart { kBuiltIn, kWithoutImages };

/// The bytes of a catalogue, to be attached like catalogue_bytes(). Private images are not for it:
/// see insert_own_images. Throws CatalogueError for an id that is there twice, StorageError.
std::string build_catalogue(CatalogueStart start, std::span<const CatalogueImage> images);

/// Whether the catalogue that is attached to `db` has that image, in whatever region.
bool catalogue_has_image(Database& db, const ImageId& id);

/// Makes private images rows of their owners, who may then do with them what they may do with any
/// image; their snapshots read as zeros. Tags of public ones become `describer`'s. What is there
/// already, in whatever state, stays as it is. Inside a transaction.
void insert_own_images(Database& db, std::span<const CatalogueImage> images,
                       std::string_view describer);

/// Forgets images that were made up (see server/services/ec2/images/adopted_images.h) and that the
/// catalogue now has; what was launched of them stays. Inside a transaction.
void delete_images_of_catalogue(Database& db, std::string_view owner);

}  // namespace amilab
