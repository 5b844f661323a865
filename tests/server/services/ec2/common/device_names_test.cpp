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

}  // namespace
}  // namespace amilab::ec2
