#pragma once

#include "server/calls/family.h"

/// Disks in parts, told of by a manifest of presigned URLs, become volumes and instances.
namespace amilab::ec2 {

extern const Family kConversionTasks;

/// How long a task waits before it begins, and one that is cancelled.
inline constexpr Delay kConversionTaskActive{"conversion-task.active"};
inline constexpr Delay kConversionTaskCancelling{"conversion-task.cancelling"};

}  // namespace amilab::ec2
