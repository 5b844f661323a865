#pragma once

#include <string>

#include "server/wire/api_error.h"
#include "storage/metadata/export_tasks/export_task_rows.h"

/// Refusals that are about exports. docs/fidelity.md says for each whether it is documented,
/// observed or assumed.
namespace amilab::ec2 {

ApiError export_task_not_found(const std::string& id);
ApiError not_found(const ExportImageTaskId& id);
ApiError not_found(const ExportInstanceTaskId& id);

}  // namespace amilab::ec2
