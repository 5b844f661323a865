#include "server/services/ec2/instances/product_instances.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

constexpr const char* kSeller = "679593333241";

/// A product's image, as the seller shares it with everybody, and an account that may subscribe.
class ConfirmProductInstance : public ::testing::Test {
protected:
    ConfirmProductInstance()
    {
        image = own_image(aws, "product");
        run_sql(aws, "UPDATE image SET public = 1");
        give_product_code(aws, image);
    }

    void subscribe()
    {
        declare_account(aws, {.id = kOtherAccount, .subscriptions = {kMarketplaceCode}});
    }
    std::string run_product()
    {
        return aws.must("RunInstances", launch(image), kOtherAccount).text(kInstanceId);
    }
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

    TestEmulator aws;
    std::string image;
};

TEST_F(ConfirmProductInstance, AreConfirmedToWhoSellsThem)
{
    subscribe();
    const auto instance = run_product();
    const auto confirm = [&](const std::string& id, std::string_view account) {
        return aws.call("ConfirmProductInstance",
                        {{"InstanceId", id}, {"ProductCode", kMarketplaceCode}}, account);
    };
    EXPECT_EQ(confirm(instance, kSeller).code, "AuthFailure");
    declare_account(aws, {.id = kSeller, .products = {kMarketplaceCode}});
    const auto confirmed = confirm(instance, kSeller);
    EXPECT_EQ(confirmed.text("return"), "true");
    EXPECT_EQ(confirmed.text("ownerId"), kOtherAccount);
    const auto other = confirm(run_one(aws), kSeller);
    EXPECT_EQ(other.text("return"), "false");
    EXPECT_EQ(other.count("ownerId"), 0U);
    EXPECT_EQ(confirm("i-0123456789abcdef0", kSeller).code, "InvalidInstanceID.NotFound");
    EXPECT_EQ(confirm(instance, kOtherAccount).code, "AuthFailure");
}

}  // namespace
}  // namespace amilab::test
