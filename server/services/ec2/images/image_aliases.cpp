#include "server/services/ec2/images/image_aliases.h"

#include "server/calls/services.h"
#include "server/services/ec2/images/errors.h"

namespace amilab::ec2 {

namespace {

constexpr std::string_view kPrefix = "resolve:ssm:";
constexpr std::string_view kImageType = "aws:ec2:image";

}  // namespace

bool names_parameter(std::string_view image_id)
{
    return image_id.starts_with(kPrefix);
}

ImageId resolve_image(Session& session, std::string_view image_id)
{
    const auto name = image_id.substr(kPrefix.size());
    if (name.find(' ') != std::string_view::npos) {
        throw ssm_alias_invalid(image_id);
    }
    const auto found = session.services().ports().find_image_parameter(session, name);
    if (!found) {
        throw ssm_alias_invalid(image_id);
    }
    const auto id = ImageId::from_text(found->value);
    if (!id || (!found->is_public && found->data_type != kImageType)) {
        throw ssm_data_type_unsupported();
    }
    return *id;
}

}  // namespace amilab::ec2
