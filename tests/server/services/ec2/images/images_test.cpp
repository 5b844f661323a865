#include "server/services/ec2/images/images.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/images/bundle_support.h"
#include "tests/server/services/ec2/images/image_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;
constexpr const char* kIds = "imagesSet/item/imageId";

constexpr const char* kState = "imagesSet/item/imageState";

constexpr const char* kNobodysImage = "ami-00000000000000001";

constexpr const char* kCombination = "InvalidParameterCombination";

constexpr const char* kBadMapping = "InvalidBlockDeviceMapping";

Parameters without(Parameters base, std::string_view name)
{
    base.erase(std::remove_if(base.begin(), base.end(),
                              [&](const auto& parameter) { return parameter.first == name; }),
               base.end());
    return base;
}

TEST(RegisterImage, ShowsAllThatItWasGiven)
{
    TestEmulator aws;
    const auto snapshot = make_snapshot(aws);
    const auto made =
        aws.must("RegisterImage",
                 merged(registration(snapshot), {{"Description", "for the web"},
                                                 {"BootMode", "uefi"},
                                                 {"ImdsSupport", "v2.0"},
                                                 {"TpmSupport", "v2.0"},
                                                 {"SriovNetSupport", "simple"},
                                                 {"TagSpecification.1.ResourceType", "image"},
                                                 {"TagSpecification.1.Tag.1.Key", "Team"},
                                                 {"TagSpecification.1.Tag.1.Value", "blue"}}));
    const auto id = made.text("imageId");
    EXPECT_THAT(id, MatchesRegex("ami-0[0-9a-f]{16}"));
    const auto shown = describe_image(aws, id);
    const auto text = [&](const std::string& name) { return shown.text("imagesSet/item/" + name); };
    EXPECT_EQ(shown.count("imagesSet/item"), 1U);
    EXPECT_EQ(text("imageId"), id);
    EXPECT_EQ(text("name"), "one");
    EXPECT_EQ(text("imageLocation"), std::string(kAccount) + "/one");
    EXPECT_EQ(text("imageOwnerId"), kAccount);
    EXPECT_EQ(text("imageState"), "available");
    EXPECT_EQ(text("isPublic"), "false");
    EXPECT_EQ(text("imageType"), "machine");
    EXPECT_EQ(text("architecture"), "x86_64");
    EXPECT_EQ(text("virtualizationType"), "hvm");
    EXPECT_EQ(text("hypervisor"), "xen");
    EXPECT_EQ(text("rootDeviceName"), "/dev/xvda");
    EXPECT_EQ(text("rootDeviceType"), "ebs");
    EXPECT_EQ(text("enaSupport"), "true");
    EXPECT_EQ(text("description"), "for the web");
    EXPECT_EQ(text("bootMode"), "uefi");
    EXPECT_EQ(text("imdsSupport"), "v2.0");
    EXPECT_EQ(text("tpmSupport"), "v2.0");
    EXPECT_EQ(text("sriovNetSupport"), "simple");
    EXPECT_EQ(text("platformDetails"), "Linux/UNIX");
    EXPECT_EQ(text("usageOperation"), "RunInstances");
    EXPECT_EQ(text("creationDate"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(shown.count("imagesSet/item/deprecationTime"), 0U);
    EXPECT_EQ(shown.count("imagesSet/item/lastLaunchedTime"), 0U);
    EXPECT_EQ(text("tagSet/item/key"), "Team");
    EXPECT_EQ(text("tagSet/item/value"), "blue");
}

TEST(RegisterImage, CompletesItsBlockDeviceMappings)
{
    TestEmulator aws;
    const auto snapshot = make_snapshot(aws);
    const auto id =
        aws.must("RegisterImage", merged(registration(snapshot),
                                         {{"BlockDeviceMapping.2.DeviceName", "/dev/sdb"},
                                          {"BlockDeviceMapping.2.Ebs.VolumeSize", "20"},
                                          {"BlockDeviceMapping.2.Ebs.VolumeType", "gp3"},
                                          {"BlockDeviceMapping.2.Ebs.Iops", "4000"},
                                          {"BlockDeviceMapping.2.Ebs.Throughput", "200"},
                                          {"BlockDeviceMapping.3.DeviceName", "/dev/sdc"},
                                          {"BlockDeviceMapping.3.VirtualName", "ephemeral0"}}))
            .text("imageId");
    const auto shown = describe_image(aws, id);
    const std::string path = "imagesSet/item/blockDeviceMapping/item";
    EXPECT_THAT(shown.texts(path + "/deviceName"),
                ElementsAre("/dev/xvda", "/dev/sdb", "/dev/sdc"));
    EXPECT_THAT(shown.texts(path + "/ebs/volumeSize"), ElementsAre("2", "20"));
    EXPECT_THAT(shown.texts(path + "/ebs/volumeType"), ElementsAre("gp2", "gp3"));
    EXPECT_THAT(shown.texts(path + "/ebs/snapshotId"), ElementsAre(snapshot));
    EXPECT_THAT(shown.texts(path + "/ebs/iops"), ElementsAre("4000"));
    EXPECT_THAT(shown.texts(path + "/ebs/throughput"), ElementsAre("200"));
    EXPECT_THAT(shown.texts(path + "/ebs/encrypted"), ElementsAre("false", "false"));
    EXPECT_THAT(shown.texts(path + "/ebs/deleteOnTermination"), ElementsAre("true", "false"));
    EXPECT_THAT(shown.texts(path + "/virtualName"), ElementsAre("ephemeral0"));
}

TEST(RegisterImage, TakesNamesOfAllowedCharactersOnly)
{
    TestEmulator aws;
    const auto snapshot = make_snapshot(aws);
    for (const auto& name :
         {std::string("ab"), std::string(129, 'a'), std::string("a*b"), std::string("one\ntwo"),
          std::string("gr\xc3\xbcn"), std::string("one,two"), std::string("one\\two")}) {
        const auto refused = aws.call("RegisterImage", registration(snapshot, name));
        EXPECT_EQ(refused.code, "InvalidAMIName.Malformed") << name;
        EXPECT_THAT(refused.message, StartsWith("AMI names must be between 3 and 128 characters"));
    }
    for (const auto& name :
         {std::string("abc"), std::string(128, 'a'), std::string("A 9()[]./-'@_")}) {
        aws.must("RegisterImage", registration(snapshot, name));
    }
    EXPECT_THAT(aws.must("DescribeImages", {{"Owner.1", "self"}}).texts(kIds), SizeIs(3));
}

TEST(RegisterImage, TakesANameOnceForEachOwnerAndRegion)
{
    TestEmulator aws;
    const auto first = make_image(aws);
    const auto refused = aws.call("RegisterImage", registration(make_snapshot(aws)));
    EXPECT_EQ(refused.code, "InvalidAMIName.Duplicate");
    EXPECT_EQ(refused.message, "AMI name one is already in use by AMI " + first);

    for (const auto& [account, region] :
         {std::pair(kOtherAccount, "us-east-1"), std::pair(kAccount, "eu-west-1")}) {
        const auto volume =
            aws.must("CreateVolume",
                     {{"AvailabilityZone", std::string(region) + "a"}, {"Size", "1"}}, account,
                     region)
                .text("volumeId");
        const auto snapshot =
            aws.must("CreateSnapshot", {{"VolumeId", volume}}, account, region).text("snapshotId");
        aws.must("RegisterImage", registration(snapshot), account, region);
    }
    aws.must("DeregisterImage", {{"ImageId", first}});
    EXPECT_NE(make_image(aws), first);
}

TEST(RegisterImage, RefusesSnapshotsItCannotUse)
{
    TestEmulator aws;
    const auto code = [&](const std::string& snapshot, const Parameters& more = {}) {
        return aws.call("RegisterImage", merged(registration(snapshot), more)).code;
    };
    EXPECT_EQ(code("snap-00000000000000001"), "InvalidSnapshot.NotFound");
    EXPECT_EQ(code("snap-nothex"), "InvalidSnapshotID.Malformed");
    EXPECT_EQ(code("vol-00000000000000001"), "InvalidParameterValue");

    const auto mine = make_snapshot(aws);
    EXPECT_EQ(aws.call("RegisterImage", registration(mine), kOtherAccount).code,
              "InvalidSnapshot.NotFound");
    const auto small =
        aws.call("RegisterImage",
                 merged(registration(mine), {{"BlockDeviceMapping.1.Ebs.VolumeSize", "1"}}));
    EXPECT_EQ(small.code, kBadMapping);
    EXPECT_EQ(small.message,
              "Volume of size 1GB is smaller than snapshot '" + mine + "', expect size >= 2GB");
    aws.set_delay("snapshot.pending", 1000);
    EXPECT_EQ(code(make_snapshot(aws)), "IncorrectState");
    EXPECT_THAT(aws.must("DescribeImages", {{"Owner.1", "self"}}).texts(kIds), IsEmpty());
}

TEST(RegisterImage, NeedsASnapshotAtItsRootDevice)
{
    TestEmulator aws;
    const auto good = registration(make_snapshot(aws));
    const auto unmapped =
        aws.call("RegisterImage", merged(good, {{"RootDeviceName", "/dev/sda1"}}));
    EXPECT_EQ(unmapped.code, kCombination);
    EXPECT_EQ(unmapped.message, "No root snapshot specified in device mapping.");
    const auto sized = merged(without(good, "BlockDeviceMapping.1.Ebs.SnapshotId"),
                              {{"BlockDeviceMapping.1.Ebs.VolumeSize", "8"}});
    EXPECT_EQ(aws.call("RegisterImage", sized).code, kCombination);
    EXPECT_EQ(aws.call("RegisterImage", without(good, "RootDeviceName")).code, "MissingParameter");
}

TEST(RegisterImage, RefusesMappingsThatMakeNoSense)
{
    TestEmulator aws;
    const auto good = registration(make_snapshot(aws));
    const auto refusal = [&](const Parameters& more) {
        const auto refused = aws.call("RegisterImage", merged(good, more));
        EXPECT_EQ(refused.code, kBadMapping);
        return refused.message;
    };
    EXPECT_EQ(refusal({{"BlockDeviceMapping.2.DeviceName", "/dev/xvda"},
                       {"BlockDeviceMapping.2.Ebs.VolumeSize", "8"}}),
              "/dev/xvda is being assigned to multiple times.");
    EXPECT_EQ(refusal({{"BlockDeviceMapping.2.DeviceName", "/dev/sdb"},
                       {"BlockDeviceMapping.2.Ebs.VolumeType", "gp3"}}),
              "Either snapshot ID or volume size must be provided for: /dev/sdb");
    EXPECT_EQ(refusal({{"BlockDeviceMapping.2.Ebs.VolumeSize", "8"}}), "Missing device name");
    EXPECT_THAT(refusal({{"BlockDeviceMapping.1.NoDevice", ""}}), HasSubstr("has NoDevice beside"));
    for (const char* name : {"ephemeral", "ephemeral24", "ephemeral1x", "disk0"}) {
        EXPECT_THAT(refusal({{"BlockDeviceMapping.2.DeviceName", "/dev/sdb"},
                             {"BlockDeviceMapping.2.VirtualName", name}}),
                    HasSubstr("Invalid virtual name"));
    }
    EXPECT_EQ(
        aws.call("RegisterImage", merged(good, {{"BlockDeviceMapping.1.Ebs.VolumeType", "io1"},
                                                {"BlockDeviceMapping.1.Ebs.VolumeSize", "4"}}))
            .code,
        kCombination);
}

TEST(RegisterImage, RefusesPlatformsThatDoNotGoTogether)
{
    TestEmulator aws;
    const auto good = registration(make_snapshot(aws));
    const auto code = [&](const Parameters& more) {
        return aws.call("RegisterImage", merged(good, more)).code;
    };
    const std::pair<std::string, std::string> arm{"Architecture", "arm64"};
    const std::pair<std::string, std::string> paravirtual{"VirtualizationType", "paravirtual"};
    EXPECT_EQ(code({arm, paravirtual, {"EnaSupport", "false"}}), kCombination);
    EXPECT_EQ(code({arm, {"BootMode", "legacy-bios"}}), kCombination);
    EXPECT_EQ(code({paravirtual, {"EnaSupport", "false"}, {"BootMode", "uefi"}}), kCombination);
    EXPECT_EQ(code({paravirtual}), kCombination);
    EXPECT_EQ(code({{"TpmSupport", "v2.0"}}), kCombination);
    EXPECT_EQ(code({{"TpmSupport", "v2.0"}, {"BootMode", "legacy-bios"}}), kCombination);
    EXPECT_EQ(code({{"UefiData", "QU1J"}}), kCombination);
    for (const Parameters& bad :
         {Parameters{{"Architecture", "sparc"}}, Parameters{{"VirtualizationType", "xen"}},
          Parameters{{"BootMode", "floppy"}}, Parameters{{"SriovNetSupport", "advanced"}},
          Parameters{{"ImdsSupport", "v1.0"}}, Parameters{{"TpmSupport", "v1.2"}},
          Parameters{{"KernelId", "vmlinuz"}}, Parameters{{"RamdiskId", "aki-12345678"}}}) {
        EXPECT_EQ(code(bad), "InvalidParameterValue") << bad[0].first;
    }
    aws.must("RegisterImage", merged(good, {arm, {"BootMode", "uefi"}}));
}

TEST(RegisterImage, OnlySaysWhatADryRunWouldDo)
{
    TestEmulator aws;
    const auto snapshot = make_snapshot(aws);
    const auto dry = merged(registration(snapshot), {{"DryRun", "true"}});
    EXPECT_EQ(aws.call("RegisterImage", dry).code, "DryRunOperation");
    EXPECT_EQ(aws.call("RegisterImage", merged(dry, {{"Name", "a*b"}})).code,
              "InvalidAMIName.Malformed");
    EXPECT_THAT(aws.must("DescribeImages", {{"Owner.1", "self"}}).texts(kIds), IsEmpty());
}

TEST(RegisterImage, IsAvailableWhenItsTimeHasCome)
{
    TestEmulator aws;
    aws.set_delay("image.pending", 3000);
    const auto id = make_image(aws);
    aws.advance(2999);
    EXPECT_EQ(describe_image(aws, id).text(kState), "pending");
    aws.advance(1);
    EXPECT_EQ(describe_image(aws, id).text(kState), "available");
}

TEST(RegisterImage, TagsImagesAndNothingElse)
{
    TestEmulator aws;
    const auto refused = aws.call(
        "RegisterImage",
        merged(registration(make_snapshot(aws)), {{"TagSpecification.1.ResourceType", "volume"},
                                                  {"TagSpecification.1.Tag.1.Key", "a"},
                                                  {"TagSpecification.1.Tag.1.Value", "b"}}));
    EXPECT_EQ(refused.code, "InvalidParameterValue");
}

TEST(RegisterImage, TakesDescriptionsOf255CharactersHoweverManyBytes)
{
    TestEmulator aws;
    std::string longest;
    for (int i = 0; i < 255; ++i) {
        longest += "\xc3\xbc";
    }
    const auto good = registration(make_snapshot(aws));
    const auto code = [&](const std::string& description) {
        return aws.call("RegisterImage", merged(good, {{"Description", description}})).code;
    };
    EXPECT_EQ(code(longest + "x"), "InvalidParameterValue");
    EXPECT_EQ(code(longest), "");
    const auto volume = new_volume(aws, {{"Size", "2"}});
    const auto snapshot = [&](const std::string& description) {
        return aws.call("CreateSnapshot", {{"VolumeId", volume}, {"Description", description}});
    };
    EXPECT_EQ(snapshot(longest + "x").code, "InvalidParameterValue");
    EXPECT_EQ(snapshot(longest).text("description"), longest);
}

TEST(RegisterImage, TakesAVirtualNameBesideAVolume)
{
    TestEmulator aws;
    const auto id = aws.must("RegisterImage", merged(registration(make_snapshot(aws)),
                                                     {{"BlockDeviceMapping.1.VirtualName", "any"}}))
                        .text("imageId");
    const auto shown = describe_image(aws, id);
    EXPECT_NE(shown.text("imagesSet/item/blockDeviceMapping/item/ebs/snapshotId"), "");
    EXPECT_EQ(shown.text("imagesSet/item/blockDeviceMapping/item/virtualName"), "");
}

TEST(RegisterImage, AtALocationHasItsRootOnTheInstanceStore)
{
    TestEmulator aws;
    put_bundle(aws);
    const Parameters stored{{"Name", "stored"},
                            {"ImageLocation", "bucket/image.manifest.xml"},
                            {"VirtualizationType", "hvm"},
                            {"RootDeviceName", "/dev/sda1"},
                            {"BlockDeviceMapping.1.DeviceName", "/dev/sdb"},
                            {"BlockDeviceMapping.1.VirtualName", "ephemeral0"}};
    const auto id = aws.must("RegisterImage", stored).text("imageId");
    const auto shown = describe_image(aws, id);
    EXPECT_EQ(shown.text("imagesSet/item/imageLocation"), "bucket/image.manifest.xml");
    EXPECT_EQ(shown.text("imagesSet/item/rootDeviceType"), "instance-store");
    EXPECT_EQ(shown.text("imagesSet/item/architecture"), "x86_64");
    const auto launched = [&](const char* type) {
        return aws.call(
            "RunInstances",
            {{"ImageId", id}, {"InstanceType", type}, {"MinCount", "1"}, {"MaxCount", "1"}});
    };
    EXPECT_EQ(launched("t3.micro").status, 400);
    const auto instance = launched("m3.medium");
    EXPECT_EQ(instance.text("instancesSet/item/rootDeviceType"), "instance-store") << instance.body;
    EXPECT_EQ(
        aws.call("StopInstances", {{"InstanceId.1", instance.text("instancesSet/item/instanceId")}})
            .code,
        "UnsupportedOperation");
    aws.must("RegisterImage", merged(without(stored, "RootDeviceName"), {{"Name", "bare"}}));

    const auto code = [&](const Parameters& more) {
        return aws.call("RegisterImage", merged(stored, merged({{"Name", "other"}}, more))).code;
    };
    for (const char* location : {"bucket", "/image.manifest.xml", "bucket/"}) {
        EXPECT_EQ(code({{"ImageLocation", location}}), "InvalidManifest") << location;
    }
    EXPECT_EQ(code({{"BlockDeviceMapping.2.DeviceName", "/dev/sda1"},
                    {"BlockDeviceMapping.2.Ebs.SnapshotId", make_snapshot(aws)}}),
              kCombination);
    EXPECT_EQ(code({{"BlockDeviceMapping.2.DeviceName", "/dev/sdc"},
                    {"BlockDeviceMapping.2.VirtualName", "ephemeral0"}}),
              kBadMapping);
    const auto deregistered =
        aws.must("DeregisterImage", {{"ImageId", id}, {"DeleteAssociatedSnapshots", "true"}});
    EXPECT_EQ(deregistered.count("deleteSnapshotResultSet/item"), 0U);
}

TEST(RegisterImage, RefusesBillingProductsAndUefiDataThatIsNoBase64)
{
    TestEmulator aws;
    const auto good = registration(make_snapshot(aws));
    EXPECT_EQ(aws.call("RegisterImage", merged(good, {{"BillingProduct.1", "bp-6ba54002"}})).code,
              "AuthFailure");
    EXPECT_EQ(
        aws.call("RegisterImage", merged(good, {{"BootMode", "uefi"}, {"UefiData", "not base64!"}}))
            .code,
        "InvalidParameterValue");
}

// Source: Terraform's aws_ami sends what its user left out with an empty value (observed).
TEST(RegisterImage, TakesAnEmptyValueForNone)
{
    TestEmulator aws;
    const auto id = make_image(aws, "terraform",
                               {{"ImageLocation", ""},
                                {"KernelId", ""},
                                {"RamdiskId", ""},
                                {"SriovNetSupport", ""},
                                {"BootMode", ""}});
    const auto answer = describe_image(aws, id);
    EXPECT_EQ(answer.text("imagesSet/item/rootDeviceType"), "ebs");
    EXPECT_EQ(answer.text("imagesSet/item/imageLocation"), std::string(kAccount) + "/terraform");
    for (const char* absent : {"kernelId", "ramdiskId", "sriovNetSupport", "bootMode"}) {
        EXPECT_EQ(answer.count(std::string("imagesSet/item/") + absent), 0U) << absent;
    }
}

TEST(DescribeImages, ShowsNoOwnImagesAtTheStart)
{
    TestEmulator aws;
    const auto own = aws.must("DescribeImages", {{"Owner.1", "self"}});
    EXPECT_EQ(own.count("imagesSet"), 1U);
    EXPECT_EQ(own.count("imagesSet/item"), 0U);
    EXPECT_GT(aws.must("DescribeImages").count("imagesSet/item"), 0U);
}

TEST(DescribeImages, RefusesTheWholeCallWhenIdsAreUnknown)
{
    TestEmulator aws;
    const auto mine = make_image(aws);
    const auto one =
        aws.call("DescribeImages", {{"ImageId.1", mine}, {"ImageId.2", kNobodysImage}});
    EXPECT_EQ(one.code, "InvalidAMIID.NotFound");
    EXPECT_EQ(one.message, "The image id '[ami-00000000000000001]' does not exist");
    const auto two = aws.call("DescribeImages", {{"ImageId.1", kNobodysImage},
                                                 {"ImageId.2", mine},
                                                 {"ImageId.3", "ami-00000000000000002"}});
    EXPECT_EQ(two.code, "InvalidAMIID.NotFound");
    EXPECT_EQ(two.message,
              "The image ids '[ami-00000000000000001, ami-00000000000000002]' do not exist");
    EXPECT_THAT(describe_image(aws, mine, kOtherAccount).texts(kIds), IsEmpty());
    EXPECT_EQ(aws.call("DescribeImages", {{"ImageId.1", mine}}, kAccount, "eu-west-1").code,
              "InvalidAMIID.NotFound");
    for (const char* id : {"i-00000000000000001", "image", "ami"}) {
        const auto malformed = aws.call("DescribeImages", {{"ImageId.1", id}});
        EXPECT_EQ(malformed.code, "InvalidAMIID.Malformed");
        EXPECT_EQ(malformed.message, fmt::format("Invalid id: \"{}\" (expecting \"ami-...\")", id));
    }
    const auto begins_so = aws.call("DescribeImages", {{"ImageId.1", "ami-xyz"}});
    EXPECT_EQ(begins_so.code, "InvalidAMIID.Malformed");
    EXPECT_EQ(begins_so.message, "Invalid id: \"ami-xyz\"");
}

TEST(DescribeImages, ShowsOfNamedIdsWhatFiltersAndOwnersLeave)
{
    TestEmulator aws;
    const auto one = make_image(aws, "one");
    const auto two = make_image(aws, "two");
    const Parameters both{{"ImageId.1", one}, {"ImageId.2", two}};
    const auto found = [&](const Parameters& more) {
        return aws.must("DescribeImages", merged(both, more)).texts(kIds);
    };
    EXPECT_THAT(found({}), UnorderedElementsAre(one, two));
    EXPECT_THAT(found({{"Filter.1.Name", "name"}, {"Filter.1.Value.1", "two"}}), ElementsAre(two));
    EXPECT_THAT(found({{"Owner.1", kOtherAccount}}), IsEmpty());
    EXPECT_THAT(found({{"Owner.1", kAccount}}), SizeIs(2));
    EXPECT_THAT(found({{"Owner.1", "amazon"}, {"Owner.2", "self"}}), SizeIs(2));
}

TEST(DescribeImages, FindsThePublicCatalogueByOwnerAliasAndName)
{
    TestEmulator aws;
    make_image(aws, "amzn2-ami-hvm-mine");
    const auto found = aws.must("DescribeImages", {{"Owner.1", "amazon"},
                                                   {"Filter.1.Name", "name"},
                                                   {"Filter.1.Value.1", "amzn2-ami-hvm-*"}});
    const auto names = found.texts("imagesSet/item/name");
    EXPECT_THAT(names, Not(IsEmpty()));
    EXPECT_THAT(names, Each(AllOf(StartsWith("amzn2-ami-hvm-"), Not("amzn2-ami-hvm-mine"))));
    EXPECT_THAT(found.texts("imagesSet/item/imageOwnerAlias"),
                AllOf(SizeIs(names.size()), Each("amazon")));
    EXPECT_THAT(found.texts("imagesSet/item/isPublic"), Each("true"));
    EXPECT_THAT(found.texts("imagesSet/item/imageOwnerId"), Each("137112412989"));
    EXPECT_THAT(aws.must("DescribeImages", {{"Owner.1", "137112412989"}}).texts(kIds),
                Contains(found.text(kIds)));
}

TEST(DescribeImages, TakesABackslashForTheCharacterBehindIt)
{
    TestEmulator aws;
    const auto described = [&](const std::string& name, const std::string& description) {
        return make_image(aws, name, {{"Description", description}});
    };
    const auto star = described("star", "a*b");
    const auto letter = described("letter", "axb");
    const auto mark = described("mark", "a?b");
    const auto backslash = described("backslash", "a\\b");
    const auto longer = described("longer", "axxb");
    EXPECT_THAT(matching_images(aws, "description", "a?b"),
                UnorderedElementsAre(star, letter, mark, backslash));
    EXPECT_THAT(matching_images(aws, "description", "a*b"), SizeIs(5));
    EXPECT_THAT(matching_images(aws, "description", "a\\*b"), ElementsAre(star));
    EXPECT_THAT(matching_images(aws, "description", "a\\?b"), ElementsAre(mark));
    EXPECT_THAT(matching_images(aws, "description", "a\\\\b"), ElementsAre(backslash));
    EXPECT_THAT(matching_images(aws, "description", "A?B"), IsEmpty());
}

TEST(DescribeImages, FiltersByWhatAnImageIs)
{
    TestEmulator aws;
    const auto one = make_image(aws, "one",
                                {{"TagSpecification.1.ResourceType", "image"},
                                 {"TagSpecification.1.Tag.1.Key", "Team"},
                                 {"TagSpecification.1.Tag.1.Value", "blue"}});
    aws.advance(60'000);
    const auto two = make_image(aws, "two",
                                {{"Architecture", "arm64"},
                                 {"BootMode", "uefi"},
                                 {"BlockDeviceMapping.1.Ebs.VolumeSize", "9"}});
    const auto snapshot =
        describe_image(aws, one).text("imagesSet/item/blockDeviceMapping/item/ebs/snapshotId");
    EXPECT_THAT(matching_images(aws, "architecture", "arm64"), ElementsAre(two));
    EXPECT_THAT(matching_images(aws, "block-device-mapping.snapshot-id", snapshot),
                ElementsAre(one));
    EXPECT_THAT(matching_images(aws, "block-device-mapping.volume-size", "9"), ElementsAre(two));
    EXPECT_THAT(matching_images(aws, "boot-mode", "uefi"), ElementsAre(two));
    EXPECT_THAT(matching_images(aws, "creation-date", "2026-01-02T03:05:*"), ElementsAre(two));
    EXPECT_THAT(matching_images(aws, "image-id", one), ElementsAre(one));
    EXPECT_THAT(matching_images(aws, "is-public", "false"), SizeIs(2));
    EXPECT_THAT(matching_images(aws, "is-public", "true"), IsEmpty());
    EXPECT_THAT(matching_images(aws, "manifest-location", std::string(kAccount) + "/one"),
                ElementsAre(one));
    EXPECT_THAT(matching_images(aws, "state", "available"), SizeIs(2));
    EXPECT_THAT(matching_images(aws, "tag:Team", "bl*"), ElementsAre(one));
    EXPECT_THAT(matching_images(aws, "tag-key", "Team"), ElementsAre(one));
}

TEST(DescribeImages, AnswersEverythingOncePageByPage)
{
    TestEmulator aws;
    for (int i = 0; i < 7; ++i) {
        make_image(aws, fmt::format("image {}", i));
    }
    const auto all = aws.must("DescribeImages").texts(kIds);
    std::vector<std::string> seen;
    std::string token;
    do {
        Parameters parameters{{"MaxResults", "5"}};
        if (!token.empty()) {
            parameters.emplace_back("NextToken", token);
        }
        const auto page = aws.must("DescribeImages", parameters);
        const auto ids = page.texts(kIds);
        token = page.text("nextToken");
        ASSERT_FALSE(ids.empty());
        EXPECT_TRUE(ids.size() == 5 || (token.empty() && ids.size() < 5));
        seen.insert(seen.end(), ids.begin(), ids.end());
    } while (!token.empty());
    EXPECT_GT(all.size(), 7U);
    EXPECT_EQ(seen.size(), std::set<std::string>(seen.begin(), seen.end()).size());
    EXPECT_THAT(seen, ::testing::UnorderedElementsAreArray(all));
}

TEST(DescribeImages, ShowsOfEachImageOfAPageWhatItShowsOfItAlone)
{
    TestEmulator aws;
    const auto catalogue = aws.must("DescribeImages", {{"Owner.1", "amazon"}, {"MaxResults", "5"}})
                               .texts("imagesSet/item/imageId");
    Parameters page;
    for (const auto& id : catalogue) {
        page.emplace_back(fmt::format("ImageId.{}", page.size() + 1), id);
    }
    for (const char* name : {"one", "two", "bare"}) {
        page.emplace_back(fmt::format("ImageId.{}", page.size() + 1), own_image(aws, name));
    }
    const auto& one = page[catalogue.size()].second;
    const auto& two = page[catalogue.size() + 1].second;
    // Before the product codes: an image with one of the Marketplace may not be so specified.
    aws.must("ReplaceImageInstanceTypeSpecification",
             {{"ImageId", two}, {"InstanceTypeSpecification.UnsupportedInstanceType.1", "t2.*"}});
    for (const auto& [id, name] : {std::pair(one, "first"), std::pair(two, "second")}) {
        aws.must("CreateTags",
                 {{"ResourceId.1", id}, {"Tag.1.Key", name}, {"Tag.1.Value", "of it"}});
        aws.must("AttachImageWatermark", {{"ImageId", id}, {"WatermarkName", name}});
        give_product_code(aws, id, name);
    }
    const auto items = [&](const Parameters& parameters) {
        std::map<std::string, std::string> found;
        const auto answer = aws.must("DescribeImages", parameters);
        for (const auto& item : answer.root().child("imagesSet").children()) {
            std::ostringstream text;
            item.print(text);
            found[item.child("imageId").text().as_string()] = text.str();
        }
        return found;
    };
    auto together = items(page);
    EXPECT_EQ(together.size(), page.size());
    for (const auto& [parameter, id] : page) {
        EXPECT_EQ(together[id], items({{"ImageId.1", id}})[id]);
    }
    EXPECT_THAT(together[two], HasSubstr("second"));
    EXPECT_THAT(together[two], Not(HasSubstr("first")));
}

TEST(DescribeImages, RefusesPagesFiltersAndOwnersItCannotRead)
{
    TestEmulator aws;
    const auto mine = make_image(aws);
    const auto code = [&](const Parameters& parameters) {
        return aws.call("DescribeImages", parameters).code;
    };
    EXPECT_EQ(code({{"NextToken", "nonsense"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"MaxResults", "4"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"MaxResults", "5"}, {"ImageId.1", mine}}), kCombination);
    EXPECT_EQ(code({{"ExecutableBy.1", "everybody"}}), "InvalidUserID.Malformed");
    EXPECT_EQ(code({{"DryRun", "true"}}), "DryRunOperation");
    const auto unknown =
        aws.call("DescribeImages", {{"Filter.1.Name", "colour"}, {"Filter.1.Value.1", "red"}});
    EXPECT_EQ(unknown.code, "InvalidParameterValue");
    EXPECT_EQ(unknown.message, "The filter 'colour' is invalid");
}

TEST(DescribeImages, HidesDeprecatedImagesOfOthersUnlessNamed)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    must_modify_image(aws, id, {{"LaunchPermission.Add.1.UserId", kOtherAccount}});
    update_image(aws, id, fmt::format("deprecation_time_ms = {}", kStartMs + 1000));
    const auto others_view = [&](const Parameters& more) {
        return aws.must("DescribeImages", merged({{"Owner.1", kAccount}}, more), kOtherAccount)
            .texts(kIds);
    };
    aws.advance(999);
    EXPECT_THAT(others_view({}), ElementsAre(id));
    aws.advance(1);
    EXPECT_THAT(others_view({}), IsEmpty());
    EXPECT_THAT(others_view({{"ImageId.1", id}}), ElementsAre(id));
    EXPECT_THAT(others_view({{"IncludeDeprecated", "true"}}), ElementsAre(id));
    EXPECT_THAT(aws.must("DescribeImages", {{"Owner.1", "self"}}).texts(kIds), ElementsAre(id));
    EXPECT_EQ(describe_image(aws, id).text("imagesSet/item/deprecationTime"),
              "2026-01-02T03:04:06.000Z");
}

TEST(DescribeImages, HidesDisabledImagesUnlessAskedForThem)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    update_image(aws, id, "state = 'disabled'");
    EXPECT_THAT(aws.must("DescribeImages", {{"Owner.1", "self"}}).texts(kIds), IsEmpty());
    const auto shown =
        aws.must("DescribeImages", {{"Owner.1", "self"}, {"IncludeDisabled", "true"}});
    EXPECT_THAT(shown.texts(kIds), ElementsAre(id));
    EXPECT_EQ(shown.text(kState), "disabled");
}

TEST(SharedImage, IsSeenByTheOtherAccountUntilReset)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    must_modify_image(aws, id, {{"LaunchPermission.Add.1.UserId", kOtherAccount}});
    const auto seen = describe_image(aws, id, kOtherAccount);
    EXPECT_EQ(seen.text("imagesSet/item/imageOwnerId"), kAccount);
    EXPECT_EQ(seen.text("imagesSet/item/isPublic"), "false");
    EXPECT_THAT(describe_image(aws, id, "111122223333").texts(kIds), IsEmpty());
    aws.must("ResetImageAttribute", {{"ImageId", id}, {"Attribute", "launchPermission"}});
    EXPECT_THAT(describe_image(aws, id, kOtherAccount).texts(kIds), IsEmpty());
    EXPECT_THAT(launch_users(aws, id), IsEmpty());
}

