#include "storage/blocks/layer.h"

#include <algorithm>
#include <bit>
#include <boost/endian/conversion.hpp>
#include <cassert>
#include <cerrno>

#include <fmt/format.h>

namespace amilab {
namespace {

/// Calls `visit(segment, offset in it, length)` for the pieces of a range, segment by segment.
template <class Visit>
void for_each_segment(std::uint64_t begin, std::uint64_t length, std::uint64_t segment_length,
                      Visit visit)
{
    const auto end = begin + length;
    while (begin < end) {
        const auto inside = begin % segment_length;
        const auto part = std::min(end - begin, segment_length - inside);
        visit(static_cast<std::uint32_t>(begin / segment_length), inside, part);
        begin += part;
    }
}

/// How many blocks of a page are not absent.
std::uint64_t count_blocks_in(const Page& page)
{
    constexpr std::uint32_t kOneBitEach = 0x55555555;
    std::uint64_t count = 0;
    for (std::size_t index = 0; index < Page::kWords; ++index) {
        const auto word = page.word(index);
        count += static_cast<std::uint64_t>(__builtin_popcount((word | (word >> 1)) & kOneBitEach));
    }
    return count;
}

std::uint32_t first_segment(const LayerRecord& record)
{
    return static_cast<std::uint32_t>(std::countr_zero(record.segments)) % kMaxSegments;
}

}  // namespace

Layer::~Layer()
{
    if (!remove_when_closed_) {
        return;
    }
    try {
        files_.unlink_layer(id_);
    } catch (const StorageError&) {
        // The row is gone already, so the next start sweeps what is left.
    }
}

std::shared_ptr<const Page> Layer::map_page(std::uint64_t number)
{
    auto* segment = find_segment(static_cast<std::uint32_t>(number / kMapPagesPerSegment));
    return segment ? segment->map().page(number % kMapPagesPerSegment) : nullptr;
}

BlockState Layer::state(std::uint64_t block)
{
    const auto page = map_page(block / kBlocksPerMapPage);
    return page ? state_in(*page, block % kBlocksPerMapPage) : BlockState::kAbsent;
}

std::uint64_t Layer::next_block(std::uint64_t block)
{
    while (block < kEndBlock) {
        if (!has_segment(static_cast<std::uint32_t>(block / kBlocksPerSegment))) {
            block = (block / kBlocksPerSegment + 1) * kBlocksPerSegment;
            continue;
        }
        const auto page = map_page(block / kBlocksPerMapPage);
        const auto page_end = (block / kBlocksPerMapPage + 1) * kBlocksPerMapPage;
        if (page == files_.pages().zero_page()) {
            block = page_end;
        }
        for (; block < page_end; ++block) {
            const auto inside = block % kBlocksPerMapPage;
            if (inside % kBlocksPerMapWord == 0 && page->word(inside / kBlocksPerMapWord) == 0) {
                block += kBlocksPerMapWord - 1;
            } else if (state_in(*page, inside) != BlockState::kAbsent) {
                return block;
            }
        }
    }
    return kEndBlock;
}

std::uint64_t Layer::count_blocks()
{
    std::uint64_t count = 0;
    for (std::uint32_t segment = 0; segment < kMaxSegments; ++segment) {
        for (std::uint64_t page = 0; has_segment(segment) && page < kMapPagesPerSegment; ++page) {
            const auto map = map_page(segment * kMapPagesPerSegment + page);
            count += map == files_.pages().zero_page() ? 0 : count_blocks_in(*map);
        }
    }
    return count;
}

std::uint64_t Layer::looked_for_segments()
{
    return files_.segments_of(id_) | expected_.record.value_or(LayerRecord{}).segments;
}

LayerRecord Layer::record()
{
    LayerRecord record;
    boost::crc_32_type crc;
    const auto segments = looked_for_segments();
    for (std::uint32_t number = 0; number < kMaxSegments; ++number) {
        const auto bit = std::uint64_t{1} << number;
        auto* segment = (segments & bit) != 0 ? open_segment(number) : nullptr;
        const auto blocks = segment ? add_to(crc, segment->map(), number) : 0;
        record.blocks += blocks;
        record.segments |= blocks > 0 ? bit : 0;
    }
    record.map_checksum = crc.checksum();
    return record;
}

std::uint64_t Layer::add_to(boost::crc_32_type& crc, BlockMap& map, std::uint32_t segment)
{
    std::array<std::byte, kMapPageSize> bytes;
    std::uint64_t blocks = 0;
    for (std::uint64_t number = 0; number < kMapPagesPerSegment; ++number) {
        const auto page = map.page(number);
        if (page == files_.pages().zero_page()) {
            continue;
        }
        const auto place = boost::endian::native_to_little(segment * kMapPagesPerSegment + number);
        page->store(bytes);
        crc.process_bytes(&place, sizeof place);
        crc.process_bytes(bytes.data(), bytes.size());
        blocks += count_blocks_in(*page);
    }
    return blocks;
}

void Layer::require_expected()
{
    const auto& expected = *expected_.record;
    const auto path = files_.path_of({id_, first_segment(expected), FileKind::kMap});
    for (std::uint32_t number = 0; number < kMaxSegments; ++number) {
        if ((expected.segments >> number & 1U) != 0 && !open_segment(number)) {
            throw_corrupt(files_.path_of({id_, number, FileKind::kMap}),
                          "it is missing, and the database knows of it");
        }
    }
    const auto found = record();
    if (found.blocks != expected.blocks) {
        throw_corrupt(path, fmt::format("it names {} blocks, and the database knows of {}",
                                        found.blocks, expected.blocks));
    }
    if (found != expected) {
        throw_corrupt(path, "it is not the one that the database knows of");
    }
    is_as_expected_ = true;
}

void Layer::read(std::uint64_t offset, std::span<std::byte> out)
{
    std::uint64_t done = 0;
    for_each_segment(offset, out.size(), kSegmentSize, [&](auto number, auto inside, auto length) {
        known_segment(number).read(inside, out.subspan(done, length));
        done += length;
    });
}

void Layer::write(std::uint64_t offset, std::span<const std::byte> bytes)
{
    std::uint64_t done = 0;
    for_each_segment(offset, bytes.size(), kSegmentSize,
                     [&](auto number, auto inside, auto length) {
                         segment_to_write(number).write(inside, bytes.subspan(done, length));
                         done += length;
                     });
}

void Layer::copy(std::uint64_t offset, File& from, std::uint64_t from_offset, std::uint64_t length)
{
    for_each_segment(offset, length, kSegmentSize, [&](auto number, auto inside, auto part) {
        segment_to_write(number).copy(inside, from, from_offset, part);
        from_offset += part;
    });
}

void Layer::zero(std::uint64_t offset, std::uint64_t length)
{
    for_each_segment(offset, length, kSegmentSize, [&](auto number, auto inside, auto part) {
        segment_to_write(number).zero(inside, part);
    });
}

void Layer::release(std::uint64_t offset, std::uint64_t length)
{
    for_each_segment(offset, length, kSegmentSize, [&](auto number, auto inside, auto part) {
        known_segment(number).release(inside, part);
    });
}

bool Layer::is_hole(std::uint64_t offset, std::uint64_t length)
{
    auto* segment = find_segment(static_cast<std::uint32_t>(offset / kSegmentSize));
    return !segment || segment->is_hole(offset % kSegmentSize, length);
}

void Layer::set_state(std::uint64_t first_block, std::uint64_t count, BlockState state)
{
    for_each_segment(first_block, count, kBlocksPerSegment,
                     [&](auto number, auto inside, auto part) {
                         segment_to_write(number).map().set(inside, part, state);
                     });
}

bool Layer::may_have_partial(std::uint64_t block)
{
    return segment_to_write(static_cast<std::uint32_t>(block / kBlocksPerSegment))
        .map()
        .may_have_partial();
}

bool Layer::has_partial(std::uint64_t first_block, std::uint64_t count)
{
    bool found = false;
    for_each_segment(first_block, count, kBlocksPerSegment, [&](auto number, auto, auto) {
        auto* segment = find_segment(number);
        found = found || (segment && segment->map().has_partial());
    });
    return found;
}

Units Layer::units(std::uint64_t block)
{
    auto* segment = find_segment(static_cast<std::uint32_t>(block / kBlocksPerSegment));
    return segment ? segment->map().units(block % kBlocksPerSegment) : Units{0};
}

void Layer::add_units(std::uint64_t block, Units units)
{
    segment_to_write(static_cast<std::uint32_t>(block / kBlocksPerSegment))
        .map()
        .add_units(block % kBlocksPerSegment, units);
}

std::vector<std::uint64_t> Layer::partial_blocks()
{
    std::vector<std::uint64_t> blocks;
    const auto known = files_.segments_of(id_);
    for (std::uint32_t number = 0; number < kMaxSegments && known >> number != 0; ++number) {
        // They are told of by live maps alone: others need not be opened.
        auto* segment = segments_[number].load(std::memory_order_acquire);
        if (!segment && (known >> number & 1U) != 0 &&
            files_.exists({id_, number, FileKind::kLiveMap})) {
            segment = find_segment(number);
        }
        if (segment && segment->map().has_partial()) {
            for (const auto block : segment->map().partial_blocks()) {
                blocks.push_back(number * kBlocksPerSegment + block);
            }
        }
    }
    return blocks;
}

void Layer::complete(std::uint64_t block,
                     const std::function<void(std::span<std::byte>)>& read_below)
{
    if (this->units(block) == 0) {
        return;
    }
    const Lock lock(partial_mutex_);
    const auto units = this->units(block);
    if (units == 0) {
        return;
    }
    std::vector<std::byte> bytes(kBlockSize);
    read_below(bytes);
    auto& segment = known_segment(static_cast<std::uint32_t>(block / kBlocksPerSegment));
    const auto inside = block % kBlocksPerSegment;
    for_each_run(static_cast<Units>(~units), [&](auto begin, auto end) {
        segment.write(inside * kBlockSize + begin, std::span(bytes).subspan(begin, end - begin));
    });
    segment.map().set(inside, 1, BlockState::kData);
}

void Layer::settle()
{
    for (const auto& segment : segments_) {
        if (auto* found = segment.load()) {
            found->map().settle();
        }
    }
}

void Layer::settle(std::uint64_t first_block, std::uint64_t count)
{
    for_each_segment(first_block, count, kBlocksPerSegment,
                     [&](auto number, auto inside, auto part) {
                         if (auto* found = segments_[number].load(std::memory_order_acquire)) {
                             found->map().settle(inside, part);
                         }
                     });
}

void Layer::sync(std::uint32_t segments)
{
    if (is_synced_ || !files_.survives_power_loss()) {
        return;
    }
    const Lock lock(sync_mutex_);
    // Partial blocks of a layer that has just been sealed have been written since the call began.
    const bool sealed = is_sealed() && partial_blocks().empty();
    // Live maps that a merge is writing stay.
    sync_segments(segments, sealed && !is_merged_into_);
    is_synced_ = sealed;
}

std::vector<Layer::Range> Layer::doubtful()
{
    constexpr std::uint64_t kPieceSize = std::uint64_t{1} << 20;
    std::vector<Range> pieces;
    for (std::uint64_t number = 0; number < kMaxSegments; ++number) {
        auto* segment = segments_[number].load(std::memory_order_acquire);
        const auto doubtful = segment ? segment->doubtful() : Segment::Doubtful();
        for (const auto part : doubtful.parts) {
            const auto begin = number * kSegmentSize + part * WrittenParts::kPartSize;
            for (std::uint64_t done = 0; done < WrittenParts::kPartSize; done += kPieceSize) {
                pieces.push_back({begin + done, kPieceSize, doubtful.sync});
            }
        }
    }
    return pieces;
}

void Layer::write_again(const Range& piece)
{
    const Lock lock(sync_mutex_);
    if (is_merged_into_) {
        throw StorageError(EBUSY, "write again", files_.path_of({id_, 0, FileKind::kData}),
                           "the layer is being merged");
    }
    known_segment(static_cast<std::uint32_t>(piece.offset / kSegmentSize))
        .write_again(piece.offset % kSegmentSize, piece.length);
}

void Layer::end_doubt(const std::vector<Range>& pieces)
{
    for (const auto& piece : pieces) {
        known_segment(static_cast<std::uint32_t>(piece.offset / kSegmentSize))
            .end_doubt(piece.sync, piece.offset % kSegmentSize / WrittenParts::kPartSize);
    }
}

void Layer::end_merge()
{
    const Lock lock(sync_mutex_);
    is_merged_into_ = false;
    is_synced_ = false;  // when this one fails the next must not take it for done
    ++changes_;
    if (files_.survives_power_loss()) {
        sync_segments(kMaxSegments, true);
    }
}

void Layer::begin_merge()
{
    const Lock lock(sync_mutex_);
    is_merged_into_ = true;
    ++changes_;
}

void Layer::sync_segments(std::uint32_t segments, bool sealed)
{
    const auto known = files_.segments_of(id_);
    for (std::uint32_t number = 0; number < segments; ++number) {
        if ((known >> number & 1U) == 0) {
            continue;
        }
        const FileKey live{id_, number, FileKind::kLiveMap};
        const bool has_file = files_.exists(live);
        auto* segment = segments_[number].load();
        // Without a live map a segment is durable: do not open it to find that out.
        if (!segment && has_file) {
            segment = find_segment(number);
        }
        if (segment) {
            segment->sync(sealed, sealed ? Segment::Writers::kNone : Segment::Writers::kSome);
        }
        if (sealed && has_file && !(segment && segment->map().has_live_map())) {
            files_.unlink(live);  // of another boot: it says nothing any more
        }
    }
}

std::shared_ptr<LayerIndex> Layer::index(std::uint32_t segment)
{
    const Lock lock(index_mutex_);
    if (ignores_index_) {
        return nullptr;
    }
    const auto [found, is_new] = indexes_.try_emplace(segment);
    if (is_new) {
        try {
            found->second = LayerIndex::open(files_, id_, segment);
        } catch (const StorageError& error) {
            indexes_.erase(found);
            if (!error.is_damage() && error.error_number != ENOTSUP) {
                throw;
            }
            ignores_index_ = true;
            return nullptr;
        }
    }
    return found->second;
}

void Layer::forget_index()
{
    const Lock lock(index_mutex_);
    ignores_index_ = false;
    indexes_.clear();
}

void Layer::ignore_index()
{
    const Lock lock(index_mutex_);
    ignores_index_ = true;
    indexes_.clear();
}

Segment* Layer::find_segment(std::uint32_t number)
{
    if (!is_as_expected_.load(std::memory_order_acquire)) {
        require_expected();
    }
    return open_segment(number);
}

Segment* Layer::open_segment(std::uint32_t number)
{
    if (auto* segment = segments_[number].load(std::memory_order_acquire)) {
        return segment;
    }
    const auto bit = std::uint64_t{1} << number;
    if (expected_.record && (expected_.record->segments & bit) == 0) {
        return nullptr;  // what the database does not know of is nobody's
    }
    if ((missing_segments_.load(std::memory_order_acquire) & bit) != 0) {
        // Asked again: it may have been made between the two looks.
        return segments_[number].load(std::memory_order_acquire);
    }
    const Lock lock(segments_mutex_);
    if (auto* segment = segments_[number].load()) {
        return segment;
    }
    auto opened = Segment::open(files_, id_, number);
    if (!opened) {
        require_no_bytes(number);
        missing_segments_.fetch_or(bit);
        return nullptr;
    }
    segments_[number].store(opened.get(), std::memory_order_release);
    return owned_segments_.emplace_back(std::move(opened)).get();
}

void Layer::require_no_bytes(std::uint32_t number)
{
    const FileKey data{id_, number, FileKind::kData};
    if (expected_.record || !expected_.is_of_this_boot || !files_.was_there(data)) {
        return;  // what a record names is looked for by it
    }
    // A map is made before the first byte is written, and only power loss may take it.
    const auto status = files_.file_system().status(files_.path_of(data));
    if (status && status->size_bytes > 0) {
        throw_corrupt(files_.path_of({id_, number, FileKind::kLiveMap}),
                      "it is missing, and the data of this boot are there");
    }
}

Segment& Layer::segment_to_write(std::uint32_t number)
{
    assert(role_.load() == Role::kWritable || is_merged_into_.load());
    auto* segment = find_segment(number);
    if (!segment) {
        const Lock lock(segments_mutex_);
        segment = segments_[number].load();
        if (!segment) {
            auto made = Segment::make(files_, id_, number);
            segment = made.get();
            segments_[number].store(segment, std::memory_order_release);
            owned_segments_.push_back(std::move(made));
        }
    }
    segment->prepare_to_write();
    return *segment;
}

Segment& Layer::known_segment(std::uint32_t number)
{
    auto* segment = find_segment(number);
    if (!segment) {
        throw_corrupt(files_.path_of({id_, number, FileKind::kMap}),
                      "it is missing, and an index names blocks of it");
    }
    return *segment;
}

}  // namespace amilab
