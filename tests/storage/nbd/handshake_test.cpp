#include <algorithm>

#include <gmock/gmock.h>

#include "storage/base/units.h"
#include "tests/storage/nbd/world.h"

namespace amilab::nbd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

std::vector<std::string> listed(Client& client)
{
    std::vector<std::string> names;
    for (const auto& answer : client.option(Option::kList)) {
        if (answer.type == OptionReply::kServer) {
            Unpacker data(answer.data);
            const auto size = data.take<std::uint32_t>();
            names.emplace_back(data.take_text(size));
            EXPECT_EQ(data.left(), 0U);
        }
    }
    return names;
}

std::vector<OptionReply> types(const std::vector<OptionAnswer>& answers)
{
    std::vector<OptionReply> all;
    for (const auto& answer : answers) {
        all.push_back(answer.type);
    }
    return all;
}

class NbdHandshake : public testing::Test {
protected:
    NbdWorld world_;
    Client client_{world_.port()};
};

TEST_F(NbdHandshake, GreetsAsFixedNewstyle)
{
    EXPECT_EQ(client_.greet(), kServerFixedNewstyle | kServerNoZeroes);
}

TEST_F(NbdHandshake, ClosesWhenAClientHasFlagsThatDoNotExist)
{
    client_.greet(1U << 5);
    EXPECT_TRUE(client_.is_closed());
}

TEST_F(NbdHandshake, ListsVolumesAndCompletedSnapshotsOfAllAccounts)
{
    const auto mine = world_.make_volume();
    const auto others = world_.make_volume(2, amilab::test::kOtherAccount);
    const auto snapshot = world_.make_snapshot(mine);
    world_.emulator().set_delay("snapshot.pending", 1000);
    world_.make_snapshot(mine);
    client_.greet();
    EXPECT_THAT(listed(client_), UnorderedElementsAre(mine, others, snapshot));
}

TEST_F(NbdHandshake, ListsNothingWhereNothingIs)
{
    client_.greet();
    EXPECT_THAT(listed(client_), ElementsAre());
}

TEST_F(NbdHandshake, ListsMoreThanOnePage)
{
    constexpr int kVolumes = 2 * Exports::kPage + 1;
    for (int left = kVolumes; left > 0; --left) {
        world_.make_volume();
    }
    client_.greet();
    auto names = listed(client_);
    EXPECT_EQ(names.size(), static_cast<std::size_t>(kVolumes));
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
}

TEST_F(NbdHandshake, TellsSizeFlagsAndBlockSizesAndGoesOn)
{
    const auto volume = world_.make_volume(3);
    client_.greet();
    const auto answers = client_.option(Option::kInfo, export_request(volume));
    ASSERT_THAT(types(answers),
                ElementsAre(OptionReply::kInfo, OptionReply::kInfo, OptionReply::kAck));
    Unpacker size(answers[0].data);
    EXPECT_EQ(size.take<Info>(), Info::kExport);
    EXPECT_EQ(size.take<std::uint64_t>(), 3 * kGiB);
    EXPECT_EQ(size.take<std::uint16_t>(), kFlagHasFlags | kFlagFlush | kFlagFua | kFlagTrim |
                                              kFlagWriteZeroes | kFlagFastZero |
                                              kFlagMultiConnection);
    Unpacker blocks(answers[1].data);
    EXPECT_EQ(blocks.take<Info>(), Info::kBlockSize);
    EXPECT_EQ(blocks.take<std::uint32_t>(), 1U);
    EXPECT_EQ(blocks.take<std::uint32_t>(), 4096U);
    EXPECT_EQ(blocks.take<std::uint32_t>(), 32U << 20);
    EXPECT_EQ(client_.option(Option::kInfo, export_request(volume)).back().type, OptionReply::kAck);
}

TEST_F(NbdHandshake, TellsNameAndDescriptionWhenAsked)
{
    const auto volume = world_.make_volume(3);
    client_.greet();
    const auto answers =
        client_.option(Option::kInfo, export_request(volume, {Info::kDescription, Info::kName}));
    ASSERT_EQ(answers.size(), 5U);
    EXPECT_THAT(answers[2].text(), HasSubstr(volume));
    EXPECT_THAT(answers[3].text(), HasSubstr("volume of 3 GiB"));
}

TEST_F(NbdHandshake, SnapshotsAreReadOnly)
{
    const auto snapshot = world_.make_snapshot(world_.make_volume());
    client_.open(snapshot);
    EXPECT_EQ(client_.transmission_flags(), kFlagHasFlags | kFlagReadOnly | kFlagFlush |
                                                kFlagDoNotFragment | kFlagMultiConnection);
}

TEST_F(NbdHandshake, RefusesNamesThatAreNoDisk)
{
    client_.greet();
    for (const auto& name :
         {std::string(), std::string("vol-00000000000000000"), std::string(4096, 'x'),
          std::string("vol-\0", 5), std::string("i-00000000000000000")}) {
        for (const auto option : {Option::kInfo, Option::kGo}) {
            const auto answer = client_.option(option, export_request(name));
            EXPECT_THAT(types(answer), ElementsAre(OptionReply::kUnknown)) << name;
        }
    }
}

