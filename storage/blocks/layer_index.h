#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "storage/blocks/layer_files.h"
#include "storage/blocks/layer_format.h"
#include "storage/blocks/page_cache.h"

namespace amilab {

class LayerStack;

/// The resolved index of one segment: which layer of a sealed chain each block belongs to, so that
/// a look-up need not ask every map below. Made from the maps, and can be made again at any time.
/// Its table names the chain's layers as they were, bottom first; some may have been merged since
/// (docs/formats.md says why it stays true). Safe from any thread. Throws StorageError: EBADMSG
/// (damaged), ENOTSUP (of a newer amilab).
class LayerIndex {
public:
    /// Null when there is none.
    static std::shared_ptr<LayerIndex> open(LayerFiles& files, LayerId layer,
                                            std::uint32_t segment);

    const std::vector<LayerId>& layers() const { return header_.layers; }
    /// Whether any layer has anything in a segment; only the index of segment 0 says it of others.
    bool has_segment(std::uint32_t segment) const
    {
        return (header_.segments >> segment & 1U) != 0;
    }

    /// How many owners a page has.
    static constexpr std::uint64_t kOwnersPerPage = Page::kWords;
    /// The words of 1,024 blocks: 0 for nobody's, else as Owner's with places in layers().
    /// PageCache::zero_page() when they are nobody's. ESTALE: it has been removed, or made anew.
    std::shared_ptr<const Page> page(std::uint64_t number);

private:
    LayerIndex(LayerFiles& files, FileKey key, IndexHeader header);

    void note_pages(File& file);

    LayerFiles& files_;
    FileKey key_;
    IndexHeader header_;
    std::array<std::byte, kSectorSize> first_sector_;  // tells this file from one made anew
    std::uint64_t cache_owner_;
    // Most pages of an index are nobody's, and all of them are asked when a disk is walked.
    std::bitset<kIndexPagesPerSegment> has_page_;
};

/// Writes the indexes of a sealed chain, all its segments, beside its topmost layer. Returns false
/// when `go_on` did, which is asked now and then; there is no index then, or the former one.
bool write_index(LayerFiles& files, const LayerStack& stack, const std::function<bool()>& go_on);

/// Removes a layer's indexes for good: on return not even power loss brings them back.
void remove_index(LayerFiles& files, LayerId layer);

}  // namespace amilab
