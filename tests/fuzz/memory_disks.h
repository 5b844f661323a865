#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "storage/blocks/block_store.h"
#include "storage/nbd/export.h"
#include "tests/storage/files/memory_file_system.h"

namespace amilab::fuzz {

/// A volume and a snapshot, both small and in memory, as exports "vol" and "snap". The snapshot
/// is the volume as it was in the beginning: block 0 holds ones, all else zeros.
class MemoryDisks final : public nbd::Exports {
public:
    static constexpr std::uint64_t kSize = 3 * kBlockSize + kSectorSize;

    MemoryDisks();

    std::variant<nbd::ExportInfo, Refusal> find(std::string_view name) override;
    std::variant<std::shared_ptr<nbd::Export>, Refusal> open(
        const std::string& name, std::function<void()> disconnect) override;
    std::vector<std::string> list(std::string_view after) override;

private:
    MemoryFileSystem files_;
    BlockStore store_;
    std::vector<LayerId> chain_;
};

}  // namespace amilab::fuzz
