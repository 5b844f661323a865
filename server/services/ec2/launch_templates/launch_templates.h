#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/launch_templates/launch_template_rows.h"
#include "storage/metadata/launch_templates/launch_template_version_rows.h"

namespace amilab::ec2 {

extern const Family kLaunchTemplates;

/// Source: "Constraint: Maximum 128 ASCII characters." (documented).
inline constexpr std::size_t kMostTemplateToken = 128;

/// The caller's template, named by its id or by its name, not by both. Empty names are none.
LaunchTemplateRow require_launch_template(Session& session, const std::optional<std::string>& id,
                                          const std::optional<std::string>& name);

/// The version that a text means: a number, $Latest, $Default, which is nothing too.
LaunchTemplateVersionRow require_version(Session& session, const LaunchTemplateRow& row,
                                         const std::optional<std::string>& version);

}  // namespace amilab::ec2
