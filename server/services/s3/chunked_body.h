#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amilab::s3 {

/// Takes a body in content encoding aws-chunked apart as it comes: chunks, each with its length and
/// perhaps its signature before it, an empty one, and trailers.
/// Source: "Signature calculations for the Authorization header: transferring payload in multiple
/// chunks" (documented). Signatures are read and not verified, as elsewhere.
class ChunkedBody {
public:
    using Data = std::function<void(std::span<const std::byte>)>;

    /// Gives `data` what of the bytes is content. Throws ApiError (InvalidRequest,
    /// InvalidChunkSizeError) where they are no such body.
    void take(std::span<const std::byte> bytes, const Data& data);
    /// Throws ApiError (IncompleteBody) unless the body has ended.
    void require_end() const;
    /// The signature of the trailers is none of them.
    const std::vector<std::pair<std::string, std::string>>& trailers() const { return trailers_; }

private:
    enum class State : std::uint8_t { kSize, kData, kDataEnd, kTrailers, kDone };

    /// Whether a whole line is in line_.
    bool take_line(std::span<const std::byte>& bytes);
    void begin_chunk(std::string_view line);
    void take_trailer(std::string_view line);

    State state_ = State::kSize;
    std::string line_;
    std::uint64_t left_bytes_ = 0;
    std::uint64_t chunk_ = 0;
    bool was_short_ = false;
    std::vector<std::pair<std::string, std::string>> trailers_;
};

}  // namespace amilab::s3
