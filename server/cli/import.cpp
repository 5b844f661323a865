#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/cli/answers.h"
#include "server/cli/commands.h"
#include "server/cli/complaints.h"
#include "server/cli/descriptor.h"
#include "server/cli/disk_formats.h"
#include "server/cli/interruption.h"
#include "server/cli/local_server.h"
#include "server/cli/progress.h"
#include "server/cli/scratch.h"
#include "server/control/extents_stream.h"
#include "server/control/paths.h"
#include "storage/base/zeros.h"
#include "storage/blocks/layer_id.h"

namespace amilab::cli {

namespace {

constexpr std::size_t kChunkBytes = 1 << 20;

void send_frame(const ControlClient::Sink& sink, std::uint64_t offset,
                std::span<const std::byte> bytes)
{
    sink(control::frame_header({offset, bytes.size()}));
    if (!bytes.empty()) {
        sink(bytes);
    }
}

/// Sends the blocks of `bytes` that are not zero; a run of them is one frame.
void send_nonzero(const ControlClient::Sink& sink, std::uint64_t offset,
                  std::span<const std::byte> bytes)
{
    std::size_t begin = 0;
    while (begin < bytes.size()) {
        const auto block = std::min<std::size_t>(kBlockSize, bytes.size() - begin);
        if (is_zero(bytes.subspan(begin, block))) {
            begin += block;
            continue;
        }
        std::size_t end = begin + block;
        while (end < bytes.size()) {
            const auto next = std::min<std::size_t>(kBlockSize, bytes.size() - end);
            if (is_zero(bytes.subspan(end, next))) {
                break;
            }
            end += next;
        }
        send_frame(sink, offset + begin, bytes.subspan(begin, end - begin));
        begin = end;
    }
}

/// The last sector is filled up with zeros: a disk has whole ones.
std::uint64_t round_up(std::uint64_t bytes)
{
    return (bytes + kSectorSize - 1) / kSectorSize * kSectorSize;
}

void send_disk(const ControlClient::Sink& sink, int file, std::optional<std::uint64_t> size_bytes,
               const std::string& name, Progress& progress)
{
    std::vector<std::byte> chunk(kChunkBytes);
    std::uint64_t offset = 0;
    for (;;) {
        if (size_bytes) {
            // Holes are skipped without being read, at the grain of blocks.
            const auto data = lseek(file, static_cast<off_t>(offset), SEEK_DATA);
            if (data < 0 && errno == ENXIO) {
                offset = *size_bytes;
                break;
            }
            if (data >= 0) {
                offset = static_cast<std::uint64_t>(data) / kBlockSize * kBlockSize;
            }
        }
        std::fill(chunk.begin(), chunk.end(), std::byte{0});
        const auto got =
            read_some(file, size_bytes ? std::optional(offset) : std::nullopt, chunk, name);
        if (got == 0) {
            break;
        }
        send_nonzero(sink, offset, std::span(chunk).first(round_up(got)));
        offset += got;
        progress.at(offset);
    }
    send_frame(sink, round_up(offset), {});
}

/// Standard input as a file: formats are read here and there.
void keep_stdin(const std::string& name)
{
    const Descriptor file(open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.number() < 0) {
        throw_errno("create", name);
    }
    read_rest(STDIN_FILENO, "standard input", [&](std::span<const std::byte> bytes) {
        write_all(file.number(), std::nullopt, bytes, name);
    });
}

/// The name of a file with the disk's raw bytes; what has to be made goes to `scratch`.
std::string raw_file_of(const ImportOptions& options, std::optional<Scratch>& scratch)
{
    if (options.from_dir) {
        scratch.emplace();
        make_ext4(*options.from_dir, options.size_gib, scratch->file("disk.raw"));
        return scratch->file("disk.raw");
    }
    const auto format = disk_format(options.format, options.file);
    if (format == DiskFormat::kRaw) {
        return options.file;
    }
    scratch.emplace();
    auto image = options.file;
    if (image == "-") {
        image = scratch->file("image");
        keep_stdin(image);
    }
    require_stands_alone(image, format);
    require_whole(image, format);
    convert_to_raw(image, format, scratch->file("disk.raw"));
    return scratch->file("disk.raw");
}

std::string upload(ControlClient& client, const ImportOptions& options, const std::string& name)
{
    const Descriptor file(name == "-" ? STDIN_FILENO : open(name.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() < 0) {
        throw_errno("open", name);
    }
    struct stat status = {};
    if (fstat(file.number(), &status) != 0) {
        throw_errno("look at", name);
    }
    std::optional<std::uint64_t> size_bytes;
    if (S_ISREG(status.st_mode)) {
        size_bytes = static_cast<std::uint64_t>(status.st_size);
    } else if (S_ISDIR(status.st_mode)) {
        throw std::runtime_error(fmt::format(
            "{} is a directory; expected a disk image, or --from-dir before a folder", name));
    }
    auto parameters = parameters_of(options.place);
    parameters.insert(parameters.end(), {{"name", options.name},
                                         {"description", options.description},
                                         {"architecture", options.architecture},
                                         {"boot-mode", options.boot_mode},
                                         {"root-device", options.root_device}});
    Progress progress("importing", size_bytes);
    return client.upload(kImportPath, parameters, control::kExtentsType,
                         [&](const ControlClient::Sink& sink) {
                             send_disk(sink, file.number(), size_bytes, name, progress);
                         });
}

}  // namespace

int import_disk(const ImportOptions& options)
{
    watch_for_interruption();
    std::optional<Scratch> scratch;
    const auto name = raw_file_of(options, scratch);
    Target target(options.server, options.data, Target::Missing::kCreate);
    const auto url = target.client().url();
    const auto said = upload(target.client(), options, name);
    target.close();
    read_answer(url, kImportPath, said, [](const boost::json::value& made) {
        const std::string_view image = made.at("image_id").as_string();
        require_of_amilab(image.starts_with("ami-"));
        tell(fmt::format("{}: {} GiB", std::string_view(made.at("snapshot_id").as_string()),
                         made.at("volume_size_gib").as_int64()));
        fmt::print("{}\n", image);
    });
    return 0;
}

}  // namespace amilab::cli
