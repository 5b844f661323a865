// Loaded into a server before everything else (LD_PRELOAD): its calls on files below one folder are
// counted, and some of them fail, as tests/clients/failing_files.py says in memory that both share.

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

/// The calls [first, last] fail with the error, counted from 1. What is full fails no reading.
struct Control {
    std::atomic<std::uint64_t> seen;
    std::atomic<std::uint64_t> first;
    std::atomic<std::uint64_t> last;
    std::atomic<std::uint64_t> error_number;
};

enum class Kind { kReads, kWrites };

template <class Function>
Function* next(const char* name)
{
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int open_next(const char* path, int flags, mode_t mode)
{
    static auto* const call = next<int(const char*, int, ...)>("open");
    return call(path, flags, mode);
}

Control* map_control()
{
    const char* path = std::getenv("AMILAB_FAILING_FILES_CONTROL");
    const int file = path != nullptr ? open_next(path, O_RDWR | O_CLOEXEC, 0) : -1;
    if (file < 0) {
        return nullptr;
    }
    void* mapped = mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    return mapped != MAP_FAILED ? static_cast<Control*>(mapped) : nullptr;
}

bool is_below(const char* path)
{
    static const char* const folder = std::getenv("AMILAB_FAILING_FILES_FOLDER");
    return folder != nullptr && path != nullptr && std::string_view(path).starts_with(folder);
}

/// Which descriptors are of files below the folder.
std::array<std::atomic<bool>, 65536> watched;

bool is_watched(int file)
{
    return file >= 0 && static_cast<std::size_t>(file) < watched.size() &&
           watched[static_cast<std::size_t>(file)].load();
}

void watch(int file, bool is_ours)
{
    if (file >= 0 && static_cast<std::size_t>(file) < watched.size()) {
        watched[static_cast<std::size_t>(file)] = is_ours;
    }
}

/// Counts the call; true, and errno says why, when it is to fail.
bool fails(bool is_ours, Kind kind)
{
    static Control* const control = map_control();
    if (control == nullptr || !is_ours) {
        return false;
    }
    const auto number = control->seen.fetch_add(1) + 1;
    if (number < control->first.load() || number > control->last.load()) {
        return false;
    }
    const auto error_number = static_cast<int>(control->error_number.load());
    if (error_number == ENOSPC && kind == Kind::kReads) {
        return false;
    }
    errno = error_number;
    return true;
}

int open_watched(const char* path, int flags, mode_t mode)
{
    if (fails(is_below(path), (flags & O_CREAT) != 0 ? Kind::kWrites : Kind::kReads)) {
        return -1;
    }
    const int file = open_next(path, flags, mode);
    watch(file, is_below(path));
    return file;
}

/// Of a name that is relative to an open folder, or to the working one.
bool is_below(int folder, const char* path)
{
    const bool is_absolute = path != nullptr && path[0] == '/';
    return is_absolute || folder == AT_FDCWD ? is_below(path) : is_watched(folder);
}

int open_watched_at(int folder, const char* path, int flags, mode_t mode)
{
    static auto* const call = next<int(int, const char*, int, ...)>("openat");
    const bool is_ours = is_below(folder, path);
    if (fails(is_ours, (flags & O_CREAT) != 0 ? Kind::kWrites : Kind::kReads)) {
        return -1;
    }
    const int file = call(folder, path, flags, mode);
    watch(file, is_ours);
    return file;
}

FILE* open_stream(const char* name, const char* path, const char* mode)
{
    auto* const call = next<FILE*(const char*, const char*)>(name);
    const bool reads = std::string_view(mode).find_first_of("wa+") == std::string_view::npos;
    if (fails(is_below(path), reads ? Kind::kReads : Kind::kWrites)) {
        return nullptr;
    }
    FILE* const stream = call(path, mode);
    if (stream != nullptr) {
        watch(fileno(stream), is_below(path));
    }
    return stream;
}

/// stat, lstat and their like by a name; `name`: which.
template <class Status>
int status_by_path(const char* name, const char* path, Status* found)
{
    auto* const call = next<int(const char*, Status*)>(name);
    return fails(is_below(path), Kind::kReads) ? -1 : call(path, found);
}

template <class Status>
int status_of_file(const char* name, int file, Status* found)
{
    auto* const call = next<int(int, Status*)>(name);
    return fails(is_watched(file), Kind::kReads) ? -1 : call(file, found);
}

template <class Status>
int status_at(const char* name, int folder, const char* path, Status* found, int flags)
{
    auto* const call = next<int(int, const char*, Status*, int)>(name);
    return fails(is_below(folder, path), Kind::kReads) ? -1 : call(folder, path, found, flags);
}

template <class Entry>
Entry* read_entry(const char* name, DIR* folder)
{
    auto* const call = next<Entry*(DIR*)>(name);
    return fails(is_watched(dirfd(folder)), Kind::kReads) ? nullptr : call(folder);
}

mode_t mode_of(int flags, va_list arguments)
{
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_watched(path, flags, mode);
}

int open64(const char* path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_watched(path, flags, mode);
}

int close(int file)
{
    static auto* const call = next<int(int)>("close");
    watch(file, false);
    return call(file);
}

ssize_t read(int file, void* bytes, size_t count)
{
    static auto* const call = next<ssize_t(int, void*, size_t)>("read");
    return fails(is_watched(file), Kind::kReads) ? -1 : call(file, bytes, count);
}

ssize_t write(int file, const void* bytes, size_t count)
{
    static auto* const call = next<ssize_t(int, const void*, size_t)>("write");
    return fails(is_watched(file), Kind::kWrites) ? -1 : call(file, bytes, count);
}

ssize_t pread(int file, void* bytes, size_t count, off_t offset)
{
    static auto* const call = next<ssize_t(int, void*, size_t, off_t)>("pread");
    return fails(is_watched(file), Kind::kReads) ? -1 : call(file, bytes, count, offset);
}

ssize_t pread64(int file, void* bytes, size_t count, off64_t offset)
{
    return pread(file, bytes, count, offset);
}

ssize_t preadv2(int file, const iovec* pieces, int count, off_t offset, int flags)
{
    static auto* const call = next<ssize_t(int, const iovec*, int, off_t, int)>("preadv2");
    return fails(is_watched(file), Kind::kReads) ? -1 : call(file, pieces, count, offset, flags);
}

ssize_t preadv64v2(int file, const iovec* pieces, int count, off64_t offset, int flags)
{
    return preadv2(file, pieces, count, offset, flags);
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset)
{
    static auto* const call = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
    return fails(is_watched(file), Kind::kWrites) ? -1 : call(file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset)
{
    return pwrite(file, bytes, count, offset);
}

ssize_t copy_file_range(int from, off64_t* from_offset, int file, off64_t* offset, size_t count,
                        unsigned flags)
{
    static auto* const call =
        next<ssize_t(int, off64_t*, int, off64_t*, size_t, unsigned)>("copy_file_range");
    return fails(is_watched(file), Kind::kWrites)
               ? -1
               : call(from, from_offset, file, offset, count, flags);
}

int fsync(int file)
{
    static auto* const call = next<int(int)>("fsync");
    return fails(is_watched(file), Kind::kWrites) ? -1 : call(file);
}

int sync_file_range(int file, off64_t offset, off64_t length, unsigned flags)
{
    static auto* const call = next<int(int, off64_t, off64_t, unsigned)>("sync_file_range");
    return fails(is_watched(file), Kind::kWrites) ? -1 : call(file, offset, length, flags);
}

int fdatasync(int file)
{
    static auto* const call = next<int(int)>("fdatasync");
    return fails(is_watched(file), Kind::kWrites) ? -1 : call(file);
}

int ftruncate(int file, off_t length) noexcept
{
    static auto* const call = next<int(int, off_t)>("ftruncate");
    return fails(is_watched(file), Kind::kWrites) ? -1 : call(file, length);
}

int ftruncate64(int file, off64_t length) noexcept
{
    return ftruncate(file, length);
}

int fallocate(int file, int mode, off_t offset, off_t length)
{
    static auto* const call = next<int(int, int, off_t, off_t)>("fallocate");
    return fails(is_watched(file), Kind::kWrites) ? -1 : call(file, mode, offset, length);
}

int posix_fallocate(int file, off_t offset, off_t length)
{
    static auto* const call = next<int(int, off_t, off_t)>("posix_fallocate");
    return fails(is_watched(file), Kind::kWrites) ? errno : call(file, offset, length);
}

int rename(const char* from, const char* to) noexcept
{
    static auto* const call = next<int(const char*, const char*)>("rename");
    return fails(is_below(from), Kind::kWrites) ? -1 : call(from, to);
}

int unlink(const char* path) noexcept
{
    static auto* const call = next<int(const char*)>("unlink");
    return fails(is_below(path), Kind::kWrites) ? -1 : call(path);
}

int mkdir(const char* path, mode_t mode) noexcept
{
    static auto* const call = next<int(const char*, mode_t)>("mkdir");
    return fails(is_below(path), Kind::kWrites) ? -1 : call(path, mode);
}

int openat(int folder, const char* path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_watched_at(folder, path, flags, mode);
}

int openat64(int folder, const char* path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_watched_at(folder, path, flags, mode);
}

FILE* fopen(const char* path, const char* mode)
{
    return open_stream("fopen", path, mode);
}

FILE* fopen64(const char* path, const char* mode)
{
    return open_stream("fopen64", path, mode);
}

int fclose(FILE* stream)
{
    static auto* const call = next<int(FILE*)>("fclose");
    watch(fileno(stream), false);
    return call(stream);
}

DIR* opendir(const char* path)
{
    static auto* const call = next<DIR*(const char*)>("opendir");
    if (fails(is_below(path), Kind::kReads)) {
        return nullptr;
    }
    DIR* const folder = call(path);
    if (folder != nullptr) {
        watch(dirfd(folder), is_below(path));
    }
    return folder;
}

struct dirent* readdir(DIR* folder)
{
    return read_entry<struct dirent>("readdir", folder);
}

struct dirent64* readdir64(DIR* folder)
{
    return read_entry<struct dirent64>("readdir64", folder);
}

int closedir(DIR* folder)
{
    static auto* const call = next<int(DIR*)>("closedir");
    watch(dirfd(folder), false);
    return call(folder);
}

int stat(const char* path, struct stat* found) noexcept
{
    return status_by_path("stat", path, found);
}

int stat64(const char* path, struct stat64* found) noexcept
{
    return status_by_path("stat64", path, found);
}

int lstat(const char* path, struct stat* found) noexcept
{
    return status_by_path("lstat", path, found);
}

int lstat64(const char* path, struct stat64* found) noexcept
{
    return status_by_path("lstat64", path, found);
}

int fstat(int file, struct stat* found) noexcept
{
    return status_of_file("fstat", file, found);
}

int fstat64(int file, struct stat64* found) noexcept
{
    return status_of_file("fstat64", file, found);
}

int fstatat(int folder, const char* path, struct stat* found, int flags) noexcept
{
    return status_at("fstatat", folder, path, found, flags);
}

int fstatat64(int folder, const char* path, struct stat64* found, int flags) noexcept
{
    return status_at("fstatat64", folder, path, found, flags);
}

int access(const char* path, int mode) noexcept
{
    static auto* const call = next<int(const char*, int)>("access");
    return fails(is_below(path), Kind::kReads) ? -1 : call(path, mode);
}

int unlinkat(int folder, const char* path, int flags) noexcept
{
    static auto* const call = next<int(int, const char*, int)>("unlinkat");
    return fails(is_below(folder, path), Kind::kWrites) ? -1 : call(folder, path, flags);
}

int rmdir(const char* path) noexcept
{
    static auto* const call = next<int(const char*)>("rmdir");
    return fails(is_below(path), Kind::kWrites) ? -1 : call(path);
}

}  // extern "C"
