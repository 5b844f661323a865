#include "server/services/ec2/store_image_tasks/stored_image.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <zlib.h>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/snapshots/snapshot_bytes.h"
#include "server/services/ec2/store_image_tasks/stored_document.h"
#include "storage/base/crc32c.h"
#include "storage/base/units.h"
#include "storage/base/unpacking.h"
#include "storage/base/zeros.h"

namespace amilab::ec2 {

namespace {

constexpr std::string_view kMagic = "AMILABST";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kStartBytes = 16;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::uint32_t kMostDocumentBytes = 4 << 20;
constexpr std::size_t kFrameBytes = 32;
constexpr std::size_t kCheckedFrom = kChecksumBytes;
/// The disk of the last frame.
constexpr std::uint32_t kEnd = 0xffff'ffff;
constexpr auto kMostPieceBytes = static_cast<std::uint32_t>(DiskWalk::kPieceBytes);
/// Of zlib's nine; the next ones take twice as long for a few percent.
constexpr int kPackingLevel = 1;

/// Little endian.
template <class Number>
void put(std::span<std::byte> out, std::size_t at, Number number)
{
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        out[at + i] = static_cast<std::byte>(number >> (8 * i));
    }
}
template <class Number>
Number get(std::span<const std::byte> from, std::size_t at)
{
    Number number = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        number |= static_cast<Number>(std::to_integer<Number>(from[at + i]) << (8 * i));
    }
    return number;
}

const Bytef* zlib_bytes(std::span<const std::byte> bytes)
{
    return reinterpret_cast<const Bytef*>(bytes.data());
}
Bytef* zlib_bytes(std::span<std::byte> bytes)
{
    return reinterpret_cast<Bytef*>(bytes.data());
}

/// What is stored of the bytes: packed, or they themselves where that is no less.
std::span<const std::byte> pack(std::span<const std::byte> bytes, std::vector<std::byte>& packed)
{
    packed.resize(::compressBound(bytes.size()));
    auto length = static_cast<uLongf>(packed.size());
    const auto result = ::compress2(zlib_bytes(std::span(packed)), &length, zlib_bytes(bytes),
                                    bytes.size(), kPackingLevel);
    if (result != Z_OK || length >= bytes.size()) {
        return bytes;
    }
    return std::span(packed).first(length);
}

void unpack(std::span<const std::byte> stored, std::span<std::byte> bytes)
{
    if (stored.size() == bytes.size()) {
        std::ranges::copy(stored, bytes.begin());
        return;
    }
    if (unpack_zlib(stored, bytes) != bytes.size()) {
        throw stored_image_damaged("a piece of a disk cannot be unpacked");
    }
}

}  // namespace

std::int64_t size_gib_of(const StoredImage& image)
{
    std::int64_t size_gib = 0;
    for (const auto& disk : image.disks) {
        size_gib += disk.size_gib;
    }
    return size_gib;
}

// Source: code and text are assumed.
ApiError stored_image_damaged(std::string_view why)
{
    return invalid_parameter(
        fmt::format("The object is not an AMI as CreateStoreImageTask stores it: {}.", why));
}

StoredImageWriter::StoredImageWriter(std::unique_ptr<NewObject> object, const StoredImage& image)
    : object_(std::move(object))
{
    const auto document = to_document(image);
    std::vector<std::byte> start(kStartBytes + document.size() + kChecksumBytes);
    std::memcpy(start.data(), kMagic.data(), kMagic.size());
    put(std::span(start), kMagic.size(), kVersion);
    put(std::span(start), kMagic.size() + sizeof(kVersion),
        static_cast<std::uint32_t>(document.size()));
    std::memcpy(start.data() + kStartBytes, document.data(), document.size());
    const auto checked = start.size() - kChecksumBytes;
    put(std::span(start), checked, crc32c(std::span(start).first(checked)));
    object_->write(start);
}

void StoredImageWriter::write(std::size_t disk, std::uint64_t offset,
                              std::span<const std::byte> bytes)
{
    if (!is_zero(bytes)) {
        write_frame(static_cast<std::uint32_t>(disk), offset,
                    static_cast<std::uint32_t>(bytes.size()), pack(bytes, packed_));
    }
}

void StoredImageWriter::write_frame(std::uint32_t disk, std::uint64_t offset, std::uint32_t length,
                                    std::span<const std::byte> stored)
{
    frame_.resize(kFrameBytes + stored.size());
    const auto frame = std::span(frame_);
    put(frame, 4, disk);
    put(frame, 8, offset);
    put(frame, 16, length);
    put(frame, 20, static_cast<std::uint32_t>(stored.size()));
    put(frame, 24, frames_);
    std::ranges::copy(stored, frame_.begin() + kFrameBytes);
    put(frame, 0, crc32c(frame.subspan(kCheckedFrom)));
    object_->write(frame_);
    ++frames_;
}

