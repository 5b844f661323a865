#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "server/services/s3/checksums.h"

namespace amilab::s3 {

/// The ETag and the CRC-64/NVME of bytes of which long runs are zeros, without a look at those. The
/// ETag is as S3 has it of an upload in parts of 8 MiB, which AWS's own clients make; of no more
/// than one part it is the MD5. Used by one thread at a time.
class SparseDigests {
public:
    static constexpr std::uint64_t kPartBytes = std::uint64_t{8} << 20U;

    SparseDigests();

    void add(std::span<const std::byte> bytes);
    void add_zeros(std::uint64_t count);

    /// Without quotes; once, at the end.
    std::string etag();
    /// The checksum's bytes, highest first; once, at the end.
    std::string crc64nvme();

private:
    void add_few(std::span<const std::byte> bytes);
    void add_few_zeros(std::uint64_t count);
    void add_zero_crc(std::uint64_t count);
    void end_part();
    void end_run();

    std::unique_ptr<ChecksumMaker> part_;   ///< MD5 of the part that is not full
    std::unique_ptr<ChecksumMaker> parts_;  ///< MD5 of the MD5s of the others
    std::unique_ptr<ChecksumMaker> run_;    ///< CRC of what came since the last long run of zeros
    std::uint64_t part_bytes_ = 0;
    std::uint64_t part_count_ = 0;
    std::uint64_t run_bytes_ = 0;
    std::string crc_;  ///< of what came before; empty when there was nothing
};

}  // namespace amilab::s3
