#include "server/services/ec2/export_tasks/disk_writer.h"

#include <algorithm>

#include "storage/blocks/layer_id.h"

namespace amilab::ec2 {

namespace {

class RawWriter final : public DiskWriter {
public:
    RawWriter(FileSink& sink, std::uint64_t size_bytes)
        : sink_(sink), begin_(sink.size_bytes()), size_bytes_(size_bytes)
    {
    }

    void write(std::uint64_t offset, std::span<const std::byte> bytes) override
    {
        sink_.write_zeros(offset - written_bytes());
        sink_.write(bytes);
    }
    void finish() override { sink_.write_zeros(size_bytes_ - written_bytes()); }

private:
    std::uint64_t written_bytes() const { return sink_.size_bytes() - begin_; }

    FileSink& sink_;
    const std::uint64_t begin_;
    const std::uint64_t size_bytes_;
};

/// Of disks whose sectors 63 to a track can tell.
DiskGeometry small_geometry(std::uint64_t sectors)
{
    constexpr std::uint64_t kMostCylinders = 1024;
    constexpr std::uint64_t kMostHeads = 16;
    const auto heads =
        std::max<std::uint64_t>((sectors / 17 + kMostCylinders - 1) / kMostCylinders, 4);
    if (heads <= kMostHeads && sectors / 17 < heads * kMostCylinders) {
        return {static_cast<std::uint16_t>(sectors / 17 / heads), static_cast<std::uint8_t>(heads),
                17};
    }
    const std::uint64_t of_track = sectors / 31 < kMostHeads * kMostCylinders ? 31 : 63;
    return {static_cast<std::uint16_t>(sectors / of_track / kMostHeads), kMostHeads,
            static_cast<std::uint8_t>(of_track)};
}

}  // namespace

DiskGeometry geometry_of(std::uint64_t size_bytes)
{
    constexpr std::uint64_t kMostTracks = std::uint64_t{65'535} * 16;
    const auto sectors = std::min(size_bytes / kSectorSize, kMostTracks * 255);
    if (sectors >= kMostTracks * 63) {
        return {static_cast<std::uint16_t>(sectors / 255 / 16), 16, 255};
    }
    return small_geometry(sectors);
}

std::unique_ptr<DiskWriter> make_raw_writer(FileSink& sink, const DiskPlan& plan)
{
    return std::make_unique<RawWriter>(sink, plan.size_bytes);
}

std::unique_ptr<DiskWriter> make_disk_writer(DiskImageFormat format, FileSink& sink,
                                             const DiskPlan& plan)
{
    switch (format) {
        case DiskImageFormat::kVmdk:
            return make_vmdk_writer(sink, plan);
        case DiskImageFormat::kVhd:
            return make_vhd_writer(sink, plan);
        case DiskImageFormat::kRaw:
            break;
    }
    return make_raw_writer(sink, plan);
}

}  // namespace amilab::ec2
