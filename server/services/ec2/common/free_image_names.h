#pragma once

#include <string_view>

#include "storage/metadata/sql/database.h"

namespace amilab::ec2 {

/// Throws InvalidAMIName.Duplicate where the owner has an image of the name in the region. No index
/// decides, since copies share names; only the writer makes images.
void require_free_image_name(Database& db, std::string_view owner, std::string_view region,
                             std::string_view name);

}  // namespace amilab::ec2
