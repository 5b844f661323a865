#include "storage/blocks/block_map.h"

#include <algorithm>
#include <boost/endian/conversion.hpp>
#include <span>

#include <fmt/format.h>

#include "storage/base/storage_error.h"
#include "storage/base/zeros.h"
#include "storage/files/file_io.h"

namespace amilab {
namespace {

constexpr std::uint32_t kLowBits = 0x55555555;

std::uint64_t page_offset(std::uint64_t number)
{
    return kMapHeaderSize + number * kMapPageSize;
}

/// How many pages of states a map of that size has, a part of one counted as one.
std::uint32_t pages_of(std::uint64_t file_size)
{
    const auto states = std::clamp(file_size, kMapHeaderSize, kMapFileSize) - kMapHeaderSize;
    return static_cast<std::uint32_t>((states + kMapPageSize - 1) / kMapPageSize);
}

/// The low bit of each block in a word that is partial.
std::uint32_t partial_in(std::uint32_t word)
{
    return word & (word >> 1) & kLowBits;
}

/// Makes partial blocks absent in the copy of a page; whether there were any.
bool hide_partial(std::span<std::byte, kMapPageSize> bytes)
{
    bool found = false;
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint32_t)) {
        auto* place = reinterpret_cast<unsigned char*>(&bytes[at]);
        const auto word = boost::endian::load_little_u32(place);
        if (const auto partial = partial_in(word)) {
            boost::endian::store_little_u32(place, word & ~(partial * 3));
            found = true;
        }
    }
    return found;
}

/// `word` with the states of blocks [first, last) in it set.
std::uint32_t with_states(std::uint32_t word, std::uint64_t first, std::uint64_t last,
                          BlockState state)
{
    const std::uint64_t mask = (std::uint64_t{1} << (last * 2)) - (std::uint64_t{1} << (first * 2));
    const auto bits = kLowBits * static_cast<std::uint32_t>(state);
    const auto mask32 = static_cast<std::uint32_t>(mask);
    return (word & ~mask32) | (bits & mask32);
}

/// The partial blocks of a page, by their places in it.
std::vector<std::uint64_t> partial_in(const Page& page)
{
    std::vector<std::uint64_t> blocks;
    for (std::size_t index = 0; index < Page::kWords; ++index) {
        for (auto partial = partial_in(page.word(index)); partial != 0; partial &= partial - 1) {
            const auto bit = static_cast<std::uint64_t>(__builtin_ctz(partial));
            blocks.push_back(index * kBlocksPerMapWord + bit / 2);
        }
    }
    return blocks;
}

void require_known_states(const Page& page, std::uint64_t number, const std::string& path)
{
    if (const auto partial = partial_in(page); !partial.empty()) {
        const auto block = number * kBlocksPerMapPage + partial.front();
        throw_corrupt(path, fmt::format("block {} has state 3", block));
    }
}

}  // namespace

BlockMap::BlockMap(LayerFiles& files, LayerId layer, std::uint32_t segment)
    : files_(files), layer_(layer), segment_(segment), cache_owner_(files.pages().new_owner())
{
}

BlockMap::~BlockMap()
{
    files_.note_partial(-static_cast<std::int64_t>(partial_blocks_.load()));
}

std::unique_ptr<BlockMap> BlockMap::open(LayerFiles& files, LayerId layer, std::uint32_t segment)
{
    auto map = std::make_unique<BlockMap>(files, layer, segment);
    const auto live = files.open_current_live_map(map->key(FileKind::kLiveMap), OpenMode::kRead);
    const auto durable = files.open_if_exists(map->key(FileKind::kMap), OpenMode::kRead);
    const Lock lock(map->mutex_);
    map->has_durable_ = durable != nullptr;
    if (durable) {
        map->note_header(*durable, FileKind::kMap);
    }
    if (live) {
        map->note_header(*live, FileKind::kLiveMap);
    } else if (durable) {
        map->require_no_live_map(*durable);
    }
    if (live) {
        map->has_live_ = true;
        map->was_found_live_ = true;
        map->note_pages(*live);
        if (map->has_units_) {
            map->load_units(*live);
        }
        // Blocks never become absent again: a page without data here has none in the durable map.
        for (std::uint64_t number = 0; number < kMapPagesPerSegment; ++number) {
            map->changed_.set(number, map->may_have_page(number));
        }
    } else if (durable) {
        map->note_pages(*durable);
    }
    return live || durable ? std::move(map) : nullptr;
}

void BlockMap::note_header(File& file, FileKind kind)
{
    const auto header = read_map_header(file, key(kind));
    format_version_ = std::min(header.version, kFormatVersion);
    has_units_ = header.version >= kUnitsVersion;
    // The header may be behind the file, which must never be made shorter.
    auto& pages = kind == FileKind::kMap ? durable_pages_ : live_pages_;
    pages = pages_of(file.status().size_bytes);
}

