#include "server/services/ec2/launch_templates/errors.h"

#include <fmt/format.h>

#include "server/services/ec2/images/errors.h"

namespace amilab::ec2 {

namespace {

// Both refusals of DescribeLaunchTemplateVersions that concern all templates say this.
constexpr std::string_view kHowToChooseVersions =
    "To describe the launch template data for all your launch templates, for ‘--versions’ specify "
    "‘$Latest’, ‘$Default’, or both, and omit ‘--launch-template-id’, ‘--launch-template-name’, "
    "and version numbers. To describe the launch template data for a specific launch template, "
    "specify ‘--launch-template-id’ or ‘--launch-template-name’, and for ‘--versions’ specify one "
    "or more of the following values: ‘$Latest’, ‘$Default’, or one or more version numbers.";

}  // namespace

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

ApiError not_all_launch_templates_found(const ApiError& first)
{
    return {first.code,
            "At least one of the launch templates specified in the request does not exist."};
}

ApiError launch_template_to_modify_named_twice()
{
    return invalid_parameter_combination(
        "Either provide launch template ID or launch template name to modify the template.");
}

ApiError launch_template_versions_unchosen()
{
    return {"MissingParameter", std::string(kHowToChooseVersions)};
}

ApiError launch_template_versions_of_all_by_number()
{
    return {"InvalidParameterValue", std::string(kHowToChooseVersions)};
}

ApiError launch_template_version_unknown(const LaunchTemplateId& id, const std::string& version)
{
    return {std::string(kUnknownLaunchTemplateVersion),
            fmt::format("Could not find the specified version {} for the launch template with ID "
                        "{}.",
                        version, id.text())};
}

ApiError default_version_unknown(const std::string& version)
{
    return {std::string(kUnknownLaunchTemplateVersion),
            fmt::format("The launch template version {} is not found for the specified launch "
                        "template.",
                        version)};
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
