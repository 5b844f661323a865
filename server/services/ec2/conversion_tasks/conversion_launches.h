#pragma once

#include <string>

#include "server/services/ec2/instances/imported_instances.h"
#include "server/wire/ec2/conversion_tasks/conversion_tasks.h"
#include "storage/metadata/conversion_tasks/conversion_task_rows.h"

/// What an imported machine is launched as.
namespace amilab::ec2 {

/// Throws ApiError for what needs no state: a tenancy that imports have not.
/// Source: EC2 API Reference, ImportInstance (documented).
ImportedMachine machine_of(const ImportInstanceRequest& request);

/// The machine of a task that began with that request, in the zone that was found then.
ImportedMachine machine_of(const ConversionTaskRow& row);

}  // namespace amilab::ec2
