#include "tests/server/ec2/disk_support.h"

#include <gtest/gtest.h>

#include <vector>

#include "server/ec2/layers.h"
#include "storage/metadata/layer_rows.h"
#include "storage/metadata/volume_rows.h"

namespace amilab::test {

namespace {

constexpr std::size_t kSector = 512;

std::shared_ptr<Volume> open(TestEmulator& emulator, const std::string& id,
                             const std::string& region, const std::string& account)
{
    auto reader = emulator.generation().reader();
    const auto row = select_volume(reader.db(), account, region, VolumeId::trusted(id));
    EXPECT_TRUE(row) << id;
    const auto size_bytes = static_cast<std::uint64_t>(row->size_gib) * ec2::kGiB;
    return emulator.generation().blocks().open_volume(
        select_layer_chain(reader.db(), row->layer_id), size_bytes);
}

}  // namespace

void fill_volume(TestEmulator& emulator, const std::string& volume, std::uint64_t offset,
                 std::uint64_t length, char with, const std::string& region,
                 const std::string& account)
{
    const std::vector<std::byte> bytes(length, static_cast<std::byte>(with));
    open(emulator, volume, region, account)->write(offset, bytes);
}

std::string sample_volume(TestEmulator& emulator, const std::string& volume,
                          std::initializer_list<std::uint64_t> offsets, const std::string& region,
                          const std::string& account)
{
    const auto opened = open(emulator, volume, region, account);
    std::string sample;
    for (const auto offset : offsets) {
        std::vector<std::byte> sector(kSector);
        opened->read(offset, sector);
        sample += sector.front() == std::byte{0} ? '.' : static_cast<char>(sector.front());
    }
    return sample;
}

}  // namespace amilab::test
