#include "server/services/ec2/network/address_transfers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kItems = "addressTransferSet/item";
constexpr const char* kStatus = "addressTransferSet/item/addressTransferStatus";

/// An address that the usual account offers to the other one.
struct Offer {
    explicit Offer(TestEmulator& emulator) : aws(emulator)
    {
        const auto made = aws.must("AllocateAddress");
        id = made.text("allocationId");
        ip = made.text("publicIp");
    }
    Answer enable(const std::string& to = kOtherAccount) const
    {
        return aws.call("EnableAddressTransfer", {{"AllocationId", id}, {"TransferAccountId", to}});
    }
    Answer accept(const Parameters& more = {}, const char* account = kOtherAccount) const
    {
        return aws.call("AcceptAddressTransfer", merged({{"Address", ip}}, more), account);
    }
    Answer disable() const { return aws.call("DisableAddressTransfer", {{"AllocationId", id}}); }
    Answer shown(const char* account = kAccount) const
    {
        return aws.must("DescribeAddressTransfers", {}, account);
    }

    TestEmulator& aws;
    std::string id;
    std::string ip;
};

TEST(AddressTransfers, GiveTheAddressToWhoAccepts)
{
    TestEmulator aws;
    const Offer offer(aws);
    aws.must("CreateTags",
             {{"ResourceId.1", offer.id}, {"Tag.1.Key", "of"}, {"Tag.1.Value", "mine"}});
    const auto enabled = offer.enable();
    const std::string told = "addressTransfer/";
    EXPECT_EQ(enabled.text(told + "addressTransferStatus"), "pending");
    EXPECT_EQ(enabled.text(told + "publicIp"), offer.ip);
    EXPECT_EQ(enabled.text(told + "transferAccountId"), kOtherAccount);
    EXPECT_EQ(enabled.text(told + "transferOfferExpirationTimestamp"), "2026-01-09T03:04:05.000Z");
    EXPECT_EQ(offer.shown(kOtherAccount).count(kItems), 0U);
    const auto accepted = offer.accept();
    ASSERT_TRUE(accepted.ok()) << accepted.body;
    EXPECT_EQ(accepted.text(told + "addressTransferStatus"), "accepted");
    EXPECT_EQ(accepted.text(told + "transferOfferAcceptedTimestamp"), "2026-01-02T03:04:05.000Z");
    const auto theirs = aws.must("DescribeAddresses", {}, kOtherAccount);
    EXPECT_THAT(theirs.texts("addressesSet/item/allocationId"), ElementsAre(offer.id));
    EXPECT_THAT(theirs.texts("addressesSet/item/tagSet/item/key"), IsEmpty());
    EXPECT_EQ(aws.must("DescribeAddresses").count("addressesSet/item"), 0U);
    EXPECT_EQ(offer.shown().text(kStatus), "accepted");
    aws.advance(14 * kDayMs);
    EXPECT_EQ(offer.shown().count(kItems), 0U);
}

TEST(AddressTransfers, HoldForSevenDays)
{
    TestEmulator aws;
    const Offer offer(aws);
    offer.enable();
    aws.advance(7 * kDayMs - 1);
    EXPECT_EQ(offer.shown().text(kStatus), "pending");
    aws.advance(1);
    EXPECT_EQ(offer.accept().code, "InvalidAddress.NotFound");
    EXPECT_EQ(offer.shown().count(kItems), 0U);
    EXPECT_EQ(offer.disable().code, "OperationNotPermitted");
}

TEST(AddressTransfers, AreDisabledUntilTheyAreAccepted)
{
    TestEmulator aws;
    const Offer offer(aws);
    offer.enable();
    const auto disabled = offer.disable();
    EXPECT_EQ(disabled.text("addressTransfer/addressTransferStatus"), "disabled");
    EXPECT_EQ(disabled.text("addressTransfer/transferAccountId"), "");
    EXPECT_EQ(offer.accept().code, "InvalidAddress.NotFound");
    EXPECT_EQ(offer.disable().code, "OperationNotPermitted");
    offer.enable();
    EXPECT_TRUE(offer.accept().ok());
    EXPECT_EQ(offer.disable().code, "InvalidAllocationID.NotFound");
}

