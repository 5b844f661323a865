#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "storage/metadata/export_tasks/export_task_rows.h"

/// Disk files of other formats, written from their beginning to their end in bounded memory.
namespace amilab::ec2 {

/// Where a file goes. Used by one thread at a time; blocks. Throws what the place throws.
class FileSink {
public:
    virtual ~FileSink() = default;
    void write(std::span<const std::byte> bytes)
    {
        put(bytes);
        size_bytes_ += bytes.size();
    }
    /// Appends zeros, which cost next to nothing, however many.
    void write_zeros(std::uint64_t count)
    {
        put_zeros(count);
        size_bytes_ += count;
    }
    std::uint64_t size_bytes() const { return size_bytes_; }

private:
    virtual void put(std::span<const std::byte> bytes) = 0;
    virtual void put_zeros(std::uint64_t count) = 0;

    std::uint64_t size_bytes_ = 0;
};

/// Writes one disk. Throws ApiError for a disk that the format cannot hold, and what the sink
/// throws.
class DiskWriter {
public:
    virtual ~DiskWriter() = default;
    /// In ascending order, each within a mebibyte of the disk, in whole blocks of 64 KiB.
    virtual void write(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
    /// What nobody wrote reads as zeros.
    virtual void finish() = 0;
};

/// Which pieces of a disk hold something, for formats that say so before their bytes.
struct DiskPlan {
    static constexpr std::uint64_t kBlockBytes = std::uint64_t{2} << 20U;

    std::uint64_t size_bytes = 0;
    /// What is to tell the file from others.
    std::string id{};
    /// Of each kBlockBytes of the disk.
    std::vector<bool> has_data{};
};

// The sink outlives the writer.
std::unique_ptr<DiskWriter> make_raw_writer(FileSink& sink, const DiskPlan& plan);
/// Stream-optimised. Source: VMware's "Virtual Disk Format 5.0" (documented).
std::unique_ptr<DiskWriter> make_vmdk_writer(FileSink& sink, const DiskPlan& plan);
/// Dynamic. Source: Microsoft's "Virtual Hard Disk Image Format Specification" (documented).
std::unique_ptr<DiskWriter> make_vhd_writer(FileSink& sink, const DiskPlan& plan);
/// The writer of a format.
std::unique_ptr<DiskWriter> make_disk_writer(DiskImageFormat format, FileSink& sink,
                                             const DiskPlan& plan);

/// Cylinders, heads and sectors of a disk, as BIOSes know it.
struct DiskGeometry {
    std::uint16_t cylinders;
    std::uint8_t heads;
    std::uint8_t sectors;
};
/// Source: the VHD specification's own algorithm (documented).
DiskGeometry geometry_of(std::uint64_t size_bytes);

}  // namespace amilab::ec2
