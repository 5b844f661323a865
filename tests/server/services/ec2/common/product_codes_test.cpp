#include "server/services/ec2/common/product_codes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/common/product_support.h"
#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ProductCodes : public SharedProduct {
protected:
    std::vector<std::string> codes(std::string_view kind, const std::string& id,
                                   std::string_view account = kOtherAccount)
    {
        if (kind == "snapshot") {
            return aws
                .must("DescribeSnapshotAttribute",
                      {{"SnapshotId", id}, {"Attribute", "productCodes"}}, account)
                .texts("productCodes/item/productCode");
        }
        if (kind == "image") {
            return aws.must("DescribeImages", {{"ImageId.1", id}}, account)
                .texts("imagesSet/item/productCodes/item/productCode");
        }
        return aws.must("DescribeInstances", {{"InstanceId.1", id}}, account)
            .texts("reservationSet/item/instancesSet/item/productCodes/item/productCode");
    }
    std::string snapshot_of(const std::string& volume)
    {
        return aws.must("CreateSnapshot", {{"VolumeId", volume}}, kOtherAccount).text("snapshotId");
    }
    std::string root_of(const std::string& instance)
    {
        return aws.must("DescribeInstances", {{"InstanceId.1", instance}}, kOtherAccount)
            .text("reservationSet/item/instancesSet/item/blockDeviceMapping/item/ebs/volumeId");
    }
};

TEST_F(ProductCodes, WantASubscriptionToLaunch)
{
    const auto refused = aws.call("RunInstances", launch(image), kOtherAccount);
    EXPECT_EQ(refused.code, "OptInRequired");
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.message,
              "In order to use this AWS Marketplace product you need to accept terms and "
              "subscribe. To do so please visit https://aws.amazon.com/marketplace/pp?sku=" +
                  std::string(kMarketplaceCode));
    subscribe();
    EXPECT_TRUE(aws.call("RunInstances", launch(image), kOtherAccount).ok());
    EXPECT_EQ(aws.call("RunInstances", launch(image), kStranger).code, "OptInRequired");
}

TEST_F(ProductCodes, WantASubscriptionToStartAgain)
{
    subscribe();
    const auto instance = run_product();
    aws.must("StopInstances", {{"InstanceId.1", instance}}, kOtherAccount);
    declare_account(aws, {.id = kOtherAccount});
    EXPECT_EQ(aws.call("StartInstances", {{"InstanceId.1", instance}}, kOtherAccount).code,
              "OptInRequired");
    subscribe();
    aws.must("StartInstances", {{"InstanceId.1", instance}}, kOtherAccount);
    declare_account(aws, {.id = kOtherAccount});
    // It runs already.
    EXPECT_TRUE(aws.call("StartInstances", {{"InstanceId.1", instance}}, kOtherAccount).ok());
}

TEST_F(ProductCodes, TravelFromTheImageToItsInstancesAndBack)
{
    subscribe();
    const auto run = aws.must("RunInstances", launch(image), kOtherAccount);
    EXPECT_EQ(run.text("instancesSet/item/productCodes/item/productCode"), kMarketplaceCode);
    EXPECT_EQ(run.text("instancesSet/item/productCodes/item/type"), "marketplace");
    const auto instance = run.text(kInstanceId);
    EXPECT_THAT(codes("instance", instance), ElementsAre(kMarketplaceCode));
    EXPECT_EQ(aws.must("DescribeInstanceAttribute",
                       {{"InstanceId", instance}, {"Attribute", "productCodes"}}, kOtherAccount)
                  .text("productCodes/item/productCode"),
              kMarketplaceCode);

    const auto snapshot = snapshot_of(root_of(instance));
    EXPECT_THAT(codes("snapshot", snapshot), ElementsAre(kMarketplaceCode));
    const auto volume =
        aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", snapshot}},
                 kOtherAccount)
            .text("volumeId");
    EXPECT_THAT(codes("snapshot", snapshot_of(volume)), ElementsAre(kMarketplaceCode));
    EXPECT_EQ(aws.must("DescribeVolumeAttribute",
                       {{"VolumeId", volume}, {"Attribute", "productCodes"}}, kOtherAccount)
                  .text("productCodes/item/productCode"),
              kMarketplaceCode);

    const auto captured =
        aws.must("CreateImage", {{"InstanceId", instance}, {"Name", "captured"}}, kOtherAccount)
            .text("imageId");
    EXPECT_THAT(codes("image", captured), ElementsAre(kMarketplaceCode));
    EXPECT_EQ(aws.must("DescribeImageAttribute",
                       {{"ImageId", captured}, {"Attribute", "productCodes"}}, kOtherAccount)
                  .text("productCodes/item/productCode"),
              kMarketplaceCode);
    const auto registered = aws.must("RegisterImage",
                                     {{"Name", "registered"},
                                      {"Architecture", "x86_64"},
                                      {"VirtualizationType", "hvm"},
                                      {"EnaSupport", "true"},
                                      {"RootDeviceName", "/dev/xvda"},
                                      {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                      {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}},
                                     kOtherAccount)
                                .text("imageId");
    EXPECT_THAT(codes("image", registered), ElementsAre(kMarketplaceCode));
    declare_account(aws, {.id = kOtherAccount});
    EXPECT_EQ(aws.call("RunInstances", launch(registered), kOtherAccount).code, "OptInRequired");
}

