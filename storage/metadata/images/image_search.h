#pragma once

#include <string>
#include <vector>

#include "storage/metadata/images/allowed_image_rows.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/sql/listing.h"

/// The list of images. No Listing says what it is: who sees an image is more than who owns it, and
/// pages walk the indexes of own, public and shared images at once.
namespace amilab {

/// What ListQuery::among may name here. Account ids and owner aliases:
inline constexpr std::string_view kAmongImageOwners = "owner";
/// Only those that one of these may launch explicitly: account ids, "self" being the viewer, and
/// "all" for public ones.
inline constexpr std::string_view kAmongLaunchers = "executable-by";
/// What is left out unless it is named: kHiddenDeprecated, images of others whose deprecation time
/// has come, and kHiddenDisabled ones.
inline constexpr std::string_view kAmongHidden = "hidden";
inline constexpr std::string_view kHiddenDeprecated = "deprecated";
inline constexpr std::string_view kHiddenDisabled = "disabled";

/// Images that the query's owner may see, in the order of their ids. Where `allowed`, its Allowed
/// AMIs settings in the region, are enabled, those that they allow.
std::vector<ImageRow> select_images(Database& db, const ListQuery& wanted,
                                    const AllowedImagesSettings& allowed);

}  // namespace amilab
