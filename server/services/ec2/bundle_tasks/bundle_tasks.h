#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

extern const Family kBundleTasks;

inline constexpr Delay kBundleTaskPending{"bundle-task.pending"};
inline constexpr Delay kBundleTaskCancelling{"bundle-task.cancelling"};

}  // namespace amilab::ec2
