// A disk that refuses syncs for a while, below a whole server: clients are told by EIO, nothing is
// taken for written that may not be, and when the disk is back all goes on without a restart.
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "storage/metadata/layers/layer_rows.h"
#include "tests/storage/nbd/world.h"

namespace {

/// What fdatasync fails with, of files whose names end so; 0: nothing fails.
std::atomic<int> sync_error{0};
std::string failing_suffix;  // changed while nothing fails

std::string path_of(int file)
{
    std::array<char, 4096> path{};
    const auto link = "/proc/self/fd/" + std::to_string(file);
    const auto size = ::readlink(link.c_str(), path.data(), path.size());
    return {path.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

}  // namespace

/// In place of the library's, for the whole program.
extern "C" int fdatasync(int file)
{
    if (const auto error = sync_error.load();
        error != 0 && path_of(file).ends_with(failing_suffix)) {
        errno = error;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_fdatasync, file));
}

namespace amilab::nbd::test {
namespace {

class BrokenDisk : public testing::TestWithParam<int> {
protected:
    BrokenDisk() { client_.open(volume_); }
    ~BrokenDisk() override { mend(); }

    void break_syncs_of(std::string_view suffix)
    {
        failing_suffix = suffix;
        sync_error = GetParam();
    }
    static void mend() { sync_error = 0; }
    Error flush() { return client_.ask(Command::kFlush, 0, 0).error; }
    void drain() { world_.emulator().data().background().drain(); }
    std::size_t unsynced()
    {
        auto reader = world_.emulator().generation().reader();
        return select_unsynced_layers(reader.db()).size();
    }

    NbdWorld world_{Store::kKept, {}, [](std::exception_ptr) {}};
    const std::string volume_ = world_.make_volume();
    Client client_{world_.port()};
};

INSTANTIATE_TEST_SUITE_P(Errors, BrokenDisk, testing::Values(EIO, EROFS, EPERM),
                         testing::PrintToStringParamName());

TEST_P(BrokenDisk, AnswersFlushesWithAnInputOutputErrorUntilItIsBack)
{
    client_.write(0, Bytes(4096, std::byte{1}));
    break_syncs_of(".data");
    EXPECT_EQ(flush(), Error::kInputOutput);
    EXPECT_EQ(client_.ask(Command::kWrite, 4096, 512, Bytes(512), kCommandFua).error,
              Error::kInputOutput);
    EXPECT_EQ(flush(), Error::kInputOutput);
    EXPECT_EQ(client_.read(0, 4096), Bytes(4096, std::byte{1}));
    client_.write(8192, Bytes(4096, std::byte{2}));
    mend();
    EXPECT_EQ(flush(), Error::kNone);
    EXPECT_EQ(client_.read(0, 4096), Bytes(4096, std::byte{1}));
    EXPECT_EQ(client_.read(8192, 4096), Bytes(4096, std::byte{2}));
}

TEST_P(BrokenDisk, ThatRefusesMapsIsNoOther)
{
    client_.write(0, Bytes(4096, std::byte{1}));
    break_syncs_of(".map.new");
    EXPECT_EQ(flush(), Error::kInputOutput);
    mend();
    EXPECT_EQ(flush(), Error::kNone);
}

TEST_P(BrokenDisk, ThatRefusedTheRowsHasThemWrittenAgain)
{
    client_.write(0, Bytes(4096, std::byte{1}));
    break_syncs_of("-wal");
    EXPECT_EQ(flush(), Error::kInputOutput);
    drain();
    EXPECT_EQ(flush(), Error::kInputOutput);
    drain();
    mend();
    EXPECT_EQ(flush(), Error::kInputOutput) << "what failed before has not been written again";
    drain();
    EXPECT_EQ(flush(), Error::kNone);
}

TEST_P(BrokenDisk, HasSnapshotsOfThatTimeSyncedWithTheNextOne)
{
    client_.write(0, Bytes(4096, std::byte{1}));
    break_syncs_of(".data");
    world_.make_snapshot(volume_);
    drain();
    EXPECT_EQ(unsynced(), 1U);
    mend();
    client_.write(65536, Bytes(4096, std::byte{2}));
    world_.make_snapshot(volume_);
    drain();
    EXPECT_EQ(unsynced(), 0U);
}

}  // namespace
}  // namespace amilab::nbd::test
