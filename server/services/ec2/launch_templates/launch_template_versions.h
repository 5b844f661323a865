#pragma once

#include <optional>
#include <string>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "server/services/ec2/launch_templates/launch_parameters.h"
#include "server/wire/ec2/launch_templates/shared.h"
#include "storage/metadata/launch_templates/launch_template_version_rows.h"

namespace amilab::ec2 {

extern const Family kLaunchTemplateVersions;

/// Throws for what no launch could be told: ids and user data that are none.
/// Source: what it names need not exist (documented).
void check_launch_template_data(const RequestLaunchTemplateData& data);

/// Makes the version with these parameters of LaunchTemplateData.
LaunchTemplateVersionRow insert_launch_template_version(
    Session& session, const LaunchTemplateId& id, std::int64_t version,
    const std::optional<std::string>& description, const LaunchParameters& parameters);

}  // namespace amilab::ec2
