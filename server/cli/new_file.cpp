#include "server/cli/new_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include "server/cli/descriptor.h"

namespace amilab::cli {

namespace {

mode_t mode_of(NewFile::Readers readers)
{
    return readers == NewFile::Readers::kAll ? 0644 : 0600;
}

/// By which a file without a name gets one.
std::string link_of(int file)
{
    return fmt::format("/proc/self/fd/{}", file);
}

}  // namespace

std::string real_name(const std::string& name)
{
    namespace fs = std::filesystem;
    std::error_code error;
    const auto status = fs::status(name, error);
    if (status.type() == fs::file_type::none) {
        errno = error.value();
        throw_errno("write", name);
    }
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        throw std::runtime_error(
            fmt::format("{} is no regular file; - writes standard output", name));
    }
    if (!fs::exists(status) && fs::is_symlink(name)) {
        return real_name((fs::path(name).parent_path() / fs::read_symlink(name)).string());
    }
    return fs::weakly_canonical(name).string();
}

NewFile::NewFile(const std::string& name, Readers readers)
    : name_(real_name(name)), partial_(name_ + ".partial")
{
    const auto mode = mode_of(readers);
    open_without_name(mode);
    if (file_ >= 0) {
        return;
    }
    removed_.emplace(partial_);
    has_name_ = true;
    unlink(partial_.c_str());  // of another program, perhaps, with a mode of its own
    file_ = open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (file_ < 0) {
        throw_errno("create", partial_);
    }
}

void NewFile::open_without_name(mode_t mode)
{
    const auto folder = std::filesystem::path(name_).parent_path().string();
    file_ = open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    if (file_ >= 0 && access(link_of(file_).c_str(), F_OK) != 0) {
        close(file_);  // in a root without /proc it could not get a name
        file_ = -1;
    }
}

NewFile::~NewFile()
{
    if (file_ >= 0) {
        close(file_);
        if (has_name_) {
            unlink(partial_.c_str());
        }
    }
}

void NewFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes)
{
    write_all(file_, offset, bytes, name_);
}

void NewFile::sync()
{
    if (fdatasync(file_) != 0) {
        throw_errno("write", name_);
    }
}

void NewFile::finish(std::uint64_t size_bytes)
{
    if (ftruncate(file_, static_cast<off_t>(size_bytes)) != 0) {
        throw_errno("write", name_);
    }
    if (!has_name_) {
        unlink(partial_.c_str());  // of another program, perhaps of an earlier version
        if (linkat(AT_FDCWD, link_of(file_).c_str(), AT_FDCWD, partial_.c_str(),
                   AT_SYMLINK_FOLLOW) != 0) {
            throw_errno("create", partial_);
        }
        has_name_ = true;
    }
    const int result = close(file_);
    file_ = -1;
    if (result != 0 || rename(partial_.c_str(), name_.c_str()) != 0) {
        const int error = errno;
        unlink(partial_.c_str());
        errno = error;
        throw_errno("write", name_);
    }
}

}  // namespace amilab::cli
