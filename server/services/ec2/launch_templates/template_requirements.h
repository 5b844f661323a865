#pragma once

#include "server/wire/ec2/launch_templates/shared.h"

/// The attributes of instance types that launch templates name in place of a type.
namespace amilab::ec2 {

/// Throws what check_instance_requirements() does, and InvalidParameterCombination beside an
/// instance type.
/// Source: not together (documented), the code assumed.
void check_template_requirements(const RequestLaunchTemplateData& data);

/// What is shown of them: all that was told.
InstanceRequirements requirements_answer(const InstanceRequirementsRequest& from);

}  // namespace amilab::ec2