NewObject& StoredImageWriter::finish()
{
    write_frame(kEnd, 0, 0, {});
    object_->finish();
    return *object_;
}

struct StoredImageReader::Frame {
    std::uint32_t disk;
    std::uint64_t offset;
    std::uint32_t length;
    std::uint32_t stored;
};

StoredImageReader::StoredImageReader(std::unique_ptr<ObjectBytes> object)
    : object_(std::move(object))
{
    read_document();
}

void StoredImageReader::read(std::span<std::byte> out)
{
    if (out.size() > object_->size_bytes() - at_) {
        throw stored_image_damaged("it ends before its end");
    }
    object_->read(at_, out);
    at_ += out.size();
}

void StoredImageReader::read_document()
{
    std::vector<std::byte> start(kStartBytes);
    if (object_->size_bytes() < start.size()) {
        throw stored_image_damaged("it is too short");
    }
    read(start);
    if (std::memcmp(start.data(), kMagic.data(), kMagic.size()) != 0) {
        throw stored_image_damaged("it begins otherwise");
    }
    const auto version = get<std::uint32_t>(start, kMagic.size());
    if (version != kVersion) {
        throw stored_image_damaged(fmt::format("its version is {}", version));
    }
    const auto length = get<std::uint32_t>(start, kMagic.size() + sizeof(kVersion));
    if (length > kMostDocumentBytes) {
        throw stored_image_damaged("what it says of the image is too long");
    }
    start.resize(kStartBytes + length + kChecksumBytes);
    read(std::span(start).subspan(kStartBytes));
    const auto checked = start.size() - kChecksumBytes;
    if (crc32c(std::span(start).first(checked)) != get<std::uint32_t>(start, checked)) {
        throw stored_image_damaged("what it says of the image has another checksum");
    }
    image_ = parse_document(
        std::string_view(reinterpret_cast<const char*>(start.data()) + kStartBytes, length));
}

StoredImageReader::Frame StoredImageReader::read_frame()
{
    stored_.resize(kFrameBytes);
    read(stored_);
    const Frame frame{get<std::uint32_t>(stored_, 4), get<std::uint64_t>(stored_, 8),
                      get<std::uint32_t>(stored_, 16), get<std::uint32_t>(stored_, 20)};
    if (frame.length > kMostPieceBytes || frame.stored > frame.length) {
        throw stored_image_damaged("a piece of a disk is too long");
    }
    stored_.resize(kFrameBytes + frame.stored);
    read(std::span(stored_).subspan(kFrameBytes));
    if (crc32c(std::span(stored_).subspan(kCheckedFrom)) != get<std::uint32_t>(stored_, 0)) {
        throw stored_image_damaged("a piece of a disk has another checksum");
    }
    if (get<std::uint64_t>(stored_, 24) != frames_) {
        throw stored_image_damaged("a piece of a disk is missing");
    }
    ++frames_;
    return frame;
}

void StoredImageReader::require_end(const Frame& frame) const
{
    if (frame.length != 0 || at_ != object_->size_bytes()) {
        throw stored_image_damaged("it goes on behind its end");
    }
}

/// In order, so that a disk is written once, and whole when another begins.
void StoredImageReader::require_place(const Frame& frame) const
{
    const auto& disks = image_.disks;
    if (frame.disk >= disks.size() || frame.disk < disk_ || frame.length == 0) {
        throw stored_image_damaged("a piece is of no disk");
    }
    const auto begin = frame.disk == disk_ ? disk_at_ : 0;
    const auto end = static_cast<std::uint64_t>(disks[frame.disk].size_gib) * kGiB;
    if (frame.offset < begin || frame.offset > end || frame.length > end - frame.offset ||
        frame.offset % kSectorSize != 0 || frame.length % kSectorSize != 0) {
        throw stored_image_damaged("a piece of a disk has no place");
    }
}

std::optional<StoredImageReader::Piece> StoredImageReader::next()
{
    const auto frame = read_frame();
    if (frame.disk == kEnd) {
        require_end(frame);
        return std::nullopt;
    }
    require_place(frame);
    disk_ = frame.disk;
    disk_at_ = frame.offset + frame.length;
    bytes_.resize(frame.length);
    unpack(std::span(stored_).subspan(kFrameBytes), bytes_);
    return Piece{disk_, frame.offset, bytes_};
}

std::int64_t StoredImageReader::percent() const
{
    return static_cast<std::int64_t>(at_ * 100 / std::max<std::uint64_t>(object_->size_bytes(), 1));
}

}  // namespace amilab::ec2
