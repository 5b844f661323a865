#include "storage/base/descriptors.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace amilab {
namespace {

/// What a server has open when every share is used to the full: files of layers that are in use
/// beyond those that are kept come on top.
std::size_t sum(const DescriptorShares& shares)
{
    return shares.http_connections + shares.nbd_connections + shares.layer_files +
           2 * 2 * shares.workers;
}

TEST(DescriptorShares, LeaveSomeForTheRestOfTheProgram)
{
    for (std::size_t limit = kFewestDescriptors; limit < 3'000; ++limit) {
        ASSERT_LE(sum(share_descriptors(limit)) + 40, limit) << limit;
    }
    for (const std::size_t limit : {4'096, 20'000, 65'536, 1 << 20}) {
        EXPECT_LE(sum(share_descriptors(limit)) + limit / 64, limit) << limit;
    }
}

TEST(DescriptorShares, LeaveNobodyWithout)
{
    for (std::size_t limit = 0; limit < 3'000; ++limit) {
        const auto shares = share_descriptors(limit);
        ASSERT_GE(shares.http_connections, 4U) << limit;
        ASSERT_GE(shares.nbd_connections, 3U) << limit;
        ASSERT_GE(shares.layer_files, 6U) << limit;
        ASSERT_GE(shares.workers, 2U) << limit;
    }
}

TEST(DescriptorShares, GrowWithTheLimitUpToWhatIsUseful)
{
    auto before = share_descriptors(kFewestDescriptors);
    for (std::size_t limit = kFewestDescriptors; limit < 100'000; limit += 64) {
        const auto shares = share_descriptors(limit);
        ASSERT_GE(shares.http_connections + 8, before.http_connections) << limit;
        ASSERT_GE(shares.layer_files + 8, before.layer_files) << limit;
        before = shares;
    }
    const auto most = share_descriptors(1 << 20);
    EXPECT_EQ(most.http_connections, 10'000U);
    EXPECT_EQ(most.nbd_connections, 256U);
    EXPECT_EQ(most.layer_files, 4'096U);
}

TEST(Descriptors, AreMissingWhenTheKernelSaysSo)
{
    EXPECT_TRUE(is_out_of_descriptors(EMFILE));
    EXPECT_TRUE(is_out_of_descriptors(ENFILE));
    EXPECT_FALSE(is_out_of_descriptors(ENOSPC));
}

}  // namespace
}  // namespace amilab
