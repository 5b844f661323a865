#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/network/own_network.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

const std::string kItem = "addressesSet/item/";
constexpr const char* kUnknown = "eipalloc-0123456789abcdef0";

std::string allocate(TestEmulator& emulator)
{
    return emulator.must("AllocateAddress", {{"Domain", "vpc"}}).text("allocationId");
}

Answer described(TestEmulator& emulator, const std::string& id)
{
    return emulator.must("DescribeAddresses", {{"AllocationId.1", id}});
}

Answer associate(TestEmulator& emulator, const std::string& id, const Parameters& extra)
{
    return emulator.call("AssociateAddress", merged({{"AllocationId", id}}, extra));
}

std::string interface_of(TestEmulator& emulator, const std::string& instance)
{
    return field_of(emulator, instance, "networkInterfaceSet/item/networkInterfaceId");
}

TEST(AllocateAddress, GivesAnAddressThatNobodyHas)
{
    TestEmulator emulator;
    const auto answer = emulator.must("AllocateAddress");
    EXPECT_THAT(answer.text("publicIp"), StartsWith("198.1"));
    EXPECT_EQ(answer.text("domain"), "vpc");
    EXPECT_EQ(answer.text("networkBorderGroup"), kRegion);
    EXPECT_EQ(answer.text("publicIpv4Pool"), "amazon");
    const auto found = described(emulator, answer.text("allocationId"));
    EXPECT_EQ(found.text(kItem + "publicIp"), answer.text("publicIp"));
    EXPECT_EQ(found.count(kItem + "associationId"), 0U);
    EXPECT_NE(emulator.must("AllocateAddress").text("publicIp"), answer.text("publicIp"));
}

TEST(AllocateAddress, GivesFiveInARegion)
{
    TestEmulator emulator;
    for (int i = 0; i < 5; ++i) {
        allocate(emulator);
    }
    expect_refused(emulator.call("AllocateAddress"), "AddressLimitExceeded",
                   "The maximum number of addresses has been reached.");
    EXPECT_EQ(emulator.call("AllocateAddress", {}, kOtherAccount).code, "");
}

TEST(AllocateAddress, TakesTheRegionsNetworkBorderGroupAlone)
{
    TestEmulator emulator;
    const auto group = [](const std::string& name) {
        return Parameters{{"NetworkBorderGroup", name}};
    };
    EXPECT_EQ(emulator.must("AllocateAddress", group(kRegion)).text("networkBorderGroup"), kRegion);
    expect_refused(emulator.call("AllocateAddress", group("us-east-1-bos-1")),
                   "UnsupportedOperation",
                   "amilab offers no addresses of the network border group us-east-1-bos-1.");
    EXPECT_EQ(emulator.call("AllocateAddress", group("eu-west-1")).code, "InvalidParameterValue");
    EXPECT_EQ(emulator.must("DescribeAddresses").texts(kItem + "publicIp").size(), 1U);
}

TEST(AllocateAddress, GivesAnAddressAgainToWhoGaveItUp)
{
    TestEmulator emulator;
    const auto made =
        emulator.must("AllocateAddress", {{"TagSpecification.1.ResourceType", "elastic-ip"},
                                          {"TagSpecification.1.Tag.1.Key", "of"},
                                          {"TagSpecification.1.Tag.1.Value", "test"}});
    const Parameters address{{"Address", made.text("publicIp")}};
    expect_refused(emulator.call("AllocateAddress", address), "InvalidIPAddress.InUse",
                   "Address " + made.text("publicIp") + " is in use.");
    emulator.must("ReleaseAddress", {{"AllocationId", made.text("allocationId")}});
    EXPECT_EQ(emulator.call("AllocateAddress", merged(address, {{"DryRun", "true"}})).code,
              "DryRunOperation");
    EXPECT_EQ(emulator.call("AllocateAddress", address, kAccount, "eu-west-1").code,
              "InvalidAddress.NotFound");
    EXPECT_EQ(emulator.call("AllocateAddress", address, kOtherAccount).code,
              "InvalidAddress.NotFound");
    const auto again = emulator.must("AllocateAddress", address);
    EXPECT_EQ(again.text("publicIp"), made.text("publicIp"));
    EXPECT_EQ(again.text("publicIpv4Pool"), "amazon");
    EXPECT_NE(again.text("allocationId"), made.text("allocationId"));
    const auto shown = described(emulator, again.text("allocationId"));
    EXPECT_EQ(shown.text(kItem + "publicIp"), made.text("publicIp"));
    EXPECT_EQ(shown.count(kItem + "tagSet/item"), 0U);
    emulator.must("ReleaseAddress", {{"AllocationId", again.text("allocationId")}});
    EXPECT_EQ(emulator.must("AllocateAddress", address).text("publicIp"), made.text("publicIp"));
}

