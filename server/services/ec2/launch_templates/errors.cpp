#include "server/services/ec2/launch_templates/errors.h"

#include <fmt/format.h>

#include "server/services/ec2/images/errors.h"

namespace amilab::ec2 {

ApiError not_found(const LaunchTemplateId& id)
{
    return launch_template_id_not_found(id.text());
}

ApiError launch_template_name_taken()
{
    return {"InvalidLaunchTemplateName.AlreadyExistsException",
            "Launch template name already in use."};
}

ApiError launch_template_name_malformed()
{
    return {"InvalidLaunchTemplateName.MalformedException",
            "A launch template name must be between 3 and 128 characters, and may contain letters, "
            "numbers, and the following characters: ( ) . / _ -."};
}

ApiError launch_template_not_named()
{
    return missing_parameter("Launch template name or id");
}

ApiError launch_template_version_unknown(const std::string& version)
{
    return {"InvalidLaunchTemplateId.VersionNotFound",
            fmt::format("Could not find launch template version {}", version)};
}

ApiError launch_template_version_malformed(const std::string& version)
{
    return invalid_value(version, "launchTemplateVersion",
                         "Expected a number, $Latest or $Default.");
}

ApiError too_many_versions(std::int64_t limit)
{
    return {"VersionLimitExceeded", fmt::format("A launch template may have {} versions.", limit)};
}

ApiError requirements_not_for_launches()
{
    return invalid_parameter_combination(
        "You can't specify InstanceRequirements in a launch template that RunInstances uses: "
        "attribute-based instance type selection is for Auto Scaling groups, EC2 Fleet and Spot "
        "Fleet.");
}

}  // namespace amilab::ec2
