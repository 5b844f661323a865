#include "storage/blocks/segment.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "storage/base/storage_error.h"
#include "storage/blocks/units.h"
#include "storage/files/file_io.h"

namespace amilab {
namespace {

// How many pages of a map are held in memory while the data below them is synced.
constexpr std::size_t kPagesPerSync = 256;

// By so much a data file grows at once: whole blocks, and few calls.
constexpr std::uint64_t kGrowth = 16 * kBlockSize;

}  // namespace

Segment::Segment(LayerFiles& files, LayerId layer, std::uint32_t number,
                 std::unique_ptr<BlockMap> map)
    : files_(files),
      data_key_{layer, number, FileKind::kData},
      map_(std::move(map)),
      holes_in_doubt_(files.are_holes_in_doubt(data_key_))
{
}

std::unique_ptr<Segment> Segment::open(LayerFiles& files, LayerId layer, std::uint32_t number)
{
    auto map = BlockMap::open(files, layer, number);
    if (!map) {
        return nullptr;
    }
    const bool found_live = map->was_found_live();
    std::unique_ptr<Segment> segment(new Segment(files, layer, number, std::move(map)));
    if (found_live) {
        const Lock lock(segment->sync_mutex_);
        segment->written_.add_all();
        segment->data_changed_ = true;
        segment->directory_change_ = files.note_directory_change();
        segment->doubt_ = files.doubt_of(segment->data_key_);
    }
    return segment;
}

std::unique_ptr<Segment> Segment::make(LayerFiles& files, LayerId layer, std::uint32_t number)
{
    std::unique_ptr<Segment> segment(
        new Segment(files, layer, number, std::make_unique<BlockMap>(files, layer, number)));
    files.note_segment(layer, number);
    // Data first and unlinked last: a segment with any file has this one.
    // Emptied, for without a map its bytes are what power loss or a failure left behind.
    files.open(segment->data_key_, OpenMode::kReplace);
    const Lock lock(segment->sync_mutex_);
    segment->directory_change_ = files.note_directory_change();
    segment->map_->prepare_to_write();
    return segment;
}

void Segment::prepare_to_write()
{
    map_->prepare_to_write();
}

void Segment::read(std::uint64_t offset, std::span<std::byte> out)
{
    const auto size = read_fully(*open_data(OpenMode::kRead), offset, out);
    if (size < out.size()) {
        require_end_at(offset + size, offset + out.size());
        const auto rest = out.subspan(size);
        std::fill(rest.begin(), rest.end(), std::byte{0});
    }
}

void Segment::require_end_at(std::uint64_t end, std::uint64_t wanted)
{
    // Files of the first format may end within their last block, after which there are zeros.
    const auto block_end = (end + kBlockSize - 1) / kBlockSize * kBlockSize;
    if (map_->has_whole_blocks() || wanted > block_end) {
        throw_corrupt(files_.path_of(data_key_),
                      fmt::format("it ends at {}, and its map names data behind that", end));
    }
}

/// Lengthens the file before a write behind its end, so that no write does it by itself and that a
/// file which ends before its last block has lost something.
void Segment::grow(File& data, std::uint64_t end)
{
    if (end <= length_.load(std::memory_order_acquire)) {
        return;
    }
    const Lock lock(length_mutex_);
    if (length_.load() == 0) {
        length_ = data.status().size_bytes;
    }
    if (end > length_.load()) {
        const auto length = (end + kGrowth - 1) / kGrowth * kGrowth;
        data.truncate(length);
        length_.store(length, std::memory_order_release);
    }
}

void Segment::write(std::uint64_t offset, std::span<const std::byte> bytes)
{
    note_written(offset, bytes.size());
    const auto data = open_data(OpenMode::kReadWrite);
    grow(*data, offset + bytes.size());
    write_fully(*data, offset, bytes);
    // Again: a sync that ran meanwhile may have come before the bytes.
    note_written(offset, bytes.size());
}

void Segment::copy(std::uint64_t offset, File& from, std::uint64_t from_offset,
                   std::uint64_t length)
{
    note_written(offset, length);
    const auto data = open_data(OpenMode::kReadWrite);
    grow(*data, offset + length);
    copy_fully(*data, offset, from, from_offset, length);
    note_written(offset, length);  // as in write()
}

void Segment::zero(std::uint64_t offset, std::uint64_t length)
{
    note_written(offset, length);
    write_zeros(*open_data(OpenMode::kReadWrite), offset, length);
    files_.note_freed();
    note_written(offset, length);
}

void Segment::note_written(std::uint64_t offset, std::uint64_t length)
{
    written_.add(offset, length);
    data_changed_ = true;
}

void Segment::release(std::uint64_t offset, std::uint64_t length)
{
    // Without data_changed_: the map alone tells of it. But whoever has just found a hole here may
    // leave to it the rest of a block that is to be written again.
    written_.add(offset, length);
    try {
        open_data(OpenMode::kReadWrite)->punch_hole(offset, length);
        written_.add(offset, length);
        files_.note_freed();
    } catch (const StorageError& error) {
        // Only space is lost where the file system has no holes.
        if (error.error_number != EOPNOTSUPP && error.error_number != ENOSYS) {
            throw;
        }
    }
}

bool Segment::is_hole(std::uint64_t offset, std::uint64_t length)
{
    if (holes_in_doubt_) {
        return false;
    }
    const auto data = open_data(OpenMode::kRead)->seek_data(offset);
    return !data || *data >= offset + length;
}

void Segment::sync(bool is_sealed, Writers writers)
{
    const Lock lock(sync_mutex_);
    if (writers == Writers::kNone) {
        write_doubtful_again();
    }
    if (doubt_) {
        throw StorageError(doubt_->failure);
    }
    if (!map_->has_live_map()) {
        return;  // nothing was written since the map became durable
    }
    map_->settle();
    std::uint64_t next_page = 0;
    while (true) {
        // The order is the promise: a map that calls a block data reaches the disk after the data,
        // and a map file's name after the name of its data file.
        const auto pages = map_->take_changed_pages(next_page, kPagesPerSync);
        try {
            if (data_changed_.exchange(false)) {
                sync_data();
            }
            files_.sync_directory(directory_change_);
            if (!pages.empty()) {
                map_->write_durable(pages);
            }
        } catch (const StorageError&) {
            map_->give_back(pages);
            throw;
        }
        if (pages.size() < kPagesPerSync) {
            break;
        }
    }
    if (map_->take_new_durable_name()) {
        directory_change_ = files_.note_directory_change();
    }
    files_.sync_directory(directory_change_);
    if (is_sealed) {
        map_->drop_live_map();
    }
}

void Segment::sync_data()
{
    // Opening may fail for want of descriptors, which says nothing about the data.
    std::shared_ptr<File> data;
    try {
        data = open_data(OpenMode::kReadWrite);
    } catch (const StorageError&) {
        data_changed_ = true;
        throw;
    }
    const auto parts = written_.take();
    try {
        data->sync_data();
    } catch (const StorageError& error) {
        holes_in_doubt_ = true;
        doubt_ = {error, {parts.begin(), parts.end()}};
        ++failed_syncs_;
        // What came meanwhile the kernel may have dropped as well.
        const auto later = written_.take();
        doubt_->parts.insert(later.begin(), later.end());
        files_.note_doubt(data_key_, doubt_);
        data_changed_ = true;
        throw;
    }
}

Segment::Doubtful Segment::doubtful()
{
    const Lock lock(sync_mutex_);
    Doubtful doubtful{failed_syncs_, {}};
    if (doubt_) {
        doubtful.parts.assign(doubt_->parts.begin(), doubt_->parts.end());
    }
    return doubtful;
}

void Segment::write_doubtful_again()
{
    if (!doubt_) {
        return;
    }
    while (!doubt_->parts.empty()) {
        const auto part = *doubt_->parts.begin();
        write_again(part * WrittenParts::kPartSize, WrittenParts::kPartSize);
        doubt_->parts.erase(part);
    }
    doubt_.reset();
    files_.note_doubt(data_key_, doubt_);
}

void Segment::write_again(std::uint64_t offset, std::uint64_t length)
{
    std::vector<std::byte> bytes(kBlockSize);
    const auto end = (offset + length) / kBlockSize;
    for (auto block = offset / kBlockSize; block < end; ++block) {
        const auto page = map_->page(block / kBlocksPerMapPage);
        const auto state = state_in(*page, block % kBlocksPerMapPage);
        const auto units = state == BlockState::kData      ? kAllUnits
                           : state == BlockState::kPartial ? map_->units(block)
                                                           : Units{0};
        // Holes too: that they are there may be as little on the disk as anything else.
        for_each_run(units, [&](std::uint64_t begin, std::uint64_t run_end) {
            const auto run = std::span(bytes).first(run_end - begin);
            read(block * kBlockSize + begin, run);
            write(block * kBlockSize + begin, run);
        });
    }
}

void Segment::end_doubt(std::uint64_t sync, std::uint64_t part)
{
    const Lock lock(sync_mutex_);
    if (!doubt_ || failed_syncs_ != sync) {
        return;
    }
    doubt_->parts.erase(part);
    // Until then who opens the segment anew writes again what has been, which does no harm.
    if (doubt_->parts.empty()) {
        doubt_.reset();
        files_.note_doubt(data_key_, doubt_);
    }
}

std::shared_ptr<File> Segment::open_data(OpenMode mode)
{
    try {
        return files_.open(data_key_, mode);
    } catch (const StorageError& error) {
        if (error.error_number == ENOENT) {
            throw_corrupt(error.path, "it is missing, and its map is there");
        }
        throw;
    }
}

}  // namespace amilab