TEST(AllocateAddress, GivesNoAddressThatTheCallerDidNotGiveUp)
{
    TestEmulator emulator;
    const auto call = [&](const std::string& address) {
        return emulator.call("AllocateAddress", {{"Address", address}});
    };
    expect_refused(call("198.18.0.1"), "InvalidAddress.NotFound",
                   "Address '198.18.0.1' not found.");
    EXPECT_EQ(call("1.2.3.4").code, "InvalidAddress.NotFound");
    for (const auto* wrong : {"1.2.3", "1.2.3.4.5", "x", "2001:db8::1", "01.2.3.4"}) {
        EXPECT_EQ(call(wrong).code, "InvalidParameterValue") << wrong;
    }
    const auto others = emulator.must("AllocateAddress", {}, kOtherAccount).text("publicIp");
    expect_refused(call(others), "AuthFailure",
                   "The address '" + others + "' does not belong to you.");
}

TEST(AllocateAddress, GivesNoneAgainThatHasBeenAnothersSince)
{
    TestEmulator emulator;
    const auto made = emulator.must("AllocateAddress");
    const auto address = made.text("publicIp");
    const Parameters transfer{{"AllocationId", made.text("allocationId")},
                              {"TransferAccountId", kOtherAccount}};
    emulator.must("EnableAddressTransfer", transfer);
    emulator.must("AcceptAddressTransfer", {{"Address", address}}, kOtherAccount);
    EXPECT_EQ(emulator.call("AllocateAddress", {{"Address", address}}).code, "AuthFailure");
    emulator.must("ReleaseAddress", {{"AllocationId", made.text("allocationId")}}, kOtherAccount);
    EXPECT_EQ(emulator.call("AllocateAddress", {{"Address", address}}).code,
              "InvalidAddress.NotFound");
    EXPECT_EQ(
        emulator.must("AllocateAddress", {{"Address", address}}, kOtherAccount).text("publicIp"),
        address);
}

TEST(AllocateAddress, GivesNoMoreThanFiveBackEither)
{
    TestEmulator emulator;
    const auto made = emulator.must("AllocateAddress");
    emulator.must("ReleaseAddress", {{"AllocationId", made.text("allocationId")}});
    for (int i = 0; i < 5; ++i) {
        allocate(emulator);
    }
    EXPECT_EQ(emulator.call("AllocateAddress", {{"Address", made.text("publicIp")}}).code,
              "AddressLimitExceeded");
}

TEST(AllocateAddress, RemembersTheLastHundredThatWereGivenUp)
{
    TestEmulator emulator;
    std::vector<std::string> given_up;
    while (given_up.size() < 101) {
        const auto made = emulator.must("AllocateAddress");
        std::erase(given_up, made.text("publicIp"));  // which may have been given before
        given_up.push_back(made.text("publicIp"));
        emulator.advance(1000);
        emulator.must("ReleaseAddress", {{"AllocationId", made.text("allocationId")}});
    }
    EXPECT_EQ(emulator.call("AllocateAddress", {{"Address", given_up[0]}}).code,
              "InvalidAddress.NotFound");
    EXPECT_EQ(emulator.call("AllocateAddress", {{"Address", given_up[1]}}).code, "");
}

