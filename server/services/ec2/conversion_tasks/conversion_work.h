#pragma once

#include <string>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/conversion_tasks/conversion_task_rows.h"

/// What tasks do once their time has come, and how they end.
namespace amilab::ec2 {

inline constexpr Due kConvert{"convert"};
inline constexpr Due kConversionTaskCancelled{"conversion-task-cancelled"};
inline constexpr Due kConversionTaskGone{"conversion-task-gone"};

/// Begins the work of an active task.
void convert(Session& session, const std::string& id);

/// Gives a task that is active, or is being cancelled, its last state; it is listed until it
/// expires. Source: assumed; one that has expired is listed for an hour more.
void end_conversion_task(Session& session, ConversionTaskRow& row);

}  // namespace amilab::ec2
