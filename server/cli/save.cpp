#include <fcntl.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/complaints.h"
#include "server/cli/descriptor.h"
#include "server/cli/interruption.h"
#include "server/cli/local_server.h"
#include "server/cli/new_file.h"
#include "server/cli/progress.h"
#include "server/cli/standard_output.h"
#include "server/control/paths.h"
#include "storage/state/save_format.h"

namespace amilab::cli {

namespace {

/// Refuses what has the name, unless it is an earlier save, which is what the name was given for
/// again, or empty, as mktemp makes it: by a slip nobody shall lose what is no save.
void require_no_other_file(const std::string& name)
{
    const Descriptor file(::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (file.number() < 0 && errno == ENOENT) {
        return;
    }
    if (file.number() < 0) {
        throw_errno("read", name);
    }
    std::array<std::byte, save_format::kMagic.size()> begin{};
    const auto count = read_some(file.number(), 0, begin, name);
    const std::string_view found(reinterpret_cast<const char*>(begin.data()), count);
    if (count > 0 && found != save_format::kMagic) {
        throw std::runtime_error(fmt::format(
            "{} is there and no save; give another name, or remove the file first", name));
    }
}

}  // namespace

int save(const SaveOptions& options)
{
    watch_for_interruption();
    if (options.file != "-") {
        require_no_other_file(real_name(options.file));
    }
    Target target(options.server, options.data, Target::Missing::kRefuse);
    std::optional<NewFile> file;
    if (options.file != "-") {
        // It has secrets, and disks of all accounts.
        file.emplace(options.file, NewFile::Readers::kOwner);
    }
    save_format::SaveReader reader("what the server sends");
    std::uint64_t size_bytes = 0;
    {
        Progress progress("saving", std::nullopt);
        const auto take = [&](std::span<const std::byte> bytes) {
            if (file) {
                file->write_at(size_bytes, bytes);
            } else {
                write_output(bytes);
            }
            size_bytes += bytes.size();
            progress.at(size_bytes);
            // What is in the file is what was sent, piece by piece.
            reader.take(bytes);
            while (reader.next()) {
            }
        };
        target.client().download(kSavePath, {}, "application/x-amilab-save", take);
        reader.require_end();
    }
    if (file) {
        file->sync();
        file->finish(size_bytes);
        tell(fmt::format("{}: {} bytes", options.file, size_bytes));
    }
    return 0;
}

}  // namespace amilab::cli
