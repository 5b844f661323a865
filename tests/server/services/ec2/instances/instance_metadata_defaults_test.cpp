#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

TEST(GetInstanceMetadataDefaults, HasNoPreferenceUntilOneIsSettled)
{
    TestEmulator emulator;
    const auto answer = emulator.must("GetInstanceMetadataDefaults");
    EXPECT_EQ(answer.text("accountLevel/managedBy"), "account");
    EXPECT_EQ(answer.count("accountLevel/httpTokens"), 0U);
}

TEST(ModifyInstanceMetadataDefaults, HoldsForLaunchesThatSayNothing)
{
    TestEmulator emulator;
    emulator.must("ModifyInstanceMetadataDefaults", {{"HttpTokens", "required"},
                                                     {"HttpPutResponseHopLimit", "4"},
                                                     {"HttpEndpoint", "disabled"},
                                                     {"InstanceMetadataTags", "enabled"}});
    const auto id = run_one(emulator, {{"MetadataOptions.HttpEndpoint", "enabled"}});
    EXPECT_EQ(field_of(emulator, id, "metadataOptions/httpTokens"), "required");
    EXPECT_EQ(field_of(emulator, id, "metadataOptions/httpPutResponseHopLimit"), "4");
    EXPECT_EQ(field_of(emulator, id, "metadataOptions/instanceMetadataTags"), "enabled");
    EXPECT_EQ(field_of(emulator, id, "metadataOptions/httpEndpoint"), "enabled");
}

TEST(ModifyInstanceMetadataDefaults, ForgetsWhatHasNoPreference)
{
    TestEmulator emulator;
    emulator.must("ModifyInstanceMetadataDefaults",
                  {{"HttpTokens", "required"}, {"HttpPutResponseHopLimit", "4"}});
    emulator.must("ModifyInstanceMetadataDefaults",
                  {{"HttpTokens", "no-preference"}, {"HttpPutResponseHopLimit", "-1"}});
    const auto answer = emulator.must("GetInstanceMetadataDefaults");
    EXPECT_EQ(answer.count("accountLevel/httpTokens"), 0U);
    EXPECT_EQ(answer.count("accountLevel/httpPutResponseHopLimit"), 0U);
}

TEST(ModifyInstanceMetadataDefaults, EnforcesTokensAtLaunch)
{
    TestEmulator emulator;
    emulator.must("ModifyInstanceMetadataDefaults", {{"HttpTokensEnforced", "enabled"}});
    const auto image = own_image(emulator, "plain");
    EXPECT_EQ(emulator.call("RunInstances", launch(image)).code, "UnsupportedOperation");
    emulator.must("RunInstances", launch(image, {{"MetadataOptions.HttpTokens", "required"}}));
}

TEST(ModifyInstanceMetadataDefaults, RefusesWhatCannotHold)
{
    TestEmulator emulator;
    const auto code = [&](const Parameters& parameters) {
        return emulator.call("ModifyInstanceMetadataDefaults", parameters).code;
    };
    EXPECT_EQ(code({{"HttpPutResponseHopLimit", "0"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"HttpPutResponseHopLimit", "65"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"HttpTokens", "some"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"HttpTokensEnforced", "enabled"}, {"HttpTokens", "optional"}}),
              "InvalidParameterCombination");
    EXPECT_EQ(code({{"HttpTokens", "required"}, {"DryRun", "true"}}), "DryRunOperation");
}

}  // namespace
}  // namespace amilab::test