TEST_F(NbdHandshake, RefusesWhatIsNotReadyAndSaysWhy)
{
    world_.emulator().set_delay("volume.creating", 1000);
    world_.emulator().set_delay("snapshot.pending", 1000);
    const auto creating = world_.make_volume();
    world_.emulator().set_delay("volume.creating", 0);
    const auto pending = world_.make_snapshot(world_.make_volume());
    client_.greet();
    const auto creating_answer = client_.option(Option::kGo, export_request(creating));
    EXPECT_EQ(creating_answer.back().type, OptionReply::kUnknown);
    EXPECT_THAT(creating_answer.back().text(), HasSubstr("creating"));
    const auto pending_answer = client_.option(Option::kGo, export_request(pending));
    EXPECT_EQ(pending_answer.back().type, OptionReply::kUnknown);
    EXPECT_THAT(pending_answer.back().text(), HasSubstr("pending"));
}

TEST_F(NbdHandshake, RefusesSnapshotsOfTheCatalogueWhichHaveNoBytes)
{
    const auto snapshot = world_.emulator()
                              .must("DescribeImages", {{"Owner.1", "amazon"}, {"MaxResults", "5"}})
                              .text("imagesSet/item/blockDeviceMapping/item/ebs/snapshotId");
    ASSERT_THAT(snapshot, testing::StartsWith("snap-"));
    client_.greet();
    EXPECT_EQ(client_.option(Option::kGo, export_request(snapshot)).back().type,
              OptionReply::kUnknown);
}

TEST_F(NbdHandshake, ExportNameIsAnsweredWithSizeFlagsAndZeros)
{
    const auto volume = world_.make_volume();
    client_.greet(1);
    client_.send_option(Option::kExportName, Message().put_text(volume));
    EXPECT_EQ(client_.receive_number<std::uint64_t>(), kGiB);
    EXPECT_NE(client_.receive_number<std::uint16_t>() & kFlagHasFlags, 0);
    EXPECT_EQ(client_.receive(124), Bytes(124));
    EXPECT_EQ(client_.read(0, 512), Bytes(512));
}

TEST_F(NbdHandshake, ExportNameLeavesTheZerosOutWhenAgreed)
{
    const auto volume = world_.make_volume();
    client_.greet(3);
    client_.send_option(Option::kExportName, Message().put_text(volume));
    client_.receive(10);
    EXPECT_EQ(client_.read(0, 512), Bytes(512));
}

TEST_F(NbdHandshake, ExportNameOfNothingClosesTheConnection)
{
    client_.greet();
    client_.send_option(Option::kExportName, Message().put_text("vol-00000000000000000"));
    EXPECT_TRUE(client_.is_closed());
}

TEST_F(NbdHandshake, OptionsThatAreNotOfferedAreRefusedOneByOne)
{
    client_.greet();
    for (const std::uint32_t option : {0U, 4U, 5U, 11U, 77U, 0xffffffffU}) {
        const auto answers = client_.option(static_cast<Option>(option), Message().put_text("abc"));
        EXPECT_THAT(types(answers), ElementsAre(OptionReply::kUnsupported)) << option;
    }
}

TEST_F(NbdHandshake, OptionsWhoseLengthsDoNotFitAreInvalid)
{
    const auto volume = world_.make_volume();
    client_.greet();
    client_.option(Option::kStructuredReply);
    const std::vector<std::pair<Option, Message>> wrong = {
        {Option::kList, Message().put_text("x")},
        {Option::kStructuredReply, Message().put_text("x")},
        {Option::kGo, Message()},
        {Option::kGo, Message().put_text("abc")},
        {Option::kGo, Message().put_name(volume)},
        {Option::kGo, Message().put_name(volume).put<std::uint16_t>(1)},
        {Option::kGo, Message().put_name(volume).put<std::uint16_t>(0).put_text("x")},
        {Option::kInfo, Message().put<std::uint32_t>(0xffffffff).put_text(volume)},
        {Option::kInfo, Message().put_name(std::string(4097, 'x')).put<std::uint16_t>(0)},
        {Option::kSetMetaContext, Message().put_name(volume)},
        {Option::kSetMetaContext, Message().put_name(volume).put<std::uint32_t>(0xffffffff)},
        {Option::kListMetaContext, Message().put_name(volume).put<std::uint32_t>(0).put_text("x")},
    };
    for (std::size_t index = 0; index < wrong.size(); ++index) {
        const auto answers = client_.option(wrong[index].first, wrong[index].second);
        EXPECT_THAT(types(answers), ElementsAre(OptionReply::kInvalid)) << index;
    }
}

