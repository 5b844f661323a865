#include "server/services/ec2/images/catalogue_file.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab::test {
namespace {

using ec2::parse_catalogue;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// As `aws ec2 describe-images` prints it, shortened where it repeats itself.
constexpr const char* kGolden = R"({
    "Images": [
        {
            "PlatformDetails": "Linux/UNIX",
            "UsageOperation": "RunInstances",
            "BlockDeviceMappings": [
                {
                    "Ebs": {
                        "DeleteOnTermination": true,
                        "Iops": 3000,
                        "SnapshotId": "snap-0f7b2a1c9d3e4f506",
                        "VolumeSize": 12,
                        "VolumeType": "gp3",
                        "Throughput": 125,
                        "Encrypted": false
                    },
                    "DeviceName": "/dev/xvda"
                },
                {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}
            ],
            "Description": "Golden",
            "EnaSupport": true,
            "Hypervisor": "xen",
            "ImageOwnerAlias": "amazon",
            "Name": "golden-2026.10.01",
            "RootDeviceName": "/dev/xvda",
            "RootDeviceType": "ebs",
            "SriovNetSupport": "simple",
            "VirtualizationType": "hvm",
            "BootMode": "uefi-preferred",
            "DeprecationTime": "2028-10-01T10:00:00.000Z",
            "ImdsSupport": "v2.0",
            "FreeTierEligible": true,
            "PublicSsmParameterName": "aws/service/golden/latest",
            "ImageId": "ami-0123456789abcdef0",
            "ImageLocation": "amazon/golden-2026.10.01",
            "State": "available",
            "OwnerId": "111122223333",
            "CreationDate": "2026-10-01T10:00:00.000Z",
            "Public": true,
            "ProductCodes": [{"ProductCodeId": "abcde", "ProductCodeType": "marketplace"}],
            "Architecture": "x86_64",
            "ImageType": "machine"
        }
    ]
})";
constexpr const char* kGoldenId = "ami-0123456789abcdef0";

// A private image of the default account, in another region.
constexpr const char* kOwn = R"([{"Region": "eu-west-1", "Images": [{
    "ImageId": "ami-00000000000000abc", "OwnerId": "123456789012", "Name": "own",
    "Architecture": "arm64", "RootDeviceName": "/dev/xvda", "Public": false,
    "CreationDate": "2026-01-01T00:00:00.000Z", "EnaSupport": true,
    "Tags": [{"Key": "Version", "Value": "v1"}],
    "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {
        "SnapshotId": "snap-00000000000000abc", "VolumeSize": 9}}]}]}])";
constexpr const char* kOwnId = "ami-00000000000000abc";
constexpr const char* kItem = "imagesSet/item/";

std::string run(TestEmulator& aws, const std::string& image)
{
    return aws.must("RunInstances", launch(image)).text(kInstanceId);
}

class CatalogueFile : public testing::Test {
protected:
    std::string write(const std::string& name, std::string_view text)
    {
        const auto path = folder_.path() + "/" + name;
        std::ofstream(path) << text;
        return path;
    }

    CatalogueOptions read(std::optional<std::string> instead, std::vector<std::string> beside = {})
    {
        return ec2::read_catalogue({.instead = std::move(instead),
                                    .beside = std::move(beside),
                                    .default_region = kRegion,
                                    .default_account = kAccount,
                                    .unknown_images = UnknownImages::kRefuse});
    }

    std::string refusal(std::string_view text)
    {
        try {
            parse_catalogue(text, "FILE", kRegion);
        } catch (const CatalogueError& error) {
            return error.what();
        }
        return "no refusal";
    }

    /// The refusal of the golden image with `from` replaced by `to`.
    std::string refusal_with(const std::string& from, const std::string& to)
    {
        std::string text = kGolden;
        const auto position = text.find(from);
        EXPECT_NE(position, std::string::npos) << from;
        return refusal(text.replace(position, from.size(), to));
    }

    TemporaryDirectory folder_;
};

