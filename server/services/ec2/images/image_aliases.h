#pragma once

#include <string_view>

#include "server/calls/session.h"
#include "storage/metadata/images/image_ids.h"

/// Parameters that stand for an image.
namespace amilab::ec2 {

/// Whether an ImageId names a parameter: "resolve:ssm:NAME", also with ":VERSION" or ":LABEL".
bool names_parameter(std::string_view image_id);

/// The image that a parameter means. Throws SsmInvalidParameter when there is no such parameter, or
/// its value is no image's id, or an account's own is not of type aws:ec2:image.
/// Source: EC2 User Guide, "Reference AMIs using Systems Manager parameters" (documented); code and
/// texts observed. Public parameters of type text are taken too (documented).
ImageId resolve_image(Session& session, std::string_view image_id);

}  // namespace amilab::ec2
