// What befalls open exports from outside: deletion, reset, snapshots, the server's end.
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>

#include <gmock/gmock.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/storage/nbd/world.h"
#include "tests/support/json_caller.h"

namespace amilab::nbd::test {
namespace {

using amilab::test::launch;
using amilab::test::Parameters;
using amilab::test::public_image;

bool has_no_files(const std::string& folder)
{
    return std::filesystem::is_empty(folder);
}

TEST(NbdExports, ADeletedVolumeEndsWithShutdownAndItsLayersGo)
{
    NbdWorld world;
    const auto volume = world.make_volume();
    Client client(world.port());
    client.open(volume);
    client.write(0, Bytes(4096, std::byte{1}));
    EXPECT_FALSE(has_no_files(world.layers_path()));
    world.emulator().must("DeleteVolume", {{"VolumeId", volume}});
    EXPECT_EQ(client.ask(Command::kRead, 0, 512).error, Error::kShutdown);
    EXPECT_EQ(client.ask(Command::kWrite, 0, 512, Bytes(512)).error, Error::kShutdown);
    EXPECT_EQ(client.ask(Command::kFlush, 0, 0).error, Error::kShutdown);
    // The client is still there.
    wait_until([&] { return has_no_files(world.layers_path()); });
}

TEST(NbdExports, AVolumeThatGoesWithItsInstanceEndsToo)
{
    NbdWorld world;
    const auto image = public_image(world.emulator());
    const auto instance =
        world.emulator().must("RunInstances", launch(image)).text(amilab::test::kInstanceId);
    const auto volume = world.emulator().must("DescribeVolumes").text("volumeSet/item/volumeId");
    Client client(world.port());
    client.open(volume);
    client.write(0, Bytes(512, std::byte{1}));
    world.emulator().must("TerminateInstances", {{"InstanceId.1", instance}});
    EXPECT_EQ(client.ask(Command::kRead, 0, 512).error, Error::kShutdown);
}

TEST(NbdExports, ADeletedSnapshotEndsAndTheVolumeGoesOn)
{
    NbdWorld world;
    const auto volume = world.make_volume();
    Client writer(world.port());
    writer.open(volume);
    writer.write(0, Bytes(512, std::byte{1}));
    const auto snapshot = world.make_snapshot(volume);
    Client reader(world.port());
    reader.open(snapshot);
    EXPECT_EQ(reader.read(0, 512), Bytes(512, std::byte{1}));
    world.emulator().must("DeleteSnapshot", {{"SnapshotId", snapshot}});
    EXPECT_EQ(reader.ask(Command::kRead, 0, 512).error, Error::kShutdown);
    EXPECT_EQ(writer.read(0, 512), Bytes(512, std::byte{1}));
}

TEST(NbdConnections, ThatGetNoThreadAreClosedAndToldOfByThatName)
{
    std::atomic<bool> has_threads = false;
    std::promise<std::string> told;
    Server::Options options;
    // Its text: ThreadSanitizer does not see that the library counts who holds an exception.
    options.report = [&](std::exception_ptr exception) {
        try {
            std::rethrow_exception(std::move(exception));
        } catch (const std::exception& error) {
            told.set_value(error.what());
        }
    };
    options.start_thread = [&](std::function<void()> run) {
        if (!has_threads) {
            throw std::system_error(
                std::make_error_code(std::errc::resource_unavailable_try_again));
        }
        return std::thread(std::move(run));
    };
    NbdWorld world(Store::kPrivate, options);
    EXPECT_TRUE(Client(world.port()).is_closed());
    EXPECT_EQ(told.get_future().get(),
              "disconnected a client: no thread for it (Resource temporarily unavailable)");
    has_threads = true;
    Client client(world.port());
    client.open(world.make_volume());
}

TEST(NbdExports, ADeletedVolumeIsNotOpenedAgain)
{
    NbdWorld world;
    const auto volume = world.make_volume();
    world.emulator().must("DeleteVolume", {{"VolumeId", volume}});
    Client client(world.port());
    client.greet();
    EXPECT_EQ(client.option(Option::kGo, export_request(volume)).back().type,
              OptionReply::kUnknown);
}

TEST(NbdExports, AVolumeThatIsDeletedWhileItIsOpenedIsRefusedOrEnds)
{
    NbdWorld world;
    for (int round = 0; round < 50; ++round) {
        const auto volume = world.make_volume();
        Client client(world.port());
        client.greet();
        std::thread deleter([&] { world.emulator().must("DeleteVolume", {{"VolumeId", volume}}); });
        const auto answer = client.option(Option::kGo, export_request(volume)).back().type;
        deleter.join();
        if (answer == OptionReply::kAck) {
            EXPECT_EQ(client.ask(Command::kRead, 0, 512).error, Error::kShutdown);
        } else {
            EXPECT_EQ(answer, OptionReply::kUnknown);
        }
    }
}

TEST(NbdExports, AnArchivedSnapshotIsNoneUntilItIsRestored)
{
    NbdWorld world;
    const auto snapshot = world.make_snapshot(world.make_volume());
    Client reader(world.port());
    reader.open(snapshot);
    world.emulator().must("ModifySnapshotTier",
                          {{"SnapshotId", snapshot}, {"StorageTier", "archive"}});
    EXPECT_EQ(reader.ask(Command::kRead, 0, 512).error, Error::kShutdown);
    Client client(world.port());
    client.greet();
    const auto refused = client.option(Option::kGo, export_request(snapshot)).back();
    EXPECT_EQ(refused.type, OptionReply::kUnknown);
    EXPECT_THAT(refused.text(), testing::HasSubstr("archived"));
    EXPECT_EQ(client.option(Option::kList).size(), 2U);
    world.emulator().must("RestoreSnapshotTier",
                          {{"SnapshotId", snapshot}, {"PermanentRestore", "true"}});
    EXPECT_EQ(client.option(Option::kList).size(), 3U);
    EXPECT_EQ(client.option(Option::kGo, export_request(snapshot)).back().type, OptionReply::kAck);
}

TEST(NbdExports, ASnapshotThatWasRestoredForATimeEndsWithIt)
{
    NbdWorld world;
    const auto snapshot = world.make_snapshot(world.make_volume());
    auto& aws = world.emulator();
    aws.must("ModifySnapshotTier", {{"SnapshotId", snapshot}, {"StorageTier", "archive"}});
    aws.must("RestoreSnapshotTier", {{"SnapshotId", snapshot}, {"TemporaryRestoreDays", "1"}});
    Client reader(world.port());
    reader.open(snapshot);
    aws.advance(kDayMs - 1);
    EXPECT_EQ(reader.ask(Command::kRead, 0, 512).error, Error::kNone);
    aws.advance(1);
    aws.must("DescribeSnapshots");
    EXPECT_EQ(reader.ask(Command::kRead, 0, 512).error, Error::kShutdown);
}

TEST(NbdExports, ASnapshotInTheRecycleBinEndsAndIsNotOpened)
{
    NbdWorld world;
    const auto snapshot = world.make_snapshot(world.make_volume());
    amilab::test::keep_deleted_snapshots(world.emulator());
    Client reader(world.port());
    reader.open(snapshot);
    world.emulator().must("DeleteSnapshot", {{"SnapshotId", snapshot}});
    EXPECT_EQ(reader.ask(Command::kRead, 0, 512).error, Error::kShutdown);
    Client client(world.port());
    client.greet();
    EXPECT_EQ(client.option(Option::kGo, export_request(snapshot)).back().type,
              OptionReply::kUnknown);
    EXPECT_EQ(client.option(Option::kList).size(), 2U);
    world.emulator().must("RestoreSnapshotFromRecycleBin", {{"SnapshotId", snapshot}});
    EXPECT_EQ(client.option(Option::kGo, export_request(snapshot)).back().type, OptionReply::kAck);
}

TEST(NbdExports, AnUploadIsNoneBeforeItIsCompleted)
{
    NbdWorld world;
    const amilab::test::JsonCaller ebs(world.emulator(), "ebs");
    const auto upload =
        ebs.call("POST", "/snapshots", boost::json::object{{"VolumeSize", 1}}).text("/SnapshotId");
    Client client(world.port());
    client.greet();
    EXPECT_EQ(client.option(Option::kGo, export_request(upload)).back().type,
              OptionReply::kUnknown);
    EXPECT_EQ(client.option(Option::kList).size(), 1U);
    const auto completed = ebs.call("POST", "/snapshots/completion/" + upload, "",
                                    {{"x-amz-ChangedBlocksCount", "0"}});
    ASSERT_TRUE(completed.ok()) << completed.body;
    EXPECT_EQ(client.option(Option::kGo, export_request(upload)).back().type, OptionReply::kAck);
}

TEST(NbdExports, AVolumeThatGrewIsLargerForWhoeverOpensItThen)
{
    NbdWorld world;
    const auto volume = world.make_volume();
    Client before(world.port());
    EXPECT_EQ(before.open(volume), kGiB);
    world.emulator().must("ModifyVolume", {{"VolumeId", volume}, {"Size", "2"}});
    Client after(world.port());
    EXPECT_EQ(after.open(volume), 2 * kGiB);
    after.write(2 * kGiB - 512, Bytes(512, std::byte{1}));
    EXPECT_EQ(after.read(2 * kGiB - 1024, 512), Bytes(512));
    EXPECT_EQ(before.ask(Command::kRead, kGiB, 512).error, Error::kInvalid);
    EXPECT_EQ(before.ask(Command::kWrite, kGiB, 512, Bytes(512)).error, Error::kNoSpace);
    before.write(kGiB - 512, Bytes(512, std::byte{2}));
    EXPECT_EQ(after.read(kGiB - 512, 512), Bytes(512, std::byte{2}));
}

TEST(NbdExports, AResetDisconnectsClientsAndTheNextFindTheNewState)
{
    NbdWorld world;
    const auto volume = world.make_volume();
    Client client(world.port());
    client.open(volume);
    client.write(0, Bytes(512, std::byte{1}));
    const auto old_path = world.emulator().generation().path();
    world.emulator().data().reset();
    EXPECT_TRUE(client.is_closed());
    Client next(world.port());
    next.greet();
    EXPECT_EQ(next.option(Option::kGo, export_request(volume)).back().type, OptionReply::kUnknown);
    wait_until([&] { return !std::filesystem::exists(old_path); });
}

TEST(NbdExports, ConnectionsOfOneVolumeShareItWithTheApi)
{
    NbdWorld world;
    const auto volume = world.make_volume();
    Client first(world.port());
    Client second(world.unix_path());
    first.open(volume);
    for (int round = 0; round < 5; ++round) {
        first.write(0, Bytes(512, static_cast<std::byte>(round)));
        const auto snapshot = world.make_snapshot(volume);
        Client reader(world.port());
        reader.open(snapshot);
        first.write(0, Bytes(512, std::byte{99}));
        EXPECT_EQ(reader.read(0, 512), Bytes(512, static_cast<std::byte>(round)));
    }
    second.open(volume);
    EXPECT_EQ(second.read(0, 512), Bytes(512, std::byte{99}));
}

TEST(NbdExports, AVolumeOpensWhileSnapshotsOfItAreTaken)
{
    NbdWorld world;
    const auto volume = world.make_volume();
    std::atomic<bool> is_over = false;
    std::thread opener([&] {
        while (!is_over) {
            Client client(world.port());
            EXPECT_EQ(client.open(volume), kGiB);
            client.write(0, Bytes(512, std::byte{1}));
        }
    });
    for (int round = 0; round < 100; ++round) {
        world.make_snapshot(volume);
    }
    is_over = true;
    opener.join();
}

TEST(NbdServer, AnswersWhatIsUnderWayWhenItStops)
{
    NbdWorld world(Store::kKept);
    Client client(world.port());
    client.open(world.make_volume());
    std::vector<std::uint64_t> cookies;
    for (std::uint64_t number = 0; number < 8; ++number) {
        client.request(Command::kWrite, number << 20, 4096, Bytes(4096), kCommandFua);
    }
    client.reply();
    world.stop();
    // What was taken was answered whole; the rest was not taken.
    try {
        for (;;) {
            EXPECT_EQ(client.reply().error, Error::kNone);
        }
    } catch (const std::runtime_error&) {
    }
}

TEST(NbdServer, EndsWhileClientsAreIdleInAHandshakeOrDoNotRead)
{
    Server::Options options;
    options.stop_timeout = std::chrono::milliseconds(20);
    NbdWorld world(Store::kPrivate, std::move(options));
    const auto volume = world.make_volume();
    Client silent(world.port());
    Client idle(world.port());
    idle.open(volume);
    Client greedy(world.port());
    greedy.open(volume);
    for (int number = 0; number < 8; ++number) {
        greedy.request(Command::kRead, 0, kMaxBlock);
    }
    world.stop();
    EXPECT_TRUE(silent.is_closed());
    EXPECT_TRUE(idle.is_closed());
    EXPECT_TRUE(greedy.is_closed());
}

class NbdUnixSocket : public testing::Test {
protected:
    Server::Options options() const
    {
        Server::Options options;
        options.unix_path = path_;
        options.report = [](std::exception_ptr) {};
        return options;
    }

