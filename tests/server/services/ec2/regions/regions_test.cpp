#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/regions/region_rows.h"
#include "storage/state/generation.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kRegionNames = "regionInfo/item/regionName";
constexpr const char* kZoneNames = "availabilityZoneInfo/item/zoneName";

constexpr const char* kOptInStatus = "regionInfo/item/optInStatus";

/// As the control API does for all accounts.
void opt(TestEmulator& emulator, std::string_view region, bool is_in)
{
    auto writer = emulator.generation().writer();
    set_opted_in(writer.db(), region, is_in);
    emulator.generation().settings().note_opted_out(any_opted_out(writer.db()));
}

TEST(DescribeRegions, ShowsAllAsOptedInWhereThatIsWanted)
{
    TestEmulator emulator;
    const auto answer = emulator.must("DescribeRegions");
    EXPECT_THAT(answer.texts(kRegionNames), SizeIs(34));
    EXPECT_THAT(answer.texts(kOptInStatus), Contains("opted-in"));
    EXPECT_THAT(answer.texts(kOptInStatus), Not(Contains("not-opted-in")));
    emulator.must("DescribeVolumes", {}, kAccount, "af-south-1");
}

TEST(DescribeRegions, ShowsThePartitionOfTheRegionThatIsCalledAlone)
{
    TestEmulator emulator;
    const auto regions = [&](const char* from) {
        return emulator.must("DescribeRegions", {{"AllRegions", "true"}}, kAccount, from)
            .texts(kRegionNames);
    };
    EXPECT_THAT(regions("us-gov-west-1"), ElementsAre("us-gov-east-1", "us-gov-west-1"));
    EXPECT_THAT(regions("cn-northwest-1"), ElementsAre("cn-north-1", "cn-northwest-1"));
    EXPECT_THAT(regions("eu-west-1"), Not(Contains("us-gov-west-1")));
    const auto china =
        emulator.must("DescribeRegions", {{"RegionName.1", "cn-north-1"}}, kAccount, "cn-north-1");
    EXPECT_EQ(china.text("regionInfo/item/regionEndpoint"), "ec2.cn-north-1.amazonaws.com.cn");
    EXPECT_EQ(china.text("regionInfo/item/optInStatus"), "opt-in-not-required");
}

TEST(DescribeRegions, RefusesRegionsOfAnotherPartition)
{
    TestEmulator emulator;
    EXPECT_EQ(emulator.call("DescribeRegions", {{"RegionName.1", "us-gov-west-1"}}).message,
              "Invalid region: [us-gov-west-1]");
    EXPECT_EQ(
        emulator.call("DescribeRegions", {{"RegionName.1", "us-east-1"}}, kAccount, "us-gov-west-1")
            .message,
        "Invalid region: [us-east-1]");
}

TEST(DescribeRegions, LeavesOutARegionThatIsNotOptedInUnlessAsked)
{
    TestEmulator emulator;
    opt(emulator, "af-south-1", false);
    EXPECT_THAT(emulator.must("DescribeRegions").texts(kRegionNames), Not(Contains("af-south-1")));
    EXPECT_THAT(emulator.must("DescribeRegions", {{"AllRegions", "true"}}).texts(kOptInStatus),
                Contains("not-opted-in").Times(1));
    const auto answer = emulator.must("DescribeRegions", {{"RegionName.1", "af-south-1"}});
    EXPECT_EQ(answer.count("regionInfo/item"), 1U);
    EXPECT_EQ(answer.text(kRegionNames), "af-south-1");
    EXPECT_EQ(answer.text("regionInfo/item/regionEndpoint"), "ec2.af-south-1.amazonaws.com");
    EXPECT_EQ(answer.text(kOptInStatus), "not-opted-in");
    EXPECT_EQ(answer.text("regionInfo/item/geographySet/item/name"), "South Africa");
}

TEST(Regions, ThatAreNotOptedInRefuseReadsAndWrites)
{
    TestEmulator emulator;
    opt(emulator, "af-south-1", false);
    const auto refused = emulator.call("DescribeVolumes", {}, kAccount, "af-south-1");
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.code, "AuthFailure");
    EXPECT_EQ(emulator
                  .call("CreateVolume", {{"AvailabilityZone", "af-south-1a"}, {"Size", "1"}},
                        kAccount, "af-south-1")
                  .code,
              "AuthFailure");
    opt(emulator, "af-south-1", true);
    emulator.must("DescribeVolumes", {}, kAccount, "af-south-1");
}