TEST_F(NbdHandshake, AnOptionThatIsTooLongIsSkipped)
{
    client_.greet();
    const auto answers =
        client_.option(Option::kSetMetaContext, Message().put_bytes(Bytes(1 << 20)));
    EXPECT_THAT(types(answers), ElementsAre(OptionReply::kTooBig));
    EXPECT_THAT(listed(client_), ElementsAre());
}

TEST_F(NbdHandshake, AnOptionOfGigabytesClosesTheConnection)
{
    client_.greet();
    Message header;
    header.put(kOptionMagic).put(Option::kGo).put<std::uint32_t>(0xffffffff);
    client_.send(header);
    EXPECT_TRUE(client_.is_closed());
}

TEST_F(NbdHandshake, AnOptionWithoutItsMagicClosesTheConnection)
{
    client_.greet();
    client_.send(Message().put_text("GET / HTTP/1.1\r\n"));
    EXPECT_TRUE(client_.is_closed());
}

TEST_F(NbdHandshake, AbortIsAcknowledged)
{
    client_.greet();
    EXPECT_THAT(types(client_.option(Option::kAbort)), ElementsAre(OptionReply::kAck));
    EXPECT_TRUE(client_.is_closed());
}

TEST_F(NbdHandshake, MetaContextsNeedStructuredReplies)
{
    const auto volume = world_.make_volume();
    client_.greet();
    for (const auto option : {Option::kListMetaContext, Option::kSetMetaContext}) {
        const auto answers = client_.option(option, context_request(volume, {"base:allocation"}));
        EXPECT_THAT(types(answers), ElementsAre(OptionReply::kInvalid));
    }
}

TEST_F(NbdHandshake, ListsTheOneMetaContext)
{
    const auto volume = world_.make_volume();
    client_.greet();
    client_.option(Option::kStructuredReply);
    const auto count = [&](Option option, const std::vector<std::string>& queries) {
        return client_.option(option, context_request(volume, queries)).size() - 1;
    };
    EXPECT_EQ(count(Option::kListMetaContext, {}), 1U);
    EXPECT_EQ(count(Option::kListMetaContext, {"base:"}), 1U);
    EXPECT_EQ(count(Option::kListMetaContext, {"x", "base:allocation"}), 1U);
    EXPECT_EQ(count(Option::kListMetaContext, {"qemu:", "base:all", ""}), 0U);
    EXPECT_EQ(count(Option::kSetMetaContext, {}), 0U);
    EXPECT_EQ(count(Option::kSetMetaContext, {"base:"}), 0U);
    EXPECT_EQ(count(Option::kSetMetaContext, {"base:allocation", "qemu:x"}), 1U);
    EXPECT_EQ(client_.option(Option::kSetMetaContext, context_request("vol-0", {})).back().type,
              OptionReply::kUnknown);
}

TEST_F(NbdHandshake, AMetaContextCountsForItsExportAlone)
{
    const auto volume = world_.make_volume();
    const auto other = world_.make_volume();
    client_.greet();
    client_.option(Option::kStructuredReply);
    client_.option(Option::kSetMetaContext, context_request(other, {"base:allocation"}));
    Client second(world_.port());
    second.open(volume, Client::Kind::kStructured);
    EXPECT_EQ(second.ask(Command::kBlockStatus, 0, 512).error, Error::kInvalid);
    client_.option(Option::kGo, export_request(volume));
    const auto cookie = client_.request(Command::kBlockStatus, 0, 512);
    EXPECT_EQ(client_.receive_number<std::uint32_t>(), kChunkMagic);
    client_.receive(2);
    EXPECT_EQ(client_.receive_number<Chunk>(), Chunk::kError);
    EXPECT_EQ(client_.receive_number<std::uint64_t>(), cookie);
}

TEST(NbdServer, ClosesAHandshakeThatTakesTooLong)
{
    Server::Options options;
    options.handshake_timeout = std::chrono::milliseconds(20);
    NbdWorld world(Store::kPrivate, std::move(options));
    Client silent(world.port());
    EXPECT_TRUE(silent.is_closed());
    Client slow(world.port());
    EXPECT_TRUE([&] {
        try {
            slow.greet();
            for (;;) {
                slow.option(Option::kList);
            }
        } catch (const std::runtime_error&) {
            return true;
        }
    }());
}

TEST(NbdServer, ClosesOneConnectionTooManyAndServesTheOthers)
{
    Server::Options options;
    options.max_connections = 2;
    NbdWorld world(Store::kPrivate, std::move(options));
    const auto volume = world.make_volume();
    Client first(world.port());
    first.open(volume);
    {
        Client second(world.unix_path());
        second.open(volume);
        Client third(world.port());
        EXPECT_TRUE(third.is_closed());
        EXPECT_EQ(second.read(0, 512), Bytes(512));
    }
    EXPECT_EQ(first.read(0, 512), Bytes(512));
    wait_until([&] { return world.server().connections() == 1; });
    Client fourth(world.port());
    EXPECT_EQ(fourth.open(volume), kGiB);
}

}  // namespace
}  // namespace amilab::nbd::test
