#include <cstdint>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/complaints.h"
#include "server/cli/interruption.h"
#include "server/cli/local_server.h"
#include "server/cli/new_file.h"
#include "server/cli/progress.h"
#include "server/cli/standard_output.h"
#include "storage/state/save_format.h"

namespace amilab::cli {

int save(const SaveOptions& options)
{
    watch_for_interruption();
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
        target.client().download("/_amilab/save", {}, "application/x-amilab-save", take);
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
