#pragma once

#include "storage/disk_formats/disk_image.h"

namespace amilab {

/// What a look at a disk tells of how it boots and what is on it.
struct DiskContent {
    /// A partition table with a partition in it.
    bool has_partitions = false;
    /// A partition that firmware of UEFI starts from.
    bool has_efi_system = false;
    /// Something that firmware of BIOS starts: code in the first sector.
    bool has_boot_code = false;
    /// A file system, or volumes of LVM, that a Linux or BSD is on.
    bool has_unix_files = false;
    bool has_windows_files = false;
    /// A partition that is encrypted as a whole.
    bool is_encrypted = false;
};

/// Looks at the partition table, MBR or GPT, and at what partitions begin with: a few sectors of
/// each, 128 at most. What the table says beyond the disk's end is no partition. Throws as the disk
/// does, whose bytes these are.
DiskContent look_at_disk(ImageBytes& disk);

}  // namespace amilab
