#include "tests/server/services/ec2/store_image_tasks/stored_world.h"

#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/state/stores.h"
#include "tests/support/disks.h"

namespace amilab::test {

StoredWorld::StoredWorld()
{
    far.must("PUT", std::string("/") + kFarBucket,
             "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>"
             "</CreateBucketConfiguration>");
}

std::string StoredWorld::make_snapshot(std::string_view text)
{
    const auto volume = create_volume(emulator);
    open_volume(emulator, volume)->write(kPlace, std::as_bytes(std::span(text)));
    const auto snapshot = create_snapshot(emulator, volume);
    delete_volume(emulator, volume);
    return snapshot;
}

std::string StoredWorld::make_image(const std::string& name, const Parameters& more)
{
    const Parameters usual{{"Name", name},
                           {"Architecture", "x86_64"},
                           {"VirtualizationType", "hvm"},
                           {"RootDeviceName", "/dev/xvda"},
                           {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                           {"BlockDeviceMapping.1.Ebs.SnapshotId", make_snapshot(name)}};
    return emulator.must("RegisterImage", merged(usual, more)).text("imageId");
}

std::string StoredWorld::store(const std::string& image, const Parameters& more)
{
    const auto key =
        emulator
            .must("CreateStoreImageTask", merged({{"ImageId", image}, {"Bucket", "disks"}}, more))
            .text("objectKey");
    do_work();
    return key;
}

void StoredWorld::send_far(const std::string& key)
{
    far.must("PUT", std::string("/") + kFarBucket + "/" + key, "",
             {{"x-amz-copy-source", "/disks/" + key}});
}

std::string StoredWorld::code(std::string_view action, const Parameters& parameters,
                              std::string_view account, std::string_view region)
{
    return emulator.call(action, parameters, account, region).code;
}

std::string StoredWorld::read_root(const std::string& image, std::size_t length,
                                   std::string_view region)
{
    const auto id = emulator.must("DescribeImages", {{"ImageId.1", image}}, kAccount, region)
                        .text("imagesSet/item/blockDeviceMapping/item/ebs/snapshotId");
    auto lease = emulator.generation().reader();
    const auto row = select_snapshot(lease.db(), region, SnapshotId::trusted(id));
    const auto snapshot = emulator.generation().stores().blocks().open_snapshot(
        select_layer_chain(lease.db(), row.value().layer_id.value()), kGiB);
    std::string text(length, '\0');
    snapshot->read(kPlace, std::as_writable_bytes(std::span(text)));
    return text;
}

}  // namespace amilab::test