TEST(SharedImage, IsFoundByWhoMayLaunchIt)
{
    TestEmulator aws;
    const auto shared = make_image(aws, "shared");
    const auto published = make_image(aws, "published");
    make_image(aws, "secret");
    must_modify_image(aws, shared, {{"LaunchPermission.Add.1.UserId", kOtherAccount}});
    must_modify_image(aws, published, {{"LaunchPermission.Add.1.Group", "all"}});
    const auto executable_by = [&](const std::string& who, std::string_view account) {
        return aws.must("DescribeImages", {{"ExecutableBy.1", who}, {"Owner.1", kAccount}}, account)
            .texts(kIds);
    };
    EXPECT_THAT(executable_by("self", kOtherAccount), ElementsAre(shared));
    EXPECT_THAT(executable_by(kOtherAccount, kAccount), ElementsAre(shared));
    EXPECT_THAT(executable_by("all", kOtherAccount), ElementsAre(published));
    EXPECT_THAT(executable_by("self", kAccount), IsEmpty());
}

TEST(SharedImage, IsPublicWhileTheGroupAllMayLaunchIt)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    must_modify_image(aws, id, {{"LaunchPermission.Add.1.Group", "all"}});
    EXPECT_EQ(describe_image(aws, id, kOtherAccount).text("imagesSet/item/isPublic"), "true");
    EXPECT_THAT(matching_images(aws, "is-public", "true"), ElementsAre(id));
    EXPECT_THAT(image_attribute(aws, id, "launchPermission").texts("launchPermission/item/group"),
                ElementsAre("all"));
    must_modify_image(aws, id, {{"LaunchPermission.Remove.1.Group", "all"}});
    EXPECT_EQ(describe_image(aws, id).text("imagesSet/item/isPublic"), "false");
    EXPECT_THAT(describe_image(aws, id, kOtherAccount).texts(kIds), IsEmpty());
}

