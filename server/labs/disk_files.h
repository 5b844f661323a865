#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/labs/disk.h"

namespace amilab::labs {

/// The files of one disk, in whatever file systems it has.
class DiskFiles {
public:
    DiskFiles() = default;
    virtual ~DiskFiles() = default;
    DiskFiles(const DiskFiles&) = delete;
    DiskFiles& operator=(const DiskFiles&) = delete;

    /// What the files of that path hold, one for each file system that has one; of a folder
    /// nothing, of a link what it leads to. Throws LookFault.
    virtual std::vector<std::string> read_files(const std::string& path) const = 0;
    /// Whether the text stands in blocks that belong to no file. Throws LookFault.
    virtual bool free_blocks_have(std::string_view text) const = 0;
};

/// Looks what is on a disk, which outlives the answer. Throws LookFault for a disk without a file
/// system that is known.
using OpenFiles = std::function<std::unique_ptr<DiskFiles>(const LabDisk& disk)>;

// What e2fsprogs's programs print, in English.

/// Blocks that no file has: the first and the last of each run.
struct FreeBlocks {
    std::uint64_t block_bytes = 0;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> runs = {};
};
/// Of what `dumpe2fs` prints; nothing when it is not that. It prints the size of a block too, but a
/// label as it is before that, which may say another.
std::optional<FreeBlocks> parse_free_blocks(std::string_view printed, std::uint64_t block_bytes);

/// Whether a text stands in these runs of a disk's part, across the borders of blocks that stand
/// beside one another.
bool runs_have(const LabDisk& disk, std::uint64_t offset, const FreeBlocks& blocks,
               std::string_view text);

struct FileFacts {
    enum class Kind : std::uint8_t { kRegular, kLink, kOther };
    Kind kind = Kind::kOther;
    std::uint64_t size_bytes = 0;
    /// Of a short link; a longer one is its content.
    std::string target = {};
};
/// Of what debugfs's `stat` prints; nothing when it is not that.
std::optional<FileFacts> parse_file_facts(std::string_view printed);

/// What debugfs or dumpe2fs complains of, less what they always say; empty when it is that no such
/// file is there.
std::string fault_in(std::string_view errors);

/// The path that a link at `path` leads to.
std::string link_target(std::string_view path, std::string_view target);

}  // namespace amilab::labs
