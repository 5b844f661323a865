#pragma once

#include <string>
#include <vector>

#include "storage/metadata/images/allowed_image_rows.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/sql/listing.h"

/// The list of images. No Listing says what it is: who sees an image is more than who owns it, and
/// pages walk the indexes of own, public and shared images at once.
namespace amilab {

/// The owner is who looks: what that account may see, and its tags.
struct ImageQuery : ListQuery {
    /// Account ids and owner aliases; empty: any.
    std::vector<std::string> owners{};
    /// Only those that one of these may launch explicitly: account ids, "self" being the viewer,
    /// and "all" for public ones; empty: any.
    std::vector<std::string> executable_by{};
    /// The viewer's Allowed AMIs settings in the region.
    AllowedImagesSettings allowed{};
    /// Whether images of others whose deprecation time has come, and disabled ones, are wanted.
    bool include_deprecated = false;
    bool include_disabled = false;
};

/// Images that the viewer may see, in the order of their ids. Where its Allowed AMIs settings are
/// enabled, those that they allow.
std::vector<ImageRow> select_images(Database& db, const ImageQuery& query);

}  // namespace amilab
