#include "storage/blocks/layer_check.h"

#include <algorithm>
#include <memory>
#include <span>

#include <fmt/format.h>

#include "storage/base/storage_error.h"
#include "storage/blocks/data_checksums.h"
#include "storage/blocks/layer.h"
#include "storage/blocks/layer_stack.h"

namespace amilab {
namespace {

std::vector<std::byte> bytes_of(const LayerStack& stack, std::uint64_t block, Owner owner)
{
    std::vector<std::byte> bytes(kBlockSize);
    stack.read(block * kBlockSize, bytes, std::span(&owner, 1));
    return bytes;
}

class LayerCheck {
public:
    LayerCheck(LayerFiles& files, const LayerLineage& lineage, CheckDepth depth)
        : files_(files), lineage_(lineage), depth_(depth)
    {
    }

    LayerFindings run()
    {
        check_names();
        for (const auto& [id, parent] : lineage_.parents) {
            check_maps(id);
        }
        for (const auto layer : indexed_) {
            check_index(layer);
        }
        if (depth_ == CheckDepth::kData) {
            for (const auto layer : summed_) {
                check_data(layer);
            }
        }
        return std::move(findings_);
    }

private:
    void check_names();
    void check_file(const ParsedFileName& file);
    void check_map_without_data(const FileKey& key);
    void check_data_without_map(const FileKey& key);
    void problem_of(LayerId layer, const std::string& text);
    LayerExpectation expectation_of(LayerId layer) const;
    void check_maps(LayerId layer);
    void check_length(const FileKey& data, std::uint64_t blocks);
    void check_index(LayerId layer);
    void check_checksums(const FileKey& key);
    void check_data(LayerId layer);
    std::optional<std::vector<std::shared_ptr<Layer>>> chain_of(LayerId top);
    void check_index_pages(LayerId layer, std::uint32_t segment);
    void compare(const LayerStack& stack, std::uint32_t segment, const std::string& path);
    std::string place_of(const LayerStack& stack, std::uint64_t block, Owner owner);
    std::shared_ptr<Layer> layer(LayerId id);

