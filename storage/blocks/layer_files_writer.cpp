#include "storage/blocks/layer_files_writer.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <boost/endian/conversion.hpp>

#include "storage/base/storage_error.h"
#include "storage/files/file_io.h"

namespace amilab {

LayerFilesWriter::LayerFilesWriter(FileSystem& file_system, std::string directory, LayerId layer,
                                   Syncs syncs)
    : file_system_(file_system), directory_(std::move(directory)), layer_(layer), syncs_(syncs)
{
}

void LayerFilesWriter::add_data(std::uint64_t offset, std::span<const std::byte> bytes)
{
    add(offset, bytes.size(), BlockState::kData);
    const auto at = offset % kSegmentSize;
    write_fully(*data_, at, bytes);
    data_end_ = at + bytes.size();
}

void LayerFilesWriter::add_empty_data(std::uint64_t offset, std::uint64_t length)
{
    add(offset, length, BlockState::kData);
    data_end_ = offset % kSegmentSize + length;
    data_->truncate(data_end_);
}

void LayerFilesWriter::add_zeros(std::uint64_t offset, std::uint64_t length)
{
    add(offset, length, BlockState::kZero);
}

void LayerFilesWriter::add(std::uint64_t offset, std::uint64_t length, BlockState state)
{
    const bool is_whole = offset % kBlockSize == 0 && length % kBlockSize == 0 && length > 0;
    if (!is_whole || offset < next_offset_ || length > kSegmentSize ||
        offset > kMaxVolumeSize - length ||
        offset / kSegmentSize != (offset + length - 1) / kSegmentSize) {
        throw StorageError(EINVAL, "write",
                           directory_ + '/' + file_name({layer_, 0, FileKind::kData}),
                           "its blocks are not in order");
    }
    next_offset_ = offset + length;
    begin_segment(static_cast<std::uint32_t>(offset / kSegmentSize));
    const auto first = offset % kSegmentSize / kBlockSize;
    for (auto block = first; block < first + length / kBlockSize; ++block) {
        if (page_ != block / kBlocksPerMapPage) {
            write_page();
            page_ = block / kBlocksPerMapPage;
        }
        const auto in_page = block % kBlocksPerMapPage;
        states_[in_page / 4] |=
            static_cast<std::byte>(static_cast<unsigned>(state) << in_page % 4 * 2);
        ++record_.blocks;
    }
}

void LayerFilesWriter::begin_segment(std::uint32_t segment)
{
    if (segment_ == segment) {
        return;
    }
    end_segment();
    segment_ = segment;
    record_.segments |= std::uint64_t{1} << segment;
    const auto open = [&](FileKind kind) {
        return file_system_.open(directory_ + '/' + file_name({layer_, segment, kind}),
                                 OpenMode::kCreateNew);
    };
    data_ = open(FileKind::kData);
    map_ = open(FileKind::kMap);
    data_end_ = 0;
}

void LayerFilesWriter::write_page()
{
    if (!page_) {
        return;
    }
    write_fully(*map_, kMapHeaderSize + *page_ * kMapPageSize, states_);
    const auto place = boost::endian::native_to_little(*segment_ * kMapPagesPerSegment + *page_);
    crc_.process_bytes(&place, sizeof place);
    crc_.process_bytes(states_.data(), states_.size());
    states_.fill(std::byte{0});
}

void LayerFilesWriter::end_segment()
{
    if (!segment_) {
        return;
    }
    write_page();
    const auto header =
        encode_map_header({layer_, *segment_, FileKind::kMap},
                          {.pages = static_cast<std::uint32_t>(page_.value_or(0) + 1)});
    page_.reset();
    if (syncs_ == Syncs::kFiles) {
        data_->sync_data();
    }
    write_fully(*map_, 0, header);
    if (syncs_ == Syncs::kFiles) {
        map_->sync_data();
    }
    data_.reset();
    map_.reset();
    segment_.reset();
}

LayerRecord LayerFilesWriter::finish()
{
    end_segment();
    record_.map_checksum = crc_.checksum();
    return record_;
}

}  // namespace amilab
