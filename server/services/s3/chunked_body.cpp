#include "server/services/s3/chunked_body.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "server/services/s3/errors.h"

namespace amilab::s3 {

namespace {

/// Far above a length with a signature, or a checksum.
constexpr std::size_t kLongestLine = 1024;
constexpr std::size_t kMostTrailers = 16;
/// Source: documented.
constexpr std::uint64_t kShortestChunk = 8192;
/// More than any body.
constexpr std::uint64_t kLongestChunk = std::uint64_t{1} << 43U;

/// Source: the code is S3's; the text is amilab's own.
ApiError no_chunks(std::string_view why)
{
    return invalid_request(fmt::format("The body is not in content encoding aws-chunked: {}", why));
}

/// Source: code, status and text observed.
ApiError short_chunk(std::uint64_t chunk, std::uint64_t bytes)
{
    return ApiError("InvalidChunkSizeError",
                    "Only the last chunk is allowed to have a size less than 8192 bytes",
                    kForbidden)
        .with("Chunk", fmt::format("{}", chunk))
        .with("BadChunkSize", fmt::format("{}", bytes));
}

}  // namespace

bool ChunkedBody::take_line(std::span<const std::byte>& bytes)
{
    const auto end = std::find(bytes.begin(), bytes.end(), std::byte{'\n'});
    const auto count = static_cast<std::size_t>(end - bytes.begin());
    const bool is_whole = count < bytes.size();
    if (line_.size() + count > kLongestLine) {
        throw no_chunks("a line is too long");
    }
    line_.append(reinterpret_cast<const char*>(bytes.data()), count);
    bytes = bytes.subspan(is_whole ? count + 1 : count);
    return is_whole;
}

void ChunkedBody::begin_chunk(std::string_view line)
{
    const auto* begin = line.data();
    const auto* end = begin + line.size();
    const auto result = std::from_chars(begin, end, left_bytes_, 16);
    const bool is_size = result.ec == std::errc() && (result.ptr == end || *result.ptr == ';');
    if (!is_size || left_bytes_ > kLongestChunk) {
        throw no_chunks("a chunk has no length");
    }
    if (left_bytes_ == 0) {
        state_ = State::kTrailers;
        return;
    }
    ++chunk_;
    if (was_short_) {
        throw short_chunk(chunk_ - 1, left_bytes_);
    }
    was_short_ = left_bytes_ < kShortestChunk;
    state_ = State::kData;
}

void ChunkedBody::take_trailer(std::string_view line)
{
    if (line.empty()) {
        state_ = State::kDone;
        return;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || trailers_.size() == kMostTrailers) {
        throw malformed_trailer();
    }
    auto value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    const auto name = line.substr(0, colon);
    if (name != "x-amz-trailer-signature") {
        trailers_.emplace_back(name, value);
    }
}

void ChunkedBody::take(std::span<const std::byte> bytes, const Data& data)
{
    while (!bytes.empty()) {
        if (state_ == State::kDone) {
            throw no_chunks("bytes follow its end");
        }
        if (state_ == State::kData) {
            const auto count =
                static_cast<std::size_t>(std::min<std::uint64_t>(left_bytes_, bytes.size()));
            data(bytes.first(count));
            bytes = bytes.subspan(count);
            left_bytes_ -= count;
            state_ = left_bytes_ == 0 ? State::kDataEnd : state_;
            continue;
        }
        if (!take_line(bytes)) {
            return;
        }
        std::string line;
        line.swap(line_);
        if (line.ends_with('\r')) {
            line.pop_back();
        }
        if (state_ == State::kSize) {
            begin_chunk(line);
        } else if (state_ == State::kTrailers) {
            take_trailer(line);
        } else if (line.empty()) {
            state_ = State::kSize;
        } else {
            throw no_chunks("a chunk is longer than its length");
        }
    }
}

void ChunkedBody::require_end() const
{
    // The empty line at the very end is left out by some (observed), where no trailers come.
    const bool has_ended = state_ == State::kDone || (state_ == State::kTrailers &&
                                                      line_.find_first_not_of('\r') == line_.npos);
    if (!has_ended) {
        throw incomplete_body();
    }
}

}  // namespace amilab::s3