TEST(SharedImage, IsChangedByItsOwnerAlone)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    const std::vector<std::pair<std::string, Parameters>> calls = {
        {"ModifyImageAttribute", {{"Description.Value", "mine now"}}},
        {"DescribeImageAttribute", {{"Attribute", "description"}}},
        {"ResetImageAttribute", {{"Attribute", "launchPermission"}}},
        {"DeregisterImage", {}}};
    for (const auto& [action, parameters] : calls) {
        const auto unseen = aws.call(action, merged(parameters, {{"ImageId", id}}), kOtherAccount);
        EXPECT_EQ(unseen.code, "AuthFailure") << action;
        EXPECT_EQ(unseen.message, "Not authorized for image:" + id);
    }
    must_modify_image(aws, id, {{"LaunchPermission.Add.1.UserId", kOtherAccount}});
    for (const auto& [action, parameters] : calls) {
        const auto refused = aws.call(action, merged(parameters, {{"ImageId", id}}), kOtherAccount);
        EXPECT_EQ(refused.code, "AuthFailure") << action;
        EXPECT_EQ(refused.message, "Not authorized for image:" + id);
    }
    EXPECT_EQ(describe_image(aws, id).count("imagesSet/item/description"), 0U);
}

TEST(DeregisterImage, LeavesAnIdThatFindsNothingForThoseWhoHadTheImage)
{
    TestEmulator aws;
    const auto mine = make_image(aws, "mine");
    const auto shared = make_image(aws, "shared");
    must_modify_image(aws, shared, {{"LaunchPermission.Add.1.UserId", kOtherAccount}});
    for (const auto& id : {mine, shared}) {
        aws.must("DeregisterImage", {{"ImageId", id}});
        EXPECT_EQ(describe_image(aws, id).count("imagesSet/item"), 0U);
    }
    EXPECT_EQ(describe_image(aws, shared, kOtherAccount).count("imagesSet/item"), 0U);
    EXPECT_EQ(aws.call("DescribeImages", {{"ImageId.1", mine}}, kOtherAccount).code,
              "InvalidAMIID.NotFound");
    EXPECT_EQ(aws.call("DescribeImages", {{"ImageId.1", mine}}, kAccount, "eu-west-1").code,
              "InvalidAMIID.NotFound");
}

