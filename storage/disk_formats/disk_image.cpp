#include "storage/disk_formats/disk_image.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "storage/blocks/layer_id.h"

namespace amilab {

namespace {

struct Mark {
    DiskFileFormat format;
    std::size_t offset;
    std::string_view text;
};

// Source: Virtual Disk Format 1.1 (VMware), Virtual Hard Disk Image Format Specification and VHDX
// Format Specification (Microsoft), docs/interop/qcow2.txt of QEMU, ustar of POSIX.1.
constexpr std::array<Mark, 7> kMarks = {{
    {DiskFileFormat::kVmdk, 0, "KDMV"},
    {DiskFileFormat::kVmdk, 0, "COWD"},
    {DiskFileFormat::kVmdk, 0, "# Disk DescriptorFile"},
    {DiskFileFormat::kVhdx, 0, "vhdxfile"},
    {DiskFileFormat::kQcow2, 0, "QFI\xfb"},
    {DiskFileFormat::kVhd, 0, "conectix"},
    {DiskFileFormat::kOva, 257, "ustar"},
}};

/// A sector of the image; zeros where it has none.
std::string sector_at(ImageBytes& image, std::uint64_t offset)
{
    std::string sector(kSectorSize, '\0');
    const auto size = image.size_bytes();
    if (offset < size) {
        const auto length = std::min<std::uint64_t>(kSectorSize, size - offset);
        image.read(offset, std::as_writable_bytes(std::span(sector)).first(length));
    }
    return sector;
}

}  // namespace

void ImageWindow::read(std::uint64_t offset, std::span<std::byte> out)
{
    image_.read(offset_ + offset, out);
}

std::uint64_t ImageWindow::next_data(std::uint64_t offset)
{
    return std::min(image_.next_data(offset_ + offset) - offset_, size_bytes_);
}

std::optional<FileBytes> ImageWindow::in_file(std::uint64_t offset)
{
    auto bytes = image_.in_file(offset_ + offset);
    if (bytes) {
        bytes->length = std::min(bytes->length, size_bytes_ - offset);
    }
    return bytes;
}

DiskFileFormat find_format(ImageBytes& image)
{
    const auto front = sector_at(image, 0);
    for (const auto& mark : kMarks) {
        if (std::string_view(front).substr(mark.offset).starts_with(mark.text)) {
            return mark.format;
        }
    }
    if (image.size_bytes() >= kSectorSize &&
        sector_at(image, image.size_bytes() - kSectorSize).starts_with("conectix")) {
        return DiskFileFormat::kVhd;
    }
    return DiskFileFormat::kRaw;
}

void read_within(ImageBytes& image, std::uint64_t offset, std::span<std::byte> out)
{
    const auto size = image.size_bytes();
    if (offset > size || out.size() > size - offset) {
        throw DiskImageError(
            DiskImageFault::kDamaged,
            fmt::format("{} bytes at {} are not within its {} bytes", out.size(), offset, size));
    }
    image.read(offset, out);
}

std::string shown_text(std::string_view text)
{
    constexpr std::size_t kMost = 200;
    std::string line(text.substr(0, kMost));
    std::ranges::replace_if(
        line, [](char c) { return c < ' ' || c > '~'; }, '?');
    return line;
}

std::uint64_t big_endian(std::span<const std::byte> bytes)
{
    std::uint64_t value = 0;
    for (const auto byte : bytes) {
        value = value << 8U | static_cast<std::uint8_t>(byte);
    }
    return value;
}

std::uint64_t little_endian(std::span<const std::byte> bytes)
{
    std::uint64_t value = 0;
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
        value = value << 8U | static_cast<std::uint8_t>(*byte);
    }
    return value;
}

}  // namespace amilab
