// Random requests against plain bytes, and random bytes against the server.
#include <algorithm>
#include <thread>

#include <gtest/gtest.h>

#include "tests/storage/nbd/world.h"

namespace amilab::nbd::test {
namespace {

constexpr std::uint64_t kDiskBytes = 4 << 20;  // all of the volume that is used

class NbdRandom : public testing::Test {
protected:
    /// Of whole sectors mostly, as kernels ask; else of any bytes.
    std::pair<std::uint64_t, std::uint32_t> range()
    {
        const std::uint64_t grain = dice_.below(3) == 0 ? 1 : 512;
        const auto most = dice_.below(3) == 0 ? kDiskBytes / grain : 200;
        const auto count = dice_.below(most) + 1;
        const auto offset = dice_.below(kDiskBytes / grain - count + 1) * grain;
        return {offset, static_cast<std::uint32_t>(count * grain)};
    }

    void fill(Bytes& model, std::uint64_t begin, std::uint64_t end)
    {
        if (begin < end) {
            std::fill(model.begin() + static_cast<std::ptrdiff_t>(begin),
                      model.begin() + static_cast<std::ptrdiff_t>(end), std::byte{0});
        }
    }

    void step(Client& client, Bytes& model)
    {
        const auto [offset, length] = range();
        const auto end = offset + length;
        const auto place = model.begin() + static_cast<std::ptrdiff_t>(offset);
        switch (dice_.below(6)) {
            case 0: {
                constexpr std::uint64_t kBlock = 64 << 10;
                fill(model, (offset + kBlock - 1) / kBlock * kBlock, end / kBlock * kBlock);
                EXPECT_EQ(client.ask(Command::kTrim, offset, length).error, Error::kNone);
                break;
            }
            case 1: {
                fill(model, offset, end);
                const std::uint16_t flags = dice_.below(2) == 0 ? kCommandNoHole : 0;
                EXPECT_EQ(client.ask(Command::kWriteZeroes, offset, length, {}, flags).error,
                          Error::kNone);
                break;
            }
            case 2:
            case 3: {
                const auto bytes = dice_.bytes(length);
                std::copy(bytes.begin(), bytes.end(), place);
                client.write(offset, bytes);
                break;
            }
            default:
                EXPECT_EQ(client.read(offset, length), Bytes(place, place + length));
                break;
        }
    }

    Dice dice_;
    NbdWorld world_;
};

TEST_F(NbdRandom, RequestsGiveWhatPlainBytesGive)
{
    const auto volume = world_.make_volume();
    Bytes model(kDiskBytes);
    std::vector<std::pair<std::string, Bytes>> kept;
    Client client(world_.port());
    client.open(volume);
    for (int round = 0; round < 300; ++round) {
        step(client, model);
        if (round % 60 == 59) {
            kept.emplace_back(world_.make_snapshot(volume), model);
        }
    }
    kept.emplace_back(volume, model);
    for (const auto& [disk, bytes] : kept) {
        Client reader(world_.unix_path());
        reader.open(disk, Client::Kind::kSimple);
        EXPECT_EQ(reader.read(0, kDiskBytes), bytes);
    }
}

TEST_F(NbdRandom, BlockStatusNeverCallsDataZero)
{
    Client client(world_.port());
    client.open(world_.make_volume());
    Bytes model(kDiskBytes);
    for (int round = 0; round < 60; ++round) {
        step(client, model);
        const auto answer = client.ask(Command::kBlockStatus, 0, kDiskBytes);
        std::uint64_t at = 0;
        for (const auto& [length, flags] : answer.extents) {
            const auto begin = model.begin() + static_cast<std::ptrdiff_t>(at);
            if ((flags & kStateZero) != 0) {
                EXPECT_TRUE(std::all_of(begin, begin + length,
                                        [](std::byte b) { return b == std::byte{0}; }));
            }
            at += length;
        }
        EXPECT_EQ(at, kDiskBytes);
    }
}

class NbdGarbage : public NbdRandom {
protected:
    /// A handshake and some requests, in the protocol's own words.
    Bytes sensible(const std::string& volume)
    {
        Message message;
        message.put<std::uint32_t>(3);
        const auto add = [&](Option option, const Message& data) {
            message.put(kOptionMagic).put(option);
            message.put(static_cast<std::uint32_t>(data.bytes().size())).put_bytes(data.bytes());
        };
        add(Option::kStructuredReply, {});
        add(Option::kList, {});
        add(Option::kSetMetaContext, context_request(volume, {"base:allocation"}));
        add(Option::kInfo, export_request(volume, {Info::kName}));
        add(Option::kGo, export_request(volume));
        for (int count = 0; count < 10; ++count) {
            const auto command = static_cast<Command>(dice_.below(9));
            const auto [offset, length] = range();
            message.put(kRequestMagic).put(static_cast<std::uint16_t>(dice_.below(4) == 0));
            message.put(command).put(std::uint64_t{7}).put(offset).put(length);
            if (command == Command::kWrite) {
                message.put_bytes(dice_.bytes(length));
            }
        }
        return message.bytes();
    }

    void damage(Bytes& bytes)
    {
        for (auto count = dice_.below(4); count > 0; --count) {
            const auto most =
                dice_.below(2) == 0 ? std::min<std::size_t>(200, bytes.size()) : bytes.size();
            const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(dice_.below(most));
            switch (dice_.below(3)) {
                case 0:
                    *at = static_cast<std::byte>(dice_.below(256));
                    break;
                case 1:
                    bytes.erase(at);
                    break;
                default:
                    bytes.insert(at, static_cast<std::byte>(dice_.below(256)));
                    break;
            }
        }
    }

    static void send_what_is_taken(Client& client, std::span<const std::byte> bytes)
    {
        try {
            client.send(bytes);
        } catch (const std::runtime_error&) {
            // the server has closed already
        }
    }

    void expect_served(const std::string& volume)
    {
        Client client(world_.port());
        client.open(volume);
        client.write(0, Bytes(512, std::byte{5}));
        EXPECT_EQ(client.read(0, 512), Bytes(512, std::byte{5}));
    }
};

TEST_F(NbdGarbage, AnyBytesAreAnsweredOrTheConnectionIsClosed)
{
    const auto volume = world_.make_volume();
    for (int round = 0; round < 300; ++round) {
        auto bytes = round % 4 == 0 ? dice_.bytes(dice_.below(2000) + 1) : sensible(volume);
        damage(bytes);
        Client client(world_.port());
        // Answers are read meanwhile: nobody must wait for the other's buffers.
        std::thread reader([&] { EXPECT_TRUE(client.is_closed()) << "round " << round; });
        send_what_is_taken(client, bytes);
        client.finish_sending();
        reader.join();
    }
    expect_served(volume);
}

TEST_F(NbdGarbage, ConnectionsThatBreakOffAnywhereLeaveNothingBehind)
{
    const auto volume = world_.make_volume();
    for (int round = 0; round < 200; ++round) {
        const auto bytes = sensible(volume);
        Client client(world_.unix_path());
        std::thread reader([&] { client.is_closed(); });
        send_what_is_taken(client, std::span(bytes).first(dice_.below(bytes.size())));
        client.hang_up();
        reader.join();
    }
    wait_until([&] { return world_.server().connections() == 0; });
    expect_served(volume);
}

}  // namespace
}  // namespace amilab::nbd::test
