#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

TEST(NetworkAcls, DenyEverythingWhenTheyAreNew)
{
    TestEmulator aws;
    const auto acl = make_network_acl(aws, make_vpc(aws));
    const auto shown = aws.must("DescribeNetworkAcls", {{"NetworkAclId.1", acl}});
    EXPECT_EQ(shown.count("networkAclSet/item/entrySet/item"), 2U);
    EXPECT_EQ(shown.text("networkAclSet/item/entrySet/item/ruleAction"), "deny");
    EXPECT_EQ(shown.text("networkAclSet/item/entrySet/item/ruleNumber"), "32767");
}

TEST(NetworkAcls, StayWhileSubnetsHaveThem)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto acl = make_network_acl(aws, vpc);
    const auto subnet = make_subnet(aws, vpc);
    const auto default_acl =
        aws.must("DescribeNetworkAcls", filter("association.subnet-id", subnet));
    const auto tied =
        default_acl.text("networkAclSet/item/associationSet/item/networkAclAssociationId");
    const auto id = default_acl.text("networkAclSet/item/networkAclId");
    EXPECT_EQ(aws.call("DeleteNetworkAcl", {{"NetworkAclId", id}}).code, "InvalidParameterValue");
    aws.must("ReplaceNetworkAclAssociation", {{"AssociationId", tied}, {"NetworkAclId", acl}});
    EXPECT_EQ(aws.call("DeleteNetworkAcl", {{"NetworkAclId", acl}}).code, "DependencyViolation");
    EXPECT_EQ(
        aws.call("ReplaceNetworkAclAssociation", {{"AssociationId", tied}, {"NetworkAclId", acl}})
            .code,
        "InvalidAssociationID.NotFound");
    aws.must("DeleteSubnet", {{"SubnetId", subnet}});
    aws.must("DeleteNetworkAcl", {{"NetworkAclId", acl}});
}

}  // namespace
}  // namespace amilab::test
