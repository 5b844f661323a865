#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

TEST(NetworkInterfacePermissions, AreGrantedOnceAndGoWithTheInterface)
{
    TestEmulator aws;
    const auto subnet = aws.must("DescribeSubnets").text("subnetSet/item/subnetId");
    const auto interface = aws.must("CreateNetworkInterface", {{"SubnetId", subnet}})
                               .text("networkInterface/networkInterfaceId");
    const Parameters grant{{"NetworkInterfaceId", interface},
                           {"AwsAccountId", "222222222222"},
                           {"Permission", "INSTANCE-ATTACH"}};
    const auto made = aws.must("CreateNetworkInterfacePermission", grant);
    const std::string kState = "permissionState/state";
    EXPECT_EQ(made.text("interfacePermission/" + kState), "granted");
    EXPECT_EQ(aws.call("CreateNetworkInterfacePermission", grant).code,
              "InvalidPermission.Duplicate");
    const auto id = made.text("interfacePermission/networkInterfacePermissionId");
    EXPECT_EQ(aws.must("DescribeNetworkInterfacePermissions",
                       filter("network-interface-permission.network-interface-id", interface))
                  .text("networkInterfacePermissions/item/awsAccountId"),
              "222222222222");
    EXPECT_EQ(aws.must("DeleteNetworkInterfacePermission", {{"NetworkInterfacePermissionId", id}})
                  .text("return"),
              "true");
    EXPECT_EQ(
        aws.call("DeleteNetworkInterfacePermission", {{"NetworkInterfacePermissionId", id}}).code,
        "InvalidPermissionID.NotFound");
    aws.must("CreateNetworkInterfacePermission", grant);
    aws.must("DeleteNetworkInterface", {{"NetworkInterfaceId", interface}});
    EXPECT_EQ(
        aws.must("DescribeNetworkInterfacePermissions").count("networkInterfacePermissions/item"),
        0U);
}

TEST(NetworkInterfacePermissions, AreForOneAccountAtATime)
{
    TestEmulator aws;
    const auto subnet = aws.must("DescribeSubnets").text("subnetSet/item/subnetId");
    const auto interface = aws.must("CreateNetworkInterface", {{"SubnetId", subnet}})
                               .text("networkInterface/networkInterfaceId");
    const auto grant = [&](const char* account, const char* permission) {
        return aws.call("CreateNetworkInterfacePermission", {{"NetworkInterfaceId", interface},
                                                             {"AwsAccountId", account},
                                                             {"Permission", permission}});
    };
    const auto made = grant("222222222222", "INSTANCE-ATTACH");
    const auto id = made.text("interfacePermission/networkInterfacePermissionId");
    EXPECT_EQ(grant("333333333333", "INSTANCE-ATTACH").code, "OperationNotPermitted");
    EXPECT_EQ(grant("333333333333", "EIP-ASSOCIATE").code, "OperationNotPermitted");
    aws.must("DeleteNetworkInterfacePermission", {{"NetworkInterfacePermissionId", id}});
    EXPECT_EQ(grant("333333333333", "INSTANCE-ATTACH").code, "");
    EXPECT_EQ(grant("333333333333", "EIP-ASSOCIATE").code, "");
}

constexpr const char* kOther = "222222222222";

/// An interface of the tests' account in us-east-1a that the other account may attach.
std::string permitted_interface(TestEmulator& aws, const std::string& permission)
{
    const auto id = make_interface(aws, default_subnet(aws));
    aws.must("CreateNetworkInterfacePermission",
             {{"NetworkInterfaceId", id}, {"AwsAccountId", kOther}, {"Permission", permission}});
    return id;
}

std::string run_other(TestEmulator& aws, const Parameters& extra)
{
    return aws.must("RunInstances", launch(public_image(aws), extra), kOther).text(kInstanceId);
}