TEST(DescribeAddresses, FindsThemByAddressTagAndWhatTheyAreAssociatedWith)
{
    TestEmulator emulator;
    const auto instance = run_one(emulator);
    const auto id = emulator
                        .must("AllocateAddress", {{"TagSpecification.1.ResourceType", "elastic-ip"},
                                                  {"TagSpecification.1.Tag.1.Key", "of"},
                                                  {"TagSpecification.1.Tag.1.Value", "test"}})
                        .text("allocationId");
    allocate(emulator);
    associate(emulator, id, {{"InstanceId", instance}});
    const auto address = described(emulator, id).text(kItem + "publicIp");
    const auto ids = [&](const Parameters& parameters) {
        return emulator.must("DescribeAddresses", parameters).texts(kItem + "allocationId");
    };
    EXPECT_THAT(ids({{"PublicIp.1", address}}), ElementsAre(id));
    EXPECT_THAT(ids(filter("public-ip", address)), ElementsAre(id));
    EXPECT_THAT(ids(filter("tag:of", "test")), ElementsAre(id));
    EXPECT_THAT(ids(filter("instance-id", instance)), ElementsAre(id));
    EXPECT_THAT(ids(filter("network-interface-owner-id", kAccount)), ElementsAre(id));
    expect_refused(emulator.call("DescribeAddresses", {{"PublicIp.1", "1.2.3.4"}}),
                   "InvalidAddress.NotFound", "Address '1.2.3.4' not found.");
    expect_refused(emulator.call("DescribeAddresses", {{"AllocationId.1", kUnknown}}),
                   "InvalidAllocationID.NotFound",
                   "The allocation ID 'eipalloc-0123456789abcdef0' does not exist");
    EXPECT_EQ(emulator.call("DescribeAddresses", {{"AllocationId.1", id}}, kOtherAccount).code,
              "InvalidAllocationID.NotFound");
}

TEST(AssociateAddress, TakesThePlaceOfAmazonsAddressUntilItIsTakenAway)
{
    TestEmulator emulator;
    const auto instance = run_one(emulator);
    const auto before = field_of(emulator, instance, "ipAddress");
    const auto id = allocate(emulator);
    const auto association =
        associate(emulator, id, {{"InstanceId", instance}}).text("associationId");
    EXPECT_THAT(association, MatchesRegex("eipassoc-[0-9a-f]+"));
    const auto found = described(emulator, id);
    const auto address = found.text(kItem + "publicIp");
    EXPECT_EQ(found.text(kItem + "instanceId"), instance);
    EXPECT_EQ(found.text(kItem + "associationId"), association);
    EXPECT_EQ(found.text(kItem + "networkInterfaceId"), interface_of(emulator, instance));
    EXPECT_EQ(field_of(emulator, instance, "ipAddress"), address);
    EXPECT_EQ(field_of(emulator, instance, "networkInterfaceSet/item/association/ipOwnerId"),
              kAccount);
    const auto of_interface =
        emulator.must("DescribeNetworkInterfaces", filter("association.allocation-id", id));
    EXPECT_EQ(of_interface.text("networkInterfaceSet/item/association/associationId"), association);
    emulator.must("StopInstances", one_instance(instance));
    EXPECT_EQ(field_of(emulator, instance, "ipAddress"), address);
    emulator.must("StartInstances", one_instance(instance));
    EXPECT_EQ(field_of(emulator, instance, "ipAddress"), address);
    emulator.must("DisassociateAddress", {{"AssociationId", association}});
    EXPECT_NE(field_of(emulator, instance, "ipAddress"), address);
    EXPECT_NE(field_of(emulator, instance, "ipAddress"), "");
    EXPECT_NE(before, address);
}

TEST(AssociateAddress, MovesUnlessThatIsForbidden)
{
    TestEmulator emulator;
    const auto first = run_one(emulator);
    const auto second = run_one(emulator);
    const auto id = allocate(emulator);
    const auto association = associate(emulator, id, {{"InstanceId", first}}).text("associationId");
    EXPECT_EQ(associate(emulator, id, {{"InstanceId", first}}).text("associationId"), association);
    const Parameters firmly{{"InstanceId", second}, {"AllowReassociation", "false"}};
    expect_refused(associate(emulator, id, firmly), "Resource.AlreadyAssociated",
                   "resource " + id + " is already associated with associate-id " + association);
    EXPECT_EQ(associate(emulator, id, {{"InstanceId", second}}).code, "");
    EXPECT_EQ(described(emulator, id).text(kItem + "instanceId"), second);
    EXPECT_EQ(associate(emulator, allocate(emulator), firmly).code, "Resource.AlreadyAssociated");
}

