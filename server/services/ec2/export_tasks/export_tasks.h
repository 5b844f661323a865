#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

extern const Family kExportTasks;

inline constexpr Delay kExportTaskActive{"export-task.active"};
inline constexpr Delay kExportTaskCancelling{"export-task.cancelling"};

}  // namespace amilab::ec2
