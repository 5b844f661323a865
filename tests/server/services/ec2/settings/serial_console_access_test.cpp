#include <gtest/gtest.h>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

constexpr const char* kEnabled = "serialConsoleAccessEnabled";

TEST(SerialConsoleAccess, IsDisabledUntilItIsEnabled)
{
    TestEmulator emulator;
    const auto is_enabled = [&](std::string_view account = kAccount,
                                std::string_view region = kRegion) {
        return emulator.must("GetSerialConsoleAccessStatus", {}, account, region).text(kEnabled);
    };
    EXPECT_EQ(is_enabled(), "false");
    EXPECT_EQ(emulator.must("GetSerialConsoleAccessStatus").text("managedBy"), "account");
    EXPECT_EQ(emulator.must("EnableSerialConsoleAccess").text(kEnabled), "true");
    EXPECT_EQ(is_enabled(), "true");
    EXPECT_EQ(is_enabled(kOtherAccount), "false");
    EXPECT_EQ(is_enabled(kAccount, "eu-west-1"), "false");
    EXPECT_EQ(emulator.must("DisableSerialConsoleAccess").text(kEnabled), "false");
    EXPECT_EQ(is_enabled(), "false");
}

TEST(SerialConsoleAccess, StaysInADryRun)
{
    TestEmulator emulator;
    EXPECT_EQ(emulator.call("EnableSerialConsoleAccess", {{"DryRun", "true"}}).code,
              "DryRunOperation");
    EXPECT_EQ(emulator.must("GetSerialConsoleAccessStatus").text(kEnabled), "false");
}

}  // namespace
}  // namespace amilab::test
