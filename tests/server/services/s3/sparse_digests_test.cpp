#include "server/services/s3/sparse_digests.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/calls/secrets.h"
#include "tests/support/seed.h"

namespace amilab::s3 {
namespace {

constexpr auto kPart = SparseDigests::kPartBytes;

/// As who looks at every byte finds it.
std::string plain_etag(std::string_view text)
{
    if (text.size() <= kPart) {
        const auto whole = make_md5();
        whole->add(std::as_bytes(std::span(text)));
        return to_hex(whole->finish());
    }
    const auto all = make_md5();
    std::size_t parts = 0;
    for (; parts * kPart < text.size(); ++parts) {
        const auto part = make_md5();
        part->add(std::as_bytes(std::span(text.substr(parts * kPart, kPart))));
        const auto digest = part->finish();
        all->add(std::as_bytes(std::span(digest)));
    }
    return fmt::format("{}-{}", to_hex(all->finish()), parts);
}

std::string plain_crc(std::string_view text)
{
    const auto digest = make_digest(ChecksumAlgorithm::kCrc64Nvme);
    digest->add(std::as_bytes(std::span(text)));
    return digest->finish();
}

/// Runs of text and of zeros in turn, of these lengths.
void expect_same(const std::vector<std::size_t>& lengths)
{
    SparseDigests digests;
    std::string text;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        if (i % 2 == 0) {
            const std::string run(lengths[i], static_cast<char>('a' + i));
            digests.add(std::as_bytes(std::span(run)));
            text += run;
        } else {
            digests.add_zeros(lengths[i]);
            text.append(lengths[i], '\0');
        }
    }
    EXPECT_EQ(digests.etag(), plain_etag(text)) << text.size();
    EXPECT_EQ(digests.crc64nvme(), plain_crc(text)) << text.size();
}

TEST(SparseDigests, AreThoseOfAllBytes)
{
    expect_same({0});
    expect_same({1});
    expect_same({0, 1});
    expect_same({kPart});
    expect_same({0, kPart});
    expect_same({kPart + 1});
    expect_same({0, kPart + 1});
    expect_same({0, 3 * kPart});
    expect_same({5, 3 * kPart, 7});
    expect_same({5, 3 * kPart - 5, 7});
    expect_same({kPart, 2 * kPart, kPart});
    expect_same({1, 1 << 20, 1, (1 << 20) - 1, 1});
}

TEST(SparseDigests, AreThoseOfAllBytesWhateverTheRuns)
{
    auto dice = test::seeded_random();
    for (int i = 0; i < 5; ++i) {
        std::vector<std::size_t> lengths;
        for (int run = 0; run < 6; ++run) {
            lengths.push_back(dice() % (2 * kPart));
        }
        expect_same(lengths);
    }
}

TEST(SparseDigests, OfATerabyteOfZerosCostNothing)
{
    SparseDigests digests;
    digests.add_zeros(std::uint64_t{1} << 40U);
    EXPECT_TRUE(digests.etag().ends_with("-131072"));
    EXPECT_EQ(digests.crc64nvme().size(), 8U);
}

}  // namespace
}  // namespace amilab::s3
