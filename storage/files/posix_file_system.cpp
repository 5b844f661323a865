#include "storage/files/posix_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "storage/base/storage_error.h"

namespace amilab {
namespace {

template <class Call>
auto retry_interrupted(Call call)
{
    auto result = call();
    while (result < 0 && errno == EINTR) {
        result = call();
    }
    return result;
}

/// Since 1970; wraps in 2262, which a file may be dated behind.
std::int64_t nanoseconds_of(const struct timespec& time)
{
    constexpr std::uint64_t kSecond = 1'000'000'000;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(time.tv_sec) * kSecond +
                                     static_cast<std::uint64_t>(time.tv_nsec));
}

FileStatus to_status(const struct stat& found)
{
    return {.size_bytes = static_cast<std::uint64_t>(found.st_size),
            .allocated_bytes = static_cast<std::uint64_t>(found.st_blocks) * 512,
            .is_directory = S_ISDIR(found.st_mode),
            .is_regular = S_ISREG(found.st_mode),
            .modified_ns = nanoseconds_of(found.st_mtim)};
}

class PosixFile final : public File {
public:
    PosixFile(int descriptor, const std::string& path) : File(path), descriptor_(descriptor) {}
    ~PosixFile() override { ::close(descriptor_); }

    std::int64_t read_at(std::uint64_t offset, std::span<std::byte> out) override
    {
        const auto moved = ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
        return moved < 0 ? -errno : moved;
    }

    std::int64_t write_at(std::uint64_t offset, std::span<const std::byte> bytes) override
    {
        const auto moved =
            ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        return moved < 0 ? -errno : moved;
    }

    std::int64_t read_cached_at(std::uint64_t offset, std::span<std::byte> out) override
    {
        const iovec piece{out.data(), out.size()};
        const auto moved =
            ::preadv2(descriptor_, &piece, 1, static_cast<off_t>(offset), RWF_NOWAIT);
        return moved >= 0 ? moved : -(errno == EOPNOTSUPP ? EAGAIN : errno);
    }

    std::int64_t copy_at(std::uint64_t offset, File& from, std::uint64_t from_offset,
                         std::uint64_t length) override
    {
        const auto* source = dynamic_cast<const PosixFile*>(&from);
        if (source == nullptr) {
            return -EOPNOTSUPP;
        }
        auto in = static_cast<loff_t>(from_offset);
        auto out = static_cast<loff_t>(offset);
        const auto moved =
            ::copy_file_range(source->descriptor_, &in, descriptor_, &out, length, 0);
        return moved < 0 ? -errno : moved;
    }

    void punch_hole(std::uint64_t offset, std::uint64_t length) override
    {
        allocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length, "punch hole in");
    }

    void zero_range(std::uint64_t offset, std::uint64_t length) override
    {
        allocate(FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, offset, length, "zero range of");
    }

    void truncate(std::uint64_t size) override
    {
        require(
            retry_interrupted([&] { return ::ftruncate(descriptor_, static_cast<off_t>(size)); }),
            "truncate");
    }

    void start_writing(std::uint64_t offset, std::uint64_t length) override
    {
        // It leaves what fails to fdatasync, unlike a call that waits for what was written.
        ::sync_file_range(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(length),
                          SYNC_FILE_RANGE_WRITE);
    }

    void sync_data() override
    {
        require(retry_interrupted([&] { return ::fdatasync(descriptor_); }), "sync");
    }

    void sync() override
    {
        require(retry_interrupted([&] { return ::fsync(descriptor_); }), "sync");
    }

    FileStatus status() override
    {
        struct stat found = {};
        require(::fstat(descriptor_, &found), "stat");
        return to_status(found);
    }

    std::optional<std::uint64_t> seek_data(std::uint64_t offset) override
    {
        return seek(offset, SEEK_DATA);
    }

    std::optional<std::uint64_t> seek_hole(std::uint64_t offset) override
    {
        return seek(offset, SEEK_HOLE);
    }

    /// What somebody has put in a file's place.
    void require_no_pipe()
    {
        struct stat found = {};
        require(::fstat(descriptor_, &found), "stat");
        if (S_ISFIFO(found.st_mode)) {
            throw StorageError(EBADMSG, "open", path(), "it is a pipe, and no file");
        }
    }

    bool try_lock() override
    {
        const int result =
            retry_interrupted([&] { return ::flock(descriptor_, LOCK_EX | LOCK_NB); });
        if (result < 0 && errno == EWOULDBLOCK) {
            return false;
        }
        require(result, "lock");
        return true;
    }

private:
    void allocate(int mode, std::uint64_t offset, std::uint64_t length, std::string_view operation)
    {
        require(retry_interrupted([&] {
                    return ::fallocate(descriptor_, mode, static_cast<off_t>(offset),
                                       static_cast<off_t>(length));
                }),
                operation);
    }

