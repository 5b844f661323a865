#include "server/services/s3/sparse_digests.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "server/calls/secrets.h"

namespace amilab::s3 {

namespace {

constexpr auto kCrc = ChecksumAlgorithm::kCrc64Nvme;

/// The MD5 of kPartBytes of zeros.
constexpr std::array<unsigned char, 16> kZeroPart = {
    0x96, 0x99, 0x5b, 0x58, 0xd4, 0xcb, 0xf6, 0xaa, 0xa9, 0x04, 0x1b, 0x4f, 0x00, 0xc7, 0xf6, 0xae};

std::span<const std::byte> bytes_of(const std::string& text)
{
    return std::as_bytes(std::span(text));
}

std::span<const std::byte> some_zeros()
{
    static const std::vector<std::byte> zeros(std::size_t{1} << 20U);
    return zeros;
}

std::string crc_of(std::span<const std::byte> bytes)
{
    const auto digest = make_digest(kCrc);
    digest->add(bytes);
    return digest->finish();
}

}  // namespace

SparseDigests::SparseDigests() : part_(make_md5()), parts_(make_md5()), run_(make_digest(kCrc)) {}

void SparseDigests::end_part()
{
    parts_->add(bytes_of(part_->finish()));
    part_ = make_md5();
    part_bytes_ = 0;
    ++part_count_;
}

void SparseDigests::add_few(std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        if (part_bytes_ == kPartBytes) {
            end_part();
        }
        const auto count = std::min<std::uint64_t>(bytes.size(), kPartBytes - part_bytes_);
        part_->add(bytes.first(count));
        part_bytes_ += count;
        bytes = bytes.subspan(count);
    }
}

void SparseDigests::add_few_zeros(std::uint64_t count)
{
    while (count > 0) {
        const auto some = std::min<std::uint64_t>(count, some_zeros().size());
        add_few(some_zeros().first(some));
        count -= some;
    }
}

void SparseDigests::add(std::span<const std::byte> bytes)
{
    add_few(bytes);
    run_->add(bytes);
    run_bytes_ += bytes.size();
}

void SparseDigests::end_run()
{
    auto crc = run_->finish();
    crc_ = crc_.empty() ? std::move(crc) : combined_crc(kCrc, crc_, crc, run_bytes_);
    run_ = make_digest(kCrc);
    run_bytes_ = 0;
}

/// Of twice as many zeros each time.
void SparseDigests::add_zero_crc(std::uint64_t count)
{
    auto length = static_cast<std::uint64_t>(some_zeros().size());
    crc_ = combined_crc(kCrc, crc_, crc_of(some_zeros().first(count % length)), count % length);
    auto zeros = crc_of(some_zeros());
    for (auto rest = count / length; rest > 0; rest /= 2) {
        if (rest % 2 == 1) {
            crc_ = combined_crc(kCrc, crc_, zeros, length);
        }
        zeros = combined_crc(kCrc, zeros, zeros, length);
        length *= 2;
    }
}

void SparseDigests::add_zeros(std::uint64_t count)
{
    if (count < some_zeros().size()) {
        add(some_zeros().first(count));
        return;
    }
    end_run();
    add_zero_crc(count);
    // What fills the part that is begun; the parts behind it that are zeros; what is left.
    const auto first = std::min(count, kPartBytes - part_bytes_);
    add_few_zeros(first);
    count -= first;
    if (count > kPartBytes) {
        end_part();
        for (; count > kPartBytes; count -= kPartBytes) {
            parts_->add(std::as_bytes(std::span(kZeroPart)));
            ++part_count_;
        }
    }
    add_few_zeros(count);
}

std::string SparseDigests::etag()
{
    if (part_count_ == 0) {
        return to_hex(part_->finish());
    }
    end_part();
    return fmt::format("{}-{}", to_hex(parts_->finish()), part_count_);
}

std::string SparseDigests::crc64nvme()
{
    end_run();
    return crc_;
}

}  // namespace amilab::s3