TEST(DeregisterImage, LeavesAnIdThatFindsNothingWhileInstancesOfItAreLeft)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    must_modify_image(aws, id, {{"LaunchPermission.Add.1.UserId", kOtherAccount}});
    const auto instance = aws.must("RunInstances", launch(id), kOtherAccount).text(kInstanceId);
    must_modify_image(aws, id, {{"LaunchPermission.Remove.1.UserId", kOtherAccount}});
    aws.must("DeregisterImage", {{"ImageId", id}});
    EXPECT_EQ(describe_image(aws, id, kOtherAccount).count("imagesSet/item"), 0U);
    aws.must("TerminateInstances", {{"InstanceId.1", instance}}, kOtherAccount);
    EXPECT_EQ(aws.call("DescribeImages", {{"ImageId.1", id}}, kOtherAccount).code,
              "InvalidAMIID.NotFound");
}

TEST(DeregisterImage, LeavesAnIdThatIsUnknownAfterAWeek)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    aws.must("DeregisterImage", {{"ImageId", id}});
    aws.advance(7 * kDayMs - 1);
    EXPECT_EQ(aws.call("DeregisterImage", {{"ImageId", id}}).code, "InvalidAMIID.Unavailable");
    aws.advance(1);
    EXPECT_EQ(aws.call("DescribeImages", {{"ImageId.1", id}}).code, "InvalidAMIID.NotFound");
    EXPECT_EQ(aws.call("DeregisterImage", {{"ImageId", id}}).code, "InvalidAMIID.NotFound");
}

