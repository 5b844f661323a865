#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/descriptor.h"
#include "server/cli/disk_formats.h"
#include "server/cli/interruption.h"
#include "server/cli/local_server.h"
#include "server/cli/progress.h"
#include "server/cli/scratch.h"
#include "server/control/extents_stream.h"

namespace amilab::cli {

namespace {

/// Where a link leads to. A rename must not put a file in the place of a device or a pipe.
std::string real_name(const std::string& name)
{
    namespace fs = std::filesystem;
    const auto status = fs::status(name);
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        throw std::runtime_error(
            fmt::format("{} is no regular file; - writes standard output", name));
    }
    return fs::weakly_canonical(name).string();
}

/// A file that is there under its name only when it is whole.
class NewFile {
public:
    explicit NewFile(const std::string& name)
        : name_(real_name(name)),
          partial_(name_ + ".partial"),
          removed_(partial_),
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
        write_all(file_, offset, bytes, partial_);
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
    std::string name_;
    std::string partial_;
    RemovedWhenInterrupted removed_;
    int file_;
};

/// Takes the extents stream in pieces of any size.
class ExtentsParser {
public:
    ExtentsParser(NewFile& file, Progress& progress) : file_(file), progress_(progress) {}

    void take(std::span<const std::byte> bytes)
    {
        while (!bytes.empty()) {
            if (frame_.length > 0) {
                const auto part = bytes.first(std::min<std::uint64_t>(frame_.length, bytes.size()));
                file_.write_at(frame_.offset, part);
                frame_.offset += part.size();
                frame_.length -= part.size();
                progress_.at(frame_.offset);
                bytes = bytes.subspan(part.size());
                continue;
            }
            const auto part = bytes.first(std::min(header_.size() - header_size_, bytes.size()));
            std::memcpy(header_.data() + header_size_, part.data(), part.size());
            header_size_ += part.size();
            bytes = bytes.subspan(part.size());
            if (header_size_ == header_.size()) {
                frame_ = control::parse_frame(header_);
                header_size_ = 0;
                is_done_ = frame_.length == 0;
            }
        }
    }

    /// The disk's size. Throws when the last frame has not come.
    std::uint64_t size_bytes() const
    {
        if (!is_done_) {
            throw std::runtime_error("the server's answer ends too early");
        }
        return frame_.offset;
    }

private:
    NewFile& file_;
    Progress& progress_;
    control::FrameHeader header_{};
    std::size_t header_size_ = 0;
    control::ExtentFrame frame_;
    bool is_done_ = false;
};

constexpr const char* kStdout = "standard output";

void write_stdout(std::span<const std::byte> bytes)
{
    write_all(STDOUT_FILENO, std::nullopt, bytes, kStdout);
}

struct Source {
    ControlClient& client;
    std::string path;
    ControlClient::Parameters parameters;
};

/// Returns the disk's size in bytes.
std::uint64_t write_raw(const Source& source, const std::string& name)
{
    NewFile file(name);
    std::uint64_t size_bytes = 0;
    {
        Progress progress("exporting", std::nullopt);
        ExtentsParser parser(file, progress);
        source.client.download(source.path, source.parameters, control::kExtentsType,
                               [&](std::span<const std::byte> bytes) { parser.take(bytes); });
        size_bytes = parser.size_bytes();
    }
    file.finish(size_bytes);
    return size_bytes;
}

void copy_to_stdout(const std::string& name)
{
    const Descriptor file(open(name.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() < 0) {
        throw_errno("open", name);
    }
    copy_rest(file.number(), name, STDOUT_FILENO, kStdout);
}

/// By way of a raw file beside the image, which is there under its name only when it is whole.
std::uint64_t write_image(const Source& source, DiskFormat format, const std::string& name)
{
    const bool is_stdout = name == "-";
    const auto target = is_stdout ? std::string() : real_name(name);
    const Scratch scratch(is_stdout ? "" : std::filesystem::path(target).parent_path().string());
    const auto size_bytes = write_raw(source, scratch.file("disk.raw"));
    convert_from_raw(scratch.file("disk.raw"), format, scratch.file("image"));
    if (is_stdout) {
        copy_to_stdout(scratch.file("image"));
    } else if (rename(scratch.file("image").c_str(), target.c_str()) != 0) {
        throw_errno("write", target);
    }
    return size_bytes;
}

}  // namespace

int export_disk(const ExportOptions& options)
{
    watch_for_interruption();
    const auto format = disk_format(options.format, options.file);
    Target target(options.server, options.data, Target::Missing::kRefuse);
    const Source source{target.client(),
                        "/_amilab/export/" + options.id,
                        {{"account", options.account}, {"region", options.region}}};
    std::uint64_t size_bytes = 0;
    if (format != DiskFormat::kRaw) {
        size_bytes = write_image(source, format, options.file);
    } else if (options.file == "-") {
        source.client.download(source.path, source.parameters, "application/octet-stream",
                               write_stdout);
        return 0;
    } else {
        size_bytes = write_raw(source, options.file);
    }
    if (options.file != "-") {
        fmt::print(stderr, "{}: {} bytes\n", options.file, size_bytes);
    }
    return 0;
}

}  // namespace amilab::cli
