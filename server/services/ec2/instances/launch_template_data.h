#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

/// What an instance would say as a launch template.
extern const Family kLaunchTemplateData;

}  // namespace amilab::ec2
