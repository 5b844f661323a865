#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/object_store.h"
#include "server/wire/api_error.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/tags/tag_rows.h"

/// The object that an image is stored as: docs/formats.md, "Stored images".
namespace amilab::ec2 {

/// A snapshot of a stored image.
struct StoredDisk {
    std::int64_t size_gib = 0;
    std::string description{};
    std::vector<TagRow> tags{};
    bool operator==(const StoredDisk&) const = default;
};

struct StoredMapping {
    /// Without its snapshot.
    ImageMappingRow row{};
    /// Which of the disks it has.
    std::optional<std::size_t> disk{};
};

/// What of an image makes it the same elsewhere.
struct StoredImage {
    /// What is of an account and a time alone is not in it; id and region are the source's.
    ImageRow row{};
    std::optional<std::string> uefi_data{};
    std::vector<StoredMapping> mappings{};
    std::vector<StoredDisk> disks{};
    std::vector<TagRow> tags{};
};

/// What an image may have that is stored, or restored.
/// Source: EC2 User Guide, "Store and restore an AMI using S3": 5,000 GB (documented).
constexpr std::int64_t kMostStoredImageGib = 5000;

std::int64_t size_gib_of(const StoredImage& image);

/// The object is no stored image, or not as it was stored.
ApiError stored_image_damaged(std::string_view why);

/// Writes an object from its beginning to its end, in bounded memory. Used by one thread at a time;
/// blocks. Throws StorageError.
class StoredImageWriter {
public:
    StoredImageWriter(std::unique_ptr<NewObject> object, const StoredImage& image);

    /// Disks in their order, and their bytes in theirs, within a mebibyte of the disk each time;
    /// zeros are left out.
    void write(std::size_t disk, std::uint64_t offset, std::span<const std::byte> bytes);
    /// Ends the object, which is ready to be stored.
    NewObject& finish();

private:
    void write_frame(std::uint32_t disk, std::uint64_t offset, std::uint32_t length,
                     std::span<const std::byte> stored);

    const std::unique_ptr<NewObject> object_;
    std::uint64_t frames_ = 0;
    std::vector<std::byte> packed_;
    std::vector<std::byte> frame_;
};

/// Reads an object from its beginning to its end, in bounded memory, and believes nothing of it.
/// Used by one thread at a time; blocks. Throws what stored_image_damaged() makes, and
/// StorageError.
class StoredImageReader {
public:
    /// Reads what it is of.
    explicit StoredImageReader(std::unique_ptr<ObjectBytes> object);

    const StoredImage& image() const { return image_; }
    const std::string& etag() const { return object_->etag(); }

    struct Piece {
        std::size_t disk = 0;
        std::uint64_t offset = 0;
        /// Until the next call.
        std::span<const std::byte> bytes;
    };
    /// The next bytes that are not zero; nothing when the object has ended as it should.
    std::optional<Piece> next();
    /// How much of the object has been read.
    std::int64_t percent() const;

private:
    struct Frame;

    void read(std::span<std::byte> out);
    void read_document();
    Frame read_frame();
    void require_end(const Frame& frame) const;
    void require_place(const Frame& frame) const;

    const std::unique_ptr<ObjectBytes> object_;
    std::uint64_t at_ = 0;
    StoredImage image_;
    std::uint64_t frames_ = 0;
    std::size_t disk_ = 0;       ///< of the last piece
    std::uint64_t disk_at_ = 0;  ///< where that ended
    std::vector<std::byte> stored_;
    std::vector<std::byte> bytes_;
};

}  // namespace amilab::ec2
