#include "server/services/ssm/image_parameters.h"

#include "server/services/ssm/parameter_names.h"

namespace amilab::ssm {

std::optional<ImageParameter> find_image_parameter(Session& session, std::string_view reference)
{
    auto found = find_parameter(session, parse_reference(session, reference));
    if (!found.row) {
        return std::nullopt;
    }
    return ImageParameter{.value = std::move(found.row->value),
                          .data_type = std::move(found.row->data_type),
                          .is_public = found.row->owner.empty()};
}

}  // namespace amilab::ssm
