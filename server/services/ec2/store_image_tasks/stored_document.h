#pragma once

#include <string>
#include <string_view>

#include "server/services/ec2/store_image_tasks/stored_image.h"

namespace amilab::ec2 {

/// What a stored image's object says of it, in JSON.
std::string to_document(const StoredImage& image);
/// Reads it, and checks that an image may have what it says. Throws what stored_image_damaged()
/// makes.
StoredImage parse_document(std::string_view text);

}  // namespace amilab::ec2
