#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/disk_formats/disk_image.h"

/// Disk images as hypervisors write them, made of the disk's bytes.
namespace amilab::test {

class MemoryImage final : public ImageBytes {
public:
    explicit MemoryImage(std::string bytes) : bytes_(std::move(bytes)) {}

    std::uint64_t size_bytes() const override { return bytes_.size(); }
    void read(std::uint64_t offset, std::span<std::byte> out) override;
    std::uint64_t next_data(std::uint64_t offset) override;

private:
    std::string bytes_;
};

/// So many zeros, and text at some places of them.
std::string disk_with(std::uint64_t size_bytes,
                      std::initializer_list<std::pair<std::uint64_t, std::string_view>> texts);

std::string fixed_vhd(std::string_view disk);
inline constexpr std::uint64_t kVhdBlockBytes = 64 << 10;
/// With blocks of 64 KiB; those that are zero are absent, as are sectors that are.
std::string dynamic_vhd(std::string_view disk);
/// With a footer whose type is another, and the right checksum.
std::string vhd_of_type(std::string image, std::uint32_t type);

inline constexpr std::uint64_t kVhdxBlockBytes = 1 << 20;
/// Dynamic, with blocks of a MiB; those that are zero are absent.
std::string dynamic_vhdx(std::string_view disk);
/// The checksums of a VHDX anew, behind a change of a header, or of the table of regions.
void put_vhdx_checksums(std::string& image);
// Places in it: of the first header, of the table of regions, of the metadata and of the blocks'.
inline constexpr std::uint64_t kVhdxHeader = 64 << 10;
inline constexpr std::uint64_t kVhdxRegions = 192 << 10;
inline constexpr std::uint64_t kVhdxMetadata = 2 << 20;
inline constexpr std::uint64_t kVhdxTable = 3 << 20;

inline constexpr std::uint64_t kVmdkGrainBytes = 64 << 10;
/// Stream-optimized, its directory at the end; grains that are zero are absent.
std::string stream_vmdk(std::string_view disk);
/// Monolithic and sparse: grains as they are, behind the directory.
std::string sparse_vmdk(std::string_view disk);
/// The place of the VMDK's descriptor, whose text may be replaced by one of its length.
inline constexpr std::uint64_t kVmdkDescriptorOffset = 512;
/// The place of the first grain's marker.
inline constexpr std::uint64_t kVmdkFirstGrain = 2048;

/// A file of an archive, or what else a header may tell of.
struct ArchiveFile {
    std::string name;
    std::string bytes;
    char type = '0';
};
/// An archive as tar writes it, with its end.
std::string tar_of(const std::vector<ArchiveFile>& files);
/// The sum of a header anew, behind a change of it.
void put_tar_sum(std::string& archive, std::uint64_t header);
/// A record of an extended header of pax.
std::string pax_record(std::string_view key, std::string_view value);
/// A descriptor of a machine with disks of these files, in VMDK unless said otherwise.
std::string ovf_of(std::initializer_list<std::string_view> files,
                   std::string_view format = "http://vmware.com/vmdk.html#streamOptimized");

/// A disk of 8 MiB with a partition table and boot code, and one partition, at 1 MiB, that begins
/// with an ext4 file system.
std::string bootable_disk();
inline constexpr std::uint64_t kFirstPartition = 1 << 20;
/// A disk of 8 MiB with a GUID partition table: of these types, a MiB each, from 1 MiB on.
std::string gpt_disk(std::initializer_list<std::string_view> types);
/// As they stand in a table.
inline constexpr std::string_view kEfiSystemType(
    "\x28\x73\x2a\xc1\x1f\xf8\xd2\x11\xba\x4b\x00\xa0\xc9\x3e\xc9\x3b", 16);
inline constexpr std::string_view kLinuxType(
    "\xaf\x3d\xc6\x0f\x83\x84\x72\x47\x8e\x79\x3d\x69\xd8\x47\x7d\xe4", 16);
/// Writes what an ext4 file system has at its place.
void put_ext4(std::string& disk, std::uint64_t offset);

/// Writes a number into an image.
void put_big(std::string& image, std::uint64_t offset, std::uint64_t value, std::size_t length);
void put_little(std::string& image, std::uint64_t offset, std::uint64_t value, std::size_t length);

}  // namespace amilab::test
