#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace amilab {

/// What stat says. Allocated bytes are what the file system has really set aside.
struct FileStatus {
    std::uint64_t size_bytes = 0;
    std::uint64_t allocated_bytes = 0;
    bool is_directory = false;
    /// No directory, pipe, socket or device.
    bool is_regular = false;
    /// When its bytes were last changed, since 1970; 0: the file system does not say.
    std::int64_t modified_ns = 0;
};

/// What statvfs says of the file system that holds a path.
struct FileSystemSpace {
    std::uint64_t total_bytes = 0;
    /// What somebody without privileges may still take.
    std::uint64_t available_bytes = 0;
};

enum class OpenMode {
    kRead,
    kReadWrite,
    /// Read and write; made when it is missing.
    kCreate,
    /// Read and write; made, and refused (EEXIST) when it is there.
    kCreateNew,
    /// Read and write; made, or emptied when it is there.
    kReplace,
};

/// An open file; closed when destroyed. Offsets and lengths are bytes. Safe from any thread.
/// All but read_at, write_at and copy_at throw StorageError, and retry EINTR themselves.
class File {
public:
    explicit File(std::string path) : path_(std::move(path)) {}
    virtual ~File() = default;
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    /// One pread or pwrite: the bytes moved, which may be fewer than asked for (0: end of file), or
    /// minus errno. Callers want read_fully and write_fully of file_io.h.
    virtual std::int64_t read_at(std::uint64_t offset, std::span<std::byte> out) = 0;
    virtual std::int64_t write_at(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
    /// Does what read_at() does, of what the kernel has in its memory alone: -EAGAIN where the disk
    /// would have to be waited for, or the file system cannot tell.
    virtual std::int64_t read_cached_at(std::uint64_t /*offset*/, std::span<std::byte> /*out*/)
    {
        return -EAGAIN;
    }
    /// One copy_file_range, of bytes of another file: the kernel moves them alone, and where the
    /// file system can both files have the same blocks afterwards. What it returns is what write_at
    /// does; 0: `from` ends there. Callers want copy_fully of file_io.h.
    virtual std::int64_t copy_at(std::uint64_t /*offset*/, File& /*from*/,
                                 std::uint64_t /*from_offset*/, std::uint64_t /*length*/)
    {
        return -EOPNOTSUPP;
    }

    /// Gives a range's space back; it reads as zeros and the size stays. Neither grows the file.
    /// EOPNOTSUPP where the file system cannot.
    virtual void punch_hole(std::uint64_t offset, std::uint64_t length) = 0;
    /// Makes a range read as zeros and keeps its space.
    virtual void zero_range(std::uint64_t offset, std::uint64_t length) = 0;
    virtual void truncate(std::uint64_t size) = 0;

    /// Has the kernel begin to write a range to the disk, so that a sync has less to wait for;
    /// waits for no more than the disk's queue. Whatever fails, a sync tells of.
    virtual void start_writing(std::uint64_t /*offset*/, std::uint64_t /*length*/) {}

    /// fdatasync and fsync. After a failure the kernel may have dropped what was not written: a
    /// second call that succeeds proves nothing.
    virtual void sync_data() = 0;
    virtual void sync() = 0;

    virtual FileStatus status() = 0;
    /// The first data, or the first hole, at or behind `offset`; nothing when `offset` is at the
    /// end or only a hole is left. The end of the file counts as a hole.
    virtual std::optional<std::uint64_t> seek_data(std::uint64_t offset) = 0;
    virtual std::optional<std::uint64_t> seek_hole(std::uint64_t offset) = 0;

    /// Takes flock's exclusive lock until the file is closed; false when another open file has it.
    virtual bool try_lock() = 0;

    const std::string& path() const { return path_; }

private:
    std::string path_;
};

/// Every file operation that storage/ does, so that tests can make each fail.
/// Safe from any thread. Throws StorageError (errno, operation, path).
class FileSystem {
public:
    virtual ~FileSystem() = default;

    /// Never waits for a pipe's other end; a pipe in a file's place is damage (EBADMSG).
    virtual std::unique_ptr<File> open(const std::string& path, OpenMode mode) = 0;
    /// What open() gives for kRead and kReadWrite; nothing for a file that is missing.
    virtual std::unique_ptr<File> open_if_exists(const std::string& path, OpenMode mode) = 0;

    /// rename(2): replaces `to` in one step.
    virtual void rename(const std::string& from, const std::string& to) = 0;
    /// False when there was no such file.
    virtual bool unlink(const std::string& path) = 0;
    /// Made for its owner alone (0700). False when it was there.
    virtual bool make_directory(const std::string& path) = 0;
    /// Names, without `.` and `..`, in no order.
    virtual std::vector<std::string> list_directory(const std::string& path) = 0;
    /// Makes creations, renames and unlinks in a directory survive power loss.
    virtual void sync_directory(const std::string& path) = 0;

    /// Nothing when there is no such file.
    virtual std::optional<FileStatus> status(const std::string& path) = 0;
    virtual FileSystemSpace space(const std::string& path) = 0;
};

}  // namespace amilab