TEST(NetworkInterfacePermissions, LetAnotherAccountAttachAndDetach)
{
    TestEmulator aws;
    const auto interface = permitted_interface(aws, "INSTANCE-ATTACH");
    const auto instance = run_other(aws, {{"Placement.AvailabilityZone", "us-east-1a"}});
    const Parameters wanted{
        {"NetworkInterfaceId", interface}, {"InstanceId", instance}, {"DeviceIndex", "1"}};
    EXPECT_EQ(aws.call("AttachNetworkInterface", wanted, "333333333333").code,
              "InvalidNetworkInterfaceID.NotFound");
    const auto attachment = aws.must("AttachNetworkInterface", wanted, kOther).text("attachmentId");
    const auto shown = aws.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", interface}});
    EXPECT_EQ(shown.text("networkInterfaceSet/item/attachment/instanceOwnerId"), kOther);
    EXPECT_EQ(aws.must("DescribeInstances", {{"InstanceId.1", instance}}, kOther)
                  .count("reservationSet/item/instancesSet/item/networkInterfaceSet/item"),
              2U);
    EXPECT_EQ(aws.call("DeleteNetworkInterface", {{"NetworkInterfaceId", interface}}).code,
              "InvalidParameterValue");
    const auto permission = aws.must("DescribeNetworkInterfacePermissions")
                                .text(
                                    "networkInterfacePermissions/item/"
                                    "networkInterfacePermissionId");
    const Parameters named{{"NetworkInterfacePermissionId", permission}};
    EXPECT_EQ(aws.call("DeleteNetworkInterfacePermission", named).code, "OperationNotPermitted");
    aws.must("DeleteNetworkInterfacePermission", merged(named, {{"Force", "true"}}));
    aws.must("DetachNetworkInterface", {{"AttachmentId", attachment}}, kOther);
    EXPECT_EQ(aws.call("AttachNetworkInterface", wanted, kOther).code,
              "InvalidNetworkInterfaceID.NotFound");
}

TEST(NetworkInterfacePermissions, LetAnotherAccountLaunchWithTheInterface)
{
    TestEmulator aws;
    const auto interface = permitted_interface(aws, "INSTANCE-ATTACH");
    const auto instance = run_other(aws, {{"NetworkInterface.1.DeviceIndex", "0"},
                                          {"NetworkInterface.1.NetworkInterfaceId", interface}});
    aws.must("TerminateInstances", {{"InstanceId.1", instance}}, kOther);
    EXPECT_EQ(aws.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", interface}})
                  .text("networkInterfaceSet/item/status"),
              "available");
}

TEST(NetworkInterfacePermissions, ToAssociateAddressesIsNotToAttach)
{
    TestEmulator aws;
    const auto interface = permitted_interface(aws, "EIP-ASSOCIATE");
    EXPECT_EQ(
        aws.call("RunInstances",
                 launch(public_image(aws), {{"NetworkInterface.1.DeviceIndex", "0"},
                                            {"NetworkInterface.1.NetworkInterfaceId", interface}}),
                 kOther)
            .code,
        "InvalidNetworkInterfaceID.NotFound");
}

TEST(NetworkInterfacePermissions, AreForAccountsAlone)
{
    TestEmulator aws;
    const auto subnet = aws.must("DescribeSubnets").text("subnetSet/item/subnetId");
    const Parameters grant{
        {"NetworkInterfaceId", aws.must("CreateNetworkInterface", {{"SubnetId", subnet}})
                                   .text("networkInterface/networkInterfaceId")},
        {"Permission", "EIP-ASSOCIATE"}};
    EXPECT_EQ(aws.call("CreateNetworkInterfacePermission", grant).code, "MissingParameter");
    EXPECT_EQ(
        aws.call("CreateNetworkInterfacePermission", merged(grant, {{"AwsAccountId", "somebody"}}))
            .code,
        "InvalidParameterValue");
}

}  // namespace
}  // namespace amilab::test
