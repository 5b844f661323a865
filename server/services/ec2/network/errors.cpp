#include "server/services/ec2/network/errors.h"

#include <fmt/format.h>

namespace amilab::ec2 {

ApiError not_found(const VpcId& id)
{
    return {"InvalidVpcID.NotFound", fmt::format("The vpc ID '{}' does not exist", id.text())};
}

ApiError not_found(const SubnetId& id)
{
    return {"InvalidSubnetID.NotFound",
            fmt::format("The subnet ID '{}' does not exist", id.text())};
}

ApiError not_found(const SecurityGroupId& id)
{
    return {"InvalidGroup.NotFound",
            fmt::format("The security group '{}' does not exist", id.text())};
}

ApiError not_found(const SecurityGroupRuleId& id)
{
    return {"InvalidSecurityGroupRuleId.NotFound",
            fmt::format("The security group rule ID '{}' does not exist", id.text())};
}

ApiError group_name_not_found(std::string_view name, const VpcId& default_vpc)
{
    return {"InvalidGroup.NotFound",
            fmt::format("The security group '{}' does not exist in default VPC '{}'", name,
                        default_vpc.text())};
}

// Source: observed.
ApiError in_other_networks()
{
    return {"InvalidGroup.NotFound",
            "You have specified two resources that belong to different networks."};
}

// Source: observed.
ApiError has_dependent_object(std::string_view id)
{
    return {"DependencyViolation", fmt::format("resource {} has a dependent object", id)};
}

}  // namespace amilab::ec2
