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
    ImageRow row{};
    std::vector<ImageMappingRow> mappings{};
    std::vector<ProductCodeRow> product_codes{};

    // Of private images and of those that an account has described alone; the catalogue itself has
    // no room for them, nor for their state, protection and sources.
    std::vector<TagRow> tags{};

    // Of private images alone.
    ImageState state = ImageState::kAvailable;
    std::optional<std::string> state_reason_code{};
    std::optional<std::string> state_reason_message{};
    ImageProtection deregistration_protection = ImageProtection::kDisabled;
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

/// Whose rows insert_own_images() makes.
struct OwnImages {
    /// Whose the tags of public images become.
    std::string_view describer{};
    /// Of this account alone.
    std::optional<std::string_view> account{};
};
/// Makes private images rows of their owners, who may then do with them what they may do with any
/// image; their snapshots read as zeros. What is there already, in whatever state, stays as it is.
/// Inside a transaction.
void insert_own_images(Database& db, std::span<const CatalogueImage> images,
                       const OwnImages& whose);

/// Forgets images that were made up (see server/services/ec2/images/adopted_images.h) and that the
/// catalogue now has; what was launched of them stays. Inside a transaction.
void delete_images_of_catalogue(Database& db, std::string_view owner);

}  // namespace amilab
