#pragma once

#include "server/calls/session.h"
#include "server/wire/ec2/root_volumes.h"

namespace amilab::ec2 {

CreateReplaceRootVolumeTaskResponse create_replace_root_volume_task(
    Session& session, const CreateReplaceRootVolumeTaskRequest& request);
DescribeReplaceRootVolumeTasksResponse describe_replace_root_volume_tasks(
    Session& session, const DescribeReplaceRootVolumeTasksRequest& request);

// What time brings about; a task whose instance or volumes are gone fails.
void root_volume_replacing(Session& session, const ReplaceRootTaskId& id);
void root_volume_replaced(Session& session, const ReplaceRootTaskId& id);

/// Ends the tasks of an instance that is about to be forgotten, and what belongs to them.
void forget_root_volume_tasks(Session& session, const InstanceId& instance);

}  // namespace amilab::ec2
