#include "server/services/ec2/recycle_bin/errors.h"

#include <fmt/format.h>

namespace amilab::ec2 {

ApiError too_many_image_ids(std::size_t given, std::size_t limit)
{
    return invalid_parameter_value(
        fmt::format("{} image IDs are more than the {} that one call may name", given, limit));
}

}  // namespace amilab::ec2
