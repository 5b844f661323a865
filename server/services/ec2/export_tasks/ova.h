#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/disk_formats/tar_archive.h"

/// The parts of an OVA: a tar archive of a descriptor in XML and a disk file.
namespace amilab::ec2 {

/// What stands before a file in an archive. Source: POSIX ustar, and GNU's form of sizes of 8 GiB
/// and more (documented).
TarHeader tar_header(std::string_view name, std::uint64_t size_bytes);

struct OvaDisk {
    std::string name;
    /// Of the file, and of the disk that it is of.
    std::uint64_t file_bytes = 0;
    std::uint64_t disk_bytes = 0;
};
/// The descriptor of a machine with that disk. Source: DMTF's OVF 1.0 (documented).
std::string ovf_document(std::string_view machine, const OvaDisk& disk);

}  // namespace amilab::ec2