TEST_F(ProductCodes, StayAwayFromWhatHasNothingToDoWithThem)
{
    subscribe();
    const auto plain = run_one(aws);
    EXPECT_THAT(codes("instance", plain, kAccount), IsEmpty());
    EXPECT_THAT(codes("image", own_image(aws, "plain"), kAccount), IsEmpty());
}

TEST_F(ProductCodes, AreNeverPublic)
{
    const auto refused = modify_image(aws, image, {{"LaunchPermission.Add.1.Group", "all"}});
    EXPECT_EQ(refused.code, "OperationNotPermitted");
    EXPECT_THAT(refused.message, HasSubstr("Marketplace product code"));
    EXPECT_TRUE(modify_image(aws, image, {{"LaunchPermission.Add.1.UserId", kStranger}}).ok());
    const auto snapshot = own_snapshot(aws, 1);
    give_product_code(aws, snapshot);
    EXPECT_EQ(modify_snapshot(aws, snapshot, {{"CreateVolumePermission.Add.1.Group", "all"}}).code,
              "OperationNotPermitted");
    EXPECT_TRUE(
        modify_snapshot(aws, snapshot, {{"CreateVolumePermission.Add.1.UserId", kStranger}}).ok());
}

TEST_F(ProductCodes, AreFiltersOfImagesAndInstances)
{
    subscribe();
    own_image(aws, "plain");
    EXPECT_THAT(
        seen_images(aws, kAccount,
                    {{"Filter.1.Name", "product-code"}, {"Filter.1.Value.1", kMarketplaceCode}}),
        ElementsAre(image));
    EXPECT_THAT(
        seen_images(aws, kAccount,
                    {{"Filter.1.Name", "product-code.type"}, {"Filter.1.Value.1", "marketplace"}}),
        ElementsAre(image));
    EXPECT_THAT(
        seen_images(aws, kAccount,
                    {{"Filter.1.Name", "product-code.type"}, {"Filter.1.Value.1", "devpay"}}),
        IsEmpty());
    const auto instance = run_product();
    aws.must("RunInstances", launch(public_image(aws)), kOtherAccount);
    for (const auto& [name, value] : {std::pair("product-code", kMarketplaceCode),
                                      std::pair("product-code.type", "marketplace")}) {
        EXPECT_THAT(aws.must("DescribeInstances",
                             {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}}, kOtherAccount)
                        .texts(kFound),
                    ElementsAre(instance))
            << name;
    }
}

TEST_F(ProductCodes, GoToTheInstanceThatTheirVolumeIsAttachedTo)
{
    subscribe();
    const auto snapshot = snapshot_of(root_of(run_product()));
    const auto volume =
        aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", snapshot}},
                 kOtherAccount)
            .text("volumeId");
    const auto host =
        aws.must("RunInstances",
                 launch(public_image(aws), {{"Placement.AvailabilityZone", "us-east-1a"}}),
                 kOtherAccount)
            .text(kInstanceId);
    const auto attach = [&] {
        return aws.call("AttachVolume",
                        {{"VolumeId", volume}, {"InstanceId", host}, {"Device", "/dev/sdf"}},
                        kOtherAccount);
    };
    EXPECT_EQ(attach().code, "IncorrectInstanceState");
    aws.must("StopInstances", {{"InstanceId.1", host}}, kOtherAccount);
    declare_account(aws, {.id = kOtherAccount});
    EXPECT_EQ(attach().code, "OptInRequired");
    subscribe();
    EXPECT_TRUE(attach().ok());
    EXPECT_THAT(codes("instance", host), ElementsAre(kMarketplaceCode));
    aws.must("DetachVolume", {{"VolumeId", volume}}, kOtherAccount);
    EXPECT_THAT(codes("instance", host), IsEmpty());
}

TEST_F(ProductCodes, LeaveAndComeWithTheRootVolume)
{
    subscribe();
    const auto instance = run_product();
    const auto replace = [&](const std::string& with) {
        aws.must("CreateReplaceRootVolumeTask", {{"InstanceId", instance}, {"ImageId", with}},
                 kOtherAccount);
    };
    const auto plain = own_image(aws, "plain");
    ASSERT_TRUE(modify_image(aws, plain, {{"LaunchPermission.Add.1.UserId", kOtherAccount}}).ok());
    replace(plain);
    EXPECT_THAT(codes("instance", instance), IsEmpty());
    replace(image);
    EXPECT_THAT(codes("instance", instance), ElementsAre(kMarketplaceCode));
    declare_account(aws, {.id = kOtherAccount});
    EXPECT_EQ(aws.call("CreateReplaceRootVolumeTask",
                       {{"InstanceId", instance}, {"ImageId", image}}, kOtherAccount)
                  .code,
              "OptInRequired");
}

}  // namespace
}  // namespace amilab::test
