#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

extern const Family kRestoreImageTasks;

inline constexpr Delay kRestoreImageTaskInProgress{"restore-image-task.in-progress"};
inline constexpr Due kRestoreImage{"restore-image"};

}  // namespace amilab::ec2
