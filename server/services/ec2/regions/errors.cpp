#include "server/services/ec2/regions/errors.h"

#include <fmt/format.h>

namespace amilab::ec2 {

ApiError invalid_region(std::string_view region)
{
    return {"InvalidParameterValue", fmt::format("Invalid region: [{}]", region)};
}

}  // namespace amilab::ec2
