#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

extern const Family kStoreImageTasks;

inline constexpr Delay kStoreImageTaskInProgress{"store-image-task.in-progress"};
inline constexpr Due kStoreImage{"store-image"};

}  // namespace amilab::ec2
