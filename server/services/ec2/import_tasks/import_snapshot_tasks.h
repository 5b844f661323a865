#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/import_tasks/import_snapshot_task_rows.h"

/// Disks that an account has in S3 become its snapshots.
namespace amilab::ec2 {

extern const Family kImportSnapshotTasks;

/// How long a task takes, unless its bytes take longer, and one that is cancelled.
inline constexpr Delay kImportSnapshotTaskActive{"import-snapshot-task.active"};
inline constexpr Delay kImportSnapshotTaskDeleting{"import-snapshot-task.deleting"};
inline constexpr Due kImportSnapshotTaskDeletes{"import-snapshot-task-deleted"};

/// The caller's task. Throws InvalidConversionTaskId.Malformed.
ImportSnapshotTaskRow require_import_snapshot_task(Session& session,
                                                   const ImportSnapshotTaskId& id);

}  // namespace amilab::ec2