TEST(DeregisterImage, LeavesAnIdThatIsKnownWhileAnInstanceOrACopyTellsOfIt)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    const auto instance = aws.must("RunInstances", launch(id)).text(kInstanceId);
    const auto copy =
        aws.must("CopyImage", {{"SourceImageId", id}, {"SourceRegion", kRegion}, {"Name", "copy"}})
            .text("imageId");
    const auto refusal_in_a_week = [&] {
        aws.advance(7 * kDayMs);
        return aws.call("DeregisterImage", {{"ImageId", id}}).code;
    };
    aws.must("DeregisterImage", {{"ImageId", id}});
    EXPECT_EQ(refusal_in_a_week(), "InvalidAMIID.Unavailable");
    aws.must("TerminateInstances", {{"InstanceId.1", instance}});
    EXPECT_EQ(refusal_in_a_week(), "InvalidAMIID.Unavailable");
    aws.must("DeregisterImage", {{"ImageId", copy}});
    EXPECT_EQ(refusal_in_a_week(), "InvalidAMIID.Unavailable");
    EXPECT_EQ(refusal_in_a_week(), "InvalidAMIID.NotFound");
}

TEST(DeregisterImage, TakesTheImageAwayAndKeepsItsSnapshot)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    const auto answer = aws.must("DeregisterImage", {{"ImageId", id}});
    EXPECT_EQ(answer.text("return"), "true");
    EXPECT_EQ(answer.count("deleteSnapshotResultSet/item"), 0U);
    EXPECT_THAT(aws.must("DescribeImages", {{"Owner.1", "self"}}).texts(kIds), IsEmpty());
    EXPECT_EQ(aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).count("snapshotSet/item"), 1U);
}