TEST_F(CatalogueFile, TakesWhatDescribeImagesPrintsAndPrintsItAgain)
{
    TestEmulator aws(read(write("one.json", kGolden)));
    const auto answer = aws.must("DescribeImages");
    ASSERT_THAT(answer.texts("imagesSet/item/imageId"), ElementsAre(kGoldenId));
    for (const auto& [path, value] : std::vector<std::pair<std::string, std::string>>{
             {"name", "golden-2026.10.01"},
             {"description", "Golden"},
             {"imageLocation", "amazon/golden-2026.10.01"},
             {"imageOwnerAlias", "amazon"},
             {"imageOwnerId", "111122223333"},
             {"creationDate", "2026-10-01T10:00:00.000Z"},
             {"deprecationTime", "2028-10-01T10:00:00.000Z"},
             {"bootMode", "uefi-preferred"},
             {"imdsSupport", "v2.0"},
             {"freeTierEligible", "true"},
             {"publicSsmParameterName", "aws/service/golden/latest"},
             {"isPublic", "true"},
             {"blockDeviceMapping/item[1]/ebs/snapshotId", "snap-0f7b2a1c9d3e4f506"},
             {"blockDeviceMapping/item[1]/ebs/volumeSize", "12"},
             {"blockDeviceMapping/item[1]/ebs/iops", "3000"},
             {"blockDeviceMapping/item[2]/virtualName", "ephemeral0"}}) {
        EXPECT_EQ(answer.text("imagesSet/item/" + path), value) << path;
    }
    declare_account(aws, {.id = kAccount, .subscriptions = {"abcde"}});
    const auto instance = run(aws, kGoldenId);
    const auto volumes = aws.must("DescribeVolumes");
    EXPECT_EQ(volumes.text("volumeSet/item/size"), "12");
    EXPECT_EQ(volumes.text("volumeSet/item/snapshotId"), "snap-0f7b2a1c9d3e4f506");
}

TEST_F(CatalogueFile, ReplacesTheImagesAndKeepsRegionsAndTypes)
{
    TestEmulator aws(read(write("one.json", kGolden)));
    EXPECT_EQ(aws.must("DescribeImages").count("imagesSet/item"), 1U);
    EXPECT_EQ(aws.must("DescribeImages", {}, kAccount, "eu-west-1").count("imagesSet/item"), 0U);
    EXPECT_EQ(aws.must("DescribeRegions", {{"AllRegions", "true"}}).count("regionInfo/item"), 34U);
    EXPECT_EQ(aws.must("DescribeInstanceTypes", {{"InstanceType.1", "t3.micro"}})
                  .count("instanceTypeSet/item"),
              1U);
}

TEST_F(CatalogueFile, AddsToWhatIsThere)
{
    TestEmulator plain;
    TestEmulator aws(read(std::nullopt, {write("one.json", kGolden)}));
    EXPECT_EQ(aws.must("DescribeImages").count("imagesSet/item"),
              plain.must("DescribeImages").count("imagesSet/item") + 1);
    aws.must("DescribeImages", {{"ImageId.1", kGoldenId}});
    aws.must("DescribeImages", {{"ImageId.1", public_image(plain)}});
}

TEST_F(CatalogueFile, GivesPrivateImagesToTheirOwnerToDoWithAsHePleases)
{
    TestEmulator aws(read(std::nullopt, {write("own.json", kOwn)}));
    const auto own = [&](std::string_view action, Parameters parameters = {},
                         std::string_view account = kAccount) {
        return aws.call(action, parameters, account, "eu-west-1");
    };
    const auto described = own("DescribeImages", {{"Owner.1", "self"}});
    ASSERT_THAT(described.texts("imagesSet/item/imageId"), ElementsAre(kOwnId));
    EXPECT_EQ(described.text("imagesSet/item/tagSet/item/value"), "v1");
    EXPECT_EQ(own("DescribeImages", {{"ImageId.1", kOwnId}}, kOtherAccount).count("imagesSet/item"),
              0U);
    EXPECT_EQ(own("DescribeSnapshots", {{"Owner.1", "self"}}).text("snapshotSet/item/volumeSize"),
              "9");
    EXPECT_TRUE(
        own("ModifyImageAttribute", {{"ImageId", kOwnId}, {"Description.Value", "mine"}}).ok());
    EXPECT_TRUE(own("DeregisterImage", {{"ImageId", kOwnId}}).ok());
    EXPECT_EQ(own("DescribeImages", {{"Owner.1", "self"}}).count("imagesSet/item"), 0U);
    EXPECT_TRUE(own("DeleteSnapshot", {{"SnapshotId", "snap-00000000000000abc"}}).ok());
}

