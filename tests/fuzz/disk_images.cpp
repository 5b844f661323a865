// Images of disks that are anything: what is wrong is refused, and what is read lies within the
// disk, in its order, and is not much more than the image.
#include <vector>

#include "storage/blocks/layer_id.h"
#include "storage/disk_formats/disk_reader.h"
#include "storage/disk_formats/ova_reader.h"
#include "tests/fuzz/input_reader.h"
#include "tests/fuzz/oracle.h"
#include "tests/support/disk_images.h"

namespace amilab::fuzz {
namespace {

/// Deflate makes this of one byte at most; zeros of an image's own holes are left out besides.
constexpr std::uint64_t kMostPacked = 1032;
/// A disk may be 64 TiB of nothing: not all of it is looked at.
constexpr int kMostPieces = 2000;

void read_all(DiskReader& reader, std::uint64_t image_bytes)
{
    std::vector<std::byte> buffer(kDiskPieceBytes);
    std::uint64_t end = 0;
    std::uint64_t read = 0;
    for (int count = 0; count < kMostPieces; ++count) {
        const auto piece = reader.next(buffer);
        require(reader.percent() >= 0 && reader.percent() <= 100, "progress is a percentage");
        if (!piece) {
            return;
        }
        if (piece->bytes.empty()) {
            continue;
        }
        require(piece->offset >= end, "pieces come in their order");
        end = piece->offset + piece->bytes.size();
        require(end <= reader.size_bytes(), "pieces lie within the disk");
        require(piece->bytes.size() % kSectorSize == 0, "sectors are whole");
        read += piece->bytes.size();
    }
    require(read <= (image_bytes + 2 * kDiskPieceBytes) * kMostPacked, "no small image is large");
}

void read_as(DiskFileFormat format, ImageBytes& image)
{
    try {
        const auto reader = open_disk_reader(format, image);
        require(reader->size_bytes() % kSectorSize == 0 && reader->size_bytes() <= kMaxVolumeSize,
                "a disk fits into a volume");
        read_all(*reader, image.size_bytes());
    } catch (const DiskImageError&) {
        // It says why.
    }
}

/// Most mutants of a header have another sum than theirs, and nothing behind it would be read.
std::string with_right_sums(std::string archive)
{
    constexpr std::string_view kMagic = "ustar";
    for (std::size_t at = 0; at + kTarBlockBytes <= archive.size(); at += kTarBlockBytes) {
        if (std::string_view(archive).substr(at + kTarMagic.offset).starts_with(kMagic)) {
            test::put_tar_sum(archive, at);
        }
    }
    return archive;
}

/// The disks of an archive lie within it, and no small one has much of them.
void read_archive(ImageBytes& archive)
{
    try {
        OvaReader reader(archive);
        std::uint64_t end = 0;
        for (const auto& disk : reader.disks()) {
            require(disk.offset <= archive.size_bytes() &&
                        disk.size_bytes <= archive.size_bytes() - disk.offset,
                    "disks lie within their archive");
            end += disk.size_bytes;
            ImageWindow image(archive, disk.offset, disk.size_bytes);
            read_as(disk.format, image);
        }
        require(end <= archive.size_bytes(), "disks do not lie within one another");
        std::vector<std::byte> buffer(kDiskPieceBytes);
        while (reader.check_more(buffer)) {
        }
    } catch (const DiskImageError&) {
        // It says why.
    }
}

/// A VHDX is larger than an input may be: one is made, and damaged as the input says.
std::string damaged_vhdx(InputReader input)
{
    constexpr std::uint64_t kPlaces[] = {0,
                                         test::kVhdxHeader,
                                         test::kVhdxRegions,
                                         test::kVhdxMetadata,
                                         test::kVhdxMetadata + (64 << 10),
                                         test::kVhdxTable};
    static const auto whole = test::dynamic_vhdx(test::disk_with(3 << 20, {{0, "boot"}}));
    auto image = whole;
    while (!input.is_at_end()) {
        const auto place = kPlaces[input.number<std::uint8_t>() % std::size(kPlaces)];
        const auto offset = place + input.number<std::uint8_t>();
        const auto length = input.number<std::uint8_t>() % 8 + 1U;
        test::put_little(image, offset, input.number<std::uint64_t>(), length);
    }
    test::put_vhdx_checksums(image);
    return image;
}

}  // namespace
}  // namespace amilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace amilab;
    test::MemoryImage image(std::string(data, data + size));
    fuzz::read_as(find_format(image), image);
    fuzz::read_as(DiskFileFormat::kVhd, image);
    fuzz::read_as(DiskFileFormat::kVmdk, image);
    test::MemoryImage archive(fuzz::with_right_sums({data, data + size}));
    fuzz::read_archive(archive);
    test::MemoryImage vhdx(fuzz::damaged_vhdx(fuzz::InputReader({data, size})));
    fuzz::read_as(DiskFileFormat::kVhdx, vhdx);
    return 0;
}