void BlockMap::require_no_live_map(File& durable)
{
    if (read_map_header(durable, key(FileKind::kMap)).boot_id == files_.boot_id()) {
        throw_corrupt(files_.path_of(key(FileKind::kLiveMap)),
                      "it is missing, and the map of the last flush names this boot");
    }
}

void BlockMap::note_pages(File& file)
{
    auto offset = file.seek_data(kMapHeaderSize);
    while (offset && *offset < kMapFileSize) {
        const auto end = std::min(file.seek_hole(*offset).value_or(kMapFileSize), kMapFileSize);
        const auto first = (*offset - kMapHeaderSize) / kMapPageSize;
        for (auto number = first; page_offset(number) < end; ++number) {
            note_page(number);
        }
        offset = end < kMapFileSize ? file.seek_data(end) : std::nullopt;
    }
}

std::shared_ptr<const Page> BlockMap::page(std::uint64_t number)
{
    if (!may_have_page(number)) {
        return files_.pages().zero_page();
    }
    if (auto found = files_.pages().find(cache_owner_, number)) {
        return found;
    }
    const Lock lock(mutex_);
    return load(number);
}

std::shared_ptr<Page> BlockMap::load(std::uint64_t number)
{
    auto& pages = files_.pages();
    if (!may_have_page(number)) {
        return pages.zero_page();
    }
    if (auto found = pages.find(cache_owner_, number)) {
        return found;
    }
    auto page = pages.zero_page();
    if (const auto doubtful = doubtful_.find(number); doubtful != doubtful_.end()) {
        page = doubtful->second;
    } else if (has_live_ || has_durable_) {
        const auto file =
            files_.open(key(has_live_ ? FileKind::kLiveMap : FileKind::kMap), OpenMode::kRead);
        std::array<std::byte, kMapPageSize> bytes{};
        read_or_zero(*file, page_offset(number), bytes);
        if (!is_zero(bytes)) {
            page = std::make_shared<Page>();
            page->load(bytes);
            if (!has_live_ || !has_units_) {
                require_known_states(*page, number, file->path());
            }
        }
    }
    pages.put(cache_owner_, number, page);
    return page;
}

void BlockMap::prepare_to_write()
{
    if (has_live_) {
        return;
    }
    const Lock lock(mutex_);
    if (!has_live_) {
        make_live_map();
        has_live_ = true;
    }
}

void BlockMap::make_live_map()
{
    // They say what the layer was. One that has any is sealed, but power loss may have taken the
    // row that said so, and left them.
    files_.unlink_for_good(key(FileKind::kChecksums));
    const auto live_key = key(FileKind::kLiveMap);
    const auto live = files_.open_new(live_key);
    has_units_ = false;
    live_pages_ = durable_pages_;
    live->truncate(page_offset(live_pages_));
    write_header(*live, FileKind::kLiveMap, files_.boot_id(), live_pages_);
    std::shared_ptr<File> durable;
    if (has_durable_) {
        durable = files_.open(key(FileKind::kMap), OpenMode::kReadWrite);
        std::array<std::byte, kMapPageSize> bytes{};
        auto offset = durable->seek_data(kMapHeaderSize);
        while (offset && *offset < kMapFileSize) {
            const auto at = *offset / kMapPageSize * kMapPageSize;
            read_or_zero(*durable, at, bytes);
            write_fully(*live, at, bytes);
            offset = durable->seek_data(at + kMapPageSize);
        }
    }
    files_.put_in_place(live_key);
    if (durable) {
        write_header(*durable, FileKind::kMap, files_.boot_id(), durable_pages_);
    }
}

void BlockMap::write_header(File& file, FileKind kind, std::string_view boot_id,
                            std::uint32_t pages)
{
    write_header(file, kind,
                 {.boot_id = std::string(boot_id), .version = format_version_, .pages = pages});
}

void BlockMap::write_header(File& file, FileKind kind, const MapHeader& header)
{
    write_fully(file, 0, encode_map_header(key(kind), header));
}

void BlockMap::make_room_for_units(File& live)
{
    if (has_units_) {
        return;
    }
    // All pages at once, for the units lie behind them and the file is never made shorter.
    live.truncate(page_offset(kMapPagesPerSegment));
    write_header(live, FileKind::kLiveMap,
                 {.boot_id = files_.boot_id(),
                  .version = kUnitsVersion,
                  .pages = static_cast<std::uint32_t>(kMapPagesPerSegment)});
    live_pages_ = static_cast<std::uint32_t>(kMapPagesPerSegment);
    has_units_ = true;
}