TEST_F(CatalogueFile, TakesAllThatIsSaidOfAPrivateImage)
{
    std::string text = kOwn;
    const std::string before = "\"EnaSupport\": true,";
    text.replace(text.find(before), before.size(), R"("EnaSupport": true, "State": "disabled",
        "DeregistrationProtection": "enabled-with-cooldown",
        "ProductCodes": [{"ProductCodeId": "abcde", "ProductCodeType": "marketplace"}],
        "ImageWatermarks": [{"WatermarkKey": "111122223333:prod", "SourceImageRegion": "us-east-1",
            "SourceImageId": "ami-0123456789abcdef0",
            "SourceImageCreationTime": "2025-12-01T00:00:00Z",
            "WatermarkCreationTime": "2025-12-02T00:00:00Z"}],
        "InstanceTypeSpecification": {"SupportedInstanceTypes": [{"InstanceType": "m7g.*"}]},)");
    TestEmulator aws(read(std::nullopt, {write("own.json", text)}));
    const auto answer =
        aws.must("DescribeImages", {{"ImageId.1", kOwnId}, {"IncludeDisabled", "true"}}, kAccount,
                 "eu-west-1");
    const auto field = [&](const std::string& name) { return answer.text(kItem + name); };
    EXPECT_EQ(field("imageState"), "disabled");
    EXPECT_EQ(field("deregistrationProtection"), "enabled-with-cooldown");
    EXPECT_EQ(field("productCodes/item/productCode"), "abcde");
    EXPECT_EQ(field("imageWatermarkSet/item/watermarkKey"), "111122223333:prod");
    EXPECT_EQ(field("imageWatermarkSet/item/watermarkCreationTime"), "2025-12-02T00:00:00.000Z");
    EXPECT_EQ(field("instanceTypeSpecification/supportedInstanceTypeSet/item/instanceType"),
              "m7g.*");
    EXPECT_EQ(aws.must("DescribeSnapshotAttribute",
                       {{"SnapshotId", "snap-00000000000000abc"}, {"Attribute", "productCodes"}},
                       kAccount, "eu-west-1")
                  .text("productCodes/item/productCode"),
              "abcde");
    EXPECT_EQ(aws.call("DeregisterImage", {{"ImageId", kOwnId}}, kAccount, "eu-west-1").code,
              "OperationNotPermitted");
}

TEST_F(CatalogueFile, ShowsWhyAnImageFailed)
{
    std::string text = kOwn;
    const std::string before = "\"EnaSupport\": true,";
    text.replace(text.find(before), before.size(),
                 R"("State": "failed", "StateReason": {"Code": "Client.InternalError",
                    "Message": "Client.InternalError: no room"},)");
    TestEmulator aws(read(std::nullopt, {write("own.json", text)}));
    const auto answer = aws.must("DescribeImages", {{"ImageId.1", kOwnId}}, kAccount, "eu-west-1");
    EXPECT_EQ(answer.text(std::string(kItem) + "imageState"), "failed");
    EXPECT_EQ(answer.text(std::string(kItem) + "stateReason/code"), "Client.InternalError");
}

TEST_F(CatalogueFile, BeginsAnewWithPrivateImagesAfterAReset)
{
    TestEmulator aws(read(std::nullopt, {write("own.json", kOwn)}));
    aws.must("DeregisterImage", {{"ImageId", kOwnId}}, kAccount, "eu-west-1");
    aws.data().reset();
    aws.must("DescribeImages", {{"ImageId.1", kOwnId}}, kAccount, "eu-west-1");
}

TEST_F(CatalogueFile, ARestartDoesNotBringBackWhatItsOwnerDeregistered)
{
    const auto data = folder_.path() + "/data";
    const auto file = write("own.json", kOwn);
    {
        TestEmulator aws(read(std::nullopt, {file}), data);
        aws.must("DeregisterImage", {{"ImageId", kOwnId}}, kAccount, "eu-west-1");
        aws.advance(30 * kDayMs);
        aws.emulator().settle();
    }
    TestEmulator aws(read(std::nullopt, {file}), data);
    EXPECT_EQ(aws.must("DescribeImages", {{"Owner.1", "self"}}, kAccount, "eu-west-1")
                  .count("imagesSet/item"),
              0U);
}