    std::optional<std::uint64_t> seek(std::uint64_t offset, int whence)
    {
        const auto found = ::lseek(descriptor_, static_cast<off_t>(offset), whence);
        if (found < 0 && errno == ENXIO) {
            return std::nullopt;
        }
        require(found < 0 ? -1 : 0, "seek in");
        return static_cast<std::uint64_t>(found);
    }

    void require(int result, std::string_view operation)
    {
        if (result < 0) {
            throw StorageError(errno, operation, path());
        }
    }

    int descriptor_;
};

int open_flags(OpenMode mode)
{
    switch (mode) {
        case OpenMode::kRead:
            return O_RDONLY;
        case OpenMode::kReadWrite:
            return O_RDWR;
        case OpenMode::kCreate:
            return O_RDWR | O_CREAT;
        case OpenMode::kCreateNew:
            return O_RDWR | O_CREAT | O_EXCL;
        case OpenMode::kReplace:
            return O_RDWR | O_CREAT | O_TRUNC;
    }
    return O_RDONLY;
}

/// Waits for nobody at the other end of a pipe. For who gives back a lease of the file it waits.
int open_at_once(const std::string& path, int flags)
{
    const auto open = [&](int more) {
        return retry_interrupted([&] { return ::open(path.c_str(), flags | more, 0600); });
    };
    const int descriptor = open(O_NONBLOCK);
    return descriptor < 0 && errno == EWOULDBLOCK ? open(0) : descriptor;
}

void require(int result, std::string_view operation, const std::string& path)
{
    if (result < 0) {
        throw StorageError(errno, operation, path);
    }
}

}  // namespace

std::unique_ptr<File> PosixFileSystem::open(const std::string& path, OpenMode mode)
{
    auto file = open_if_exists(path, mode);
    if (!file) {
        throw StorageError(ENOENT, "open", path);
    }
    return file;
}

std::unique_ptr<File> PosixFileSystem::open_if_exists(const std::string& path, OpenMode mode)
{
    const int descriptor = open_at_once(path, open_flags(mode) | O_CLOEXEC);
    if (descriptor < 0 && errno == ENOENT) {
        return nullptr;
    }
    require(descriptor, "open", path);
    auto file = std::make_unique<PosixFile>(descriptor, path);
    file->require_no_pipe();
    return file;
}

void PosixFileSystem::rename(const std::string& from, const std::string& to)
{
    require(::rename(from.c_str(), to.c_str()), "rename", from);
}

bool PosixFileSystem::unlink(const std::string& path)
{
    const int result = ::unlink(path.c_str());
    if (result < 0 && errno == ENOENT) {
        return false;
    }
    require(result, "unlink", path);
    return true;
}

bool PosixFileSystem::make_directory(const std::string& path)
{
    const int result = ::mkdir(path.c_str(), 0700);
    if (result < 0 && errno == EEXIST) {
        const auto found = status(path);
        if (found && found->is_directory) {
            return false;
        }
        errno = ENOTDIR;
    }
    require(result, "make directory", path);
    return true;
}

std::vector<std::string> PosixFileSystem::list_directory(const std::string& path)
{
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), ::closedir);
    if (!directory) {
        throw StorageError(errno, "list", path);
    }
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") {
            names.emplace_back(name);
        }
        errno = 0;
    }
    require(errno == 0 ? 0 : -1, "list", path);
    return names;
}

void PosixFileSystem::sync_directory(const std::string& path)
{
    const int descriptor =
        retry_interrupted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    require(descriptor, "open", path);
    const PosixFile directory(descriptor, path);
    require(retry_interrupted([&] { return ::fsync(descriptor); }), "sync", path);
}

std::optional<FileStatus> PosixFileSystem::status(const std::string& path)
{
    struct stat found = {};
    const int result = ::stat(path.c_str(), &found);
    if (result < 0 && errno == ENOENT) {
        return std::nullopt;
    }
    require(result, "stat", path);
    return to_status(found);
}

FileSystemSpace PosixFileSystem::space(const std::string& path)
{
    struct statvfs found = {};
    require(retry_interrupted([&] { return ::statvfs(path.c_str(), &found); }), "statvfs", path);
    return {.total_bytes = std::uint64_t{found.f_blocks} * found.f_frsize,
            .available_bytes = std::uint64_t{found.f_bavail} * found.f_frsize};
}

}  // namespace amilab