    LayerFiles& files_;
    const LayerLineage& lineage_;
    const CheckDepth depth_;
    LayerFindings findings_;
    std::map<LayerId, std::shared_ptr<Layer>> layers_;
    std::set<LayerId> indexed_;
    std::set<LayerId> summed_;  // whose data have whole checksums
};

void LayerCheck::check_names()
{
    for (const auto& name : files_.file_system().list_directory(files_.directory())) {
        if (const auto parsed = parse_file_name(name)) {
            ++findings_.files;
            check_file(*parsed);
        }
    }
}

void LayerCheck::check_file(const ParsedFileName& file)
{
    const auto path = files_.path_of(file.key);
    if (file.is_new) {
        findings_.leftovers.push_back(path + ".new was never finished: written over, or removed");
    } else if (!lineage_.parents.contains(file.key.layer)) {
        findings_.leftovers.push_back(path + (lineage_.removed.contains(file.key.layer)
                                                  ? ": its layer has been removed: it goes"
                                                  : ": no row knows its layer: it goes"));
    } else if (file.key.kind == FileKind::kIndex) {
        indexed_.insert(file.key.layer);
    } else if (file.key.kind == FileKind::kChecksums) {
        check_checksums(file.key);
    } else if (file.key.kind == FileKind::kData) {
        check_data_without_map(file.key);
    } else if (!files_.exists({file.key.layer, file.key.segment, FileKind::kData})) {
        check_map_without_data(file.key);
    }
}

void LayerCheck::check_map_without_data(const FileKey& key)
{
    const auto path = files_.path_of(key);
    try {
        // Of what was never synced power loss may leave any names.
        if (key.kind == FileKind::kLiveMap && !files_.open_current_live_map(key, OpenMode::kRead)) {
            findings_.leftovers.push_back(path + " is of another boot: written over, or removed");
        } else {
            problem_of(key.layer, path + " is there and its data file is not");
        }
    } catch (const StorageError& error) {
        problem_of(key.layer, error.what());
    }
}

/// Of what nobody knows better, power loss may have left it so; the rest check_maps() tells.
void LayerCheck::check_data_without_map(const FileKey& key)
{
    const bool has_map = files_.exists({key.layer, key.segment, FileKind::kMap}) ||
                         files_.exists({key.layer, key.segment, FileKind::kLiveMap});
    const auto expected = expectation_of(key.layer);
    const auto status = files_.file_system().status(files_.path_of(key));
    if (!has_map && !expected.record && !expected.is_of_this_boot && status &&
        status->size_bytes > 0) {
        findings_.leftovers.push_back(
            files_.path_of(key) +
            " has no map: nothing of it was flushed before the power went, or the map is lost; its "
            "layer is read without it, and a write empties it");
    }
}

void LayerCheck::problem_of(LayerId layer, const std::string& text)
{
    findings_.problems.insert(text);
    findings_.lost.insert(layer);
}

LayerExpectation LayerCheck::expectation_of(LayerId layer) const
{
    const auto found = lineage_.expectations.find(layer);
    return found == lineage_.expectations.end() ? LayerExpectation() : found->second;
}

void LayerCheck::check_maps(LayerId id)
{
    const bool is_recorded = expectation_of(id).record.has_value();
    for (std::uint32_t segment = 0; segment < kMaxSegments; ++segment) {
        try {
            std::uint64_t end = 0;  // of the last block of data
            for (std::uint64_t page = 0;
                 layer(id)->has_segment(segment) && page < kMapPagesPerSegment; ++page) {
                const auto map = layer(id)->map_page(segment * kMapPagesPerSegment + page);
                for (std::uint64_t block = 0;
                     map != files_.pages().zero_page() && block < kBlocksPerMapPage; ++block) {
                    const auto state = state_in(*map, block);
                    if (state == BlockState::kData || state == BlockState::kPartial) {
                        ++findings_.data_blocks;
                        findings_.sealed_blocks += is_recorded ? 1 : 0;
                        end = page * kBlocksPerMapPage + block + 1;
                    }
                }
            }
            check_length({id, segment, FileKind::kData}, end);
        } catch (const StorageError& error) {
            problem_of(id, error.what());
        }
    }
}

/// Bytes come before the map that names them, and files never become shorter.
void LayerCheck::check_length(const FileKey& data, std::uint64_t blocks)
{
    const auto path = files_.path_of(data);
    const auto status = files_.file_system().status(path);
    if (blocks == 0 || !status) {
        return;
    }
    const auto last = (blocks - 1) * kBlockSize;
    const auto least = last + (layer(data.layer)->has_whole_blocks(data.segment) ? kBlockSize : 1);
    if (status->size_bytes < least) {
        problem_of(data.layer, fmt::format("{} ends at {}, and its map names data at {}", path,
                                           status->size_bytes, last));
    }
}

std::optional<std::vector<std::shared_ptr<Layer>>> LayerCheck::chain_of(LayerId top)
{
    std::vector<std::shared_ptr<Layer>> layers;
    std::optional<LayerId> next = top;
    while (next) {
        const auto row = lineage_.parents.find(*next);
        if (row == lineage_.parents.end() || layers.size() > lineage_.parents.size()) {
            return std::nullopt;  // who checks the rows tells of it
        }
        layers.push_back(layer(*next));
        next = row->second;
    }
    std::reverse(layers.begin(), layers.end());
    return layers;
}

void LayerCheck::check_index(LayerId id)
{
    const auto layers = chain_of(id);
    if (!layers) {
        return;
    }
    const LayerStack stack(files_.pages(), *layers);
    for (std::uint32_t segment = 0; segment < kMaxSegments; ++segment) {
        check_index_pages(id, segment);
        try {
            const auto has_segment = [&](const auto& one) { return one->has_segment(segment); };
            if (std::any_of(layers->begin(), layers->end(), has_segment)) {
                compare(stack, segment, files_.path_of({id, segment, FileKind::kIndex}));
            }
        } catch (const StorageError& error) {
            findings_.problems.insert(error.what());  // of a map or of data
        }
    }
}

/// Checksums are made of the data, which may be as damaged: only what contradicts itself may go.
void LayerCheck::check_checksums(const FileKey& key)
{
    try {
        require_whole_checksums(files_, key);
        summed_.insert(key.layer);
    } catch (const StorageError& error) {
        findings_.problems.insert(
            std::string(error.what()) +
            (error.is_damage() ? "; remove it, and it is made again of what the data are by then"
                               : ""));
    }
}

void LayerCheck::check_data(LayerId id)
{
    DataCheck check(files_, id, [this, id] { return layer(id); });
    DataDifferences found;
    try {
        while (check.step(kBlocksPerMapPage, found)) {
        }
    } catch (const StorageError& error) {
        found.errors.insert(error.what());
    }
    findings_.compared_blocks += check.compared();
    for (const auto& error : found.errors) {
        problem_of(id, error);
    }
    if (!found.confirmed.empty()) {
        problem_of(id, words_for_changed(files_, found.confirmed));
    }
    if (!found.passing.empty()) {
        findings_.passing.push_back(words_for_passing(files_, found.passing));
    }
}

/// An index alone may be advised to go, and only one that contradicts itself: it is made of maps,
/// and one that contradicts them may be all that tells what they were.
void LayerCheck::check_index_pages(LayerId id, std::uint32_t segment)
{
    try {
        const auto index = LayerIndex::open(files_, id, segment);
        for (std::uint64_t page = 0; index && page < kIndexPagesPerSegment; ++page) {
            index->page(page);
        }
    } catch (const StorageError& error) {
        findings_.problems.insert(
            std::string(error.what()) +
            (error.is_damage() ? "; remove it, for it can be made again" : ""));
    }
}

void LayerCheck::compare(const LayerStack& stack, std::uint32_t segment, const std::string& path)
{
    std::vector<Owner> expected(kBlocksPerMapPage);
    std::vector<Owner> found(kBlocksPerMapPage);
    for (std::uint64_t page = 0; page < kMapPagesPerSegment; ++page) {
        const auto first = segment * kBlocksPerSegment + page * kBlocksPerMapPage;
        if (!stack.may_have_owners(first / kBlocksPerMapPage)) {
            continue;
        }
        std::fill(expected.begin(), expected.end(), Owner());
        std::fill(found.begin(), found.end(), Owner());
        stack.scan(first, expected, LayerStack::Indexes::kIgnored);
        stack.scan(first, found);
        for (std::uint64_t block = 0; block < kBlocksPerMapPage; ++block) {
            // A merge that was ended half-way has a block in two places, with the same bytes.
            if (expected[block] != found[block] &&
                bytes_of(stack, first + block, expected[block]) !=
                    bytes_of(stack, first + block, found[block])) {
                findings_.problems.insert(fmt::format(
                    "{} has block {} in {}, and the maps have it in {}: one of them is damaged; "
                    "keep all of them",
                    path, page * kBlocksPerMapPage + block,
                    place_of(stack, first + block, found[block]),
                    place_of(stack, first + block, expected[block])));
                return;
            }
        }
    }
}

/// The map that has, or should have, the block.
std::string LayerCheck::place_of(const LayerStack& stack, std::uint64_t block, Owner owner)
{
    if (!owner.is_known() || owner.is_nobody()) {
        return "no layer";
    }
    const auto segment = static_cast<std::uint32_t>(block / kBlocksPerSegment);
    return files_.path_of({stack.layer(owner.layer()).id(), segment, FileKind::kMap});
}

std::shared_ptr<Layer> LayerCheck::layer(LayerId id)
{
    auto& known = layers_[id];
    if (!known) {
        known = std::make_shared<Layer>(files_, id, Layer::Role::kSealed, expectation_of(id));
    }
    return known;
}

}  // namespace

LayerFindings check_layer_files(LayerFiles& files, const LayerLineage& lineage, CheckDepth depth)
{
    return LayerCheck(files, lineage, depth).run();
}

}  // namespace amilab