TEST(AddressTransfers, AreForTheAccountThatTheyName)
{
    TestEmulator aws;
    const Offer offer(aws);
    offer.enable("333333333333");
    EXPECT_EQ(offer.accept().code, "InvalidAddress.NotFound");
    offer.enable();
    EXPECT_EQ(offer.accept({}, "333333333333").code, "InvalidAddress.NotFound");
    EXPECT_EQ(
        aws.call("AcceptAddressTransfer", {{"Address", offer.ip}}, kOtherAccount, "eu-west-1").code,
        "InvalidAddress.NotFound");
    EXPECT_EQ(offer.accept({{"DryRun", "true"}}).code, "DryRunOperation");
    EXPECT_TRUE(offer.accept().ok());
}

TEST(AddressTransfers, TellWhoAcceptsWhatStandsAgainstThem)
{
    TestEmulator aws;
    const Offer offer(aws);
    offer.enable();
    const auto vpc = make_vpc(aws);
    make_attached_gateway(aws, vpc);
    const auto subnet = make_subnet(aws, vpc);
    const auto interface = aws.must("CreateNetworkInterface", {{"SubnetId", subnet}})
                               .text("networkInterface/networkInterfaceId");
    const auto association = aws.must("AssociateAddress", {{"AllocationId", offer.id},
                                                           {"NetworkInterfaceId", interface}})
                                 .text("associationId");
    EXPECT_EQ(offer.accept().code, "InvalidTransfer.AddressAssociated");
    aws.must("DisassociateAddress", {{"AssociationId", association}});
    aws.must("ModifyAddressAttribute", {{"AllocationId", offer.id}, {"DomainName", "a.example"}});
    EXPECT_EQ(offer.accept().code, "InvalidTransfer.AddressCustomPtrSet");
    aws.must("ResetAddressAttribute", {{"AllocationId", offer.id}, {"Attribute", "domain-name"}});
    for (int number = 0; number < 5; ++number) {
        aws.must("AllocateAddress", {}, kOtherAccount);
    }
    EXPECT_EQ(offer.accept().code, "AddressLimitExceeded");
}

TEST(AddressTransfers, GoBackTheSameWay)
{
    TestEmulator aws;
    const Offer offer(aws);
    offer.enable();
    EXPECT_TRUE(offer
                    .accept({{"TagSpecification.1.ResourceType", "elastic-ip"},
                             {"TagSpecification.1.Tag.1.Key", "of"},
                             {"TagSpecification.1.Tag.1.Value", "theirs"}})
                    .ok());
    aws.must("EnableAddressTransfer", {{"AllocationId", offer.id}, {"TransferAccountId", kAccount}},
             kOtherAccount);
    EXPECT_TRUE(offer.accept({}, kAccount).ok());
    EXPECT_EQ(offer.shown(kOtherAccount).text(kStatus), "accepted");
    EXPECT_EQ(offer.shown().text(kStatus), "accepted");
}

TEST(AddressTransfers, EndWhenTheAddressIsReleased)
{
    TestEmulator aws;
    const Offer offer(aws);
    offer.enable();
    aws.must("ReleaseAddress", {{"AllocationId", offer.id}});
    EXPECT_EQ(offer.shown().count(kItems), 0U);
    EXPECT_EQ(offer.accept().code, "InvalidAddress.NotFound");
}

TEST(AddressTransfers, RefuseWhatIsNoOffer)
{
    TestEmulator aws;
    const Offer offer(aws);
    EXPECT_EQ(offer.enable(kAccount).code, "InvalidParameterValue");
    EXPECT_EQ(offer.enable("somebody").code, "InvalidParameterValue");
    EXPECT_EQ(aws.call("EnableAddressTransfer", {{"AllocationId", "eipalloc-12345678"},
                                                 {"TransferAccountId", kOtherAccount}})
                  .code,
              "InvalidAllocationID.NotFound");
    EXPECT_EQ(aws.call("DescribeAddressTransfers", {{"AllocationId.1", "eipalloc-12345678"}}).code,
              "InvalidAllocationID.NotFound");
    EXPECT_EQ(aws.must("DescribeAddressTransfers", {{"AllocationId.1", offer.id}}).count(kItems),
              0U);
}

}  // namespace
}  // namespace amilab::test
