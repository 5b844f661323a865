#pragma once

#include <string>
#include <string_view>

#include "server/services/ec2/common/errors.h"
#include "storage/metadata/launch_templates/launch_template_rows.h"

/// Refusals about launch templates. docs/fidelity.md says for each whether it is documented,
/// observed or assumed.
namespace amilab::ec2 {

ApiError not_found(const LaunchTemplateId& id);
ApiError launch_template_name_taken();
ApiError launch_template_name_malformed();
/// Neither the id nor the name was given.
ApiError launch_template_not_named();
ApiError launch_template_version_unknown(const std::string& version);
ApiError launch_template_version_malformed(const std::string& version);
ApiError too_many_versions(std::int64_t limit);
/// The template that a launch names says attributes in place of an instance type.
ApiError requirements_not_for_launches();

}  // namespace amilab::ec2
