#include "server/services/s3/checksums.h"

#include <array>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/predicate.hpp>

#include "server/calls/secrets.h"
#include "server/services/s3/errors.h"
#include "server/wire/types.h"

namespace amilab::s3 {

namespace {

/// A CRC whose bits are in reverse order, all ones before and behind: CRC-32, CRC-32C and
/// CRC-64/NVME are. `kPolynomial` is reversed, without its highest term.
/// Source: the parameters are those of the CRC catalogue (documented).
template <class Number, Number kPolynomial>
class Crc {
public:
    static constexpr std::size_t kBytes = sizeof(Number);

    void add(std::span<const std::byte> bytes)
    {
        auto crc = static_cast<Number>(~crc_);
        std::size_t at = 0;
        for (; at + kSlices <= bytes.size(); at += kSlices) {
            crc = add_slices(crc, bytes.data() + at);
        }
        for (; at < bytes.size(); ++at) {
            const auto index =
                static_cast<std::uint8_t>(crc) ^ std::to_integer<unsigned>(bytes[at]);
            crc = static_cast<Number>((crc >> 8U) ^ kTables[0][index]);
        }
        crc_ = static_cast<Number>(~crc);
    }

    Number value() const { return crc_; }

    /// Of bytes with `first` and then, behind them, `second_bytes` with `second`.
    static Number combine(Number first, Number second, std::uint64_t second_bytes)
    {
        // What the first came to is shifted by what follows: times x to the 8 times so many.
        Number factor = kOne;
        Number power = static_cast<Number>(kOne >> 8U);
        for (auto count = second_bytes; count != 0; count >>= 1U) {
            if ((count & 1U) != 0) {
                factor = multiply(factor, power);
            }
            power = multiply(power, power);
        }
        return multiply(first, factor) ^ second;
    }

private:
    static constexpr std::size_t kSlices = 8;
    static constexpr unsigned kBits = kBytes * 8;
    static constexpr Number kOne = Number{1} << (kBits - 1);
    using Tables = std::array<std::array<Number, 256>, kSlices>;

    static constexpr Tables make_tables()
    {
        Tables tables{};
        for (unsigned byte = 0; byte < 256; ++byte) {
            Number crc = byte;
            for (int bit = 0; bit < 8; ++bit) {
                crc = static_cast<Number>((crc >> 1U) ^ ((crc & 1U) != 0 ? kPolynomial : 0));
            }
            tables[0][byte] = crc;
        }
        for (std::size_t slice = 1; slice < kSlices; ++slice) {
            for (unsigned byte = 0; byte < 256; ++byte) {
                const auto before = tables[slice - 1][byte];
                tables[slice][byte] = static_cast<Number>(
                    (before >> 8U) ^ tables[0][static_cast<std::uint8_t>(before)]);
            }
        }
        return tables;
    }
    static constexpr Tables kTables = make_tables();

    static Number add_slices(Number crc, const std::byte* bytes)
    {
        Number next = 0;
        for (std::size_t index = 0; index < kSlices; ++index) {
            auto byte = std::to_integer<std::uint8_t>(bytes[index]);
            if (index < kBytes) {
                byte = static_cast<std::uint8_t>(byte ^ (crc >> (8U * index)));
            }
            next ^= kTables[kSlices - 1 - index][byte];
        }
        return next;
    }

    /// The product of two polynomials, modulo the CRC's own.
    static Number multiply(Number left, Number right)
    {
        Number product = 0;
        for (Number bit = kOne; bit != 0; bit >>= 1U) {
            if ((left & bit) != 0) {
                product ^= right;
            }
            right = static_cast<Number>((right >> 1U) ^ ((right & 1U) != 0 ? kPolynomial : 0));
        }
        return product;
    }

    Number crc_ = 0;
};

using Crc32 = Crc<std::uint32_t, 0xEDB88320U>;
using Crc32c = Crc<std::uint32_t, 0x82F63B78U>;
using Crc64Nvme = Crc<std::uint64_t, 0x9A6C9329AC4BC9B5U>;

template <class Number>
std::string to_bytes(Number number)
{
    std::string bytes(sizeof(Number), '\0');
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, number >>= 8U) {
        *byte = static_cast<char>(number & 0xFFU);
    }
    return bytes;
}

template <class Number>
Number to_number(std::string_view bytes)
{
    Number number = 0;
    for (const auto byte : bytes) {
        number = static_cast<Number>((number << 8U) | static_cast<std::uint8_t>(byte));
    }
    return number;
}

template <class Kind>
class CrcDigest final : public ChecksumMaker {
public:
    void add(std::span<const std::byte> bytes) override { crc_.add(bytes); }
    std::string finish() override { return to_bytes(crc_.value()); }

private:
    Kind crc_;
};

template <class Kind>
std::string combine(std::string_view first, std::string_view second, std::uint64_t second_bytes)
{
    using Number = decltype(Kind().value());
    return to_bytes(
        Kind::combine(to_number<Number>(first), to_number<Number>(second), second_bytes));
}

class HashDigest final : public ChecksumMaker {
public:
    explicit HashDigest(HashAlgorithm algorithm) : hash_(algorithm) {}