TEST(DeregisterImage, FindsADeregisteredImageUnavailable)
{
    TestEmulator aws;
    const auto id = make_image(aws);
    aws.must("DeregisterImage", {{"ImageId", id}});
    const auto again = aws.call("DeregisterImage", {{"ImageId", id}});
    EXPECT_EQ(again.code, "InvalidAMIID.Unavailable");
    EXPECT_EQ(again.message, "The image ID '" + id + "' is no longer available");
    EXPECT_EQ(modify_image(aws, id, {{"Description.Value", "a"}}).code, "InvalidAMIID.Unavailable");
    EXPECT_EQ(aws.call("DeregisterImage", {{"ImageId", kNobodysImage}}).code,
              "InvalidAMIID.NotFound");
    EXPECT_EQ(aws.call("DeregisterImage", {{"ImageId", "ami-x"}}).code, "InvalidAMIID.Malformed");
}

TEST(DeregisterImage, StaysDeregisteredWhenItWasPending)
{
    TestEmulator aws;
    aws.set_delay("image.pending", 1000);
    const auto id = make_image(aws);
    EXPECT_EQ(aws.call("DeregisterImage", {{"ImageId", id}, {"DryRun", "true"}}).code,
              "DryRunOperation");
    EXPECT_EQ(describe_image(aws, id).text(kState), "pending");
    aws.must("DeregisterImage", {{"ImageId", id}});
    aws.advance(2000);
    EXPECT_EQ(describe_image(aws, id).count("imagesSet/item"), 0U);
}

