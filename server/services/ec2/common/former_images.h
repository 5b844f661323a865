#pragma once

#include "server/calls/family.h"
#include "storage/metadata/images/image_ids.h"

namespace amilab::ec2 {

inline constexpr Due kImageForgotten{"image-forgotten"};

/// Marks an image deregistered, for good: its id is found empty for some days, then it is unknown.
/// Source: empty answers for some days (observed), seven of them (assumed).
void end_image(Session& session, const ImageId& id);

/// The end of those days. The row stays, for as many more, while an instance of it is left, or an
/// image that was copied of it, which both tell of it; and while the server would make another
/// image of the id.
void image_forgotten(Session& session, const ImageId& id);

}  // namespace amilab::ec2
