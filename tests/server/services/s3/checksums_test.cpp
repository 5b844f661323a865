#include "server/services/s3/checksums.h"

#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/calls/secrets.h"
#include "server/wire/types.h"
#include "tests/support/seed.h"

namespace amilab::s3 {
namespace {

std::string digest_of(ChecksumAlgorithm algorithm, std::string_view text)
{
    const auto digest = make_digest(algorithm);
    digest->add(std::as_bytes(std::span(text)));
    return digest->finish();
}

// Source: the check values of the CRC catalogue, and NIST's for the hashes.
TEST(Checksums, AreThoseThatAreDocumented)
{
    constexpr std::string_view kCheck = "123456789";
    EXPECT_EQ(to_hex(digest_of(ChecksumAlgorithm::kCrc32, kCheck)), "cbf43926");
    EXPECT_EQ(to_hex(digest_of(ChecksumAlgorithm::kCrc32c, kCheck)), "e3069283");
    EXPECT_EQ(to_hex(digest_of(ChecksumAlgorithm::kCrc64Nvme, kCheck)), "ae8b14860a799888");
    EXPECT_EQ(to_hex(digest_of(ChecksumAlgorithm::kSha1, "abc")),
              "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(to_hex(digest_of(ChecksumAlgorithm::kSha256, "abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(digest_of(ChecksumAlgorithm::kCrc64Nvme, "")), "0000000000000000");
}

TEST(Checksums, OfPiecesAreThatOfTheWhole)
{
    auto dice = test::seeded_random();
    std::string text(100'000, '\0');
    for (auto& byte : text) {
        byte = static_cast<char>(dice());
    }
    for (const auto algorithm :
         {ChecksumAlgorithm::kCrc32, ChecksumAlgorithm::kCrc32c, ChecksumAlgorithm::kCrc64Nvme}) {
        const auto whole = digest_of(algorithm, text);
        for (int round = 0; round < 50; ++round) {
            const auto at = dice() % (text.size() + 1);
            const auto first = std::string_view(text).substr(0, at);
            const auto second = std::string_view(text).substr(at);
            EXPECT_EQ(combined_crc(algorithm, digest_of(algorithm, first),
                                   digest_of(algorithm, second), second.size()),
                      whole)
                << text_of(algorithm) << " cut at " << at;
            const auto digest = make_digest(algorithm);
            digest->add(std::as_bytes(std::span(first)));
            digest->add(std::as_bytes(std::span(second)));
            EXPECT_EQ(digest->finish(), whole) << text_of(algorithm) << " cut at " << at;
        }
    }
}

TEST(Checksums, HaveNamesInAnyCase)
{
    EXPECT_EQ(parse_algorithm("crc32c"), ChecksumAlgorithm::kCrc32c);
    EXPECT_EQ(parse_algorithm("CRC64NVME"), ChecksumAlgorithm::kCrc64Nvme);
    EXPECT_EQ(parse_algorithm("XXHASH64"), std::nullopt);
    EXPECT_EQ(algorithm_of_header("X-Amz-Checksum-SHA256"), ChecksumAlgorithm::kSha256);
    EXPECT_EQ(algorithm_of_header("x-amz-checksum-type"), std::nullopt);
}

}  // namespace
}  // namespace amilab::s3
