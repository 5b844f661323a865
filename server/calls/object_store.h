#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/calls/session.h"
#include "storage/disk_formats/disk_image.h"

/// S3's objects for other services: whoever has a Session may read an object's bytes, and make one,
/// as the caller might by S3 itself. S3 fills the port.
namespace amilab {

/// An object's bytes as they were when it was opened, whatever becomes of it meanwhile. Used by one
/// thread at a time, outside any transaction; blocks. Throws StorageError, and ApiError as S3 says
/// of bytes that it has lost.
class ObjectBytes {
public:
    virtual ~ObjectBytes() = default;
    virtual std::uint64_t size_bytes() const = 0;
    /// Without quotes.
    virtual const std::string& etag() const = 0;
    /// Fills `out` with the bytes from `offset` on; they are there.
    virtual void read(std::uint64_t offset, std::span<std::byte> out) = 0;
    /// The first byte at or behind `offset` that may be other than zero; the size when there is
    /// none. What lies before it takes no space on the disk.
    virtual std::uint64_t next_data(std::uint64_t offset) = 0;
    /// Where the bytes from `offset` on lie, which are there, as ImageBytes::in_file tells it;
    /// blocks of 64 KiB of the file that are zero are holes in it.
    virtual std::optional<FileBytes> in_file(std::uint64_t /*offset*/) { return std::nullopt; }
};

/// What an object has beside its bytes.
struct ObjectFacts {
    std::string content_type = "binary/octet-stream";
    /// User-defined metadata, names in small letters without x-amz-meta-.
    std::vector<std::pair<std::string, std::string>> metadata = {};
    std::vector<std::pair<std::string, std::string>> tags = {};
};

/// An object that is being made. It leaves nothing behind unless it is stored. Used by one thread
/// at a time.
class NewObject {
public:
    virtual ~NewObject() = default;
    /// Appends; zeros become holes. Blocks; outside any transaction. Throws StorageError, and
    /// ApiError when the bucket's owner may not hold so much.
    virtual void write(std::span<const std::byte> bytes) = 0;
    /// Appends zeros, which cost next to nothing, however many.
    virtual void write_zeros(std::uint64_t count) = 0;
    /// To be called when all is written, outside any transaction. Throws StorageError.
    virtual void finish() = 0;
    /// Puts it in its place, instead of the object that is there, in a session that writes; it is
    /// there with the commit. Throws ApiError, as begin does.
    virtual void store(Session& session, const ObjectFacts& facts) = 0;
};

enum class BucketUse : std::uint8_t { kRead, kWrite };

/// Whose bucket it is, and where.
struct BucketFacts {
    std::string owner;
    std::string region;
};

/// What S3 does for others. All of it throws ApiError as S3 says it: NoSuchBucket, NoSuchKey,
/// AccessDenied; the region of the bucket is for the caller to judge.
struct ObjectStore {
    BucketFacts (*require_bucket)(Session& session, std::string_view bucket, BucketUse use);
    std::unique_ptr<ObjectBytes> (*open)(Session& session, std::string_view bucket,
                                         std::string_view key);
    /// The object of a URL, as whoever has signed it may read it: the signature's time is looked
    /// at, the region is not. Nothing is fetched: throws InvalidURI for a URL of another host than
    /// this server, or of none.
    std::unique_ptr<ObjectBytes> (*open_url)(Session& session, std::string_view url);
    std::unique_ptr<NewObject> (*begin)(Session& session, std::string_view bucket,
                                        std::string_view key);
};

}  // namespace amilab
