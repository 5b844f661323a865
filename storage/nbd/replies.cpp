#include "storage/nbd/replies.h"

#include <algorithm>
#include <cassert>

namespace amilab::nbd {
namespace {

// An error's message is one sentence.
constexpr std::size_t kMaxMessage = 512;
// Data begin on lines of the processor's cache.
constexpr std::size_t kAlignment = 64;

std::span<const std::byte> as_bytes(std::string_view text)
{
    return std::as_bytes(std::span(text));
}

}  // namespace

ReplyBatch::ReplyBatch(Stream& stream, Mutex& sending)
    : stream_(stream),
      sending_(sending),
      data_(std::make_unique_for_overwrite<std::byte[]>(kDataBytes))
{
}

std::span<std::byte> ReplyBatch::room(std::size_t size)
{
    assert(size <= kDataBytes);
    if (data_used_ + size > kDataBytes) {
        send();
    }
    const std::span<std::byte> room(data_.get() + data_used_, size);
    data_used_ +=
        std::min((size + kAlignment - 1) / kAlignment * kAlignment, kDataBytes - data_used_);
    return room;
}

void ReplyBatch::simple(const Request& request, Error error)
{
    Packer<kSimpleReplySize> packed;
    header(packed.put(kSimpleReplyMagic).put(error).put(request.cookie).bytes(), {});
}

void ReplyBatch::simple_header(const Request& request)
{
    simple(request, Error::kNone);
}

void ReplyBatch::chunk(const Request& request, Chunk type, std::uint16_t flags,
                       std::span<const std::byte> fields, std::size_t size)
{
    Packer<kChunkHeaderSize> packed;
    packed.put(kChunkMagic).put(flags).put(type).put(request.cookie);
    packed.put(static_cast<std::uint32_t>(fields.size() + size));
    header(packed.bytes(), fields);
}

void ReplyBatch::error_chunk(const Request& request, Error error, std::string_view message)
{
    message = message.substr(0, kMaxMessage);
    Packer<6> fields;
    fields.put(error).put(static_cast<std::uint16_t>(message.size()));
    chunk(request, Chunk::kError, kChunkDone, fields.bytes(), message.size());
    header(as_bytes(message), {});
}

void ReplyBatch::header(std::span<const std::byte> first, std::span<const std::byte> second)
{
    const auto size = first.size() + second.size();
    // One piece is left for the data of this header.
    if (header_used_ + size > kHeaderBytes || piece_count_ + 2 > kPieces) {
        send();
    }
    auto* const begin = headers_.data() + header_used_;
    std::copy(second.begin(), second.end(), std::copy(first.begin(), first.end(), begin));
    header_used_ += size;
    // Headers that follow each other are one piece.
    if (piece_count_ > 0) {
        auto& last = pieces_[piece_count_ - 1];
        if (static_cast<std::byte*>(last.iov_base) + last.iov_len == begin) {
            last.iov_len += size;
            return;
        }
    }
    pieces_[piece_count_++] = {.iov_base = begin, .iov_len = size};
}

void ReplyBatch::data(std::span<const std::byte> bytes)
{
    assert(piece_count_ < kPieces);
    pieces_[piece_count_++] = {.iov_base = const_cast<std::byte*>(bytes.data()),
                               .iov_len = bytes.size()};
}

void ReplyBatch::send()
{
    if (piece_count_ > 0) {
        const Lock lock(sending_);
        stream_.send(std::span(pieces_).first(piece_count_));
    }
    piece_count_ = 0;
    header_used_ = 0;
    data_used_ = 0;
}

}  // namespace amilab::nbd
