#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/wire/api_error.h"

/// Refusals that are about instance types. docs/fidelity.md says for each whether it is
/// documented, observed or assumed.
namespace amilab::ec2 {

ApiError instance_types_not_found(const std::vector<std::string>& types);

ApiError instance_type_not_in_zone(std::string_view type, std::string_view zone,
                                   const std::vector<std::string>& zones);
ApiError architecture_mismatch(std::string_view of_type, std::string_view of_image);
ApiError virtualization_mismatch(std::string_view type, std::string_view wanted);
ApiError ena_required(std::string_view type);
ApiError boot_mode_not_supported(std::string_view type, std::string_view boot_mode);
ApiError tpm_not_supported(std::string_view type);

}  // namespace amilab::ec2
