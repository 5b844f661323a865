// A snapshot holds every write acknowledged before its call, none begun after its answer, and each
// in between whole or not at all; several volumes' snapshots are of one instant.
#include <algorithm>
#include <atomic>

#include <gmock/gmock.h>

#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/storage/nbd/world.h"

namespace amilab::nbd::test {
namespace {

using amilab::test::launch;
using amilab::test::Parameters;
using amilab::test::public_image;

constexpr std::uint64_t kSlots = 64;
// Two map blocks and a bit, so that half a write would show.
constexpr std::uint32_t kSlotBytes = (128 << 10) + 512;

Bytes numbered(std::uint64_t number)
{
    Bytes bytes(kSlotBytes);
    for (std::size_t at = 0; at < bytes.size(); at += sizeof number) {
        std::memcpy(bytes.data() + at, &number, sizeof number);
    }
    return bytes;
}

/// The number that a slot is full of; fails the test when it has several.
std::uint64_t number_in(const Bytes& bytes)
{
    std::uint64_t first = 0;
    std::memcpy(&first, bytes.data(), sizeof first);
    EXPECT_EQ(bytes, numbered(first)) << "half a write";
    return first;
}

/// Writes 1, 2, 3, ... one after the other, each into the next volume in turn and its next slot.
class NumberedWriter {
public:
    NumberedWriter(NbdWorld& world, std::vector<std::string> volumes) : count_(volumes.size())
    {
        for (const auto& volume : volumes) {
            clients_.push_back(std::make_unique<Client>(world.port()));
            clients_.back()->open(volume);
        }
        thread_ = std::thread([this] { write_on(); });
    }
    ~NumberedWriter()
    {
        is_over_ = true;
        thread_.join();
    }

    std::uint64_t begun() const { return begun_; }
    std::uint64_t acknowledged() const { return acknowledged_; }
    std::size_t volumes() const { return count_; }

private:
    void write_on()
    {
        for (std::uint64_t number = 1; !is_over_; ++number) {
            begun_ = number;
            const auto slot = number / count_ % kSlots;
            clients_[number % count_]->write(slot * kSlotBytes, numbered(number));
            acknowledged_ = number;
        }
    }

