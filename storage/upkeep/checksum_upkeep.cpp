#include "storage/upkeep/checksum_upkeep.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "storage/base/storage_error.h"
#include "storage/blocks/block_store.h"
#include "storage/blocks/data_checksums.h"
#include "storage/metadata/layers/layer_record_rows.h"
#include "storage/metadata/layers/layer_report_rows.h"
#include "storage/metadata/sql/connections.h"

namespace amilab {
namespace {

/// 1 MiB: what is waiting behind it, a sync or a removal, comes soon enough.
constexpr std::uint64_t kSummedPerStep = 16;
/// Called once a second, so that it goes through 28 GiB an hour.
constexpr std::uint64_t kBlocksPerScrub = 128;
constexpr std::chrono::hours kBetweenPasses{24};

}  // namespace

ChecksumUpkeep::ChecksumUpkeep(Connections& connections, BlockStore& blocks)
    : connections_(connections), blocks_(blocks)
{
}

ChecksumUpkeep::~ChecksumUpkeep() = default;

void ChecksumUpkeep::begin(LayerId layer)
{
    if (is_on_disk(layer)) {
        writer_ = blocks_.write_checksums(layer);
    }
}

bool ChecksumUpkeep::is_on_disk(LayerId layer)
{
    auto reader = connections_.reader();
    return is_layer_on_disk(reader.db(), layer);
}

void ChecksumUpkeep::go_on()
{
    // Dropped when it fails: the next start finds the layer again. Dropped when the layer has been
    // deleted: its files stay until nobody has it open.
    auto writer = std::move(writer_);
    if (is_on_disk(writer->layer()) && writer->step(kSummedPerStep)) {
        writer_ = std::move(writer);
    }
}

void ChecksumUpkeep::scrub()
{
    if (!check_ && !take_next()) {
        return;
    }
    // Dropped when it fails: the next step goes on with another layer.
    auto check = std::move(check_);
    const auto layer = check->layer();
    DataDifferences found;
    try {
        if (check->step(kBlocksPerScrub, found)) {
            check_ = std::move(check);
        }
    } catch (const StorageError& error) {
        found.errors.insert(error.what());  // told beside what was found before
    }
    if (found.any()) {
        tell(layer, found);
    }
}

void ChecksumUpkeep::tell(LayerId layer, const DataDifferences& found)
{
    std::vector<std::string> words;
    if (!found.confirmed.empty()) {
        auto reader = connections_.reader();
        words.push_back(fmt::format("{}; it is read by {}",
                                    blocks_.words_for_changed(found.confirmed),
                                    fmt::join(select_disks_above(reader.db(), layer), ", ")));
    }
    if (!found.passing.empty()) {
        words.push_back(blocks_.words_for_passing(found.passing));
    }
    words.insert(words.end(), found.errors.begin(), found.errors.end());
    throw std::runtime_error(fmt::format("{}", fmt::join(words, "; ")));
}

bool ChecksumUpkeep::take_next()
{
    const auto now = std::chrono::steady_clock::now();
    if (to_check_.empty() && now >= next_pass_) {
        next_pass_ = now + kBetweenPasses;
        auto reader = connections_.reader();
        to_check_ = select_layers_on_disk(reader.db());
    }
    if (to_check_.empty()) {
        return false;
    }
    const auto layer = to_check_.back();
    to_check_.pop_back();  // one that cannot be looked at is not tried again at once
    check_ = blocks_.check_data(layer);
    return true;
}

void ChecksumUpkeep::leave(LayerId layer)
{
    if (check_ && check_->layer() == layer) {
        check_.reset();
        to_check_.insert(to_check_.begin(), layer);  // the last of the pass
    }
}

void ChecksumUpkeep::stop()
{
    writer_.reset();
    check_.reset();
}

}  // namespace amilab
