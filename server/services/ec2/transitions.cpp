#include "server/services/ec2/transitions.h"

#include "server/services/ebs/snapshots.h"
#include "server/services/ec2/images/fast_launch.h"
#include "server/services/ec2/images/images.h"
#include "server/services/ec2/images/usage_reports.h"
#include "server/services/ec2/instances/instances.h"
#include "server/services/ec2/instances/root_volumes.h"
#include "server/services/ec2/recycle_bin/recycle_bin.h"
#include "server/services/ec2/snapshots/snapshot_tiers.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/services/ec2/volumes/attachments.h"
#include "server/services/ec2/volumes/volumes.h"

namespace amilab::ec2 {

void apply_transition(Session& session, const Transition& transition)
{
    const auto& id = transition.resource_id;
    switch (transition.action) {
        case Action::kImageAvailable:
            return image_available(session, ImageId::trusted(id));
        case Action::kSnapshotCompleted:
            return snapshot_completed(session, SnapshotId::trusted(id));
        case Action::kSnapshotTimedOut:
            return ebs::snapshot_timed_out(session, SnapshotId::trusted(id));
        case Action::kSnapshotArchived:
            return snapshot_moved_to_archive(session, SnapshotId::trusted(id));
        case Action::kUsageReportExpired:
            return usage_report_expired(session, UsageReportId::trusted(id));
        case Action::kVolumeAvailable:
            return volume_available(session, VolumeId::trusted(id));
        case Action::kVolumeGone:
            return volume_gone(session, VolumeId::trusted(id));
        case Action::kAttachmentAttached:
            return attachment_attached(session, id);
        case Action::kAttachmentGone:
            return attachment_gone(session, id);
        case Action::kInstanceRunning:
            return instance_running(session, InstanceId::trusted(id));
        case Action::kInstanceInitialized:
            return instance_initialized(session, InstanceId::trusted(id));
        case Action::kInstanceStopped:
            return instance_stopped(session, InstanceId::trusted(id));
        case Action::kInstanceTerminated:
            return instance_terminated(session, InstanceId::trusted(id));
        case Action::kInstanceGone:
            return instance_gone(session, InstanceId::trusted(id));
        case Action::kRecycledGone:
            return recycled_gone(session, id);
        case Action::kFastLaunchEnabled:
            return fast_launch_enabled(session, id);
        case Action::kFastLaunchGone:
            return fast_launch_gone(session, id);
        case Action::kVolumeOptimizing:
            return volume_optimizing(session, VolumeId::trusted(id));
        case Action::kVolumeModified:
            return volume_modified(session, VolumeId::trusted(id));
        case Action::kRootVolumeReplacing:
            return root_volume_replacing(session, ReplaceRootTaskId::trusted(id));
        case Action::kRootVolumeReplaced:
            return root_volume_replaced(session, ReplaceRootTaskId::trusted(id));
    }
}

}  // namespace amilab::ec2
