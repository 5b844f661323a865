#pragma once

#include "server/calls/session.h"
#include "server/wire/ec2/image_life.h"
#include "storage/metadata/images/image_rows.h"

/// What becomes of an image: disabled, deprecated, protected from deregistration.
namespace amilab::ec2 {

EnableImageResponse enable_image(Session& session, const EnableImageRequest& request);
DisableImageResponse disable_image(Session& session, const DisableImageRequest& request);
EnableImageDeprecationResponse enable_image_deprecation(
    Session& session, const EnableImageDeprecationRequest& request);
DisableImageDeprecationResponse disable_image_deprecation(
    Session& session, const DisableImageDeprecationRequest& request);
EnableImageDeregistrationProtectionResponse enable_image_deregistration_protection(
    Session& session, const EnableImageDeregistrationProtectionRequest& request);
DisableImageDeregistrationProtectionResponse disable_image_deregistration_protection(
    Session& session, const DisableImageDeregistrationProtectionRequest& request);

/// The image is made public: unless its deprecation time is earlier, it becomes two years from its
/// creation. Source: EC2 User Guide, "Deprecate an AMI" (documented).
void deprecate_public_image(Session& session, const ImageRow& image);

}  // namespace amilab::ec2
