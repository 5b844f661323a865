#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/blocks/layer.h"
#include "storage/blocks/layer_files.h"
#include "storage/blocks/word_file.h"

namespace amilab {

/// Checksums of a sealed layer's data, one for each block that is data, in a file beside them: they
/// tell bytes that the disk has changed since. Made in small steps, from what is on the disk.
/// One thread. Throws StorageError.
class ChecksumWriter {
public:
    ChecksumWriter(LayerFiles& files, std::shared_ptr<Layer> layer)
        : files_(files), layer_(std::move(layer))
    {
    }

    LayerId layer() const { return layer_->id(); }
    /// Reads at most `blocks`. False: all of them are in place.
    bool step(std::uint64_t blocks);

private:
    void add(std::uint64_t block);
    void go_to(std::optional<std::uint64_t> page);

    LayerFiles& files_;
    std::shared_ptr<Layer> layer_;
    std::uint64_t next_block_ = 0;
    std::unique_ptr<WordFileWriter> writer_;  // of the segment that page_ is in
    std::unique_ptr<Page> page_;
    std::optional<std::uint64_t> page_number_;  // over all segments
};

/// Compares a sealed layer's data with their checksums, where there are any, in small steps; what
/// is merged into meanwhile gives nonsense. Between two steps it has nothing of the layer open, so
/// that one that is deleted gives its space back at once. One thread.
class DataCheck {
public:
    /// `open` gives the layer; one that is gone is as good as empty.
    DataCheck(LayerFiles& files, LayerId layer, std::function<std::shared_ptr<Layer>()> open)
        : files_(files), layer_(layer), open_(std::move(open))
    {
    }

    LayerId layer() const { return layer_; }
    /// Reads at most `blocks`; those that are not what they were, counted from the layer's start,
    /// come behind `wrong`. False: all have been looked at. Throws StorageError (EBADMSG) when the
    /// checksums themselves are damaged.
    bool step(std::uint64_t blocks, std::vector<std::uint64_t>& wrong);
    /// How many blocks had a checksum.
    std::uint64_t compared() const { return compared_; }

private:
    /// Nothing: nobody knows.
    std::optional<std::uint32_t> checksum_of(std::uint64_t block);

    LayerFiles& files_;
    const LayerId layer_;
    const std::function<std::shared_ptr<Layer>()> open_;
    std::uint64_t next_block_ = 0;
    std::uint64_t compared_ = 0;
    std::shared_ptr<Page> page_;
    std::optional<std::uint64_t> page_number_;
};

/// Says where these blocks of a layer are, and that they are not what was written.
std::string words_for_changed(const LayerFiles& files, LayerId layer,
                              const std::vector<std::uint64_t>& blocks);

/// Whether a segment with data has no checksums.
bool lacks_checksums(LayerFiles& files, Layer& layer);

/// Verifies the checksums themselves. EBADMSG when they are damaged.
void require_whole_checksums(LayerFiles& files, const FileKey& key);

/// Removes a layer's checksums for good: on return not even power loss brings them back. For a
/// layer that is about to change.
void remove_checksums(LayerFiles& files, LayerId layer);

}  // namespace amilab
