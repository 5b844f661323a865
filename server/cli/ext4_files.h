#pragma once

#include <memory>

#include "server/labs/disk_files.h"

namespace amilab::cli {

/// The ext4 file systems of a disk, read by debugfs and dumpe2fs of e2fsprogs, as child processes
/// over a copy in a scratch file that go with it (docs/decisions/ext4.md). Throws LookFault: there
/// is no such file system, one is damaged, the programs are not installed.
std::unique_ptr<labs::DiskFiles> open_ext4(const labs::LabDisk& disk);

}  // namespace amilab::cli
