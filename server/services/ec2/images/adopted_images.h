#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/calls/operation.h"
#include "server/calls/session.h"
#include "server/wire/ec2/images/images.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/images/image_rows.h"

namespace amilab::ec2 {

/// Whose the made-up images are: an account that AWS gives to nobody.
inline constexpr std::string_view kNobody = "000000000000";

/// For servers that were told to adopt unknown images: makes up a public image for an id that no
/// region and no account has, as `instance_type` could boot it, and says so in the log once the
/// call is committed. Nothing for an id that somebody has, and on other servers.
/// Source: amilab's own.
std::optional<ImageRow> adopt_unknown_image(Session& session, const ImageId& id,
                                            std::string_view instance_type);

/// Gives an adopted image that nobody has launched yet the architecture that `instance_type` runs:
/// what named it first did not say which.
void fit_adopted_image(Session& session, ImageRow& image, std::string_view instance_type);

/// Makes up the unknown images that a Describe call names, unless it is a dry run: clients look at
/// an image before they launch it.
extern const PrerequisiteOf<DescribeImagesRequest> kAdoptedImages;

/// See Ports.
bool is_usable_image(Session& session, std::string_view image_id);

}  // namespace amilab::ec2