TEST_F(CatalogueFile, ThatComesAfterTheDeregistrationDoesNotBringTheImageBack)
{
    const auto data = folder_.path() + "/data";
    std::string image;
    {
        TestEmulator aws(CatalogueOptions{}, data);
        image = own_image(aws, "one");
        aws.must("DeregisterImage", {{"ImageId", image}});
    }
    std::string text = kOwn;
    text.replace(text.find(kOwnId), std::string(kOwnId).size(), image);
    const auto file = write("own.json", text);
    for (int start = 0; start < 2; ++start) {
        TestEmulator aws(read(std::nullopt, {file}), data);
        aws.advance(30 * kDayMs);
        aws.emulator().settle();
        for (const auto* region : {kRegion, "eu-west-1"}) {
            EXPECT_EQ(aws.must("DescribeImages", {{"Owner.1", "self"}}, kAccount, region)
                          .count("imagesSet/item"),
                      0U);
        }
    }
    // Without the file it ends as any does.
    TestEmulator aws(CatalogueOptions{}, data);
    EXPECT_EQ(aws.must("DescribeImages", {{"ImageId.1", image}}).count("imagesSet/item"), 0U);
    aws.advance(60 * kDayMs);
    aws.emulator().settle();
    EXPECT_EQ(aws.call("DescribeImages", {{"ImageId.1", image}}).code, "InvalidAMIID.NotFound");
}

TEST_F(CatalogueFile, LeavesWholeWhatRefersToAnImageThatItReplaces)
{
    const auto data = folder_.path() + "/data";
    std::string image;
    std::string instance;
    std::string made;
    {
        TestEmulator aws(CatalogueOptions{}, data);
        image = public_image(aws);
        instance = run(aws, image);
        made =
            aws.must("CreateImage", {{"InstanceId", instance}, {"Name", "made"}}).text("imageId");
    }
    TestEmulator aws(read(write("one.json", kGolden)), data);
    EXPECT_EQ(aws.must("DescribeImages", {{"ImageId.1", image}}).count("imagesSet/item"), 0U);
    EXPECT_EQ(field_of(aws, instance, "imageId"), image);
    aws.must("DescribeVolumes");
    aws.must("StopInstances", one_instance(instance));
    aws.must("StartInstances", one_instance(instance));
    aws.must("CreateImage", {{"InstanceId", instance}, {"Name", "again"}});
    run(aws, made);
    aws.must("TerminateInstances", one_instance(instance));
}

TEST_F(CatalogueFile, SeveralImagesMayShareASnapshot)
{
    std::string twin = kGolden;
    twin.replace(twin.find(kGoldenId), std::string(kGoldenId).size(), "ami-0123456789abcdef1");
    TestEmulator aws(read(write("one.json", kGolden), {write("two.json", twin)}));
    EXPECT_EQ(aws.must("DescribeImages", {{"Filter.1.Name", "block-device-mapping.snapshot-id"},
                                          {"Filter.1.Value.1", "snap-0f7b2a1c9d3e4f506"}})
                  .count("imagesSet/item"),
              2U);
    declare_account(aws, {.id = kAccount, .subscriptions = {"abcde"}});
    run(aws, kGoldenId);
    run(aws, "ami-0123456789abcdef1");
}

TEST_F(CatalogueFile, RefusesIdsThatAreThereTwice)
{
    const auto one = write("one.json", kGolden);
    try {
        read(one, {one});
        FAIL() << "no refusal";
    } catch (const CatalogueError& error) {
        EXPECT_EQ(std::string(error.what()), one + ": ami-0123456789abcdef0 is there twice");
    }
    // The newest Ubuntu of us-east-1, which is built in.
    std::string built_in = kGolden;
    built_in.replace(built_in.find(kGoldenId), std::string(kGoldenId).size(),
                     "ami-0fc653c64b73d240d");
    const auto two = write("two.json", built_in);
    const auto refusal_of_two = [&] {
        try {
            read(std::nullopt, {two});
        } catch (const CatalogueError& error) {
            return std::string(error.what());
        }
        return std::string("no refusal");
    };
    EXPECT_EQ(refusal_of_two(), two + ": ami-0fc653c64b73d240d is a built-in image");
    // Without the built-in images there is nothing against it.
    read(two);
}

