#pragma once

#include <cstdint>
#include <vector>

#include "server/labs/disk.h"

namespace amilab::labs {

/// A part of a disk, in bytes.
struct Partition {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// Where file systems may be: the whole disk where it has no partition table, else its partitions,
/// by GPT or by MBR, logical ones too. What lies outside the disk is left out. Throws as
/// LabDisk::read. Source: UEFI specification, GPT (documented); sectors of 512 bytes, as on AWS
/// (assumed).
std::vector<Partition> partitions_of(const LabDisk& disk);

/// Whether a part begins as an ext2, ext3 or ext4 file system does. Throws as LabDisk::read.
bool is_ext4(const LabDisk& disk, const Partition& partition);

/// How long a block of such a file system is, as its superblock says. Throws as LabDisk::read.
std::uint64_t ext4_block_bytes(const LabDisk& disk, const Partition& partition);

/// The parts that begin so; of several that share bytes the first alone, so that all together never
/// have more than the disk, whatever its table says. Throws as LabDisk::read.
std::vector<Partition> ext4_partitions_of(const LabDisk& disk);

}  // namespace amilab::labs
