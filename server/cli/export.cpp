#include <fcntl.h>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/complaints.h"
#include "server/cli/descriptor.h"
#include "server/cli/disk_formats.h"
#include "server/cli/extents_reader.h"
#include "server/cli/interruption.h"
#include "server/cli/local_server.h"
#include "server/cli/new_file.h"
#include "server/cli/progress.h"
#include "server/cli/scratch.h"
#include "server/cli/standard_output.h"
#include "server/control/extents_stream.h"
#include "server/control/paths.h"

namespace amilab::cli {

namespace {

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
        ExtentsReader reader([&](std::uint64_t offset, std::span<const std::byte> bytes) {
            file.write_at(offset, bytes);
            progress.at(offset + bytes.size());
        });
        source.client.download(source.path, source.parameters, control::kExtentsType,
                               [&](std::span<const std::byte> bytes) { reader.take(bytes); });
        size_bytes = reader.size_bytes();
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
    read_rest(file.number(), name, write_output);
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
    const Source source{target.client(), std::string(kExportPath) + options.id,
                        parameters_of(options.place)};
    std::uint64_t size_bytes = 0;
    if (format != DiskFormat::kRaw) {
        size_bytes = write_image(source, format, options.file);
    } else if (options.file == "-") {
        source.client.download(source.path, source.parameters, "application/octet-stream",
                               write_output);
        return 0;
    } else {
        size_bytes = write_raw(source, options.file);
    }
    if (options.file != "-") {
        tell(fmt::format("{}: {} bytes", options.file, size_bytes));
    }
    return 0;
}

}  // namespace amilab::cli
