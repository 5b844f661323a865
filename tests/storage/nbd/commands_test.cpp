#include <algorithm>
#include <map>
#include <memory>
#include <thread>

#include <gmock/gmock.h>

#include "storage/base/units.h"
#include "tests/storage/nbd/world.h"

namespace amilab::nbd::test {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint32_t kBlock = 64 << 10;
constexpr std::uint32_t kHoleAndZero = kStateHole | kStateZero;

class NbdCommands : public testing::TestWithParam<Client::Kind> {
protected:
    NbdCommands() { client_.open(volume_, GetParam()); }

    bool is_structured() const { return GetParam() != Client::Kind::kSimple; }

    Dice dice_;
    NbdWorld world_;
    std::string volume_ = world_.make_volume();
    Client client_{world_.port()};
};

INSTANTIATE_TEST_SUITE_P(Replies, NbdCommands,
                         testing::Values(Client::Kind::kSimple, Client::Kind::kWithBlockStatus),
                         [](const auto& one) {
                             return one.param == Client::Kind::kSimple ? "Simple" : "Structured";
                         });

TEST_P(NbdCommands, UnwrittenVolumesReadAsZeros)
{
    EXPECT_EQ(client_.read(0, 512), Bytes(512));
    EXPECT_EQ(client_.read(kGiB - kMiB, kMiB), Bytes(kMiB));
}

TEST_P(NbdCommands, WhatIsWrittenIsReadBack)
{
    for (const std::uint32_t size : {512U, 4096U, 33U * 1024, 1U << 20, 5U << 20, kMaxBlock}) {
        const auto bytes = dice_.bytes(size);
        const auto offset = dice_.below((kGiB - size) / 512) * 512;
        client_.write(offset, bytes);
        EXPECT_EQ(client_.read(offset, size), bytes) << size << " at " << offset;
    }
}

TEST_P(NbdCommands, NothingIsReadOrWrittenByARequestOfNoBytes)
{
    EXPECT_EQ(client_.ask(Command::kRead, 512, 0).error, Error::kNone);
    EXPECT_EQ(client_.ask(Command::kWrite, 512, 0).error, Error::kNone);
    EXPECT_EQ(client_.ask(Command::kTrim, kGiB, 0).error, Error::kNone);
}

TEST_P(NbdCommands, RefusesToMoveMoreThan32MiBAndGoesOn)
{
    EXPECT_EQ(client_.ask(Command::kRead, 0, kMaxBlock + 512).error, Error::kInvalid);
    const Bytes bytes(kMaxBlock + 512, std::byte{1});
    const auto answer = client_.ask(Command::kWrite, 0, kMaxBlock + 512, bytes);
    EXPECT_EQ(answer.error, Error::kInvalid);
    EXPECT_EQ(client_.read(0, 4096), Bytes(4096));
}

TEST_P(NbdCommands, AnyRangeOfBytesIsReadAndWritten)
{
    Bytes expected(4 * kBlock);
    for (const std::uint32_t length : {1U, 3U, 511U, 513U, 4095U, kBlock + 1, 2 * kBlock - 1}) {
        const auto offset = dice_.below(expected.size() - length);
        const auto bytes = dice_.bytes(length);
        client_.write(offset, bytes);
        std::copy(bytes.begin(), bytes.end(),
                  expected.begin() + static_cast<std::ptrdiff_t>(offset));
        EXPECT_EQ(client_.read(offset, length), bytes) << length << " at " << offset;
        EXPECT_EQ(client_.read(0, 4 * kBlock), expected) << length << " at " << offset;
    }
    client_.write(kGiB - 1, Bytes(1, std::byte{7}));
    EXPECT_EQ(client_.read(kGiB - 1, 1), Bytes(1, std::byte{7}));
}

TEST_P(NbdCommands, WritersOfOneSectorKeepEachOthersBytes)
{
    constexpr std::uint64_t kBytes = 3 * 512;
    constexpr std::uint64_t kBegin = kBlock - 512;  // across the end of a block
    std::vector<std::thread> threads;
    for (std::uint64_t number = 0; number < 4; ++number) {
        threads.emplace_back([this, number] {
            Client client(world_.port());
            client.open(volume_, GetParam());
            for (auto at = number; at < kBytes; at += 4) {
                client.write(kBegin + at, Bytes(1, static_cast<std::byte>(number + 1)));
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    const auto bytes = client_.read(kBegin, kBytes);
    for (std::uint64_t at = 0; at < kBytes; ++at) {
        ASSERT_EQ(bytes[at], static_cast<std::byte>(at % 4 + 1)) << at;
    }
}

TEST_P(NbdCommands, RefusesWhatGoesPastTheEnd)
{
    for (const std::uint64_t offset : {kGiB - 1023, kGiB - 512, kGiB, ~std::uint64_t{511}}) {
        EXPECT_EQ(client_.ask(Command::kRead, offset, 1024).error, Error::kInvalid);
        EXPECT_EQ(client_.ask(Command::kWrite, offset, 1024, Bytes(1024)).error, Error::kNoSpace);
        EXPECT_EQ(client_.ask(Command::kTrim, offset, 1024).error, Error::kNoSpace);
        EXPECT_EQ(client_.ask(Command::kWriteZeroes, offset, 1024).error, Error::kNoSpace);
    }
    EXPECT_EQ(client_.read(kGiB - 512, 512), Bytes(512));
}

TEST_P(NbdCommands, RefusesUnknownCommandsAndFlags)
{
    for (const int command : {5, 8, 100, 0xffff}) {
        EXPECT_EQ(client_.ask(static_cast<Command>(command), 0, 512).error, Error::kInvalid);
    }
    EXPECT_EQ(client_.ask(Command::kRead, 0, 512, {}, kCommandNoHole).error, Error::kInvalid);
    EXPECT_EQ(client_.ask(Command::kRead, 0, 512, {}, 1 << 15).error, Error::kInvalid);
    EXPECT_EQ(client_.ask(Command::kWrite, 0, 512, Bytes(512), kCommandOneExtent).error,
              Error::kInvalid);
    EXPECT_EQ(client_.ask(Command::kTrim, 0, 512, {}, kCommandFastZero).error, Error::kInvalid);
    EXPECT_EQ(client_.ask(Command::kFlush, 0, 0, {}, kCommandDoNotFragment).error, Error::kInvalid);
    EXPECT_EQ(client_.ask(Command::kFlush, 0, 512).error, Error::kInvalid);
}

TEST_P(NbdCommands, FlushAndForcedUnitAccessAreAnswered)
{
    const auto bytes = dice_.bytes(4096);
    client_.write(0, bytes, kCommandFua);
    EXPECT_EQ(client_.ask(Command::kFlush, 0, 0).error, Error::kNone);
    EXPECT_EQ(client_.ask(Command::kTrim, kBlock, kBlock, {}, kCommandFua).error, Error::kNone);
    EXPECT_EQ(client_.ask(Command::kRead, 0, 4096, {}, kCommandFua).data, bytes);
}

TEST(NbdFlushes, AForcedWriteOfNothingIsAnswered)
{
    NbdWorld world(Store::kKept);
    Client client(world.port());
    client.open(world.make_volume());
    EXPECT_EQ(client.ask(Command::kWrite, 0, 0, {}, kCommandFua).error, Error::kNone);
}

TEST_P(NbdCommands, TrimmedBlocksReadAsZerosAndWhatIsLeftOfOthersStays)
{
    const Bytes ones(4 * kBlock, std::byte{1});
    client_.write(0, ones);
    EXPECT_EQ(client_.ask(Command::kTrim, 512, 3 * kBlock).error, Error::kNone);
    EXPECT_EQ(client_.read(0, kBlock), Bytes(kBlock, std::byte{1}));
    EXPECT_EQ(client_.read(kBlock, 2 * kBlock), Bytes(2 * kBlock));
    EXPECT_EQ(client_.read(3 * kBlock, kBlock), Bytes(kBlock, std::byte{1}));
    EXPECT_EQ(client_.ask(Command::kTrim, 1, 5).error, Error::kNone);
    EXPECT_EQ(client_.read(0, kBlock), Bytes(kBlock, std::byte{1}));
}

TEST_P(NbdCommands, ZerosAreWrittenToTheByte)
{
    const Bytes ones(4 * kBlock, std::byte{1});
    for (const std::uint16_t flags :
         {0, static_cast<int>(kCommandNoHole), static_cast<int>(kCommandFastZero)}) {
        client_.write(0, ones);
        EXPECT_EQ(client_.ask(Command::kWriteZeroes, 512, 3 * kBlock, {}, flags).error,
                  Error::kNone);
        EXPECT_EQ(client_.read(0, 512), Bytes(512, std::byte{1}));
        EXPECT_EQ(client_.read(512, 3 * kBlock), Bytes(3 * kBlock));
        EXPECT_EQ(client_.read(3 * kBlock + 512, 512), Bytes(512, std::byte{1}));
        client_.write(0, ones);
        EXPECT_EQ(client_.ask(Command::kWriteZeroes, 1, 3 * kBlock, {}, flags).error, Error::kNone);
        EXPECT_EQ(client_.read(0, 1), Bytes(1, std::byte{1}));
        EXPECT_EQ(client_.read(1, 3 * kBlock), Bytes(3 * kBlock));
        EXPECT_EQ(client_.read(3 * kBlock + 1, 2), Bytes(2, std::byte{1}));
    }
}

TEST_P(NbdCommands, ZerosThatKeepTheirSpaceAreNotFast)
{
    EXPECT_EQ(
        client_.ask(Command::kWriteZeroes, 0, kBlock, {}, kCommandNoHole | kCommandFastZero).error,
        Error::kNotSupported);
}

TEST_P(NbdCommands, AllZerosOfGigabytesAreOneRequest)
{
    client_.write(0, Bytes(kMiB, std::byte{1}));
    EXPECT_EQ(client_.ask(Command::kWriteZeroes, 0, kGiB).error, Error::kNone);
    EXPECT_EQ(client_.read(0, kMiB), Bytes(kMiB));
}

TEST_P(NbdCommands, SnapshotsRefuseEveryChange)
{
    client_.write(0, Bytes(512, std::byte{7}));
    Client reader(world_.port());
    reader.open(world_.make_snapshot(volume_), GetParam());
    EXPECT_EQ(reader.ask(Command::kWrite, 0, 512, Bytes(512)).error, Error::kNotPermitted);
    EXPECT_EQ(reader.ask(Command::kTrim, 0, kBlock).error, Error::kNotPermitted);
    EXPECT_EQ(reader.ask(Command::kWriteZeroes, 0, 512).error, Error::kNotPermitted);
    EXPECT_EQ(reader.ask(Command::kFlush, 0, 0).error, Error::kNone);
    EXPECT_EQ(reader.read(0, 512), Bytes(512, std::byte{7}));
}

TEST_P(NbdCommands, ARequestWithoutItsMagicClosesTheConnection)
{
    client_.send(Message().put_text("this is no request, as everybody can see"));
    EXPECT_TRUE(client_.is_closed());
}

TEST_P(NbdCommands, AClientThatGoesIsAnsweredFirst)
{
    const auto bytes = dice_.bytes(4096);
    const auto write = client_.request(Command::kWrite, 0, 4096, bytes);
    const auto read = client_.request(Command::kRead, 0, 4096);
    client_.request(Command::kDisconnect, 0, 0);
    EXPECT_EQ(client_.reply().cookie, write);
    const auto reply = client_.reply();
    EXPECT_EQ(reply.cookie, read);
    EXPECT_EQ(reply.data, bytes);
    EXPECT_TRUE(client_.is_closed());
}

TEST_P(NbdCommands, ConnectionsSeeWhatOthersHaveWritten)
{
    Client other(world_.unix_path());
    other.open(volume_);
    for (int round = 0; round < 20; ++round) {
        const auto bytes = dice_.bytes(512);
        client_.write(round * 512, bytes);
        EXPECT_EQ(other.read(round * 512, 512), bytes);
    }
}

class NbdStructured : public testing::Test {
protected:
    NbdStructured() { client_.open(volume_); }

    std::vector<std::pair<std::uint32_t, std::uint32_t>> status(std::uint64_t offset,
                                                                std::uint32_t length,
                                                                std::uint16_t flags = 0)
    {
        const auto answer = client_.ask(Command::kBlockStatus, offset, length, {}, flags);
        EXPECT_EQ(answer.error, Error::kNone) << answer.message;
        return answer.extents;
    }

    Dice dice_;
    NbdWorld world_;
    std::string volume_ = world_.make_volume();
    Client client_{world_.port()};
};

TEST_F(NbdStructured, LargeReadsComeInChunksInOrder)
{
    const auto reply = client_.ask(Command::kRead, 512, 3 << 20);
    ASSERT_GT(reply.chunks.size(), 1U);
    std::uint64_t next = 512;
    for (const auto& [offset, length] : reply.chunks) {
        EXPECT_EQ(offset, next);
        next += length;
    }
    EXPECT_EQ(next, 512U + (3U << 20));
}

TEST_F(NbdStructured, ReadsThatMustNotBeFragmentedAreOneChunk)
{
    const auto bytes = dice_.bytes(3 << 20);
    client_.write(0, bytes);
    const auto reply = client_.ask(Command::kRead, 0, 3 << 20, {}, kCommandDoNotFragment);
    EXPECT_THAT(reply.chunks, ElementsAre(Pair(0U, 3U << 20)));
    EXPECT_EQ(reply.data, bytes);
}

TEST_F(NbdStructured, ErrorsSayWhy)
{
    EXPECT_EQ(client_.ask(Command::kRead, kGiB, 512).message, "the request goes past the end");
}

TEST_F(NbdStructured, BlockStatusTellsDataFromHoles)
{
    EXPECT_THAT(status(0, kGiB), ElementsAre(Pair(kGiB, kHoleAndZero)));
    client_.write(kBlock, Bytes(kBlock, std::byte{1}));
    client_.write(4 * kBlock, Bytes(512, std::byte{1}));
    EXPECT_THAT(status(0, 8 * kBlock), ElementsAre(Pair(kBlock, kHoleAndZero), Pair(kBlock, 0U),
                                                   Pair(2 * kBlock, kHoleAndZero), Pair(kBlock, 0U),
                                                   Pair(3 * kBlock, kHoleAndZero)));
    EXPECT_THAT(status(kBlock + 512, kBlock),
                ElementsAre(Pair(kBlock - 512, 0U), Pair(512U, kHoleAndZero)));
    EXPECT_THAT(status(kBlock + 1, kBlock),
                ElementsAre(Pair(kBlock - 1, 0U), Pair(1U, kHoleAndZero)));
}

TEST_F(NbdStructured, BlockStatusTellsTheSameOfASnapshot)
{
    client_.write(0, Bytes(kBlock, std::byte{1}));
    Client reader(world_.port());
    reader.open(world_.make_snapshot(volume_));
    const auto answer = reader.ask(Command::kBlockStatus, 0, 2 * kBlock);
    EXPECT_THAT(answer.extents, ElementsAre(Pair(kBlock, 0U), Pair(kBlock, kHoleAndZero)));
}

TEST_F(NbdStructured, TrimsAndZerosAreHolesUnlessTheyKeepTheirSpace)
{
    client_.write(0, Bytes(4 * kBlock, std::byte{1}));
    client_.ask(Command::kTrim, 0, kBlock);
    client_.ask(Command::kWriteZeroes, kBlock, kBlock);
    client_.ask(Command::kWriteZeroes, 2 * kBlock, kBlock, {}, kCommandNoHole);
    EXPECT_THAT(status(0, 4 * kBlock),
                ElementsAre(Pair(2 * kBlock, kHoleAndZero), Pair(2 * kBlock, 0U)));
}

TEST_F(NbdStructured, OneExtentIsGivenWhenOneIsAskedFor)
{
    client_.write(kBlock, Bytes(kBlock, std::byte{1}));
    EXPECT_THAT(status(0, 8 * kBlock, kCommandOneExtent), ElementsAre(Pair(kBlock, kHoleAndZero)));
}

TEST_F(NbdStructured, BlockStatusOfManyExtentsIsBounded)
{
    for (std::uint32_t block = 0; block < 10'000; block += 2) {
        client_.request(Command::kWrite, std::uint64_t{block} * kBlock, 512, Bytes(512));
    }
    for (std::uint32_t block = 0; block < 10'000; block += 2) {
        client_.reply();
    }
    const auto extents = status(0, 10'000 * kBlock);
    EXPECT_EQ(extents.size(), 4096U);
    EXPECT_EQ(extents.back().first, kBlock);
}

TEST_F(NbdStructured, BlockStatusRefusesNothingAndWhatIsPastTheEnd)
{
    EXPECT_EQ(client_.ask(Command::kBlockStatus, 0, 0).error, Error::kInvalid);
    EXPECT_EQ(client_.ask(Command::kBlockStatus, kGiB, 512).error, Error::kInvalid);
}

/// Many requests of all kinds before any answer is read: what came must fit what a plain vector
/// says, whichever of those in flight came first.
void expect_all_answered(NbdWorld& world, Dice& dice)
{
    const auto volume = world.make_volume();
    Client client(world.port());
    client.open(volume);
    constexpr std::uint64_t kSlots = 256;
    std::vector<Bytes> slots(kSlots, Bytes(4096));
    for (int round = 0; round < 10; ++round) {
        std::map<std::uint64_t, Bytes> expected;  // by cookie; empty for what gives no data
        const auto first = dice.below(kSlots);
        for (std::uint64_t step = 0; step < 100; ++step) {
            const auto slot = (first + step) % kSlots;  // none twice
            const auto offset = slot * 3 * 4096;
            switch (dice.below(5)) {
                case 0:
                    expected[client.request(Command::kFlush, 0, 0)] = {};
                    break;
                case 1:
                case 2: {
                    slots[slot] = dice.bytes(4096);
                    const std::uint16_t flags = dice.below(4) == 0 ? kCommandFua : 0;
                    expected[client.request(Command::kWrite, offset, 4096, slots[slot], flags)] =
                        {};
                    break;
                }
                default:
                    expected[client.request(Command::kRead, offset, 4096)] = slots[slot];
                    break;
            }
        }
        while (!expected.empty()) {
            const auto reply = client.reply();
            EXPECT_EQ(reply.error, Error::kNone) << reply.message;
            const auto found = expected.find(reply.cookie);
            ASSERT_NE(found, expected.end());
            EXPECT_EQ(reply.data, found->second);
            expected.erase(found);
        }
    }
}

TEST(NbdPipelining, EveryRequestInFlightIsAnsweredOnce)
{
    NbdWorld world;
    Dice dice;
    expect_all_answered(world, dice);
}

TEST(NbdPipelining, FlushesAreWorkedOnBesideOtherRequests)
{
    NbdWorld world(Store::kKept);
    Dice dice;
    expect_all_answered(world, dice);
}

TEST(NbdPipelining, WithoutHelpersEveryRequestIsAnswered)
{
    Server::Options options;
    options.max_helpers = 0;
    NbdWorld world(Store::kKept, std::move(options));
    Dice dice;
    expect_all_answered(world, dice);
}

TEST(NbdPipelining, WithoutMemoryToSpareEveryRequestIsAnswered)
{
    Server::Options options;
    options.memory = std::make_shared<MemoryBudget>(0);
    NbdWorld world(Store::kKept, std::move(options));
    Dice dice;
    expect_all_answered(world, dice);
}

TEST(NbdMemory, IsOnePieceForAWriteThatIsOnItsWay)
{
    Server::Options options;
    const auto memory = std::make_shared<MemoryBudget>(4 * kMiB);
    options.memory = memory;
    NbdWorld world(Store::kPrivate, std::move(options));
    const auto volume = world.make_volume();
    Dice dice;
    const auto bytes = dice.bytes(kMaxBlock);
    constexpr std::uint64_t kClients = 6;
    {
        std::vector<std::unique_ptr<Client>> clients;
        for (std::uint64_t number = 0; number < kClients; ++number) {
            auto& client = *clients.emplace_back(std::make_unique<Client>(world.port()));
            client.open(volume);
            // Half of what the header promises, so that the rest is waited for.
            client.request(Command::kWrite, 512, kMaxBlock, std::span(bytes).first(kMaxBlock / 2));
        }
        amilab::test::wait_until([&] { return memory->held() == kClients * kMiB; });
        auto& first = *clients.front();
        first.send(std::span(bytes).subspan(kMaxBlock / 2));
        EXPECT_EQ(first.reply().error, Error::kNone);
        EXPECT_EQ(first.read(512, kMaxBlock), bytes);
        EXPECT_EQ(memory->held(), (kClients - 1) * kMiB);
    }
    amilab::test::wait_until([&] { return memory->held() == 0; });
}

TEST(NbdMemory, OfThreadsThatWaitForWorkIsNone)
{
    Server::Options options;
    const auto memory = std::make_shared<MemoryBudget>(64 * kMiB);
    options.memory = memory;
    NbdWorld world(Store::kKept, std::move(options));
    Client client(world.port());
    client.open(world.make_volume());
    // Each is given away, for a flush may take long: several threads are at work.
    constexpr int kWrites = 12;
    for (int number = 0; number < kWrites; ++number) {
        client.request(Command::kWrite, static_cast<std::uint64_t>(number) * kBlock, 512,
                       Bytes(512), kCommandFua);
    }
    for (int number = 0; number < kWrites; ++number) {
        EXPECT_EQ(client.reply().error, Error::kNone);
    }
    amilab::test::wait_until([&] { return memory->held() == 0; });
}

TEST(NbdMemory, OfAWriteThatIsRefusedIsNone)
{
    NbdWorld world;
    Client client(world.port());
    client.open(world.make_volume());
    const Bytes bytes(3 * kMiB, std::byte{1});
    EXPECT_EQ(client.ask(Command::kWrite, kGiB - kMiB, 3 * kMiB, bytes).error, Error::kNoSpace);
    EXPECT_EQ(client.read(kGiB - kMiB, kMiB), Bytes(kMiB));
    client.write(0, bytes);
    EXPECT_EQ(client.read(0, 3 * kMiB), bytes);
}

TEST(NbdPipelining, ManyClientsWorkAtOnce)
{
    NbdWorld world(Store::kKept);
    std::vector<std::thread> threads;
    for (int number = 0; number < 16; ++number) {
        threads.emplace_back([&world, volume = world.make_volume(), number] {
            const auto fill = static_cast<std::byte>(number + 1);
            Client client(world.port());
            client.open(volume);
            for (std::uint64_t step = 0; step < 50; ++step) {
                client.write(step * kBlock, Bytes(8192, fill), step % 10 == 0 ? kCommandFua : 0);
                EXPECT_EQ(client.read(step * kBlock, 8192), Bytes(8192, fill));
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
}

}  // namespace
}  // namespace amilab::nbd::test
