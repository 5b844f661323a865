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
        const auto most = std::min(buffer.size(), kReadPieceBytes);
        const auto length = std::min<std::uint64_t>(most, end - offset);
        image_.read(offset, buffer.first(length));
        const auto whole = buffer.first(in_whole_sectors(length));
        std::fill(whole.begin() + static_cast<std::ptrdiff_t>(length), whole.end(), std::byte{0});
        at_ = offset + length;
        run_end_ = 0;  // the image may have gone on to another file
        return DiskPiece{offset, whole};
    }

    std::optional<DiskFilePiece> next_in_file() override
    {
        if (at_ >= run_end_ && !find_run()) {
            return std::nullopt;
        }
        const auto length = std::min<std::uint64_t>(kDiskPieceBytes, run_end_ - at_);
        const DiskFilePiece piece{at_, {run_file_, run_offset_, length}};
        at_ += length;
        run_offset_ += length;
        return piece;
    }

    int percent() const override { return static_cast<int>(at_ * 100 / image_.size_bytes()); }

private:
    /// Goes on to the next blocks without a hole among them; false where next() is to look.
    bool find_run()
    {
        const auto end = image_.size_bytes();
        const auto data = at_ < end ? image_.next_data(at_) : end;
        const auto begin = std::max(at_, data / kGrain * kGrain);
        if (data >= end || begin % kGrain != 0) {
            return false;
        }
        const auto bytes = image_.in_file(begin);
        if (!bytes || bytes->offset % kGrain != 0 || bytes->length <= data - begin) {
            return false;
        }
        // Asked once for the whole run: where there are few holes the answer may cost a walk.
        const auto hole = bytes->file->seek_hole(bytes->offset + (data - begin));
        const auto until = hole ? *hole - bytes->offset : bytes->length;
        const auto blocks = std::min((until + kGrain - 1) / kGrain, bytes->length / kGrain);
        if (blocks == 0) {
            return false;
        }
        at_ = begin;
        run_end_ = begin + blocks * kGrain;
        run_file_ = bytes->file;
        run_offset_ = bytes->offset;
        return true;
    }

    ImageBytes& image_;
    std::uint64_t at_ = 0;
    // What of a file is given by next_in_file(): up to run_end_ of the disk; none when that is not
    // ahead.
    std::uint64_t run_end_ = 0;
    File* run_file_ = nullptr;
    std::uint64_t run_offset_ = 0;
};

}  // namespace

std::unique_ptr<DiskReader> open_raw(ImageBytes& image)
{
    return std::make_unique<RawReader>(image);
}

std::unique_ptr<DiskReader> open_disk_reader(DiskFileFormat format, ImageBytes& image)
{
    switch (format) {
        case DiskFileFormat::kRaw:
            return open_raw(image);
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
