#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/images/image_rows.h"

/// What becomes of an image: disabled, deprecated, protected from deregistration.
namespace amilab::ec2 {

extern const Family kImageLife;

/// The image is made public: unless its deprecation time is earlier, it becomes two years from its
/// creation. Source: EC2 User Guide, "Deprecate an AMI" (documented).
void deprecate_public_image(Session& session, const ImageRow& image);

}  // namespace amilab::ec2
