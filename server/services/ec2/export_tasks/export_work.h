#pragma once

#include <string>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/export_tasks/export_task_rows.h"

/// What tasks of both kinds do.
namespace amilab::ec2 {

inline constexpr Due kExport{"export"};
inline constexpr Due kExportTaskGone{"export-task-gone"};

/// ".vmdk", ".ova": what the object's key ends with.
std::string extension_of(const ExportTaskRow& row);

/// Completes the row of a new task of the caller's with what all have, stores it and its tags, and
/// begins it after the delay. Throws ApiError: too many are under way, TagLimitExceeded.
void start_export_task(Session& session, ExportTaskRow& row, const Delay& delay,
                       std::int64_t most_at_once);

/// Moves the bytes of a task whose time has come.
void export_disk(Session& session, const std::string& id);

}  // namespace amilab::ec2
