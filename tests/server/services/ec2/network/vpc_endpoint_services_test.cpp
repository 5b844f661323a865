#include "server/services/ec2/network/vpc_endpoint_services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

constexpr const char* kS3 = "com.amazonaws.us-east-1.s3";

TEST(VpcEndpointServices, AreAwssOwnOfTheRegion)
{
    TestEmulator aws;
    const auto all = aws.must("DescribeVpcEndpointServices", {}, kAccount, "eu-west-1");
    EXPECT_THAT(all.texts("serviceNameSet/item"), Contains("com.amazonaws.eu-west-1.ssm"));
    EXPECT_EQ(all.count("serviceNameSet/item") + 2, all.count("serviceDetailSet/item"));
    const auto s3 = aws.must("DescribeVpcEndpointServices", {{"ServiceName.1", kS3}});
    EXPECT_THAT(s3.texts("serviceNameSet/item"), ElementsAre(kS3));
    EXPECT_THAT(s3.texts("serviceDetailSet/item/serviceType/item/serviceType"),
                ElementsAre("Gateway", "Interface"));
    EXPECT_THAT(s3.texts("serviceDetailSet/item/baseEndpointDnsNameSet/item"),
                ElementsAre("s3.us-east-1.amazonaws.com", "s3.us-east-1.vpce.amazonaws.com"));
    EXPECT_EQ(s3.text("serviceDetailSet/item/owner"), "amazon");
    EXPECT_EQ(aws.call("DescribeVpcEndpointServices", {{"ServiceName.1", "s3"}}).code,
              "InvalidServiceName");
}

TEST(VpcEndpointServices, AreFoundByEachFilter)
{
    TestEmulator aws;
    const std::pair<const char*, const char*> values[] = {{"owner", "amazon"},
                                                          {"service-name", "*.ec2"},
                                                          {"service-region", "us-east-1"},
                                                          {"service-type", "Gateway"},
                                                          {"supported-ip-address-types", "ipv4"}};
    for (const auto& [name, value] : values) {
        const auto found = [&](const std::string& what) {
            return aws.must("DescribeVpcEndpointServices", filter(name, what))
                .count("serviceDetailSet/item");
        };
        EXPECT_GT(found(value), 0U) << name;
        EXPECT_EQ(found("other"), 0U) << name;
    }
}

}  // namespace
}  // namespace amilab::test
