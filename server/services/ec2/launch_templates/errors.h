#pragma once

#include <string>
#include <string_view>

#include "server/services/ec2/common/errors.h"
#include "storage/metadata/launch_templates/launch_template_rows.h"

/// Refusals about launch templates. docs/fidelity.md says for each whether it is documented,
/// observed or assumed.
namespace amilab::ec2 {

/// The code of every refusal of a version that does not exist.
constexpr std::string_view kUnknownLaunchTemplateVersion =
    "InvalidLaunchTemplateId.VersionNotFound";

ApiError not_found(const LaunchTemplateId& id);
ApiError launch_template_name_taken();
ApiError launch_template_name_malformed();
/// Neither the id nor the name was given.
ApiError launch_template_not_named();
/// A Describe call of templates by ids or names says this in place of `first`, under its code.
ApiError not_all_launch_templates_found(const ApiError& first);
ApiError launch_template_to_modify_named_twice();
/// Versions of all templates are wanted and none is named.
ApiError launch_template_versions_unchosen();
/// Versions of all templates are wanted by number.
ApiError launch_template_versions_of_all_by_number();
ApiError launch_template_version_unknown(const LaunchTemplateId& id, const std::string& version);
/// The version that is to be the default does not exist.
ApiError default_version_unknown(const std::string& version);
ApiError launch_template_version_malformed(const std::string& version);
ApiError too_many_versions(std::int64_t limit);
/// The template that a launch names says attributes in place of an instance type.
ApiError requirements_not_for_launches();

}  // namespace amilab::ec2