TEST(DeregisterImage, DeletesTheSnapshotsThatNoOtherImageUses)
{
    TestEmulator aws;
    const auto shared = make_snapshot(aws);
    const auto single = make_snapshot(aws);
    const auto first =
        aws.must("RegisterImage",
                 merged(registration(shared), {{"BlockDeviceMapping.2.DeviceName", "/dev/sdb"},
                                               {"BlockDeviceMapping.2.Ebs.SnapshotId", single},
                                               {"BlockDeviceMapping.3.DeviceName", "/dev/sdc"},
                                               {"BlockDeviceMapping.3.Ebs.SnapshotId", single}}))
            .text("imageId");
    const auto second = aws.must("RegisterImage", registration(shared, "two")).text("imageId");
    const auto results = [&](const std::string& image) {
        const auto answer = aws.must("DeregisterImage",
                                     {{"ImageId", image}, {"DeleteAssociatedSnapshots", "true"}});
        std::vector<std::string> lines;
        const auto ids = answer.texts("deleteSnapshotResultSet/item/snapshotId");
        const auto codes = answer.texts("deleteSnapshotResultSet/item/returnCode");
        for (std::size_t i = 0; i < ids.size(); ++i) {
            lines.push_back(ids[i] + " " + codes.at(i));
        }
        return lines;
    };
    EXPECT_THAT(results(first), ElementsAre(shared + " skipped", single + " success"));
    EXPECT_THAT(
        aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).texts("snapshotSet/item/snapshotId"),
        ElementsAre(shared));
    EXPECT_THAT(results(second), ElementsAre(shared + " success"));
    EXPECT_EQ(aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).count("snapshotSet/item"), 0U);
}

TEST(RegisterImage, FindsItsRootAtTheDiskOfItsRootDevice)
{
    TestEmulator aws;
    const auto id = make_image(
        aws, "one",
        {{"RootDeviceName", "/dev/sda1"}, {"BlockDeviceMapping.1.DeviceName", "/dev/sda"}});
    const auto image = describe_image(aws, id);
    EXPECT_EQ(image.text("imagesSet/item/rootDeviceName"), "/dev/sda1");
    EXPECT_EQ(image.text("imagesSet/item/blockDeviceMapping/item/deviceName"), "/dev/sda");
    EXPECT_EQ(image.text("imagesSet/item/blockDeviceMapping/item/ebs/deleteOnTermination"), "true");
}

}  // namespace
}  // namespace amilab::test
