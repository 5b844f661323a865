#include "storage/files/file_io.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "storage/base/storage_error.h"

namespace amilab {

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
