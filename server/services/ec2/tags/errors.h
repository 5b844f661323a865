#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/wire/api_error.h"

/// Refusals that are about tags. docs/fidelity.md says for each whether it is
/// documented, observed or assumed.
namespace amilab::ec2 {

ApiError no_tags_to_create();
/// More than one call of CreateTags or DeleteTags may name.
ApiError too_many_resources_to_tag(std::size_t limit);
ApiError too_many_tags(std::size_t limit);
/// No kind of resource has ids like this one.
ApiError invalid_resource_id(std::string_view text);

}  // namespace amilab::ec2
