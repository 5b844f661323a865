// A process that may have few files open: nothing that takes descriptors leaves the others without.
#include <list>

#include <gtest/gtest.h>

#include "storage/base/descriptors.h"
#include "tests/storage/nbd/world.h"
#include "tests/support/descriptor_limit.h"

namespace amilab::nbd::test {
namespace {

class FewDescriptors : public testing::TestWithParam<std::size_t> {
protected:
    /// For a client that comes alone: those before it have gone.
    std::uint16_t port()
    {
        wait_until([this] { return world_.server().connections() == 0; });
        return world_.port();
    }

    const amilab::test::DescriptorLimit limit_{GetParam()};
    NbdWorld world_;
};

INSTANTIATE_TEST_SUITE_P(Limits, FewDescriptors, testing::Values(64, 128, 256),
                         testing::PrintToStringParamName());

constexpr std::size_t kBlock = 64 * 1024;

Bytes stamp(std::size_t number)
{
    return Bytes(4096, static_cast<std::byte>(1 + number % 250));
}

// Each volume has a file of data and one of its map.
TEST_P(FewDescriptors, DisksBeyondNumberAreWrittenAndRead)
{
    std::vector<std::string> volumes(GetParam());
    for (std::size_t number = 0; number < volumes.size(); ++number) {
        volumes[number] = world_.make_volume();
        Client client(port());
        client.open(volumes[number]);
        client.write(kBlock, stamp(number));
    }
    for (std::size_t number = 0; number < volumes.size(); ++number) {
        Client client(port());
        client.open(volumes[number]);
        EXPECT_EQ(client.read(kBlock, 4096), stamp(number));
    }
}

TEST_P(FewDescriptors, AChainOfManySnapshotsIsReadWhole)
{
    const auto volume = world_.make_volume();
    Client client(world_.port());
    client.open(volume);
    for (std::size_t number = 0; number < GetParam(); ++number) {
        client.write(number * kBlock, stamp(number));
        world_.make_snapshot(volume);
    }
    for (std::size_t number = 0; number < GetParam(); ++number) {
        ASSERT_EQ(client.read(number * kBlock, 4096), stamp(number));
    }
}

TEST_P(FewDescriptors, MoreClientsThanThereIsRoomForAreClosedAndTheOthersServed)
{
    const auto volume = world_.make_volume();
    const auto most = share_descriptors(GetParam()).nbd_connections;
    std::list<Client> clients;
    for (std::size_t number = 0; number < most; ++number) {
        clients.emplace_back(world_.port()).open(volume);
        clients.back().write(number * 4096, stamp(number));
    }
    EXPECT_TRUE(Client(world_.port()).is_closed());
    EXPECT_EQ(clients.back().read((most - 1) * 4096, 4096), stamp(most - 1));
}

}  // namespace
}  // namespace amilab::nbd::test
