#include "storage/blocks/layer_index.h"

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "storage/base/storage_error.h"
#include "storage/blocks/layer_stack.h"
#include "storage/blocks/word_file.h"
#include "storage/files/file_io.h"

namespace amilab {
namespace {

constexpr std::uint64_t kPagesPerMapPage = kBlocksPerMapPage / LayerIndex::kOwnersPerPage;

void require_known_owners(const Page& page, std::uint64_t number, std::size_t layers,
                          const std::string& path)
{
    for (std::size_t index = 0; index < Page::kWords; ++index) {
        const auto word = page.word(index);
        if (word == 1 || (word != 0 && Owner::from_word(word).layer() >= layers)) {
            throw_corrupt(path, fmt::format("block {} belongs to a layer that is not there",
                                            number * Page::kWords + index));
        }
    }
}

/// The owners of one map page's blocks.
void put_owners(WordFileWriter& writer, std::uint64_t map_page, std::span<const Owner> owners)
{
    for (std::uint64_t part = 0; part < kPagesPerMapPage; ++part) {
        const auto here = owners.subspan(part * Page::kWords, Page::kWords);
        Page page;
        bool has_any = false;
        for (std::size_t index = 0; index < here.size(); ++index) {
            page.set_word(index, here[index].is_nobody() ? 0 : here[index].word());
            has_any = has_any || !here[index].is_nobody();
        }
        if (has_any) {
            writer.put(map_page * kPagesPerMapPage + part, page);
        }
    }
}

bool write_segment(LayerFiles& files, const LayerStack& stack, std::uint32_t segment,
                   const IndexHeader& header, const std::function<bool()>& go_on)
{
    const FileKey key{stack.top().id(), segment, FileKind::kIndex};
    WordFileWriter writer(files, key);
    std::vector<Owner> owners;
    if ((header.segments >> segment & 1U) != 0) {
        for (std::uint64_t page = 0; page < kMapPagesPerSegment; ++page) {
            const auto first = segment * kBlocksPerSegment + page * kBlocksPerMapPage;
            stack.look_ahead(first, kBlocksPerMapPage, owners);
            if (!owners.empty()) {
                put_owners(writer, page, owners);
                if (!go_on()) {
                    return false;
                }
            }
        }
    }
    writer.finish(encode_index_header(key, header), encode_index_table(header));
    return true;
}

}  // namespace

LayerIndex::LayerIndex(LayerFiles& files, FileKey key, IndexHeader header)
    : files_(files),
      key_(key),
      header_(std::move(header)),
      first_sector_(encode_index_header(key_, header_)),
      cache_owner_(files.pages().new_owner())
{
}

std::shared_ptr<LayerIndex> LayerIndex::open(LayerFiles& files, LayerId layer,
                                             std::uint32_t segment)
{
    const FileKey key{layer, segment, FileKind::kIndex};
    // Not from the cache of open files, which may still know one that has been removed.
    const auto file = files.open_anew(key);
    if (!file) {
        return nullptr;
    }
    std::shared_ptr<LayerIndex> index(new LayerIndex(files, key, read_index_header(*file, key)));
    index->note_pages(*file);
    return index;
}

void LayerIndex::note_pages(File& file)
{
    // A checksum of 0 stands for a page of zeros; whether it is one, what has bytes must prove.
    const auto checksums = read_page_checksums(file);
    for (std::uint64_t number = 0; number < kIndexPagesPerSegment; ++number) {
        has_page_[number] = checksums[number] != 0;
    }
    auto offset = file.seek_data(kIndexPagesAt);
    while (offset && *offset < kIndexTableAt) {
        const auto end = std::min(file.seek_hole(*offset).value_or(kIndexTableAt), kIndexTableAt);
        for (auto at = *offset; at < end; at += kMapPageSize) {
            has_page_.set((at - kIndexPagesAt) / kMapPageSize);
        }
        offset = end < kIndexTableAt ? file.seek_data(end) : std::nullopt;
    }
}

std::shared_ptr<const Page> LayerIndex::page(std::uint64_t number)
{
    auto& pages = files_.pages();
    if (!has_page_[number]) {
        return pages.zero_page();
    }
    if (auto found = pages.find(cache_owner_, number)) {
        return found;
    }
    const auto file = files_.open_if_exists(key_, OpenMode::kRead);
    std::array<std::byte, kSectorSize> sector{};
    if (!file || read_fully(*file, 0, sector) != sector.size() || sector != first_sector_) {
        throw StorageError(ESTALE, "read", files_.path_of(key_), "it has been made anew");
    }
    auto page = read_word_page(*file, number);
    if (page) {
        require_known_owners(*page, number, header_.layers.size(), file->path());
    } else {
        page = pages.zero_page();
    }
    pages.put(cache_owner_, number, page);
    return page;
}

bool write_index(LayerFiles& files, const LayerStack& stack, const std::function<bool()>& go_on)
{
    IndexHeader header;
    for (std::size_t index = 0; index <= stack.top_index(); ++index) {
        header.layers.push_back(stack.layer(index).id());
    }
    for (std::uint32_t segment = 0; segment < kMaxSegments; ++segment) {
        header.segments |= std::uint64_t{stack.has_segment(segment)} << segment;
    }
    // Segment 0 last: it says which others there are.
    for (auto segment = kMaxSegments; segment > 0; --segment) {
        const auto number = segment - 1;
        const bool is_wanted = number == 0 || (header.segments >> number & 1U) != 0;
        if (is_wanted && !write_segment(files, stack, number, header, go_on)) {
            return false;
        }
    }
    return true;
}

void remove_index(LayerFiles& files, LayerId layer)
{
    files.unlink_for_good(layer, FileKind::kIndex);
}

}  // namespace amilab
