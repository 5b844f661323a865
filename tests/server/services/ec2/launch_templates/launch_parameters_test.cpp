#include "server/services/ec2/launch_templates/launch_parameters.h"

#include <gtest/gtest.h>

namespace amilab::ec2 {
namespace {

LaunchParameters made_of(std::initializer_list<std::pair<const char*, const char*>> pairs)
{
    LaunchParameters parameters;
    for (const auto& [path, value] : pairs) {
        parameters.push_back({path, value});
    }
    return parameters;
}

std::string laid(const LaunchParameters& base, const LaunchParameters& top)
{
    return write_parameters(laid_over(base, top));
}

TEST(LaunchParameters, AreReadAsTheyWereWritten)
{
    const auto text = write_parameters(made_of({{"UserData", "a\nb=3:c"}, {"KeyName", ""}}));
    EXPECT_EQ(write_parameters(read_parameters(text)), text);
    EXPECT_EQ(write_parameters(read_parameters("A.B=1:x\nC=1:y\n", "A.")), "B=1:x\n");
}

TEST(LaunchParameters, OnTopWinMemberByMember)
{
    EXPECT_EQ(laid(made_of({{"ImageId", "a"}, {"Placement.Tenancy", "x"}, {"KeyName", "k"}}),
                   made_of({{"ImageId", "b"}, {"Placement.GroupName", "g"}})),
              "ImageId=1:b\nKeyName=1:k\nPlacement.GroupName=1:g\nPlacement.Tenancy=1:x\n");
}

TEST(LaunchParameters, OnTopWinListByList)
{
    EXPECT_EQ(laid(made_of({{"SecurityGroupId.1", "a"}, {"SecurityGroupId.2", "b"}}),
                   made_of({{"SecurityGroupId.1", "c"}})),
              "SecurityGroupId.1=1:c\n");
}

TEST(LaunchParameters, LayBlockDevicesByTheirDevice)
{
    EXPECT_EQ(laid(made_of({{"BlockDeviceMapping.1.DeviceName", "a"},
                            {"BlockDeviceMapping.1.Ebs.VolumeSize", "1"},
                            {"BlockDeviceMapping.2.DeviceName", "b"},
                            {"BlockDeviceMapping.2.Ebs.VolumeSize", "2"}}),
                   made_of({{"BlockDeviceMapping.1.DeviceName", "b"},
                            {"BlockDeviceMapping.1.Ebs.VolumeSize", "3"}})),
              "BlockDeviceMapping.1.DeviceName=1:b\nBlockDeviceMapping.1.Ebs.VolumeSize=1:3\n"
              "BlockDeviceMapping.2.DeviceName=1:a\nBlockDeviceMapping.2.Ebs.VolumeSize=1:1\n");
}

TEST(LaunchParameters, LayRequirementsAsAWhole)
{
    const auto base = made_of({{"InstanceRequirements.CpuManufacturer.1", "intel"},
                               {"InstanceRequirements.VCpuCount.Max", "4"},
                               {"KeyName", "k"}});
    EXPECT_EQ(laid(base, made_of({{"InstanceRequirements.VCpuCount.Min", "2"}})),
              "InstanceRequirements.VCpuCount.Min=1:2\nKeyName=1:k\n");
    EXPECT_EQ(laid(base, made_of({{"ImageId", "a"}})),
              "ImageId=1:a\nInstanceRequirements.CpuManufacturer.1=5:intel\n"
              "InstanceRequirements.VCpuCount.Max=1:4\nKeyName=1:k\n");
}

}  // namespace
}  // namespace amilab::ec2
