#pragma once

#include <optional>
#include <string>

#include "storage/disk_formats/disk_content.h"
#include "storage/metadata/import_tasks/import_image_task_rows.h"

namespace amilab::ec2 {

/// Why a machine cannot boot from a disk with that content as its task asks: a status message;
/// nothing when it can.
std::optional<std::string> why_not_bootable(const DiskContent& content,
                                            const ImportImageTaskRow& wanted);

/// Sets what the task did not ask for by what is on the disk that it boots from.
void complete_by_content(const DiskContent& content, ImportImageTaskRow& row);

}  // namespace amilab::ec2
