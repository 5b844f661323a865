#include "storage/files/file_io.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "storage/base/storage_error.h"

namespace amilab {

namespace {

/// Little enough for bytes that have been read to be in the processor's caches when they are
/// written.
constexpr std::uint64_t kCopyBytes = std::uint64_t{128} << 10U;

/// How many bytes the kernel copies before it refuses, for whatever reason: which of two files is
/// to blame is told by who reads one and writes the other.
std::uint64_t copy_by_kernel(File& file, std::uint64_t offset, File& from,
                             std::uint64_t from_offset, std::uint64_t length)
{
    std::uint64_t done = 0;
    while (done < length) {
        const auto moved = file.copy_at(offset + done, from, from_offset + done, length - done);
        if (moved > 0) {
            done += static_cast<std::uint64_t>(moved);
        } else if (moved != -EINTR) {
            break;
        }
    }
    return done;
}

}  // namespace

std::size_t read_fully(File& file, std::uint64_t offset, std::span<std::byte> out)
{
    std::size_t done = 0;
    while (done < out.size()) {
        const auto moved = file.read_at(offset + done, out.subspan(done));
        if (moved == 0) {
            break;
        }
        if (moved > 0) {
            done += static_cast<std::size_t>(moved);
        } else if (moved != -EINTR) {
            throw StorageError(static_cast<int>(-moved), "read", file.path());
        }
    }
    return done;
}

void read_or_zero(File& file, std::uint64_t offset, std::span<std::byte> out)
{
    const auto rest = out.subspan(read_fully(file, offset, out));
    std::fill(rest.begin(), rest.end(), std::byte{0});
}

void write_fully(File& file, std::uint64_t offset, std::span<const std::byte> bytes)
{
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto moved = file.write_at(offset + done, bytes.subspan(done));
        if (moved > 0) {
            done += static_cast<std::size_t>(moved);
        } else if (moved == 0) {
            throw StorageError(EIO, "write", file.path(), "the file takes no more bytes");
        } else if (moved != -EINTR) {
            throw StorageError(static_cast<int>(-moved), "write", file.path());
        }
    }
}

void copy_fully(File& file, std::uint64_t offset, File& from, std::uint64_t from_offset,
                std::uint64_t length)
{
    auto done = copy_by_kernel(file, offset, from, from_offset, length);
    if (done == length) {
        return;
    }
    const auto size = std::min(kCopyBytes, length - done);
    const auto buffer = std::make_unique_for_overwrite<std::byte[]>(size);
    while (done < length) {
        const std::span bytes(buffer.get(), std::min(size, length - done));
        if (read_fully(from, from_offset + done, bytes) != bytes.size()) {
            throw StorageError(EBADMSG, "read", from.path(), "it ends before its bytes do");
        }
        write_fully(file, offset + done, bytes);
        done += bytes.size();
    }
}

void write_zeros(File& file, std::uint64_t offset, std::uint64_t length)
{
    try {
        file.punch_hole(offset, length);
        return;
    } catch (const StorageError& error) {
        if (error.error_number != EOPNOTSUPP && error.error_number != ENOSYS) {
            throw;
        }
    }
    static constexpr std::array<std::byte, 4096> kZeros{};
    while (length > 0) {
        const auto part = std::min<std::uint64_t>(length, kZeros.size());
        write_fully(file, offset, std::span(kZeros).first(part));
        offset += part;
        length -= part;
    }
}

}  // namespace amilab