TEST_F(CatalogueFile, TakesTheIdOfAnImageThatWasMadeUp)
{
    const auto data = folder_.path() + "/data";
    std::string instance;
    {
        CatalogueOptions adopting;
        adopting.unknown_images = UnknownImages::kAdopt;
        TestEmulator aws(adopting, data);
        instance = run(aws, kGoldenId);
    }
    TestEmulator aws(read(std::nullopt, {write("one.json", kGolden)}), data);
    const auto found = aws.must("DescribeImages", {{"ImageId.1", kGoldenId}});
    EXPECT_THAT(found.texts("imagesSet/item/name"), ElementsAre("golden-2026.10.01"));
    EXPECT_EQ(field_of(aws, instance, "imageId"), kGoldenId);
    aws.must("StopInstances", one_instance(instance));
    aws.must("StartInstances", one_instance(instance));
}

TEST_F(CatalogueFile, RefusesFilesAndRegionsThatAreNotThere)
{
    EXPECT_THROW(read(folder_.path() + "/none.json"), CatalogueError);
    const auto mars = write("mars.json", R"({"Region": "mars-1",)" + std::string(kGolden + 1));
    try {
        read(mars);
        FAIL() << "no refusal";
    } catch (const CatalogueError& error) {
        EXPECT_EQ(std::string(error.what()), mars + ": there is no region mars-1");
    }
}

TEST_F(CatalogueFile, NamesThePlaceAndTheFaultInOneLine)
{
    EXPECT_THAT(refusal("{"), testing::StartsWith("FILE: no JSON: "));
    EXPECT_EQ(refusal("[1]"), "FILE[0]: expected an object");
    EXPECT_EQ(refusal("{}"), "FILE: Images is missing");
    EXPECT_EQ(refusal(R"({"Images": {}})"), "FILE.Images: expected an array");
    EXPECT_EQ(refusal(R"({"Images": [], "Image": 1})"), "FILE: unknown field Image");
    EXPECT_EQ(refusal_with("\"Description\"", "\"Descripton\""),
              "FILE.Images[0]: unknown field Descripton");
    EXPECT_EQ(refusal_with(kGoldenId, "ami-1"), "FILE.Images[0].ImageId: ami-1 is malformed");
    EXPECT_EQ(refusal_with("snap-0f7b2a1c9d3e4f506", "vol-0f7b2a1c9d3e4f506"),
              "FILE.Images[0].BlockDeviceMappings[0].Ebs.SnapshotId: vol-0f7b2a1c9d3e4f506 is"
              " malformed");
    EXPECT_EQ(refusal_with("\"111122223333\"", "\"amazon\""),
              "FILE.Images[0].OwnerId: amazon is no account id of 12 digits");
    EXPECT_EQ(refusal_with("\"x86_64\"", "\"sparc\""),
              "FILE.Images[0].Architecture: sparc is none of i386, x86_64, arm64, x86_64_mac,"
              " arm64_mac");
    EXPECT_EQ(refusal_with("\"VolumeSize\": 12", "\"VolumeSize\": 0"),
              "FILE.Images[0].BlockDeviceMappings[0].Ebs.VolumeSize: expected a whole number from"
              " 1 to 65536");
    EXPECT_EQ(
        refusal_with("2026-10-01T10:00:00.000Z\",\n            \"Public", "today\", \"Public"),
        "FILE.Images[0].CreationDate: today is no time such as 2026-01-02T03:04:05.000Z");
    EXPECT_EQ(refusal_with("\"State\": \"available\"", "\"State\": \"pending\""),
              "FILE.Images[0].State: pending is none of available, disabled, failed");
    EXPECT_EQ(refusal_with("\"State\": \"available\"", "\"State\": \"disabled\""),
              "FILE.Images[0].State: a public image is available");
    EXPECT_EQ(refusal_with("\"ImageType\"",
                           "\"ImageWatermarks\": [{\"WatermarkKey\": \"111122223333:prod\"}],"
                           " \"ImageType\""),
              "FILE.Images[0]: ImageWatermarks and InstanceTypeSpecification are for private"
              " images");
    EXPECT_EQ(refusal_with("\"EnaSupport\": true", "\"EnaSupport\": 1"),
              "FILE.Images[0].EnaSupport: expected true or false");
    EXPECT_EQ(refusal_with("\"/dev/sdb\"", "\"/dev/xvda\""),
              "FILE.Images[0].BlockDeviceMappings[1]: /dev/xvda is mapped twice");
    EXPECT_EQ(refusal_with("\"DeviceName\": \"/dev/xvda\"", "\"DeviceName\": \"/dev/sdf\""),
              "FILE.Images[0]: an image with RootDeviceType ebs maps its RootDeviceName to Ebs");
    EXPECT_EQ(refusal_with("\"VirtualName\"", "\"Ebs\": {\"VolumeSize\": 1}, \"VirtualName\""),
              "FILE.Images[0].BlockDeviceMappings[1]: expected one of Ebs, VirtualName and"
              " NoDevice");
}

