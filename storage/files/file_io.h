#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "storage/files/file_system.h"

namespace amilab {

/// Reads until `out` is full or the file ends; the bytes read. Throws StorageError.
std::size_t read_fully(File& file, std::uint64_t offset, std::span<std::byte> out);

/// Fills `out`; what lies behind the end of the file reads as zeros, as a hole does.
void read_or_zero(File& file, std::uint64_t offset, std::span<std::byte> out);

/// Writes all of `bytes`, however many calls that takes. Throws StorageError: any first part of
/// `bytes` may then be in the file.
void write_fully(File& file, std::uint64_t offset, std::span<const std::byte> bytes);

/// Copies bytes of another file that are there, by the kernel alone where it can, which shares the
/// blocks where the file system does. Throws StorageError, as write_fully does; EBADMSG: `from`
/// ends before them.
void copy_fully(File& file, std::uint64_t offset, File& from, std::uint64_t from_offset,
                std::uint64_t length);

/// Makes a range read as zeros: by a hole where the file system can, else by writing zeros.
void write_zeros(File& file, std::uint64_t offset, std::uint64_t length);

}  // namespace amilab
