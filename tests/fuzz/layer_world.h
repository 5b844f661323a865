#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "storage/blocks/block_store.h"
#include "storage/blocks/layer_check.h"
#include "storage/blocks/layer_format.h"
#include "tests/fuzz/input_reader.h"
#include "tests/storage/files/memory_file_system.h"

namespace amilab::fuzz {

/// The files of a chain of three layers in two segments, as a store left them, with what an input
/// does to them. The upper sealed layer has an index; the top has been written after its last
/// flush. Every sector ever written holds one small number, again and again.
class LayerWorld {
public:
    static constexpr std::uint64_t kSize = kSegmentSize + 2 * kBlockSize;
    static constexpr LayerId kBottom{1};
    static constexpr LayerId kSealed{2};
    static constexpr LayerId kTop{3};
    /// Blocks of which at least one layer has something.
    static constexpr std::array<std::uint64_t, 6> kBlocks = {
        0, 1, 2, 3, kBlocksPerSegment, kBlocksPerSegment + 1};

    /// Writes the files and damages those of these kinds as the input says: first a byte of flags
    /// (1: the machine has been started anew, 2: checksums are made right again), then changes,
    /// each as `apply` reads them.
    LayerWorld(InputReader input, const std::set<FileKind>& damaged);

    bool is_mended() const { return is_mended_; }
    std::unique_ptr<BlockStore> open_store();
    std::shared_ptr<LayerFiles> open_files();
    LayerFindings check();
    MemoryFileSystem& files() { return files_; }

    std::vector<LayerId> sealed_chain() const { return {kSealed, kBottom}; }
    std::vector<LayerId> chain() const { return {kTop, kSealed, kBottom}; }

private:
    void apply(InputReader& input, const FileKey& key, const std::vector<FileKey>& keys);
    void mend(const FileKey& key);

    MemoryFileSystem files_;
    std::string boot_id_;
    bool is_mended_;
};

/// Calls, and lets it be refused as damaged files are. Whether it was not.
bool is_done(const std::function<void()>& call);

/// Whether each sector holds one of the world's numbers.
bool is_plausible(const std::vector<std::byte>& bytes);

}  // namespace amilab::fuzz