TEST_F(CatalogueFile, WithoutFilesTheBuiltInCatalogueIsNotEvenCopied)
{
    const auto options = read(std::nullopt);
    EXPECT_FALSE(options.bytes);
    EXPECT_EQ(options.span().data(), catalogue_bytes().data());
}

CatalogueOptions adopting()
{
    CatalogueOptions options;
    options.unknown_images = UnknownImages::kAdopt;
    return options;
}

TEST(UnknownImage, IsRefusedUnlessTheServerAdoptsIt)
{
    TestEmulator aws;
    EXPECT_EQ(aws.call("RunInstances", launch("ami-12345678")).code, "InvalidAMIID.NotFound");
}

TEST(UnknownImage, IsMadeUpForItsLaunchAndThenThereForAll)
{
    TestEmulator aws(adopting());
    const auto instance = run(aws, "ami-12345678");
    EXPECT_EQ(field_of(aws, instance, "architecture"), "x86_64");
    const auto image = aws.must("DescribeImages", {{"ImageId.1", "ami-12345678"}}, kOtherAccount);
    EXPECT_EQ(image.text("imagesSet/item/name"), "adopted-ami-12345678");
    EXPECT_EQ(image.text("imagesSet/item/imageOwnerId"), "000000000000");
    EXPECT_EQ(image.text("imagesSet/item/isPublic"), "true");
    run(aws, "ami-12345678");
    EXPECT_EQ(aws.must("DescribeVolumes").count("volumeSet/item"), 2U);
}

TEST(UnknownImage, HasTheArchitectureOfTheTypeThatIsToBootIt)
{
    TestEmulator aws(adopting());
    const auto instance =
        run_one(aws, {{"ImageId", "ami-12345678"}, {"InstanceType", "t4g.micro"}});
    EXPECT_EQ(field_of(aws, instance, "architecture"), "arm64");
}

TEST(UnknownImage, MayHaveAnIdThatWouldBeTheNextOfThisServer)
{
    TestEmulator like(adopting());
    const auto id = own_image(like, "first");
    TestEmulator aws(adopting());
    run(aws, id);
    EXPECT_NE(own_image(aws, "first"), id);
}

TEST(UnknownImage, IsNotMadeUpByADryRunOrAFailedLaunch)
{
    TestEmulator aws(adopting());
    EXPECT_EQ(aws.call("RunInstances", launch("ami-12345678", {{"DryRun", "true"}})).code,
              "DryRunOperation");
    EXPECT_EQ(aws.call("RunInstances", launch("ami-12345678", {{"KeyName", "none"}})).code,
              "InvalidKeyPair.NotFound");
    EXPECT_EQ(aws.must("DescribeImages", {{"Owner.1", "000000000000"}}).count("imagesSet/item"),
              0U);
    EXPECT_EQ(aws.call("RunInstances", launch("ami-1")).code, "InvalidAMIID.Malformed");
}

