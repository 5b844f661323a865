#pragma once

#include "server/calls/session.h"
#include "server/wire/ec2/images.h"
#include "storage/metadata/images/image_rows.h"

namespace amilab::ec2 {

RegisterImageResponse register_image(Session& session, const RegisterImageRequest& request);
CreateImageResponse create_image(Session& session, const CreateImageRequest& request);
DescribeImagesResponse describe_images(Session& session, const DescribeImagesRequest& request);
/// Neither a page nor certain images: the answer may be of any length.
bool asks_for_all(const DescribeImagesRequest& request);
ModifyImageAttributeResponse modify_image_attribute(Session& session,
                                                    const ModifyImageAttributeRequest& request);
DescribeImageAttributeResponse describe_image_attribute(
    Session& session, const DescribeImageAttributeRequest& request);
ResetImageAttributeResponse reset_image_attribute(Session& session,
                                                  const ResetImageAttributeRequest& request);
DeregisterImageResponse deregister_image(Session& session, const DeregisterImageRequest& request);

/// An image of the region that is the caller's own. Throws InvalidAMIID.NotFound for one that is
/// not there, AuthFailure for one of another owner, InvalidAMIID.Unavailable when it is
/// deregistered.
ImageRow require_own_image(Session& session, const ImageId& id);
/// The same, and not of the public catalogue, which nobody changes: OperationNotPermitted.
ImageRow require_changeable_image(Session& session, const ImageId& id);
/// The same, and available or disabled: InvalidAMIID.Unavailable for others.
/// Source: code and text observed of ModifyImageAttribute and pending images; that failed ones and
/// the other operations are alike is assumed.
ImageRow require_image_in_use(Session& session, const ImageId& id);

/// An image that the caller may launch. Throws what require_permitted_image does, and
/// InvalidAMIID.Unavailable.
/// Source: codes documented, texts observed.
ImageRow require_runnable_image(Session& session, const ImageId& id);

// What time brings about; nothing for an image that is gone.
void image_available(Session& session, const ImageId& id);

}  // namespace amilab::ec2