TEST(AssociateAddress, StandsForTheAddressThatIsNamed)
{
    TestEmulator emulator;
    const auto eni = interface_of(emulator, run_one(emulator));
    const auto secondary =
        emulator
            .must("AssignPrivateIpAddresses",
                  {{"NetworkInterfaceId", eni}, {"SecondaryPrivateIpAddressCount", "1"}})
            .text("assignedPrivateIpAddressesSet/item/privateIpAddress");
    const auto id = allocate(emulator);
    EXPECT_EQ(
        associate(emulator, id, {{"NetworkInterfaceId", eni}, {"PrivateIpAddress", "172.31.9.9"}})
            .code,
        "InvalidParameterValue");
    EXPECT_EQ(
        associate(emulator, id, {{"NetworkInterfaceId", eni}, {"PrivateIpAddress", secondary}})
            .code,
        "");
    EXPECT_EQ(described(emulator, id).text(kItem + "privateIpAddress"), secondary);
    emulator.must("UnassignPrivateIpAddresses",
                  {{"NetworkInterfaceId", eni}, {"PrivateIpAddress.1", secondary}});
    EXPECT_EQ(described(emulator, id).count(kItem + "associationId"), 0U);
}

TEST(AssociateAddress, RefusesWhatItCannotGiveItTo)
{
    TestEmulator emulator;
    const auto id = allocate(emulator);
    EXPECT_EQ(associate(emulator, id, {}).code, "MissingParameter");
    EXPECT_EQ(associate(emulator, id, {{"InstanceId", "i-0123456789abcdef0"}}).code,
              "InvalidInstanceID.NotFound");
    EXPECT_EQ(associate(emulator, id, {{"NetworkInterfaceId", "eni-0123456789abcdef0"}}).code,
              "InvalidNetworkInterfaceID.NotFound");
    EXPECT_EQ(associate(emulator, id,
                        {{"InstanceId", "i-0123456789abcdef0"},
                         {"NetworkInterfaceId", "eni-0123456789abcdef0"}})
                  .code,
              "InvalidParameterCombination");
    EXPECT_EQ(emulator.call("AssociateAddress", {{"PublicIp", "1.2.3.4"}}).code,
              "InvalidParameterCombination");
    emulator.set_delay("instance.pending", 1000);
    const auto instance = run_one(emulator);
    expect_refused(
        associate(emulator, id, {{"InstanceId", instance}}), "InvalidInstanceID",
        "The pending instance '" + instance + "' is not in a valid state for this operation.");
}

TEST(AssociateAddress, NeedsAnInternetGatewayOfTheVpc)
{
    TestEmulator emulator;
    const auto vpc = make_vpc(emulator);
    const auto subnet = make_subnet(emulator, vpc);
    const auto instance = run_one(emulator, {{"SubnetId", subnet}});
    const auto id = allocate(emulator);
    const auto eni = interface_of(emulator, instance);
    for (const auto& to :
         {Parameters{{"InstanceId", instance}}, Parameters{{"NetworkInterfaceId", eni}}}) {
        expect_refused(associate(emulator, id, to), "Gateway.NotAttached",
                       "Network " + vpc + " is not attached to any internet gateway");
    }
    EXPECT_EQ(described(emulator, id).count(kItem + "associationId"), 0U);
    make_attached_gateway(emulator, vpc);
    EXPECT_EQ(associate(emulator, id, {{"InstanceId", instance}}).code, "");
}

TEST(ElasticAddresses, AreNamedInOneWay)
{
    TestEmulator emulator;
    const auto id = allocate(emulator);
    const auto instance = run_one(emulator);
    const Parameters address{{"PublicIp", described(emulator, id).text(kItem + "publicIp")}};
    const auto refuse = [&](const char* action, const Parameters& named, const char* kind) {
        expect_refused(emulator.call(action, merged(named, address)), "InvalidParameterCombination",
                       std::string("You may specify public IP or ") + kind +
                           " id, but not both in the same call");
    };
    const Parameters association{{"AllocationId", id}, {"InstanceId", instance}};
    refuse("AssociateAddress", association, "allocation");
    refuse("ReleaseAddress", {{"AllocationId", id}}, "allocation");
    const auto made = emulator.must("AssociateAddress", association).text("associationId");
    refuse("DisassociateAddress", {{"AssociationId", made}}, "association");
}