    TemporaryDirectory folder_;
    std::string path_ = folder_.path() + "/nbd";
    TestEmulator emulator_;
    boost::asio::io_context io_context_;
};

TEST_F(NbdUnixSocket, IsItsUsersAloneAndGoesAtTheEnd)
{
    {
        const Server server(io_context_, emulator_.data(), options());
        struct stat found = {};
        ASSERT_EQ(::stat(path_.c_str(), &found), 0);
        EXPECT_TRUE(S_ISSOCK(found.st_mode));
        EXPECT_EQ(found.st_mode & 0777, 0600U);
        EXPECT_THAT(server.uris(), testing::ElementsAre("nbd+unix:///?socket=" + path_));
    }
    EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(NbdUnixSocket, TakesThePlaceOfADeadOne)
{
    {
        boost::asio::io_context other;
        const Server server(other, emulator_.data(), options());
        std::filesystem::create_hard_link(path_, path_ + ".kept");
    }
    std::filesystem::rename(path_ + ".kept", path_);
    const Server server(io_context_, emulator_.data(), options());
    EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(NbdUnixSocket, LeavesAnotherServersAlone)
{
    const Server server(io_context_, emulator_.data(), options());
    EXPECT_THROW(Server(io_context_, emulator_.data(), options()), std::system_error);
    EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(NbdUnixSocket, LeavesFilesAlone)
{
    std::ofstream(path_) << "precious";
    EXPECT_THROW(Server(io_context_, emulator_.data(), options()), std::system_error);
    EXPECT_EQ(std::filesystem::file_size(path_), 8U);
}

TEST_F(NbdUnixSocket, RefusesAPathThatIsTooLong)
{
    auto wrong = options();
    wrong.unix_path = "/tmp/" + std::string(200, 'x');
    EXPECT_THROW(Server(io_context_, emulator_.data(), wrong), std::system_error);
}

}  // namespace
}  // namespace amilab::nbd::test
