#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Disk images in other forms than raw bytes, by way of the programs that know them: qemu-img and
/// mke2fs. Runs on the client's side alone; no server opens a file for a caller. Throws
/// std::runtime_error with a sentence for the user.
namespace amilab::cli {

enum class DiskFormat { kRaw, kQcow2, kVmdk, kVhd, kVhdx };

/// What `format` names; without it what the file's name ends with, raw for anything else.
DiskFormat disk_format(const std::optional<std::string>& format, std::string_view file);

/// Throws unless the image in `file` stands alone: no backing file, no parent, no data in other
/// files. Looks at the headers itself, so that no program follows what an image names.
void require_stands_alone(const std::string& file, DiskFormat format);

/// Throws std::runtime_error when qemu-img finds the file damaged, or shorter than it says it is.
void require_whole(const std::string& file, DiskFormat format);

/// The guest's bytes of `file`, which is of that format, as a new sparse raw file.
void convert_to_raw(const std::string& file, DiskFormat format, const std::string& raw_file);
/// The other way.
void convert_from_raw(const std::string& raw_file, DiskFormat format, const std::string& file);

/// A raw file whose whole is an ext4 file system with what `folder` has. Without a size it gets as
/// many GiB as the content needs.
void make_ext4(const std::string& folder, std::optional<std::int64_t> size_gib,
               const std::string& raw_file);

}  // namespace amilab::cli
