#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/instances/instance_ids.h"

namespace amilab::ec2 {

extern const Family kRootVolumes;

inline constexpr Delay kRootVolumePending{"replacement.pending"};
inline constexpr Delay kRootVolumeReplacing{"replacement.in-progress"};

inline constexpr Due kRootVolumeReplaces{"root-volume-replacing"};
inline constexpr Due kRootVolumeReplaced{"root-volume-replaced"};

/// Ends the tasks of an instance that is about to be forgotten, and what belongs to them.
void forget_root_volume_tasks(Session& session, const InstanceId& instance);

}  // namespace amilab::ec2
