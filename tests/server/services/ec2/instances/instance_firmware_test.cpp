#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

/// An instance that boots by UEFI and has a NitroTPM.
std::string run_safe(TestEmulator& emulator)
{
    const auto image = own_image(emulator, "safe",
                                 {{"EnaSupport", "true"},
                                  {"BootMode", "uefi"},
                                  {"TpmSupport", "v2.0"},
                                  {"UefiData", "QU1aTlVFRkk="}});
    return emulator.must("RunInstances", launch(image, {{"InstanceType", "m5.large"}}))
        .text(kInstanceId);
}

Parameters key_of(const std::string& instance, const std::string& type = "rsa-2048")
{
    return {{"InstanceId", instance}, {"KeyType", type}, {"KeyFormat", "der"}};
}

TEST(GetInstanceTpmEkPub, IsOfInstancesWithANitroTpm)
{
    TestEmulator emulator;
    const auto safe = run_safe(emulator);
    const auto answer = emulator.must("GetInstanceTpmEkPub", key_of(safe));
    EXPECT_EQ(answer.text("instanceId"), safe);
    EXPECT_EQ(answer.text("keyType"), "rsa-2048");
    EXPECT_EQ(answer.text("keyFormat"), "der");
    EXPECT_EQ(emulator.must("GetInstanceTpmEkPub", key_of(safe)).text("keyValue"),
              answer.text("keyValue"));
    const auto plain = run_one(emulator);
    EXPECT_EQ(emulator.call("GetInstanceTpmEkPub", key_of(plain)).code, "UnsupportedOperation");
    EXPECT_EQ(emulator.call("GetInstanceTpmEkPub", key_of(safe, "rsa-4096")).code,
              "InvalidParameterValue");
    EXPECT_EQ(emulator.call("GetInstanceTpmEkPub", key_of(safe), kOtherAccount).code,
              "InvalidInstanceID.NotFound");
}

TEST(GetInstanceUefiData, IsWhatTheImageHad)
{
    TestEmulator emulator;
    const auto safe = run_safe(emulator);
    EXPECT_EQ(emulator.must("GetInstanceUefiData", {{"InstanceId", safe}}).text("uefiData"),
              "QU1aTlVFRkk=");
    const auto old = run_one(emulator, {{"InstanceType", "t2.micro"}});
    EXPECT_EQ(emulator.call("GetInstanceUefiData", {{"InstanceId", old}}).code,
              "UnsupportedOperation");
    EXPECT_EQ(emulator.call("GetInstanceUefiData", {{"InstanceId", safe}}, kOtherAccount).code,
              "InvalidInstanceID.NotFound");
}

}  // namespace
}  // namespace amilab::test