void BlockMap::load_units(File& live)
{
    std::vector<std::byte> bytes(kBlocksPerMapPage * sizeof(Units));
    for (std::uint64_t number = 0; number < kMapPagesPerSegment; ++number) {
        const auto partial = partial_in(*load(number));
        if (partial.empty()) {
            continue;
        }
        read_or_zero(live, kUnitsAt + number * bytes.size(), bytes);
        for (const auto inside : partial) {
            const auto units = boost::endian::load_little_u16(
                reinterpret_cast<const unsigned char*>(&bytes[inside * sizeof(Units)]));
            const auto block = number * kBlocksPerMapPage + inside;
            if (units == 0) {
                throw_corrupt(live.path(), fmt::format("block {} is partial without units", block));
            }
            units_[block] = units;
        }
    }
    count_partial();
}

Units BlockMap::units(std::uint64_t block)
{
    if (!has_partial()) {
        return 0;
    }
    const Lock lock(mutex_);
    const auto found = units_.find(block);
    return found == units_.end() ? Units{0} : found->second;
}

std::vector<std::uint64_t> BlockMap::partial_blocks()
{
    std::vector<std::uint64_t> blocks;
    const Lock lock(mutex_);
    for (const auto& [block, units] : units_) {
        blocks.push_back(block);
    }
    std::sort(blocks.begin(), blocks.end());
    return blocks;
}

void BlockMap::add_units(std::uint64_t block, Units units)
{
    const Lock lock(mutex_);
    const auto found = units_.find(block);
    const auto all = static_cast<Units>(found == units_.end() ? units : found->second | units);
    {
        const auto live = files_.open(key(FileKind::kLiveMap), OpenMode::kReadWrite);
        make_room_for_units(*live);
        std::array<std::byte, sizeof(Units)> bytes;
        boost::endian::store_little_u16(reinterpret_cast<unsigned char*>(bytes.data()), all);
        // Before the state, without which they mean nothing.
        write_fully(*live, kUnitsAt + block * sizeof(Units), bytes);
    }
    if (found != units_.end()) {
        found->second = all;
        return;
    }
    const auto added = units_.emplace(block, all).first;
    try {
        set_in_page(block / kBlocksPerMapPage, block % kBlocksPerMapPage, 1, BlockState::kPartial);
    } catch (...) {
        units_.erase(added);
        throw;
    }
    count_partial();
}

void BlockMap::forget_units(std::uint64_t first, std::uint64_t count)
{
    if (count < units_.size()) {
        for (auto block = first; block < first + count; ++block) {
            units_.erase(block);
        }
    } else {
        std::erase_if(units_, [&](const auto& entry) {
            return entry.first >= first && entry.first < first + count;
        });
    }
    count_partial();
}

void BlockMap::count_partial()
{
    const auto now = units_.size();
    const auto before = partial_blocks_.exchange(now);
    files_.note_partial(static_cast<std::int64_t>(now) - static_cast<std::int64_t>(before));
}

void BlockMap::make_room(File& live, std::uint64_t page)
{
    if (format_version_ < kKnownLengthsVersion || page < live_pages_) {
        return;
    }
    const auto pages = static_cast<std::uint32_t>(page + 1);
    live.truncate(page_offset(pages));
    write_header(live, FileKind::kLiveMap, files_.boot_id(), pages);
    live_pages_ = pages;
}

void BlockMap::set(std::uint64_t first, std::uint64_t count, BlockState state)
{
    const Lock lock(mutex_);
    while (count > 0) {
        const auto in_page = first % kBlocksPerMapPage;
        const auto part = std::min(count, kBlocksPerMapPage - in_page);
        set_in_page(first / kBlocksPerMapPage, in_page, part, state);
        first += part;
        count -= part;
    }
}

void BlockMap::set_in_page(std::uint64_t number, std::uint64_t first, std::uint64_t count,
                           BlockState state)
{
    auto page = load(number);
    const bool in_doubt = doubtful_.contains(number);
    // A page in doubt is written whole, else only the words that hold the blocks.
    const auto last = first + count;
    const auto begin = in_doubt ? 0 : first / kBlocksPerMapWord;
    const auto end = in_doubt ? Page::kWords : (last + kBlocksPerMapWord - 1) / kBlocksPerMapWord;
    std::array<std::uint32_t, Page::kWords> words;
    std::array<std::byte, kMapPageSize> bytes;
    bool differs = in_doubt;
    for (auto index = begin; index < end; ++index) {
        const auto base = index * kBlocksPerMapWord;
        const auto from = std::clamp(first, base, base + kBlocksPerMapWord) - base;
        const auto to = std::clamp(last, base, base + kBlocksPerMapWord) - base;
        words[index] = with_states(page->word(index), from, to, state);
        differs |= words[index] != page->word(index);
        boost::endian::store_little_u32(
            reinterpret_cast<unsigned char*>(&bytes[index * sizeof(std::uint32_t)]), words[index]);
    }
    if (!differs) {
        return;
    }
    try {
        const auto live = files_.open(key(FileKind::kLiveMap), OpenMode::kReadWrite);
        make_room(*live, number);
        const auto offset = begin * sizeof(std::uint32_t);
        const auto length = (end - begin) * sizeof(std::uint32_t);
        write_fully(*live, page_offset(number) + offset, std::span(bytes).subspan(offset, length));
    } catch (const StorageError&) {
        // Some of it may be in the file, which another process would believe.
        doubtful_.emplace(number, page);
        has_doubtful_ = true;
        throw;
    }
    doubtful_.erase(number);
    has_doubtful_ = !doubtful_.empty();
    changed_.set(number);
    if (page == files_.pages().zero_page()) {
        page = std::make_shared<Page>();
        files_.pages().put(cache_owner_, number, page);
        note_page(number);
    }
    for (auto index = begin; index < end; ++index) {
        page->set_word(index, words[index]);
    }
    if (state != BlockState::kPartial && !units_.empty()) {
        forget_units(number * kBlocksPerMapPage + first, count);
    }
}

