#pragma once

#include <string_view>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "server/wire/ec2/images/images.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/images/image_rows.h"

/// What can be noted on an image: watermarks, the instance types that it runs on, findings.
namespace amilab::ec2 {

extern const Family kImageAnnotations;

/// Puts an image's watermarks and instance types into the answer of DescribeImages.
void add_annotations(Session& session, const ImageId& id, Image& image);

/// Throws InvalidParameterCombination unless the image's specification allows the type.
/// Source: EC2 API Reference, ReplaceImageInstanceTypeSpecification (documented).
void require_instance_type_allowed(Session& session, const ImageRow& image, std::string_view type);

}  // namespace amilab::ec2
