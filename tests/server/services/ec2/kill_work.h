#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "storage/blocks/layer_format.h"

namespace amilab::test {

/// Sectors of the volume that block device clients write, and of an upload.
inline constexpr std::uint64_t kDiskSectors = 8 * (kBlockSize / kSectorSize);
inline constexpr std::uint64_t kUploadBlocks = 2;
inline constexpr std::uint64_t kSectorsPerUploadBlock = 1024;

/// Who works in the process that is killed, all at once.
enum class Worker : std::uint32_t { kFirstClient, kSecondClient, kUploader, kCaller };
inline constexpr std::size_t kWorkers = 4;

/// What a worker tells before and after each thing it does.
struct Report {
    enum class Kind : std::uint32_t {
        kWrite,           // first, count, version; version 0: zeros
        kFlush,           //
        kCreateSnapshot,  // id
        kDeleteSnapshot,  // id
        kCreateVolume,    // id, of the snapshot `from`
        kDeleteVolume,    // id
        kTag,             // version
        kStart,           // id, on the snapshot `from` if there is one
        kPut,             // id, first: the block, version
        kComplete,        // id, count: blocks
    };
    Kind kind = Kind::kWrite;
    Worker worker = Worker::kFirstClient;
    std::uint64_t is_done = 0;
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    std::uint64_t version = 0;
    std::array<char, 32> id_text{};
    std::array<char, 32> from_text{};

    std::string id() const { return id_text.data(); }
    std::string from() const { return from_text.data(); }
    void set_id(const std::string& text) { std::memcpy(id_text.data(), text.data(), text.size()); }
    void set_from(const std::string& text)
    {
        std::memcpy(from_text.data(), text.data(), text.size());
    }
};

/// What a new process goes on with.
struct WorkPlan {
    std::string path;
    /// For the block devices.
    std::string socket_path;
    std::uint64_t seed = 0;
    std::uint64_t last_version = 0;
    std::string volume;
    std::vector<std::string> snapshots;
    std::vector<std::string> volumes;
    std::vector<std::string> completed_uploads;
    /// An upload that is open, and which blocks it has.
    std::string upload;
    std::vector<std::uint64_t> upload_blocks;
};

/// Serves the data directory and writes to it by every door until it is killed, telling `pipe` of
/// each step. Any error ends the process otherwise, which the test sees.
[[noreturn]] void work_until_killed(const WorkPlan& plan, int pipe) noexcept;

/// The bytes of an upload's block.
std::string upload_block(std::uint64_t block, std::uint64_t version);

}  // namespace amilab::test