void BlockMap::settle()
{
    if (has_doubtful_) {
        settle_pages(0, kMapPagesPerSegment);
    }
}

void BlockMap::settle(std::uint64_t first, std::uint64_t count)
{
    if (has_doubtful_ && count > 0) {
        settle_pages(first / kBlocksPerMapPage, (first + count - 1) / kBlocksPerMapPage);
    }
}

void BlockMap::settle_pages(std::uint64_t first_page, std::uint64_t last_page)
{
    const Lock lock(mutex_);
    std::array<std::byte, kMapPageSize> bytes{};
    auto next = doubtful_.lower_bound(first_page);
    while (next != doubtful_.end() && next->first <= last_page) {
        next->second->store(bytes);
        const auto live = files_.open(key(FileKind::kLiveMap), OpenMode::kReadWrite);
        make_room(*live, next->first);
        write_fully(*live, page_offset(next->first), bytes);
        next = doubtful_.erase(next);
        has_doubtful_ = !doubtful_.empty();
    }
}

std::vector<BlockMap::PageImage> BlockMap::take_changed_pages(std::uint64_t& begin,
                                                              std::size_t limit)
{
    std::vector<PageImage> taken;
    const Lock lock(mutex_);
    for (; begin < kMapPagesPerSegment && taken.size() < limit; ++begin) {
        if (changed_.test(begin)) {
            taken.push_back({.number = begin});
            load(begin)->store(taken.back().bytes);
            taken.back().has_partial = !units_.empty() && hide_partial(taken.back().bytes);
        }
    }
    for (const auto& page : taken) {
        changed_.set(page.number, page.has_partial);  // only now: load may fail
    }
    return taken;
}

void BlockMap::give_back(const std::vector<PageImage>& pages)
{
    const Lock lock(mutex_);
    for (const auto& page : pages) {
        changed_.set(page.number);
    }
}

void BlockMap::write_durable(const std::vector<PageImage>& pages)
{
    const auto durable_key = key(FileKind::kMap);
    bool is_new = false;
    {
        const Lock lock(mutex_);
        is_new = !has_durable_;
    }
    auto length = durable_pages_;
    if (format_version_ >= kKnownLengthsVersion && !pages.empty()) {
        length = std::max(length, static_cast<std::uint32_t>(pages.back().number + 1));
    }
    std::shared_ptr<File> durable = is_new ? std::shared_ptr<File>(files_.open_new(durable_key))
                                           : files_.open(durable_key, OpenMode::kReadWrite);
    if (is_new) {
        write_header(*durable, FileKind::kMap, files_.boot_id(), length);
        durable->truncate(page_offset(length));
        durable_pages_ = length;
    } else if (length > durable_pages_) {
        durable->truncate(page_offset(length));
    }
    for (const auto& page : pages) {
        write_fully(*durable, page_offset(page.number), page.bytes);
    }
    durable->sync_data();
    // Only now: the header may reach the disk at any time, and the length has to be there before.
    if (length > durable_pages_) {
        write_header(*durable, FileKind::kMap, files_.boot_id(), length);
        durable_pages_ = length;
    }
    if (is_new) {
        files_.put_in_place(durable_key);
        new_durable_name_ = true;
        const Lock lock(mutex_);
        has_durable_ = true;
    }
}

void BlockMap::drop_live_map()
{
    const Lock lock(mutex_);
    if (has_live_ && has_durable_ && changed_.none()) {
        // Before the unlink: a map that names this boot says that there is a live one.
        const auto durable = files_.open(key(FileKind::kMap), OpenMode::kReadWrite);
        write_header(*durable, FileKind::kMap, "", durable_pages_);
        // Whoever reads the map from now on reads the durable one.
        has_live_ = false;
        files_.unlink(key(FileKind::kLiveMap));
    }
}

}  // namespace amilab
