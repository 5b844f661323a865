#include "storage/disk_formats/disk_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "storage/blocks/layer_id.h"

namespace amilab {

namespace {

/// What pieces of a raw image begin at a multiple of: the block store's grain.
constexpr std::uint64_t kGrain = std::uint64_t{64} << 10U;

constexpr std::uint64_t in_whole_sectors(std::uint64_t bytes)
{
    return (bytes + kSectorSize - 1) / kSectorSize * kSectorSize;
}

/// The image is the disk; a last sector that is not whole is filled up with zeros.
class RawReader final : public DiskReader {
public:
    explicit RawReader(ImageBytes& image) : image_(image)
    {
        if (image.size_bytes() == 0) {
            throw DiskImageError(DiskImageFault::kUnsupported, "it is empty");
        }
    }

    std::uint64_t size_bytes() const override { return in_whole_sectors(image_.size_bytes()); }

    std::optional<DiskPiece> next(std::span<std::byte> buffer) override
    {
        const auto end = image_.size_bytes();
        const auto data = at_ < end ? image_.next_data(at_) : end;
        if (data >= end) {
            at_ = end;
            return std::nullopt;
        }
        const auto offset = std::max(at_, data / kGrain * kGrain);
        const auto length = std::min<std::uint64_t>(buffer.size(), end - offset);
        image_.read(offset, buffer.first(length));
        const auto whole = buffer.first(in_whole_sectors(length));
        std::fill(whole.begin() + static_cast<std::ptrdiff_t>(length), whole.end(), std::byte{0});
        at_ = offset + length;
        return DiskPiece{offset, whole};
    }

    int percent() const override { return static_cast<int>(at_ * 100 / image_.size_bytes()); }

private:
    ImageBytes& image_;
    std::uint64_t at_ = 0;
};

}  // namespace

std::unique_ptr<DiskReader> open_disk_reader(DiskFileFormat format, ImageBytes& image)
{
    switch (format) {
        case DiskFileFormat::kRaw:
            return std::make_unique<RawReader>(image);
        case DiskFileFormat::kVhd:
            return open_vhd(image);
        case DiskFileFormat::kVmdk:
            return open_vmdk(image);
        case DiskFileFormat::kVhdx:
            return open_vhdx(image);
        case DiskFileFormat::kQcow2:
        case DiskFileFormat::kOva:
            break;
    }
    throw DiskImageError(DiskImageFault::kUnsupported,
                         fmt::format("nothing here reads {}", text_of(format)));
}

}  // namespace amilab
