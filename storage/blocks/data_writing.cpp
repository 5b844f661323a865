#include "storage/blocks/data_writing.h"

#include "storage/base/storage_error.h"

namespace amilab {
namespace {

bool has_segment(std::uint64_t segments, std::uint32_t number)
{
    return (segments >> number & 1U) != 0;
}

}  // namespace

bool DataWriting::is_large() const
{
    const auto segments = files_.segments_of(layer_);
    std::uint64_t bytes = 0;
    for (std::uint32_t segment = 0; segment < kMaxSegments; ++segment) {
        if (!has_segment(segments, segment)) {
            continue;
        }
        try {
            const auto path = files_.path_of({layer_, segment, FileKind::kData});
            const auto status = files_.file_system().status(path);
            bytes += status ? status->allocated_bytes : 0;
        } catch (const StorageError&) {
            // The sync meets the same.
        }
    }
    return bytes > kAtOnce;
}

bool DataWriting::step()
{
    for (const auto segments = files_.segments_of(layer_); segment_ < kMaxSegments; ++segment_) {
        if (has_segment(segments, segment_) && write_part(segment_)) {
            return true;
        }
        offset_ = 0;
    }
    return false;
}

/// False: the segment has no data from the offset on.
bool DataWriting::write_part(std::uint32_t segment)
{
    try {
        const auto file =
            files_.open_if_exists({layer_, segment, FileKind::kData}, OpenMode::kReadWrite);
        const auto data = file ? file->seek_data(offset_) : std::nullopt;
        if (!data) {
            return false;
        }
        file->start_writing(*data, kAtOnce);
        offset_ = *data + kAtOnce;
        return true;
    } catch (const StorageError&) {
        return false;
    }
}

}  // namespace amilab
