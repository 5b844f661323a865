#pragma once

#include <sys/uio.h>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "storage/base/mutex.h"
#include "storage/nbd/protocol.h"
#include "storage/nbd/stream.h"

namespace amilab::nbd {

/// Replies of one thread that go out together, data where it was read to. Several threads' batches
/// share a stream and its mutex. Throws Disconnected when it sends.
class ReplyBatch {
public:
    /// What one piece of data has at most.
    static constexpr std::size_t kDataBytes = std::size_t{256} << 10;

    ReplyBatch(Stream& stream, Mutex& sending);

    /// Room for data of this length, which stays until send(); sends what there is when it must.
    std::span<std::byte> room(std::size_t size);

    void simple(const Request& request, Error error);
    /// The header of a simple reply whose data follow.
    void simple_header(const Request& request);
    /// The header of a chunk with `size` bytes behind its `fields`.
    void chunk(const Request& request, Chunk type, std::uint16_t flags,
               std::span<const std::byte> fields, std::size_t size);
    /// The last chunk of a reply that failed.
    void error_chunk(const Request& request, Error error, std::string_view message);
    /// What room() gave, filled.
    void data(std::span<const std::byte> bytes);

    /// Whether so much waits that more would only make the client wait.
    bool is_full() const { return piece_count_ >= kManyPieces || data_used_ >= kManyBytes; }
    void send();

private:
    static constexpr std::size_t kPieces = 64;
    static constexpr std::size_t kManyPieces = 32;
    static constexpr std::size_t kManyBytes = std::size_t{64} << 10;
    static constexpr std::size_t kHeaderBytes = 4096;

    void header(std::span<const std::byte> first, std::span<const std::byte> second);

    Stream& stream_;
    Mutex& sending_;  // held for a whole batch, so that replies do not mix
    std::array<iovec, kPieces> pieces_;
    std::size_t piece_count_ = 0;
    std::array<std::byte, kHeaderBytes> headers_;
    std::size_t header_used_ = 0;
    std::unique_ptr<std::byte[]> data_;
    std::size_t data_used_ = 0;
};

}  // namespace amilab::nbd
