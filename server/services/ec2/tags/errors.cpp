#include "server/services/ec2/tags/errors.h"

#include <fmt/format.h>

namespace amilab::ec2 {

ApiError no_tags_to_create()
{
    return invalid_parameter_value("You must specify one or more tags to create");
}

ApiError too_many_resources_to_tag(std::size_t limit)
{
    return {"ResourceCountExceeded",
            fmt::format("A call may tag {} resources at most; make several calls.", limit)};
}

ApiError too_many_tags(std::size_t limit)
{
    return invalid_parameter_value(
        fmt::format("A call may delete {} tags at most; make several calls.", limit));
}

ApiError invalid_resource_id(std::string_view text)
{
    return {"InvalidID", fmt::format("The ID '{}' is not valid", text)};
}

}  // namespace amilab::ec2
