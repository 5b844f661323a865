#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/import_tasks/import_image_task_rows.h"

/// Virtual machines that an account has in S3 become its images.
namespace amilab::ec2 {

extern const Family kImportImageTasks;

/// How long a task takes, unless its bytes take longer, and one that is cancelled.
inline constexpr Delay kImportImageTaskActive{"import-image-task.active"};
inline constexpr Delay kImportImageTaskDeleting{"import-image-task.deleting"};
inline constexpr Due kImportImageTaskDeletes{"import-image-task-deleted"};

/// The caller's task. Throws InvalidConversionTaskId.Malformed.
ImportImageTaskRow require_import_image_task(Session& session, const ImportImageTaskId& id);

}  // namespace amilab::ec2