    void add(std::span<const std::byte> bytes) override
    {
        hash_.add({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    std::string finish() override { return hash_.digest(); }

private:
    Hash hash_;
};

struct Names {
    std::string_view header;
    const char* element;
    std::size_t bytes;
};
constexpr std::array<Names, 5> kNames = {{
    {"x-amz-checksum-crc32", "ChecksumCRC32", 4},
    {"x-amz-checksum-crc32c", "ChecksumCRC32C", 4},
    {"x-amz-checksum-crc64nvme", "ChecksumCRC64NVME", 8},
    {"x-amz-checksum-sha1", "ChecksumSHA1", 20},
    {"x-amz-checksum-sha256", "ChecksumSHA256", 32},
}};

const Names& names_of(ChecksumAlgorithm algorithm)
{
    return kNames[static_cast<std::size_t>(algorithm)];
}

}  // namespace

std::unique_ptr<ChecksumMaker> make_digest(ChecksumAlgorithm algorithm)
{
    switch (algorithm) {
        case ChecksumAlgorithm::kCrc32:
            return std::make_unique<CrcDigest<Crc32>>();
        case ChecksumAlgorithm::kCrc32c:
            return std::make_unique<CrcDigest<Crc32c>>();
        case ChecksumAlgorithm::kCrc64Nvme:
            return std::make_unique<CrcDigest<Crc64Nvme>>();
        case ChecksumAlgorithm::kSha1:
            return std::make_unique<HashDigest>(HashAlgorithm::kSha1);
        case ChecksumAlgorithm::kSha256:
            break;
    }
    return std::make_unique<HashDigest>(HashAlgorithm::kSha256);
}

std::unique_ptr<ChecksumMaker> make_md5()
{
    return std::make_unique<HashDigest>(HashAlgorithm::kMd5);
}

bool is_crc(ChecksumAlgorithm algorithm)
{
    return algorithm != ChecksumAlgorithm::kSha1 && algorithm != ChecksumAlgorithm::kSha256;
}

std::string combined_crc(ChecksumAlgorithm algorithm, std::string_view first,
                         std::string_view second, std::uint64_t second_bytes)
{
    switch (algorithm) {
        case ChecksumAlgorithm::kCrc32:
            return combine<Crc32>(first, second, second_bytes);
        case ChecksumAlgorithm::kCrc32c:
            return combine<Crc32c>(first, second, second_bytes);
        case ChecksumAlgorithm::kCrc64Nvme:
            return combine<Crc64Nvme>(first, second, second_bytes);
        case ChecksumAlgorithm::kSha1:
        case ChecksumAlgorithm::kSha256:
            break;
    }
    throw std::logic_error("hashes of pieces do not tell that of the whole");
}

std::string_view header_of(ChecksumAlgorithm algorithm)
{
    return names_of(algorithm).header;
}

std::string in_sentences(ChecksumAlgorithm algorithm)
{
    return boost::algorithm::to_lower_copy(std::string(text_of(algorithm)));
}

const char* element_of(ChecksumAlgorithm algorithm)
{
    return names_of(algorithm).element;
}

bool is_checksum(ChecksumAlgorithm algorithm, std::string_view value)
{
    const auto bytes = wire::decode_base64(value);
    return bytes && bytes->size() == names_of(algorithm).bytes;
}

void require_checksum(ChecksumAlgorithm algorithm, std::string_view value)
{
    if (!is_checksum(algorithm, value)) {
        throw invalid_request(fmt::format("Value for {} header is invalid.", header_of(algorithm)));
    }
}

std::optional<WantedChecksum> only_checksum(std::vector<WantedChecksum> given)
{
    if (given.size() > 1) {
        throw invalid_request(
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
    }
    if (given.empty()) {
        return std::nullopt;
    }
    require_checksum(given.front().algorithm, *given.front().value);
    return std::move(given.front());
}

std::optional<ChecksumAlgorithm> algorithm_of_header(std::string_view name)
{
    for (std::size_t index = 0; index < kNames.size(); ++index) {
        if (boost::algorithm::iequals(kNames[index].header, name)) {
            return static_cast<ChecksumAlgorithm>(index);
        }
    }
    return std::nullopt;
}

std::optional<ChecksumAlgorithm> parse_algorithm(std::string_view name)
{
    return find_word<ChecksumAlgorithm>(boost::algorithm::to_upper_copy(std::string(name)));
}

}  // namespace amilab::s3