TEST(UnknownImage, IsMadeUpForWhoLooksAtItBeforeTheLaunch)
{
    TestEmulator aws(adopting());
    const Parameters named{{"ImageId.1", "ami-12345678"}};
    EXPECT_EQ(aws.call("DescribeImages", {{"ImageId.1", "ami-12345678"}, {"DryRun", "true"}}).code,
              "DryRunOperation");
    EXPECT_EQ(aws.call("DescribeImages", {{"ImageId.1", "ami-1"}}).code, "InvalidAMIID.Malformed");
    const auto before = aws.must("DescribeImages", named);
    const std::string item = "imagesSet/item/";
    EXPECT_EQ(before.text(item + "imageState"), "available");
    EXPECT_EQ(before.text(item + "architecture"), "x86_64");
    const auto snapshot = before.text(item + "blockDeviceMapping/item/ebs/snapshotId");
    EXPECT_NE(snapshot, "");
    // What it is to boot on is known with its first launch.
    const auto instance =
        run_one(aws, {{"ImageId", "ami-12345678"}, {"InstanceType", "t4g.micro"}});
    EXPECT_EQ(field_of(aws, instance, "architecture"), "arm64");
    const auto after = aws.must("DescribeImages", named);
    EXPECT_EQ(after.text(item + "architecture"), "arm64");
    EXPECT_EQ(after.text(item + "blockDeviceMapping/item/ebs/snapshotId"), snapshot);
    EXPECT_EQ(aws.call("RunInstances", launch("ami-12345678")).code, "InvalidParameterValue");
    EXPECT_EQ(aws.must("DescribeImageReferences",
                       {{"ImageId.1", "ami-12345678"}, {"IncludeAllResourceTypes", "true"}})
                  .count("imageReferenceSet/item"),
              1U);
}

TEST(UnknownImage, IsNotMadeUpForWhoLooksAtItElsewhere)
{
    TestEmulator aws;
    EXPECT_EQ(aws.call("DescribeImages", {{"ImageId.1", "ami-12345678"}}).code,
              "InvalidAMIID.NotFound");
    TestEmulator other(adopting());
    const auto image = own_image(other, "mine");
    EXPECT_EQ(other.call("DescribeImages", {{"ImageId.1", image}}, kAccount, "eu-west-1").code,
              "InvalidAMIID.NotFound");
    EXPECT_EQ(
        other.must("DescribeImages", {{"ImageId.1", image}}, kOtherAccount).count("imagesSet/item"),
        0U);
}

TEST(UnknownImage, IsNoneThatTheServerHadAndItsOwnerDeregistered)
{
    TestEmulator aws(adopting());
    const auto image = own_image(aws, "mine");
    aws.must("DeregisterImage", {{"ImageId", image}});
    for (int week = 0; week < 3; ++week) {
        EXPECT_EQ(aws.must("DescribeImages", {{"ImageId.1", image}}).count("imagesSet/item"), 0U);
        EXPECT_FALSE(aws.call("RunInstances", launch(image)).ok());
        aws.advance(8 * kDayMs);
        aws.emulator().settle();
    }
}

TEST(UnknownImage, OfSomebodyElseStaysOutOfReach)
{
    TestEmulator aws(adopting());
    const auto private_image = own_image(aws, "mine");
    EXPECT_EQ(aws.call("RunInstances", launch(private_image), kOtherAccount).code, "AuthFailure");
    EXPECT_EQ(aws.call("RunInstances", launch(public_image(aws)), kAccount, "eu-west-1").code,
              "InvalidAMIID.NotFound");
}

TEST(CatalogueImage, IsNotChangedByItsOwnerEither)
{
    TestEmulator aws;
    const auto image = public_image(aws);
    const auto owner =
        aws.must("DescribeImages", {{"ImageId.1", image}}).text("imagesSet/item/imageOwnerId");
    EXPECT_EQ(aws.call("DeregisterImage", {{"ImageId", image}}, owner).code,
              "OperationNotPermitted");
    EXPECT_EQ(
        aws.call("ModifyImageAttribute", {{"ImageId", image}, {"Description.Value", "x"}}, owner)
            .code,
        "OperationNotPermitted");
    aws.must("DescribeImages", {{"ImageId.1", image}});
    EXPECT_EQ(aws.must("DescribeImageAttribute",
                       {{"ImageId", image}, {"Attribute", "launchPermission"}}, owner)
                  .text("launchPermission/item/group"),
              "all");
}

}  // namespace
}  // namespace amilab::test