    std::size_t count_;
    std::vector<std::unique_ptr<Client>> clients_;
    std::atomic<bool> is_over_{false};
    std::atomic<std::uint64_t> begun_{0};
    std::atomic<std::uint64_t> acknowledged_{0};
    std::thread thread_;
};

/// The highest number in disks of one instant, which must have each slot's latest up to it.
std::uint64_t check_one_instant(NbdWorld& world, const std::vector<std::string>& disks)
{
    std::vector<std::vector<std::uint64_t>> found;
    std::uint64_t last = 0;
    for (const auto& disk : disks) {
        Client reader(world.port());
        reader.open(disk);
        auto& numbers = found.emplace_back();
        for (std::uint64_t slot = 0; slot < kSlots; ++slot) {
            numbers.push_back(number_in(reader.read(slot * kSlotBytes, kSlotBytes)));
            last = std::max(last, numbers.back());
        }
    }
    const auto count = disks.size();
    for (auto number = last; number > 0 && number + kSlots * count > last; --number) {
        EXPECT_EQ(found[number % count][number / count % kSlots], number) << "of " << last;
    }
    return last;
}

struct Bounds {
    std::uint64_t acknowledged_before;
    std::uint64_t begun_after;
};

void expect_within(std::uint64_t last, const Bounds& bounds)
{
    EXPECT_GE(last, bounds.acknowledged_before) << "an acknowledged write is missing";
    EXPECT_LE(last, bounds.begun_after) << "a write came after the answer";
}

TEST(NbdSealing, CreateSnapshotHoldsWhatWasAcknowledgedAndNothingLater)
{
    NbdWorld world;
    const auto volume = world.make_volume();
    std::vector<std::pair<std::string, Bounds>> taken;
    {
        const NumberedWriter writer(world, {volume});
        for (int round = 0; round < 30; ++round) {
            const auto before = writer.acknowledged();
            wait_until([&] { return writer.acknowledged() > before + 3; });
            const auto acknowledged = writer.acknowledged();
            auto snapshot = world.make_snapshot(volume);
            taken.push_back({std::move(snapshot), {acknowledged, writer.begun()}});
        }
    }
    for (const auto& [snapshot, bounds] : taken) {
        expect_within(check_one_instant(world, {snapshot}), bounds);
    }
}

/// An instance with three volumes, by device name.
std::vector<std::string> launch_with_volumes(TestEmulator& emulator, std::string& instance)
{
    const Parameters extra = {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                              {"BlockDeviceMapping.1.Ebs.VolumeSize", "1"},
                              {"BlockDeviceMapping.2.DeviceName", "/dev/sdg"},
                              {"BlockDeviceMapping.2.Ebs.VolumeSize", "1"}};
    instance = emulator.must("RunInstances", launch(public_image(emulator), extra))
                   .text(amilab::test::kInstanceId);
    const auto volumes = emulator.must("DescribeVolumes");
    std::vector<std::pair<std::string, std::string>> by_device;
    const auto devices = volumes.texts("volumeSet/item/attachmentSet/item/device");
    const auto ids = volumes.texts("volumeSet/item/volumeId");
    for (std::size_t index = 0; index < ids.size(); ++index) {
        by_device.emplace_back(devices.at(index), ids[index]);
    }
    std::sort(by_device.begin(), by_device.end());
    std::vector<std::string> sorted;
    for (const auto& [device, id] : by_device) {
        sorted.push_back(id);
    }
    return sorted;
}

/// The image's own snapshots, by device name.
std::vector<std::string> snapshots_of(TestEmulator& emulator, const std::string& image)
{
    const auto answer = emulator.must("DescribeImages", {{"ImageId.1", image}});
    const std::string item = "imagesSet/item/blockDeviceMapping/item/";
    std::map<std::string, std::string> by_device;
    const auto devices = answer.texts(item + "deviceName");
    const auto ids = answer.texts(item + "ebs/snapshotId");
    for (std::size_t index = 0; index < ids.size(); ++index) {
        by_device[devices.at(index)] = ids[index];
    }
    std::vector<std::string> sorted;
    for (const auto& [device, id] : by_device) {
        sorted.push_back(id);
    }
    return sorted;
}

TEST(NbdSealing, CreateImageTakesAllVolumesAtOneInstant)
{
    NbdWorld world;
    std::string instance;
    const auto volumes = launch_with_volumes(world.emulator(), instance);
    ASSERT_EQ(volumes.size(), 3U);
    std::vector<std::pair<std::string, Bounds>> taken;
    {
        const NumberedWriter writer(world, volumes);
        for (int round = 0; round < 10; ++round) {
            const auto before = writer.acknowledged();
            wait_until([&] { return writer.acknowledged() > before + 5; });
            const auto acknowledged = writer.acknowledged();
            auto image = world.emulator()
                             .must("CreateImage", {{"InstanceId", instance},
                                                   {"Name", "image-" + std::to_string(round)},
                                                   {"NoReboot", "true"}})
                             .text("imageId");
            taken.push_back({std::move(image), {acknowledged, writer.begun()}});
        }
    }
    for (const auto& [image, bounds] : taken) {
        const auto snapshots = snapshots_of(world.emulator(), image);
        ASSERT_EQ(snapshots.size(), 3U);
        expect_within(check_one_instant(world, snapshots), bounds);
    }
}

TEST(NbdSealing, ManyWritesInFlightAreEachInASnapshotWholeOrNotAtAll)
{
    NbdWorld world;
    const auto volume = world.make_volume();
    std::vector<std::string> snapshots;
    std::atomic<bool> is_over = false;
    std::thread writer([&] {
        Client client(world.port());
        client.open(volume);
        std::uint64_t number = 0;
        std::uint64_t in_flight = 0;
        while (!is_over || in_flight > 0) {
            for (; !is_over && in_flight < 16; ++in_flight, ++number) {
                client.request(Command::kWrite, number % kSlots * kSlotBytes, kSlotBytes,
                               numbered(number));
            }
            EXPECT_EQ(client.reply().error, Error::kNone);
            --in_flight;
        }
    });
    for (int round = 0; round < 20; ++round) {
        snapshots.push_back(world.make_snapshot(volume));
    }
    is_over = true;
    writer.join();
    for (const auto& snapshot : snapshots) {
        Client reader(world.port());
        reader.open(snapshot);
        for (std::uint64_t slot = 0; slot < kSlots; ++slot) {
            number_in(reader.read(slot * kSlotBytes, kSlotBytes));
        }
    }
}

}  // namespace
}  // namespace amilab::nbd::test
