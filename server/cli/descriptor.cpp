#include "server/cli/descriptor.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

namespace amilab::cli {

void open_closed_standard_descriptors()
{
    const std::string path = "/dev/null";
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(number, F_GETFD) >= 0 || errno != EBADF) {
            continue;
        }
        // The lowest number that is free, as those below it are taken. Not to be written to: output
        // that goes nowhere must not look like one that somebody reads.
        if (::open(path.c_str(), O_RDONLY) != number) {
            throw_errno("open", path);
        }
    }
}

Descriptor::~Descriptor()
{
    if (number_ > STDERR_FILENO) {
        close(number_);
    }
}

std::size_t read_some(int file, std::optional<std::uint64_t> offset, std::span<std::byte> out,
                      const std::string& name)
{
    std::size_t got = 0;
    while (got < out.size()) {
        const auto count = offset ? pread(file, out.data() + got, out.size() - got,
                                          static_cast<off_t>(*offset + got))
                                  : ::read(file, out.data() + got, out.size() - got);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            throw_errno("read", name);
        }
        if (count == 0) {
            break;
        }
        got += static_cast<std::size_t>(count);
    }
    return got;
}

void write_all(int file, std::optional<std::uint64_t> offset, std::span<const std::byte> bytes,
               const std::string& name)
{
    if (const int error = error_of_writing(file, offset, bytes); error != 0) {
        errno = error;
        throw_errno("write", name);
    }
}

int error_of_writing(int file, std::optional<std::uint64_t> offset,
                     std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const auto count =
            offset ? pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(*offset))
                   : ::write(file, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return errno;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        if (offset) {
            *offset += static_cast<std::uint64_t>(count);
        }
    }
    return 0;
}

void read_rest(int from, const std::string& name,
               const std::function<void(std::span<const std::byte>)>& take)
{
    std::vector<std::byte> chunk(std::size_t{1} << 20U);
    while (const auto got = read_some(from, std::nullopt, chunk, name)) {
        take(std::span(chunk).first(got));
    }
}

void throw_errno(std::string_view what, const std::string& file)
{
    throw std::runtime_error(fmt::format("cannot {} {}: {}", what, file, std::strerror(errno)));
}

}  // namespace amilab::cli
