#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {

std::string public_image(TestEmulator& emulator, const std::string& architecture)
{
    return emulator
        .must("DescribeImages", {{"Owner.1", "amazon"},
                                 {"Filter.1.Name", "name"},
                                 {"Filter.1.Value.1", "al2023-ami-2023*-kernel-6.1-*"},
                                 {"Filter.2.Name", "architecture"},
                                 {"Filter.2.Value.1", architecture}})
        .text("imagesSet/item/imageId");
}

std::string own_snapshot(TestEmulator& emulator, int size_gib, std::string_view account)
{
    const auto volume =
        emulator
            .must("CreateVolume",
                  {{"AvailabilityZone", "us-east-1a"}, {"Size", std::to_string(size_gib)}}, account)
            .text("volumeId");
    return emulator.must("CreateSnapshot", {{"VolumeId", volume}}, account).text("snapshotId");
}

std::string own_image(TestEmulator& emulator, const std::string& name, const Parameters& extra)
{
    const Parameters basic = {{"Name", name},
                              {"Architecture", "x86_64"},
                              {"VirtualizationType", "hvm"},
                              {"RootDeviceName", "/dev/xvda"},
                              {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                              {"BlockDeviceMapping.1.Ebs.SnapshotId", own_snapshot(emulator, 8)}};
    return emulator.must("RegisterImage", merged(basic, extra)).text("imageId");
}

Parameters launch(const std::string& image, const Parameters& extra)
{
    return merged(
        {{"ImageId", image}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}},
        extra);
}

std::string run_one(TestEmulator& emulator, const Parameters& extra)
{
    return emulator.must("RunInstances", launch(public_image(emulator), extra)).text(kInstanceId);
}

std::string run_image(TestEmulator& emulator, const std::string& image)
{
    return emulator
        .must("RunInstances", launch(image, {{"Placement.AvailabilityZone", "us-east-1a"}}))
        .text(kInstanceId);
}

Parameters one_instance(const std::string& id, const Parameters& extra)
{
    return merged({{"InstanceId.1", id}}, extra);
}

std::string field_of(TestEmulator& emulator, const std::string& id, const std::string& path)
{
    return emulator.must("DescribeInstances", one_instance(id))
        .text("reservationSet/item/instancesSet/item/" + path);
}

std::string state_of(TestEmulator& emulator, const std::string& id)
{
    return field_of(emulator, id, "instanceState/name");
}

void expect_refused(const Answer& answer, const std::string& code, const std::string& message)
{
    EXPECT_EQ(answer.code, code) << answer.body;
    EXPECT_EQ(answer.message, message);
}

}  // namespace amilab::test
