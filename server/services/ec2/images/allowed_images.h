#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/images/allowed_image_rows.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/images/image_rows.h"

namespace amilab::ec2 {

extern const Family kAllowedImages;

/// False for an image that the caller's Allowed AMIs settings hide in the region: enabled ones,
/// whose criteria it does not meet.
bool is_allowed_image(Session& session, std::string_view region, const ImageId& id);

/// What imageAllowed says of so many images: nothing while the settings are disabled.
/// Source: at DescribeImages documented, at DescribeInstanceImageMetadata assumed.
std::vector<std::optional<bool>> allowed_marks(Session& session,
                                               const AllowedImagesSettings& settings,
                                               std::size_t count,
                                               const std::function<ImageId(std::size_t)>& id_of);

/// An image that the caller may launch as far as sharing goes. Throws InvalidAMIID.NotFound for one
/// that is not there, AuthFailure for one that he may not see or that his Allowed AMIs settings
/// exclude, OptInRequired for one of a product that he has not subscribed to.
ImageRow require_permitted_image(Session& session, const ImageId& id);

}  // namespace amilab::ec2
