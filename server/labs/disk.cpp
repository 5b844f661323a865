#include "server/labs/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "server/labs/lab_error.h"

namespace amilab::labs {

namespace {

[[noreturn]] void fail(const char* what, const std::string& name)
{
    throw LookFault(fmt::format("cannot {} {}: {}", what, name, std::strerror(errno)));
}

}  // namespace

FileDisk::FileDisk(const std::string& name)
    : name_(name), file_(open(name.c_str(), O_RDONLY | O_CLOEXEC))
{
    struct stat status = {};
    if (file_ < 0 || fstat(file_, &status) != 0) {
        fail("open", name);
    }
    size_bytes_ = static_cast<std::uint64_t>(status.st_size);
}

FileDisk::~FileDisk()
{
    close(file_);
}

void FileDisk::read(std::uint64_t offset, std::span<std::byte> out) const
{
    while (!out.empty()) {
        const auto got = pread(file_, out.data(), out.size(), static_cast<off_t>(offset));
        if (got < 0 && errno != EINTR) {
            fail("read", name_);
        }
        if (got == 0) {
            std::fill(out.begin(), out.end(), std::byte{0});
            return;
        }
        const auto length = got < 0 ? 0 : static_cast<std::size_t>(got);
        offset += length;
        out = out.subspan(length);
    }
}

std::uint64_t FileDisk::data_from(std::uint64_t offset) const
{
    if (offset >= size_bytes_) {
        return size_bytes_;
    }
    const auto found = lseek(file_, static_cast<off_t>(offset), SEEK_DATA);
    if (found >= 0) {
        return static_cast<std::uint64_t>(found);
    }
    return errno == ENXIO ? size_bytes_ : offset;
}

}  // namespace amilab::labs
