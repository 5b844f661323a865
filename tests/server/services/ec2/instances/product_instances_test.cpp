#include "server/services/ec2/instances/product_instances.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/common/product_support.h"
#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

constexpr const char* kSeller = "679593333241";

using ConfirmProductInstance = SharedProduct;

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
