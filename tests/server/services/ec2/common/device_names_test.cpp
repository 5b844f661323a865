#include "server/services/ec2/common/device_names.h"

#include <gtest/gtest.h>

namespace amilab::ec2 {
namespace {

TEST(DeviceNames, AreThoseOfTheDocumentation)
{
    for (const auto* name :
         {"/dev/sda", "/dev/sda1", "/dev/sdh", "/dev/sdz15", "/dev/hda", "/dev/xvda", "/dev/xvda1",
          "/dev/xvdba", "/dev/xvddx", "xvdh", "sdf"}) {
        EXPECT_TRUE(is_device_name(name)) << name;
    }
}

TEST(DeviceNames, AreNoOtherWords)
{
    for (const auto* name :
         {"", "/dev/", "/dev/sd", "sd1", "/dev/nvme1n1", "/dev/sdZZ", "/dev/sdA", "Disk_D",
          "/dev/sdf0", "/dev/sdf16", "/dev/sdf100", "/dev/sdf1x", "/dev/sdaa", "/dev/xvdea",
          "/dev/xvdabc", "/dev//sdf", " /dev/sdf", "/dev/sdf ", "/dev/\xc3\xa9"}) {
        EXPECT_FALSE(is_device_name(name)) << name;
    }
}

TEST(DeviceNames, OfHvmAreWholeDisksAndTheRootsPartition)
{
    for (const auto* name : {"/dev/sdf", "xvdf", "/dev/xvdba", "/dev/sda1", "/dev/xvda"}) {
        EXPECT_TRUE(is_device_name_for(name, "hvm")) << name;
    }
    for (const auto* name : {"/dev/sdk1", "/dev/xvdf15", "/dev/sda", "/dev/hda", "/dev/sda2"}) {
        EXPECT_FALSE(is_device_name_for(name, "hvm")) << name;
        EXPECT_TRUE(is_device_name_for(name, "paravirtual")) << name;
    }
}

}  // namespace
}  // namespace amilab::ec2
