#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
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

/// A block of data that did not read as its checksum says, and what a second look at both told,
/// from descriptors of its own and past all that this process keeps of either.
struct ChangedBlock {
    enum class Content : std::uint8_t { kBytes, kZeros, kHole };

    LayerId layer{};
    std::uint64_t block = 0;  ///< from the layer's start
    std::uint32_t expected = 0;
    std::uint32_t found = 0;
    /// The second look's; nothing: there is no such file any more, or it says nothing of the block.
    std::optional<std::uint32_t> expected_again{};
    std::optional<std::uint32_t> found_again{};
    Content content = Content::kBytes;
    std::uint64_t file_bytes = 0;
    /// How much later than its checksums the data file was changed; nothing: nobody knows.
    std::optional<std::chrono::nanoseconds> changed_after{};
    /// Layer::changes, before the first look and behind the second.
    std::uint64_t changes = 0;
    std::uint64_t changes_again = 0;

    /// Whether the second look found it changed as well, in a layer that was to stay as it is.
    bool is_confirmed() const
    {
        return expected_again && found_again && expected_again != found_again &&
               changes == changes_again;
    }
};

/// What a comparison found, of one layer.
struct DataDifferences {
    /// Not what was written.
    std::vector<ChangedBlock> confirmed{};
    /// Not what was written at first, and so again at the second look; or the layer changed
    /// meanwhile, or the second look failed.
    std::vector<ChangedBlock> passing{};
    /// What made looks fail: StorageError's words, each once.
    std::set<std::string> errors{};

    bool any() const { return !confirmed.empty() || !passing.empty() || !errors.empty(); }
};

/// Compares a sealed layer's data with their checksums, where there are any, in small steps, and
/// looks again at what differs; what is merged into meanwhile gives nonsense. Between two steps it
/// has nothing of the layer open, so that one that is deleted gives its space back at once. One
/// thread.
class DataCheck {
public:
    /// `open` gives the layer; one that is gone is as good as empty.
    DataCheck(LayerFiles& files, LayerId layer, std::function<std::shared_ptr<Layer>()> open)
        : files_(files), layer_(layer), open_(std::move(open))
    {
    }

    LayerId layer() const { return layer_; }
    /// Reads at most `blocks`; what differs comes behind `found`, also where this throws later.
    /// False: all have been looked at. Throws StorageError (EBADMSG) when the checksums themselves
    /// are damaged; what a second look throws is in `found`, and the blocks behind are compared.
    bool step(std::uint64_t blocks, DataDifferences& found);
    /// How many blocks had a checksum.
    std::uint64_t compared() const { return compared_; }

private:
    /// Nothing: nobody knows.
    std::optional<std::uint32_t> checksum_of(std::uint64_t block);
    void compare(Layer& layer, std::uint64_t block, DataDifferences& found);
    /// Throws StorageError; `changed` has what was found before.
    void look_again(ChangedBlock& changed);

    LayerFiles& files_;
    const LayerId layer_;
    const std::function<std::shared_ptr<Layer>()> open_;
    std::uint64_t next_block_ = 0;
    std::uint64_t compared_ = 0;
    std::shared_ptr<Page> page_;
    std::optional<std::uint64_t> page_number_;
};

/// Says in one line where confirmed differences are, and all that is known of them. There is one.
std::string words_for_changed(const LayerFiles& files, const std::vector<ChangedBlock>& blocks);
/// Says the same of differences that a second look did not confirm.
std::string words_for_passing(const LayerFiles& files, const std::vector<ChangedBlock>& blocks);

/// Whether a segment with data has no checksums.
bool lacks_checksums(LayerFiles& files, Layer& layer);

/// Verifies the checksums themselves. EBADMSG when they are damaged.
void require_whole_checksums(LayerFiles& files, const FileKey& key);

/// Removes a layer's checksums for good: on return not even power loss brings them back. For a
/// layer that is about to change.
void remove_checksums(LayerFiles& files, LayerId layer);

}  // namespace amilab
