#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "server/calls/stream_operation.h"
#include "server/services/s3/checksums.h"
#include "server/services/s3/object_bytes.h"

/// Bodies of requests, as S3 takes them: as they are or in chunks, with checksums before or behind
/// them.
namespace amilab::s3 {

/// What must hold of a body.
struct BodyRules {
    std::uint64_t most_bytes = 0;
    /// In base64, of Content-MD5.
    std::optional<std::string> md5{};
    std::optional<WantedChecksum> checksum{};
    /// What is made where the request has none.
    std::optional<ChecksumAlgorithm> otherwise{};
    /// What is made and told whatever the request has.
    std::optional<ChecksumAlgorithm> kept{};
};

/// What it is.
struct ReceivedBody {
    std::uint64_t size_bytes = 0;
    /// The 16 bytes.
    std::string md5;
    std::optional<ChecksumAlgorithm> algorithm;
    /// The bytes of the checksum, not in base64.
    std::string checksum;
};

/// `wanted`, which headers say, or else what the header announces of a trailer. Throws ApiError:
/// NotImplemented (a trailer that is none of the checksums offered), InvalidRequest (an algorithm
/// is named, and no checksum of it is to come).
std::optional<WantedChecksum> with_trailer(const RequestHeader& header,
                                           std::optional<WantedChecksum> wanted);

/// How many bytes are to come, as the header says. Throws ApiError: MissingContentLength,
/// EntityTooLarge.
std::uint64_t announced_bytes(const RequestHeader& header, std::uint64_t most_bytes);

/// A body that is taken as a whole, and at once on the thread that serves connections: its
/// checksums cost some 0.2 ms at most, less than a quick call may.
inline constexpr std::size_t kSmallBodyBytes = ContentWriter::kMemoryBytes;

/// What takes the bytes of a body: of a small one all at once, without waiting, else on a worker.
/// Outlives the call that is given it.
using ByteTaker = std::function<void(std::span<const std::byte>)>;

/// Takes the body and gives `write` its bytes, as much at a time as there is room for.
/// Throws ApiError where the body breaks a rule, or is not what its checksums say: what was written
/// is to be thrown away then. Throws what `write` and BodySource throw.
boost::asio::awaitable<ReceivedBody> receive(StreamSession& session, const BodyRules& rules,
                                             const ByteTaker& write);

/// Takes a body of some KiB. `rules` outlive the call. Throws what receive() does.
boost::asio::awaitable<std::string> receive_text(StreamSession& session, const BodyRules& rules);

/// Takes a body that is a document. Throws what receive() does.
boost::asio::awaitable<std::string> receive_document(StreamSession& session,
                                                     std::optional<std::string> md5,
                                                     std::size_t most_bytes);

/// The parameters that announce a body's checksum in a request that has no header of its own for
/// each. Throws what only_checksum() throws.
std::optional<WantedChecksum> checksum_in_headers(const RequestHeader& header);

}  // namespace amilab::s3
