#include <fmt/format.h>

#include "storage/metadata/sql/statement.h"
#include "tests/server/services/ec2/images/images_trials.h"

namespace amilab::test {

namespace {

/// An image of another account, shared with the world's.
std::string share_image(World& world, const std::string& owner)
{
    const auto volume =
        world.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}}, owner);
    const auto snapshot =
        world.must("CreateSnapshot", {{"VolumeId", volume.text("volumeId")}}, owner);
    const auto image =
        world
            .must("RegisterImage",
                  {{"Name", "shared"},
                   {"RootDeviceName", "/dev/xvda"},
                   {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                   {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot.text("snapshotId")}},
                  owner)
            .text("imageId");
    world.must("ModifyImageAttribute",
               {{"ImageId", image}, {"LaunchPermission.Add.1.UserId", kAccount}}, owner);
    return image;
}

void share_images(World& world)
{
    world.set_id("their_image", share_image(world, kOtherAccount));
    world.set_id("third_image", share_image(world, World::kThirdAccount));
    world.set_id("organization", "arn:aws:organizations::123456789012:organization/o-abcdefghij");
    world.set_id("organizational_unit",
                 "arn:aws:organizations::123456789012:ou/o-abcdefghij/ou-abcd-12345678");
    world.must("ModifyImageAttribute",
               {{"ImageId", "{image}"}, {"LaunchPermission.Add.1.UserId", kOtherAccount}});
    world.must("ModifyImageAttribute",
               {{"ImageId", "{image_3}"},
                {"LaunchPermission.Add.1.UserId", kOtherAccount},
                {"LaunchPermission.Add.2.Group", "all"},
                {"LaunchPermission.Add.3.OrganizationArn", "{organization}"},
                {"LaunchPermission.Add.4.OrganizationalUnitArn", "{organizational_unit}"}});
}

void annotate_images(World& world)
{
    world.must("EnableImageDeregistrationProtection", {{"ImageId", "{image_4}"}});
    world.must("EnableImageDeprecation",
               {{"ImageId", "{image_5}"}, {"DeprecateAt", "2027-01-02T00:00:00Z"}});
    world.must("DisableImage", {{"ImageId", "{image_6}"}});
    world.must("AttachImageWatermark", {{"ImageId", "{image_5}"}, {"WatermarkName", "approved"}});
    world.must("AttachImageWatermark", {{"ImageId", "{image_5}"}, {"WatermarkName", "checked"}});
    world.must("AttachImageWatermark", {{"ImageId", "{image_4}"}, {"WatermarkName", "approved"}});
    world.must(
        "ReplaceImageInstanceTypeSpecification",
        {{"ImageId", "{image_5}"}, {"InstanceTypeSpecification.SupportedInstanceType.1", "m5.*"}});
}

void add_windows(World& world)
{
    for (int i = 1; i <= 3; ++i) {
        const auto id = register_image(world, fmt::format("windows {}", i));
        world.set_id(World::numbered("windows", i), id);
        {
            auto writer = world.emulator().generation().writer();
            Statement(writer.db(), "UPDATE image SET platform = 'windows' WHERE id = ?1")
                .execute(id);
        }
        if (i > 1) {
            world.must("EnableFastLaunch", {{"ImageId", id}});
        }
    }
}

}  // namespace

std::string register_image(World& world, const std::string& name)
{
    return world
        .must("RegisterImage", {{"Name", name},
                                {"Architecture", "x86_64"},
                                {"VirtualizationType", "hvm"},
                                {"EnaSupport", "true"},
                                {"RootDeviceName", "/dev/xvda"},
                                {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                {"BlockDeviceMapping.1.Ebs.SnapshotId", "{snapshot}"}})
        .text("imageId");
}

void add_images(World& world)
{
    for (int i = 1; i <= World::kOfEach; ++i) {
        world.set_id(World::numbered("image", i),
                     register_image(world, fmt::format("image {}", i)));
    }
    share_images(world);
    annotate_images(world);
    add_windows(world);
}

}  // namespace amilab::test
