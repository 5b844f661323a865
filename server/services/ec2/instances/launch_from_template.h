#pragma once

#include <optional>

#include "server/calls/session.h"
#include "server/services/ec2/launch_templates/launch_parameters.h"
#include "server/wire/ec2/instances/launches.h"
#include "storage/metadata/launch_templates/launch_template_version_rows.h"

namespace amilab::ec2 {

/// What a launch is told in the end, and by which version of a launch template.
struct ToldLaunch {
    RunInstancesRequest request;
    /// Nothing when the request names no template.
    std::optional<LaunchTemplateVersionRow> version;
    /// What says it where a template is named: the caller's parameters over the template's.
    LaunchParameters parameters;
};

/// The request over what the template that it names says. Throws what require_launch_template and
/// require_version do, and InvalidParameterCombination where the template has InstanceRequirements.
/// Source: a template for RunInstances cannot have them (documented), the code is assumed; that a
/// type in the request does not help is assumed too.
ToldLaunch told_launch(Session& session, const RunInstancesRequest& request);

}  // namespace amilab::ec2
