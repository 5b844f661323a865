#include "tests/server/services/ec2/volumes/volume_support.h"

#include <cstring>

#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/volumes/volume_rows.h"
#include "storage/state/stores.h"

namespace amilab::test {

namespace {

constexpr std::size_t kSector = 512;

}  // namespace

std::string new_volume(TestEmulator& aws, const Parameters& extra)
{
    return aws
        .must("CreateVolume", merged({{"AvailabilityZone", "us-east-1a"}, {"Size", "10"}}, extra))
        .text("volumeId");
}

std::string new_shared_volume(TestEmulator& aws, const Parameters& extra)
{
    return new_volume(
        aws,
        merged({{"VolumeType", "io2"}, {"Iops", "100"}, {"MultiAttachEnabled", "true"}}, extra));
}

std::string volume_field(TestEmulator& aws, const std::string& id, const std::string& path)
{
    return aws.must("DescribeVolumes", {{"VolumeId.1", id}}).text("volumeSet/item/" + path);
}

std::string root_volume_of(TestEmulator& aws, const std::string& instance)
{
    const auto found = aws.must("DescribeInstances", {{"InstanceId.1", instance}});
    const std::string item = "reservationSet/item/instancesSet/item/";
    const auto device = found.text(item + "rootDeviceName");
    return found.text(item + "blockDeviceMapping/item[deviceName='" + device + "']/ebs/volumeId");
}

Parameters attach(const std::string& volume, const std::string& instance, const std::string& device)
{
    return {{"VolumeId", volume}, {"InstanceId", instance}, {"Device", device}};
}

std::shared_ptr<Volume> open_bytes(TestEmulator& aws, const std::string& id,
                                   std::string_view region)
{
    auto reader = aws.generation().reader();
    const auto row = select_volume(reader.db(), kAccount, region, VolumeId::trusted(id));
    return aws.generation().stores().blocks().open_volume(
        select_layer_chain(reader.db(), row->layer_id),
        static_cast<std::uint64_t>(row->size_gib) * kGiB);
}

void write_text(TestEmulator& aws, const std::string& volume, std::uint64_t offset,
                std::string_view text)
{
    std::vector<std::byte> bytes((text.size() + kSector - 1) / kSector * kSector);
    std::memcpy(bytes.data(), text.data(), text.size());
    open_bytes(aws, volume)->write(offset, bytes);
}

std::string read_text(TestEmulator& aws, const std::string& volume, std::uint64_t offset,
                      std::size_t length)
{
    std::vector<std::byte> bytes((length + kSector - 1) / kSector * kSector);
    open_bytes(aws, volume)->read(offset, bytes);
    return {reinterpret_cast<const char*>(bytes.data()), length};
}

void fill_volume(TestEmulator& aws, const std::string& volume, std::uint64_t offset,
                 std::uint64_t length, char with)
{
    const std::vector<std::byte> bytes(length, static_cast<std::byte>(with));
    open_bytes(aws, volume)->write(offset, bytes);
}

std::string sample_volume(TestEmulator& aws, const std::string& volume,
                          std::initializer_list<std::uint64_t> offsets, std::string_view region)
{
    const auto opened = open_bytes(aws, volume, region);
    std::string sample;
    for (const auto offset : offsets) {
        std::vector<std::byte> sector(kSector);
        opened->read(offset, sector);
        sample += sector.front() == std::byte{0} ? '.' : static_cast<char>(sector.front());
    }
    return sample;
}

}  // namespace amilab::test
