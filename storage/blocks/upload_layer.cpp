#include "storage/blocks/upload_layer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "storage/base/zeros.h"
#include "storage/blocks/block_range.h"

namespace amilab {
namespace {

// What a stream is gathered into, so that a long run of data is one write.
constexpr std::size_t kAppendSize = 16 * kBlockSize;

}  // namespace

void UploadLayer::write(std::uint64_t offset, std::span<const std::byte> bytes)
{
    require_range("write", id(), offset, bytes.size(), size());
    std::size_t run = 0;  // bytes [run, at) are not zero and wait to be written at once
    std::size_t at = 0;
    while (at < bytes.size()) {
        const auto to_block_end = kBlockSize - (offset + at) % kBlockSize;
        const auto part = std::min<std::size_t>(bytes.size() - at, to_block_end);
        if (is_zero(bytes.subspan(at, part))) {
            volume_->write(offset + run, bytes.subspan(run, at - run));
            volume_->write_zeroes(offset + at, part);
            run = at + part;
        }
        at += part;
    }
    volume_->write(offset + run, bytes.subspan(run));
}

void UploadLayer::copy(std::uint64_t offset, File& from, std::uint64_t from_offset,
                       std::uint64_t length)
{
    volume_->copy(offset, from, from_offset, length);
}

void UploadLayer::append(std::span<const std::byte> bytes)
{
    if (bytes.size() > size() - appended_bytes()) {
        throw StorageError(EINVAL, "append to", "upload", "the bytes go past the end");
    }
    while (!bytes.empty()) {
        const auto part = std::min(bytes.size(), kAppendSize - pending_.size());
        pending_.insert(pending_.end(), bytes.begin(),
                        bytes.begin() + static_cast<std::ptrdiff_t>(part));
        bytes = bytes.subspan(part);
        if (pending_.size() == kAppendSize) {
            write_pending();
        }
    }
}

void UploadLayer::seal()
{
    pending_.resize((pending_.size() + kSectorSize - 1) / kSectorSize * kSectorSize);
    if (!pending_.empty()) {
        write_pending();
    }
    volume_->seal_for_good();
}

void UploadLayer::write_pending()
{
    write(append_at_, pending_);
    append_at_ += pending_.size();
    pending_.clear();
}

}  // namespace amilab
