// What an account may hold, as clients of its disks are told.
#include <cerrno>

#include <gtest/gtest.h>

#include "storage/base/storage_error.h"
#include "storage/nbd/commands.h"
#include "storage/nbd/stored_exports.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::nbd {
namespace {

using amilab::test::kAccount;
using amilab::test::kOtherAccount;
using amilab::test::TestEmulator;

constexpr std::uint64_t kMost = 4 * kBlockSize;

class NbdAccountLimit : public ::testing::Test {
protected:
    std::shared_ptr<Export> open_volume(std::string_view account = kAccount)
    {
        const auto id =
            aws_.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}}, account)
                .text("volumeId");
        return std::get<std::shared_ptr<Export>>(StoredExports(aws_.data()).open(id, [] {}));
    }
    static void write(const Export& to, std::uint64_t offset, std::size_t length)
    {
        to.disk()->volume()->write(offset, std::vector<std::byte>(length, std::byte{1}));
    }
    static void expect_no_room(Export& disk, std::uint64_t offset, std::uint64_t length)
    {
        try {
            disk.take_room(offset, length);
            ADD_FAILURE() << "it had room";
        } catch (const StorageError& error) {
            EXPECT_EQ(error.error_number, EDQUOT) << error.what();
        }
    }

    TestEmulator aws_{DataDirectory::Options{.path = {},
                                             .seed = amilab::test::test_seed(),
                                             .catalogue = {},
                                             .account_limits = {.bytes = kMost},
                                             .report = {}}};
};

TEST_F(NbdAccountLimit, RefusesWritesThatComeToMore)
{
    const auto disk = open_volume();
    disk->take_room(0, kMost);
    write(*disk, 0, kMost);
    expect_no_room(*disk, kMost, 512);
}

TEST_F(NbdAccountLimit, CountsTheBlocksThatAFirstWriteTakes)
{
    const auto disk = open_volume();
    for (std::uint64_t block = 0; block < 4; ++block) {
        disk->take_room(block * kBlockSize, 512);
        write(*disk, block * kBlockSize, kBlockSize);
    }
    expect_no_room(*disk, 4 * kBlockSize, 512);
}

TEST_F(NbdAccountLimit, LetsBytesBeWrittenAgainWhileThereIsRoom)
{
    const auto disk = open_volume();
    for (int times = 0; times < 100; ++times) {
        disk->take_room(0, kBlockSize);
        write(*disk, 0, kBlockSize);
    }
}

TEST_F(NbdAccountLimit, IsOfAllDisksOfTheAccountAndOfNoOther)
{
    const auto first = open_volume();
    const auto second = open_volume();
    first->take_room(0, kMost);
    write(*first, 0, kMost);
    expect_no_room(*second, 0, 512);
    open_volume(kOtherAccount)->take_room(0, kMost);
}

}  // namespace
}  // namespace amilab::nbd
