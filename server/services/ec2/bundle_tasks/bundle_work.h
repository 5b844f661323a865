#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/bundle_tasks/bundle_task_rows.h"

namespace amilab::ec2 {

inline constexpr Due kBundle{"bundle"};

/// Makes the bundle of a task whose time has come.
void bundle(Session& session, const BundleTaskId& id);

}  // namespace amilab::ec2
