#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "server/wire/ec2/images/images.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/images/image_rows.h"

namespace amilab::ec2 {

extern const Family kImages;

inline constexpr Delay kImagePending{"image.pending"};

inline constexpr Due kImageAvailable{"image-available"};

/// The operation, for whoever has made the snapshots.
RegisterImageResponse register_image(Session& session, const RegisterImageRequest& request);

/// An image of the region that is the caller's own. Throws InvalidAMIID.NotFound for one that is
/// not there, AuthFailure for one of another owner, InvalidAMIID.Unavailable when it is
/// deregistered.
ImageRow require_own_image(Session& session, const ImageId& id);

/// An own image as require_own_image finds it that is not of the public catalogue, which nobody
/// changes: OperationNotPermitted.
ImageRow require_changeable_image(Session& session, const ImageId& id);

/// A changeable image that is available or disabled: InvalidAMIID.Unavailable for others.
/// Source: code and text observed of ModifyImageAttribute and pending images; that failed ones and
/// the other operations are alike is assumed.
ImageRow require_image_in_use(Session& session, const ImageId& id);

/// An image that the caller may launch. Throws what require_permitted_image does, and
/// InvalidAMIID.Unavailable.
/// Source: codes documented, texts observed.
ImageRow require_runnable_image(Session& session, const ImageId& id);

}  // namespace amilab::ec2
