#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "server/wire/ec2/images/images.h"
#include "storage/metadata/images/image_annotation_rows.h"
#include "storage/metadata/images/image_rows.h"

/// What can be noted on an image: watermarks, the instance types that it runs on, findings.
namespace amilab::ec2 {

extern const Family kImageAnnotations;

/// The watermarks and instance types of the images of a page, by one statement each.
class PageAnnotations {
public:
    /// Reads what the images among them have that have any.
    PageAnnotations(Session& session, const std::vector<std::string>& images);
    /// Puts those of the image of that id into its answer.
    void add_to(Image& image, const std::string& id) const;

private:
    std::vector<WatermarkRow> watermarks_;
    std::vector<InstanceTypePatternRow> patterns_;
};

/// Throws InvalidParameterCombination unless the image's specification allows the type.
/// Source: EC2 API Reference, ReplaceImageInstanceTypeSpecification (documented).
void require_instance_type_allowed(Session& session, const ImageRow& image, std::string_view type);

}  // namespace amilab::ec2
