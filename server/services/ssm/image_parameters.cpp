#include "server/services/ssm/image_parameters.h"

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/images/adopted_images.h"
#include "server/services/ssm/parameter_names.h"
#include "storage/metadata/images/image_rows.h"

namespace amilab::ssm {

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
        throw ec2::ssm_alias_invalid(image_id);
    }
    const auto found = find_parameter(session, parse_reference(session, name));
    if (!found.row) {
        throw ec2::ssm_alias_invalid(image_id);
    }
    const bool is_public = found.row->owner.empty();
    const auto id = ImageId::from_text(found.row->value);
    if (!id || (!is_public && found.row->data_type != kImageType)) {
        throw ec2::ssm_data_type_unsupported();
    }
    return *id;
}

bool is_usable_image(Session& session, std::string_view value)
{
    const auto id = ImageId::from_text(value);
    if (!id) {
        return false;
    }
    return select_visible_image(session.db(), session.account(), session.region(), *id) ||
           ec2::adopt_unknown_image(session, *id, {});
}

}  // namespace amilab::ssm
