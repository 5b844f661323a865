#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/control_client.h"
#include "server/cli/progress.h"
#include "server/control/transfer.h"

namespace amilab::cli {

namespace {

[[noreturn]] void throw_errno(std::string_view what, const std::string& file)
{
    throw std::runtime_error(fmt::format("cannot {} {}: {}", what, file, std::strerror(errno)));
}

/// A file that is there under its name only when it is whole.
class NewFile {
public:
    explicit NewFile(const std::string& name)
        : name_(real_name(name)),
          partial_(name_ + ".partial"),
          file_(open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644))
    {
        if (file_ < 0) {
            throw_errno("create", partial_);
        }
    }
    ~NewFile()
    {
        if (file_ >= 0) {
            close(file_);
            unlink(partial_.c_str());
        }
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    void write_at(std::uint64_t offset, std::span<const std::byte> bytes)
    {
        while (!bytes.empty()) {
            const auto count =
                pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count < 0) {
                throw_errno("write", partial_);
            }
            offset += static_cast<std::uint64_t>(count);
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
    }

    void finish(std::uint64_t size_bytes)
    {
        if (ftruncate(file_, static_cast<off_t>(size_bytes)) != 0) {
            throw_errno("write", partial_);
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

private:
    /// Where a link leads to. A rename must not put a file in the place of a device or a pipe.
    static std::string real_name(const std::string& name)
    {
        namespace fs = std::filesystem;
        const auto status = fs::status(name);
        if (fs::exists(status) && !fs::is_regular_file(status)) {
            throw std::runtime_error(
                fmt::format("{} is no regular file; - writes standard output", name));
        }
        return fs::weakly_canonical(name).string();
    }

    std::string name_;
    std::string partial_;
    int file_;
};

/// Takes the extents stream in pieces of any size.
class ExtentsParser {
public:
    ExtentsParser(NewFile& file, Progress& progress) : file_(file), progress_(progress) {}

    void take(std::span<const std::byte> bytes)
    {
        while (!bytes.empty()) {
            if (left_ > 0) {
                const auto part = bytes.first(std::min<std::uint64_t>(left_, bytes.size()));
                file_.write_at(offset_, part);
                offset_ += part.size();
                left_ -= part.size();
                progress_.at(offset_);
                bytes = bytes.subspan(part.size());
                continue;
            }
            const auto part = bytes.first(std::min(header_.size() - header_size_, bytes.size()));
            std::memcpy(header_.data() + header_size_, part.data(), part.size());
            header_size_ += part.size();
            bytes = bytes.subspan(part.size());
            if (header_size_ == header_.size()) {
                std::memcpy(&offset_, header_.data(), sizeof offset_);
                std::memcpy(&left_, header_.data() + sizeof offset_, sizeof left_);
                header_size_ = 0;
                is_done_ = left_ == 0;
            }
        }
    }

    /// The disk's size. Throws when the last frame has not come.
    std::uint64_t size_bytes() const
    {
        if (!is_done_) {
            throw std::runtime_error("the server's answer ends too early");
        }
        return offset_;
    }

private:
    NewFile& file_;
    Progress& progress_;
    std::array<std::byte, 16> header_{};
    std::size_t header_size_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t left_ = 0;
    bool is_done_ = false;
};

void write_stdout(std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const auto count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            throw_errno("write", "standard output");
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

}  // namespace

int export_disk(const ExportOptions& options)
{
    ControlClient client(options.endpoint);
    const auto path = "/_amilab/export/" + options.id;
    const ControlClient::Parameters parameters = {{"account", options.account},
                                                  {"region", options.region}};
    if (options.file == "-") {
        client.download(path, parameters, "application/octet-stream", write_stdout);
        return 0;
    }
    NewFile file(options.file);
    std::uint64_t size_bytes = 0;
    {
        Progress progress("exporting", std::nullopt);
        ExtentsParser parser(file, progress);
        client.download(path, parameters, control::kExtentsType,
                        [&](std::span<const std::byte> bytes) { parser.take(bytes); });
        size_bytes = parser.size_bytes();
    }
    file.finish(size_bytes);
    fmt::print(stderr, "{}: {} bytes\n", options.file, size_bytes);
    return 0;
}

}  // namespace amilab::cli
