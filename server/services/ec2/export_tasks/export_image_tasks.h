#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

extern const Family kExportImageTasks;

inline constexpr Delay kExportImageTaskActive{"export-image-task.active"};

}  // namespace amilab::ec2