TEST(DisassociateAddress, NeedsAnAssociation)
{
    TestEmulator emulator;
    expect_refused(
        emulator.call("DisassociateAddress", {{"AssociationId", "eipassoc-0123456789abcdef0"}}),
        "InvalidAssociationID.NotFound",
        "The association ID 'eipassoc-0123456789abcdef0' does not exist");
    expect_refused(emulator.call("DisassociateAddress", {{"PublicIp", "1.2.3.4"}}),
                   "InvalidParameterValue",
                   "You must specify an association id when unmapping an address from a VPC "
                   "instance");
    EXPECT_EQ(emulator.call("DisassociateAddress").code, "MissingParameter");
}

TEST(ReleaseAddress, TakesOneOfTheDefaultVpcFromItsInstance)
{
    TestEmulator emulator;
    const auto instance = run_one(emulator);
    const auto id = allocate(emulator);
    const auto address = described(emulator, id).text(kItem + "publicIp");
    associate(emulator, id, {{"InstanceId", instance}});
    EXPECT_EQ(field_of(emulator, instance, "ipAddress"), address);
    emulator.must("ReleaseAddress", {{"AllocationId", id}});
    EXPECT_EQ(emulator.must("DescribeAddresses").count(kItem + "allocationId"), 0U);
    EXPECT_NE(field_of(emulator, instance, "ipAddress"), address);
    EXPECT_NE(field_of(emulator, instance, "ipAddress"), "");
}

TEST(ReleaseAddress, FindsNoneInAnotherNetworkBorderGroup)
{
    TestEmulator emulator;
    const auto id = allocate(emulator);
    const auto address = described(emulator, id).text(kItem + "publicIp");
    const auto release = [&](const std::string& group) {
        return emulator.call("ReleaseAddress",
                             {{"AllocationId", id}, {"NetworkBorderGroup", group}});
    };
    expect_refused(release("us-east-1-bos-1"), "InvalidAddress.NotFound",
                   "Address '" + address + "' not found.");
    EXPECT_EQ(release(kRegion).code, "");
    EXPECT_EQ(release(kRegion).code, "InvalidAllocationID.NotFound");
}

TEST(ReleaseAddress, LeavesANatGatewayItsAddress)
{
    TestEmulator emulator;
    const auto subnet = emulator.must("DescribeSubnets").text("subnetSet/item/subnetId");
    const auto id = allocate(emulator);
    emulator.must("CreateNatGateway", {{"SubnetId", subnet}, {"AllocationId", id}});
    EXPECT_EQ(emulator.call("ReleaseAddress", {{"AllocationId", id}}).code,
              "InvalidIPAddress.InUse");
}

TEST(ReleaseAddress, RefusesOneInUseAndTakesItsTags)
{
    TestEmulator emulator;
    const auto vpc = make_vpc(emulator);
    make_attached_gateway(emulator, vpc);
    const auto instance = run_one(emulator, {{"SubnetId", make_subnet(emulator, vpc)}});
    const auto id = allocate(emulator);
    associate(emulator, id, {{"InstanceId", instance}});
    const auto address = described(emulator, id).text(kItem + "publicIp");
    expect_refused(emulator.call("ReleaseAddress", {{"AllocationId", id}}),
                   "InvalidIPAddress.InUse", "Address " + address + " is in use.");
    emulator.must("CreateTags", {{"ResourceId.1", id}, {"Tag.1.Key", "of"}, {"Tag.1.Value", "x"}});
    emulator.must("TerminateInstances", one_instance(instance));
    emulator.must("ReleaseAddress", {{"AllocationId", id}});
    EXPECT_EQ(emulator.call("ReleaseAddress", {{"AllocationId", id}}).code,
              "InvalidAllocationID.NotFound");
    EXPECT_EQ(emulator.must("DescribeTags").count("tagSet/item"), 0U);
    EXPECT_EQ(emulator.call("ReleaseAddress", {{"PublicIp", address}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(emulator.call("ReleaseAddress").code, "MissingParameter");
}

}  // namespace
}  // namespace amilab::test