TEST(DescribeRegions, RefusesUnknownNamesNamingTheFirstInTheAlphabet)
{
    TestEmulator emulator;
    const auto answer = emulator.call("DescribeRegions", {{"RegionName.1", "us-east-1"},
                                                          {"RegionName.2", "zz-nowhere-9"},
                                                          {"RegionName.3", "yy-nowhere-8"}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code, "InvalidParameterValue");
    EXPECT_EQ(answer.message, "Invalid region: [yy-nowhere-8]");
}

TEST(DescribeRegions, Filters)
{
    TestEmulator emulator;
    const auto regions = [&](const Parameters& parameters) {
        return emulator.must("DescribeRegions", parameters).texts(kRegionNames);
    };
    EXPECT_THAT(regions({{"Filter.1.Name", "region-name"},
                         {"Filter.1.Value.1", "eu-west-?"},
                         {"Filter.1.Value.2", "sa-*"}}),
                ElementsAre("eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1"));
    EXPECT_THAT(regions({{"Filter.1.Name", "endpoint"},
                         {"Filter.1.Value.1", "ec2.us-west-2.amazonaws.com"}}),
                ElementsAre("us-west-2"));
    const Parameters not_opted_in{{"Filter.1.Name", "opt-in-status"},
                                  {"Filter.1.Value.1", "not-opted-in"}};
    opt(emulator, "af-south-1", false);
    EXPECT_THAT(regions(not_opted_in), SizeIs(0));
    auto all = not_opted_in;
    all.emplace_back("AllRegions", "true");
    EXPECT_THAT(regions(all), ElementsAre("af-south-1"));
}

TEST(DescribeRegions, RefusesAnUnknownFilter)
{
    TestEmulator emulator;
    const auto answer = emulator.call("DescribeRegions",
                                      {{"Filter.1.Name", "tag:Name"}, {"Filter.1.Value.1", "x"}});
    EXPECT_EQ(answer.code, "InvalidParameterValue");
    EXPECT_EQ(answer.message, "The filter 'tag:Name' is invalid");
}

TEST(DescribeRegions, DryRunComesAfterFiltersAndBeforeNames)
{
    TestEmulator emulator;
    EXPECT_EQ(
        emulator.call("DescribeRegions", {{"DryRun", "true"}, {"RegionName.1", "nowhere"}}).code,
        "DryRunOperation");
    EXPECT_EQ(
        emulator
            .call("DescribeRegions",
                  {{"DryRun", "true"}, {"Filter.1.Name", "colour"}, {"Filter.1.Value.1", "red"}})
            .code,
        "InvalidParameterValue");
}

TEST(DescribeAvailabilityZones, ShowsTheZonesOfTheCallsRegion)
{
    TestEmulator emulator;
    const auto answer = emulator.must("DescribeAvailabilityZones", {}, kAccount, "us-west-1");
    EXPECT_THAT(answer.texts(kZoneNames), ElementsAre("us-west-1a", "us-west-1b"));
    const auto zone = answer.root().child("availabilityZoneInfo").first_child();
    EXPECT_STREQ(zone.child_value("zoneState"), "available");
    EXPECT_STREQ(zone.child_value("zoneType"), "availability-zone");
    EXPECT_STREQ(zone.child_value("optInStatus"), "opt-in-not-required");
    EXPECT_STREQ(zone.child_value("regionName"), "us-west-1");
    EXPECT_STREQ(zone.child_value("groupName"), "us-west-1-zg-1");
    EXPECT_STREQ(zone.child_value("networkBorderGroup"), "us-west-1");
    EXPECT_TRUE(zone.child("messageSet"));
}

TEST(DescribeAvailabilityZones, TakesNamesAndIds)
{
    TestEmulator emulator;
    EXPECT_THAT(emulator
                    .must("DescribeAvailabilityZones",
                          {{"ZoneName.1", "us-east-1c"}, {"ZoneName.2", "us-east-1a"}})
                    .texts(kZoneNames),
                ElementsAre("us-east-1a", "us-east-1c"));
    EXPECT_THAT(
        emulator.must("DescribeAvailabilityZones", {{"ZoneId.1", "use1-az6"}}).texts(kZoneNames),
        ElementsAre("us-east-1c"));
}

TEST(DescribeAvailabilityZones, RefusesZonesThatAreUnknownOrOfAnotherRegion)
{
    TestEmulator emulator;
    const auto name = emulator.call("DescribeAvailabilityZones", {{"ZoneName.1", "us-east-1a"},
                                                                  {"ZoneName.2", "us-west-2a"},
                                                                  {"ZoneName.3", "aa-nowhere-1"}});
    EXPECT_EQ(name.code, "InvalidParameterValue");
    EXPECT_EQ(name.message, "Invalid availability zone: [us-west-2a]");
    const auto id = emulator.call("DescribeAvailabilityZones", {{"ZoneId.1", "zz-az9"}});
    EXPECT_EQ(id.code, "InvalidParameterValue");
    EXPECT_EQ(id.message, "Invalid availability zone-id: [zz-az9]");
}

TEST(DescribeAvailabilityZones, Filters)
{
    TestEmulator emulator;
    const auto zones = [&](const char* name, const char* value) {
        return emulator
            .must("DescribeAvailabilityZones",
                  {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}})
            .count("availabilityZoneInfo/item");
    };
    EXPECT_EQ(zones("group-long-name", "US East (N. Virginia) 1"), 6U);
    EXPECT_EQ(zones("group-long-name", "US West*"), 0U);
    EXPECT_EQ(zones("group-name", "us-east-1-zg-1"), 6U);
    EXPECT_EQ(zones("group-name", "us-east-1"), 0U);
    EXPECT_EQ(zones("message", "*"), 0U);
    EXPECT_EQ(zones("opt-in-status", "opt-in-not-required"), 6U);
    EXPECT_EQ(zones("opt-in-status", "opted-in"), 0U);
    EXPECT_EQ(zones("parent-zone-id", "*"), 0U);
    EXPECT_EQ(zones("parent-zone-name", "*"), 0U);
    EXPECT_EQ(zones("region-name", "us-east-1"), 6U);
    EXPECT_EQ(zones("region-name", "us-west-2"), 0U);
    EXPECT_EQ(zones("state", "available"), 6U);
    EXPECT_EQ(zones("state", "unavailable"), 0U);
    EXPECT_EQ(zones("zone-id", "use1-az1"), 1U);
    EXPECT_EQ(zones("zone-name", "us-east-1[ab]"), 0U);
    EXPECT_EQ(zones("zone-name", "us-east-1?"), 6U);
    EXPECT_EQ(zones("zone-type", "availability-zone"), 6U);
    EXPECT_EQ(zones("zone-type", "local-zone"), 0U);
}

