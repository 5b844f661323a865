#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

const std::string kAddress = "natGatewaySet/item/natGatewayAddressSet/item/";
const std::string kAnswered = "natGatewayAddressSet/item/";

std::string private_gateway(TestEmulator& aws)
{
    return aws
        .must("CreateNatGateway",
              {{"SubnetId", make_subnet(aws, make_vpc(aws))}, {"ConnectivityType", "private"}})
        .text("natGateway/natGatewayId");
}

std::string public_gateway(TestEmulator& aws)
{
    const auto vpc = make_vpc(aws);
    make_attached_gateway(aws, vpc);
    return aws
        .must("CreateNatGateway",
              {{"SubnetId", make_subnet(aws, vpc)}, {"AllocationId", allocate_address(aws)}})
        .text("natGateway/natGatewayId");
}

std::size_t count(TestEmulator& aws, const std::string& id)
{
    return aws.must("DescribeNatGateways", {{"NatGatewayId.1", id}}).count(kAddress + "privateIp");
}

TEST(PrivateNatGatewayAddresses, AreAssignedAndUnassigned)
{
    TestEmulator aws;
    const auto id = private_gateway(aws);
    const Parameters gateway{{"NatGatewayId", id}};
    const auto named = aws.must("AssignPrivateNatGatewayAddress",
                                merged(gateway, {{"PrivateIpAddress.1", "10.0.0.50"}}));
    EXPECT_EQ(named.text(kAnswered + "privateIp"), "10.0.0.50");
    EXPECT_EQ(named.text(kAnswered + "status"), "assigning");
    EXPECT_EQ(named.text(kAnswered + "isPrimary"), "false");
    EXPECT_EQ(aws.call("AssignPrivateNatGatewayAddress", gateway).code, "MissingParameter");
    EXPECT_EQ(aws.call("AssignPrivateNatGatewayAddress",
                       merged(gateway, {{"PrivateIpAddressCount", "7"}}))
                  .code,
              "PrivateIpAddressLimitExceeded");
    aws.must("AssignPrivateNatGatewayAddress", merged(gateway, {{"PrivateIpAddressCount", "6"}}));
    EXPECT_EQ(count(aws, id), 8U);
    EXPECT_EQ(aws.call("UnassignPrivateNatGatewayAddress",
                       merged(gateway, {{"PrivateIpAddress.1", "10.0.0.4"}}))
                  .code,
              "InvalidParameterValue");
    aws.must("UnassignPrivateNatGatewayAddress",
             merged(gateway, {{"PrivateIpAddress.1", "10.0.0.50"}}));
    EXPECT_EQ(aws.call("UnassignPrivateNatGatewayAddress",
                       merged(gateway, {{"PrivateIpAddress.1", "10.0.0.50"}}))
                  .code,
              "InvalidParameterValue");
    EXPECT_EQ(count(aws, id), 7U);
}

TEST(NatGatewayAddresses, AreAssociatedAndDisassociated)
{
    TestEmulator aws;
    const auto id = public_gateway(aws);
    const Parameters gateway{{"NatGatewayId", id}};
    const auto allocation = allocate_address(aws);
    const auto added =
        aws.must("AssociateNatGatewayAddress", merged(gateway, {{"AllocationId.1", allocation}}));
    EXPECT_EQ(added.text(kAnswered + "allocationId"), allocation);
    EXPECT_EQ(added.text(kAnswered + "status"), "associating");
    EXPECT_EQ(
        aws.call("AssociateNatGatewayAddress", merged(gateway, {{"AllocationId.1", allocation}}))
            .code,
        "Resource.AlreadyAssociated");
    EXPECT_EQ(aws.call("AssociateNatGatewayAddress",
                       merged(gateway, {{"AllocationId.1", "eipalloc-0123456789abcdef0"}}))
                  .code,
              "InvalidAllocationID.NotFound");
    const auto associations =
        aws.must("DescribeNatGateways", {{"NatGatewayId.1", id}}).texts(kAddress + "associationId");
    EXPECT_EQ(aws.call("DisassociateNatGatewayAddress",
                       merged(gateway, {{"AssociationId.1", associations.at(0)}}))
                  .code,
              "InvalidParameterValue");
    const auto removed = aws.must("DisassociateNatGatewayAddress",
                                  merged(gateway, {{"AssociationId.1", associations.at(1)}}));
    EXPECT_EQ(removed.text(kAnswered + "status"), "disassociating");
    EXPECT_EQ(count(aws, id), 1U);
    aws.must("ReleaseAddress", {{"AllocationId", allocation}});
}

TEST(NatGatewayAddresses, AreAssociatedOnceByACall)
{
    TestEmulator aws;
    const auto id = public_gateway(aws);
    const auto allocation = allocate_address(aws);
    const auto twice = aws.call(
        "AssociateNatGatewayAddress",
        {{"NatGatewayId", id}, {"AllocationId.1", allocation}, {"AllocationId.2", allocation}});
    EXPECT_EQ(twice.code, "InvalidParameterValue") << twice.message;
    EXPECT_EQ(count(aws, id), 1U);
}

TEST(NatGatewayAddresses, AreOfOneTypeOfGateway)
{
    TestEmulator aws;
    const auto id = private_gateway(aws);
    EXPECT_EQ(aws.call("AssociateNatGatewayAddress",
                       {{"NatGatewayId", id}, {"AllocationId.1", allocate_address(aws)}})
                  .code,
              "InvalidParameterValue");
    aws.must("DeleteNatGateway", {{"NatGatewayId", id}});
    EXPECT_EQ(aws.call("AssignPrivateNatGatewayAddress",
                       {{"NatGatewayId", id}, {"PrivateIpAddressCount", "1"}})
                  .code,
              "IncorrectState");
}

}  // namespace
}  // namespace amilab::test
