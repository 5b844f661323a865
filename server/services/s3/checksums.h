#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/s3/object_rows.h"

namespace amilab::s3 {

/// A checksum of bytes that come in pieces. Used by one thread at a time.
class ChecksumMaker {
public:
    virtual ~ChecksumMaker() = default;
    virtual void add(std::span<const std::byte> bytes) = 0;
    /// The bytes of the checksum, highest first. Once, at the end.
    virtual std::string finish() = 0;
};

std::unique_ptr<ChecksumMaker> make_digest(ChecksumAlgorithm algorithm);
std::unique_ptr<ChecksumMaker> make_md5();

/// The checksum of two pieces, one behind the other, of those of both; for CRCs alone.
std::string combined_crc(ChecksumAlgorithm algorithm, std::string_view first,
                         std::string_view second, std::uint64_t second_bytes);
/// Whether the checksum of all bytes can be told by those of the parts.
bool is_crc(ChecksumAlgorithm algorithm);

/// "x-amz-checksum-crc32"
std::string_view header_of(ChecksumAlgorithm algorithm);
/// "crc32", as sentences of S3's have it.
std::string in_sentences(ChecksumAlgorithm algorithm);
/// "ChecksumCRC32"
const char* element_of(ChecksumAlgorithm algorithm);

/// What a client says of bytes that it sends.
struct WantedChecksum {
    ChecksumAlgorithm algorithm;
    /// In base64; nothing: it comes behind the bytes, or is ours to make.
    std::optional<std::string> value{};
};

/// The one of them, if there is one. Throws ApiError (InvalidRequest): several, or one that is no
/// checksum of its algorithm.
std::optional<WantedChecksum> only_checksum(std::vector<WantedChecksum> given);

/// All that a request has in headers of their own.
template <class Request>
std::vector<WantedChecksum> given_checksums(const Request& request)
{
    std::vector<WantedChecksum> given;
    const auto look = [&](ChecksumAlgorithm algorithm, const std::optional<std::string>& value) {
        if (value) {
            given.push_back({algorithm, value});
        }
    };
    look(ChecksumAlgorithm::kCrc32, request.checksum_crc32);
    look(ChecksumAlgorithm::kCrc32c, request.checksum_crc32_c);
    look(ChecksumAlgorithm::kCrc64Nvme, request.checksum_crc64_nvme);
    look(ChecksumAlgorithm::kSha1, request.checksum_sha1);
    look(ChecksumAlgorithm::kSha256, request.checksum_sha256);
    return given;
}

/// The checksum that a request has in a header. Throws what only_checksum() throws.
template <class Request>
std::optional<WantedChecksum> wanted_checksum(const Request& request)
{
    return only_checksum(given_checksums(request));
}

/// Whether it is the base64 of as many bytes as the algorithm's checksums have.
bool is_checksum(ChecksumAlgorithm algorithm, std::string_view value);
/// Throws ApiError (InvalidRequest) for what is none, in a header.
void require_checksum(ChecksumAlgorithm algorithm, std::string_view value);
/// The algorithm of a trailer's name, "x-amz-checksum-crc32"; nothing for another name.
std::optional<ChecksumAlgorithm> algorithm_of_header(std::string_view name);
/// "CRC32", in any case of letters; nothing for one that is not offered.
std::optional<ChecksumAlgorithm> parse_algorithm(std::string_view name);

}  // namespace amilab::s3
