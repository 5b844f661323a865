#include "server/services/ec2/instance_types/errors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace amilab::ec2 {

ApiError instance_types_not_found(const std::vector<std::string>& types)
{
    return {"InvalidInstanceType",
            fmt::format("The following supplied instance types do not exist: [{}]",
                        fmt::join(types, ", "))};
}

ApiError instance_type_not_in_zone(std::string_view type, std::string_view zone,
                                   const std::vector<std::string>& zones)
{
    return {"Unsupported",
            fmt::format("Your requested instance type ({}) is not supported in your requested "
                        "Availability Zone ({}). Please retry your request by not specifying an "
                        "Availability Zone or choosing {}.",
                        type, zone, fmt::join(zones, ", "))};
}

ApiError architecture_mismatch(std::string_view of_type, std::string_view of_image)
{
    return invalid_parameter_value(
        fmt::format("The architecture '{}' of the specified instance type does not match the "
                    "architecture '{}' of the specified AMI. Specify an instance type and an AMI "
                    "that have matching architectures, and try again. You can use "
                    "'describe-instance-types' or 'describe-images' to discover the architecture "
                    "of the instance type or AMI.",
                    of_type, of_image));
}

ApiError virtualization_mismatch(std::string_view type, std::string_view wanted)
{
    return invalid_parameter_combination(
        fmt::format("Virtualization type '{0}' is required for instances of type '{1}'. Ensure "
                    "that you are using an AMI with virtualization type '{0}'. For more "
                    "information, see "
                    "http://docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html",
                    wanted, type));
}

ApiError ena_required(std::string_view type)
{
    return invalid_parameter_combination(
        fmt::format("Enhanced networking with the Elastic Network Adapter (ENA) is required for "
                    "the '{}' instance type. Ensure that you are using an AMI that is enabled for "
                    "ENA.",
                    type));
}

ApiError boot_mode_not_supported(std::string_view type, std::string_view boot_mode)
{
    return invalid_parameter_combination(
        fmt::format("The instance type '{}' does not support the boot mode '{}' of the specified "
                    "AMI.",
                    type, boot_mode));
}

ApiError tpm_not_supported(std::string_view type)
{
    return invalid_parameter_combination(
        fmt::format("The instance type '{}' does not support NitroTPM, for which the specified "
                    "AMI is configured.",
                    type));
}

}  // namespace amilab::ec2
