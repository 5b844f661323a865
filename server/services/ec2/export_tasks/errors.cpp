#include "server/services/ec2/export_tasks/errors.h"

#include <fmt/format.h>

namespace amilab::ec2 {

ApiError export_task_not_found(const std::string& id)
{
    return {"InvalidExportTaskID.NotFound",
            fmt::format("The export task ID '{}' does not exist", id)};
}

ApiError not_found(const ExportImageTaskId& id)
{
    return export_task_not_found(id.text());
}

ApiError not_found(const ExportInstanceTaskId& id)
{
    return export_task_not_found(id.text());
}

}  // namespace amilab::ec2