/// Names of all zones of us-west-2 that the filter finds.
std::vector<std::string> west_zones(TestEmulator& emulator, const char* name, const char* value)
{
    return emulator
        .must("DescribeAvailabilityZones",
              merged({{"AllAvailabilityZones", "true"}}, filter(name, value)), kAccount,
              "us-west-2")
        .texts(kZoneNames);
}

TEST(DescribeAvailabilityZones, ShowsLocalAndWavelengthZonesToWhoAsksForAll)
{
    TestEmulator emulator;
    EXPECT_THAT(west_zones(emulator, "zone-type", "local-zone"),
                ElementsAre("us-west-2-las-1a", "us-west-2-lax-1a", "us-west-2-lax-1b"));
    EXPECT_THAT(west_zones(emulator, "zone-type", "wavelength-zone"),
                ElementsAre("us-west-2-wl1-las-wlz-1"));
    EXPECT_THAT(west_zones(emulator, "group-name", "us-west-2-lax-1"), SizeIs(2));
    EXPECT_THAT(west_zones(emulator, "parent-zone-name", "us-west-2c"), SizeIs(1));
    EXPECT_THAT(west_zones(emulator, "parent-zone-id", "usw2-az2"), SizeIs(3));
    EXPECT_THAT(west_zones(emulator, "opt-in-status", "not-opted-in"), SizeIs(4));
    const auto zone =
        emulator.must("DescribeAvailabilityZones",
                      {{"AllAvailabilityZones", "true"}, {"ZoneName.1", "us-west-2-wl1-las-wlz-1"}},
                      kAccount, "us-west-2");
    EXPECT_EQ(zone.text("availabilityZoneInfo/item/networkBorderGroup"), "us-west-2-wl1-las-wlz-1");
    EXPECT_EQ(zone.text("availabilityZoneInfo/item/groupName"), "us-west-2-wl1");
}

TEST(ModifyAvailabilityZoneGroup, OptsTheAccountIn)
{
    TestEmulator emulator;
    const auto set = [&](const char* group, const char* status) {
        return emulator.call("ModifyAvailabilityZoneGroup",
                             {{"GroupName", group}, {"OptInStatus", status}}, kAccount,
                             "us-west-2");
    };
    EXPECT_TRUE(set("us-west-2-lax-1", "not-opted-in").ok());
    EXPECT_EQ(set("us-west-2-lax-1", "opted-in").text("return"), "true");
    EXPECT_THAT(west_zones(emulator, "opt-in-status", "opted-in"),
                ElementsAre("us-west-2-lax-1a", "us-west-2-lax-1b"));
    EXPECT_EQ(emulator.must("DescribeAvailabilityZones", {}, kAccount, "us-west-2")
                  .count("availabilityZoneInfo/item"),
              6U);
    EXPECT_EQ(emulator.must("DescribeAvailabilityZones", {}, "222222222222", "us-west-2")
                  .count("availabilityZoneInfo/item"),
              4U);
    EXPECT_EQ(set("us-west-2-lax-1", "not-opted-in").code, "UnsupportedOperation");
    EXPECT_EQ(set("us-west-2-zg-1", "opted-in").text("return"), "true");
    EXPECT_EQ(set("us-east-1-bos-1", "opted-in").code, "InvalidParameterValue");
}

TEST(ModifyAvailabilityZoneGroup, LetsZonesBeUsed)
{
    TestEmulator emulator;
    const Parameters subnet{{"AvailabilityZone", "us-east-1-bos-1a"}};
    EXPECT_EQ(emulator.call("CreateDefaultSubnet", subnet).code, "InvalidParameterValue");
    EXPECT_FALSE(emulator.call("CreateVolume", merged(subnet, {{"Size", "1"}})).ok());
    emulator.must("ModifyAvailabilityZoneGroup",
                  {{"GroupName", "us-east-1-bos-1"}, {"OptInStatus", "opted-in"}});
    emulator.must("CreateDefaultSubnet", subnet);
    emulator.must("CreateVolume", merged(subnet, {{"Size", "1"}}));
    const auto image = public_image(emulator);
    const auto zone_of = [&](const Parameters& extra) {
        return emulator.must("RunInstances", launch(image, extra))
            .text("instancesSet/item/placement/availabilityZone");
    };
    EXPECT_EQ(zone_of({{"Placement.AvailabilityZone", "us-east-1-bos-1a"}}), "us-east-1-bos-1a");
    EXPECT_EQ(zone_of({{"Placement.AvailabilityZoneId", "use1-bos1-az1"}}), "us-east-1-bos-1a");
    EXPECT_EQ(zone_of({}), "us-east-1a");
}

TEST(Region, ACallToOneThatDoesNotExistIsRefused)
{
    TestEmulator emulator;
    for (const char* action : {"DescribeRegions", "DescribeVpcs", "CreateTags"}) {
        const auto answer =
            emulator.call(action,
                          action == std::string("CreateTags")
                              ? Parameters{{"ResourceId.1", "vpc-0123456789abcdef0"},
                                           {"Tag.1.Key", "k"},
                                           {"Tag.1.Value", "v"}}
                              : Parameters{},
                          kAccount, "us-east-9");
        EXPECT_EQ(answer.status, 401) << action;
        EXPECT_EQ(answer.code, "AuthFailure") << action;
        EXPECT_EQ(answer.message,
                  "Credential should be scoped to a valid region, not 'us-east-9'.");
    }
}

}  // namespace
}  // namespace amilab::test
