#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/services/ec2/network/vpc_peering_connections.h"
#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kFarRegion = "eu-west-1";
constexpr const char* kItem = "vpcPeeringConnectionSet/item";
constexpr const char* kState = "vpcPeeringConnectionSet/item/status/code";

std::string make_vpc_of(TestEmulator& aws, const std::string& block, std::string_view account,
                        std::string_view region = kRegion)
{
    return aws.must("CreateVpc", {{"CidrBlock", block}}, account, region).text("vpc/vpcId");
}

/// Two VPCs, and a connection that one has asked the other for.
struct Peering {
    explicit Peering(TestEmulator& emulator, std::string peer_owner = kAccount,
                     std::string peer_region = kRegion,
                     const std::string& peer_block = "10.1.0.0/16")
        : aws(emulator),
          owner(std::move(peer_owner)),
          region(std::move(peer_region)),
          vpc(make_vpc(emulator)),
          peer(make_vpc_of(emulator, peer_block, owner, region)),
          id(request().text("vpcPeeringConnection/vpcPeeringConnectionId"))
    {
    }
    Answer request() const
    {
        return aws.must(
            "CreateVpcPeeringConnection",
            {{"VpcId", vpc}, {"PeerVpcId", peer}, {"PeerOwnerId", owner}, {"PeerRegion", region}});
    }
    Parameters named() const { return {{"VpcPeeringConnectionId", id}}; }
    Answer shown(std::string_view account, std::string_view where) const
    {
        return aws.must("DescribeVpcPeeringConnections", {}, account, where);
    }
    /// Whatever others there are.
    std::string state() const
    {
        return aws
            .must("DescribeVpcPeeringConnections", filter("vpc-peering-connection-id", id),
                  kAccount, kRegion)
            .text(kState);
    }
    std::string state_there() const { return shown(owner, region).text(kState); }
    void accept() const { aws.must("AcceptVpcPeeringConnection", named(), owner, region); }
    Answer change(const char* action) const { return aws.call(action, named()); }
    Answer change_there(const char* action) const
    {
        return aws.call(action, named(), owner, region);
    }

    TestEmulator& aws;
    std::string owner;
    std::string region;
    std::string vpc;
    std::string peer;
    std::string id;
};

TEST(VpcPeeringConnections, AreAskedForAcceptedAndDeleted)
{
    TestEmulator aws;
    const Peering peering(aws);
    const auto asked = peering.shown(kAccount, kRegion);
    EXPECT_EQ(asked.text(kState), "pending-acceptance");
    EXPECT_EQ(asked.text("vpcPeeringConnectionSet/item/status/message"),
              std::string("Pending Acceptance by ") + kAccount);
    EXPECT_EQ(asked.text("vpcPeeringConnectionSet/item/expirationTime"),
              "2026-01-09T03:04:05.000Z");
    EXPECT_EQ(asked.text("vpcPeeringConnectionSet/item/requesterVpcInfo/cidrBlock"), "10.0.0.0/16");
    EXPECT_EQ(asked.text("vpcPeeringConnectionSet/item/accepterVpcInfo/cidrBlock"), "");
    const auto accepted = aws.must("AcceptVpcPeeringConnection", peering.named());
    EXPECT_EQ(accepted.text("vpcPeeringConnection/status/code"), "provisioning");
    const auto active = peering.shown(kAccount, kRegion);
    EXPECT_EQ(active.text(kState), "active");
    EXPECT_EQ(active.text("vpcPeeringConnectionSet/item/accepterVpcInfo/cidrBlock"), "10.1.0.0/16");
    EXPECT_EQ(active.text("vpcPeeringConnectionSet/item/expirationTime"), "");
    EXPECT_EQ(aws.must("DeleteVpcPeeringConnection", peering.named()).text("return"), "true");
    EXPECT_EQ(peering.state(), "deleted");
    const auto again = peering.change("DeleteVpcPeeringConnection");
    EXPECT_EQ(again.code, "InvalidStateTransition");
    EXPECT_EQ(again.message, "Invalid state transition for " + peering.id +
                                 ", attempted to transition from deleted to deleting");
}

TEST(VpcPeeringConnections, PassTheirStatesByTheirDelays)
{
    TestEmulator aws;
    for (const auto* name : {"initiating-request", "provisioning", "deleting"}) {
        aws.set_delay(std::string("vpc-peering-connection.") + name, 1000);
    }
    const Peering peering(aws, kAccount, kFarRegion);
    EXPECT_EQ(peering.state(), "initiating-request");
    EXPECT_EQ(peering.state_there(), "");
    aws.advance(1000);
    EXPECT_EQ(peering.state(), "pending-acceptance");
    peering.accept();
    EXPECT_EQ(peering.state(), "provisioning");
    aws.advance(1000);
    EXPECT_EQ(peering.state_there(), "active");
    EXPECT_TRUE(peering.change("DeleteVpcPeeringConnection").ok());
    EXPECT_EQ(peering.state(), "deleting");
    EXPECT_TRUE(peering.change_there("DeleteVpcPeeringConnection").ok());
    aws.advance(1000);
    EXPECT_EQ(peering.state(), "deleted");
}

TEST(VpcPeeringConnections, FailForVpcsThatOverlapOrAreNotThere)
{
    TestEmulator aws;
    const Peering overlapping(aws, kOtherAccount, kRegion, "10.0.128.0/24");
    EXPECT_EQ(overlapping.state(), "failed");
    EXPECT_EQ(
        overlapping.shown(kAccount, kRegion).text("vpcPeeringConnectionSet/item/status/message"),
        "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range");
    EXPECT_EQ(overlapping.state_there(), "");
    EXPECT_EQ(overlapping.change("AcceptVpcPeeringConnection").code, "OperationNotPermitted");
    EXPECT_EQ(overlapping.change("DeleteVpcPeeringConnection").code, "InvalidStateTransition");
    const auto unknown = aws.must("CreateVpcPeeringConnection",
                                  {{"VpcId", overlapping.vpc}, {"PeerVpcId", "vpc-12345678"}})
                             .text("vpcPeeringConnection/vpcPeeringConnectionId");
    EXPECT_EQ(aws.must("DescribeVpcPeeringConnections", {{"VpcPeeringConnectionId.1", unknown}})
                  .text(kState),
              "failed");
    aws.advance(2 * kHourMs);
    EXPECT_EQ(
        aws.call("DescribeVpcPeeringConnections", {{"VpcPeeringConnectionId.1", unknown}}).code,
        "InvalidVpcPeeringConnectionID.NotFound");
}

TEST(VpcPeeringConnections, FailForSecondBlocksThatOverlap)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto peer = make_vpc(aws, "10.1.0.0/16");
    for (const auto& one : {vpc, peer}) {
        aws.must("AssociateVpcCidrBlock", {{"VpcId", one}, {"CidrBlock", "10.9.0.0/16"}});
    }
    aws.must("CreateVpcPeeringConnection", {{"VpcId", vpc}, {"PeerVpcId", peer}});
    EXPECT_EQ(aws.must("DescribeVpcPeeringConnections").text(kState), "failed");
}

TEST(VpcPeeringConnections, ExpireAfterAWeekAndAreSeenForTwoDays)
{
    TestEmulator aws;
    const Peering peering(aws, kOtherAccount, kFarRegion);
    aws.advance(7 * kDayMs - 1);
    EXPECT_EQ(peering.state_there(), "pending-acceptance");
    aws.advance(1);
    EXPECT_EQ(peering.state_there(), "expired");
    EXPECT_EQ(peering.state(), "expired");
    EXPECT_EQ(peering.change_there("AcceptVpcPeeringConnection").code, "InvalidStateTransition");
    EXPECT_EQ(peering.change("DeleteVpcPeeringConnection").code, "InvalidStateTransition");
    EXPECT_TRUE(peering.request().ok());  // the old request stands in no one's way
    aws.advance(2 * kDayMs - 1);
    EXPECT_EQ(peering.shown(kAccount, kRegion).count(kItem), 2U);
    aws.advance(1);
    EXPECT_EQ(peering.shown(kAccount, kRegion).count(kItem), 1U);
}

TEST(VpcPeeringConnections, AreAcceptedByTheirAccepterInItsRegion)
{
    TestEmulator aws;
    const Peering peering(aws, kOtherAccount, kFarRegion);
    const auto own = peering.change("AcceptVpcPeeringConnection");
    EXPECT_EQ(own.code, "OperationNotPermitted");
    EXPECT_EQ(own.message,
              std::string("User (") + kAccount + ") cannot accept peering " + peering.id);
    EXPECT_EQ(peering.change("RejectVpcPeeringConnection").message,
              std::string("User (") + kAccount + ") cannot reject peering " + peering.id);
    EXPECT_EQ(aws.call("AcceptVpcPeeringConnection", peering.named(), kOtherAccount, kRegion).code,
              "InvalidVpcPeeringConnectionID.NotFound");
    const Peering here(aws, kAccount, kFarRegion, "10.2.0.0/16");
    EXPECT_EQ(here.change("AcceptVpcPeeringConnection").message,
              std::string("Incorrect region (us-east-1) specified for this request. VPC peering "
                          "connection ") +
                  here.id + " must be accepted in region eu-west-1");
    peering.accept();
    EXPECT_EQ(peering.state(), "active");
    EXPECT_EQ(peering.change_there("RejectVpcPeeringConnection").code, "InvalidStateTransition");
    EXPECT_EQ(
        peering.change_there("AcceptVpcPeeringConnection").message,
        "VpcPeeringConnectionID " + peering.id + " is not in the correct state for the request.");
}

TEST(VpcPeeringConnections, ThatAreRejectedAreSeenLongerByWhoAsked)
{
    TestEmulator aws;
    const Peering peering(aws, kOtherAccount);
    EXPECT_EQ(peering.change_there("DeleteVpcPeeringConnection").code, "OperationNotPermitted");
    EXPECT_EQ(peering.change_there("RejectVpcPeeringConnection").text("return"), "true");
    EXPECT_EQ(peering.state(), "rejected");
    EXPECT_EQ(peering.change("DeleteVpcPeeringConnection").code, "InvalidStateTransition");
    aws.advance(2 * kHourMs);
    EXPECT_EQ(peering.state_there(), "");
    EXPECT_EQ(peering.state(), "rejected");
    aws.advance(2 * kDayMs);
    EXPECT_EQ(peering.state(), "");
}

TEST(VpcPeeringConnections, ThatAreDeletedAreSeenLongerByTheOther)
{
    TestEmulator aws;
    const Peering peering(aws, kOtherAccount);
    peering.accept();
    EXPECT_TRUE(peering.change_there("DeleteVpcPeeringConnection").ok());
    EXPECT_EQ(peering.shown(kAccount, kRegion).text("vpcPeeringConnectionSet/item/status/message"),
              std::string("Deleted by ") + kOtherAccount);
    aws.advance(2 * kHourMs);
    EXPECT_EQ(peering.state_there(), "");
    EXPECT_EQ(peering.state(), "deleted");
    aws.advance(2 * kDayMs);
    EXPECT_EQ(peering.state(), "");
}

TEST(VpcPeeringConnections, AreOneBetweenTwoVpcs)
{
    TestEmulator aws;
    const Peering peering(aws);
    const auto there = aws.call("CreateVpcPeeringConnection",
                                {{"VpcId", peering.peer}, {"PeerVpcId", peering.vpc}});
    EXPECT_EQ(there.code, "VpcPeeringConnectionAlreadyExists");
    EXPECT_TRUE(peering.change("RejectVpcPeeringConnection").ok());
    EXPECT_TRUE(peering.request().ok());
}

TEST(VpcPeeringConnections, MayBe25RequestsOfAVpc)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    for (int number = 1; number <= 26; ++number) {
        const auto peer = make_vpc(aws, "10." + std::to_string(number) + ".0.0/16");
        const auto made =
            aws.call("CreateVpcPeeringConnection", {{"VpcId", vpc}, {"PeerVpcId", peer}});
        EXPECT_EQ(made.code, number == 26 ? "OutstandingVpcPeeringConnectionLimitExceeded" : "");
    }
}

TEST(VpcPeeringConnections, MayBe125ActiveOnesOfAVpc)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    for (int number = 1; number <= 126; ++number) {
        const auto peer = make_vpc(aws, "10." + std::to_string(number) + ".0.0/16");
        const auto id =
            aws.must("CreateVpcPeeringConnection", {{"VpcId", vpc}, {"PeerVpcId", peer}})
                .text("vpcPeeringConnection/vpcPeeringConnectionId");
        EXPECT_EQ(aws.call("AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", id}}).code,
                  number == 126 ? "ActiveVpcPeeringConnectionPerVpcLimitExceeded" : "");
    }
}

TEST(VpcPeeringConnections, RefuseWhatIsNoRequest)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto refused = [&](const Parameters& more) {
        return aws
            .call("CreateVpcPeeringConnection",
                  merged({{"VpcId", vpc}, {"PeerVpcId", "vpc-12345678"}}, more))
            .code;
    };
    EXPECT_EQ(refused({{"VpcId", "vpc-12345678"}}), "InvalidVpcID.NotFound");
    EXPECT_EQ(refused({{"PeerVpcId", "x"}}), "InvalidVpcID.Malformed");
    EXPECT_EQ(refused({{"PeerOwnerId", "me"}}), "InvalidParameterValue");
    EXPECT_EQ(refused({{"PeerRegion", "mars-north-1"}}), "InvalidParameterValue");
    EXPECT_EQ(refused({{"DryRun", "true"}}), "DryRunOperation");
    const std::string options = "RequesterPeeringConnectionOptions.";
    EXPECT_EQ(refused({{options + "AllowMultipathResilience", "true"}}),
              "InvalidParameterCombination");
    EXPECT_EQ(refused({{options + "MultipathResilienceMode", "always-on"}}),
              "InvalidParameterDependency");
    EXPECT_EQ(aws.call("DescribeVpcPeeringConnections", {{"VpcPeeringConnectionId.1", "x"}}).code,
              "InvalidVpcPeeringConnectionId.Malformed");
    EXPECT_EQ(
        aws.call("AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", "pcx-12345678"}}).code,
        "InvalidVpcPeeringConnectionID.NotFound");
}

TEST(VpcPeeringConnections, AreFoundByEachFilter)
{
    TestEmulator aws;
    const Peering peering(aws, kOtherAccount);
    peering.accept();
    const auto found = [&](const std::string& name, const std::string& value) {
        return aws.must("DescribeVpcPeeringConnections", filter(name, value)).count(kItem);
    };
    const std::pair<const char*, std::string> values[] = {
        {"accepter-vpc-info.cidr-block", "10.1.0.0/16"},
        {"accepter-vpc-info.owner-id", kOtherAccount},
        {"accepter-vpc-info.vpc-id", peering.peer},
        {"requester-vpc-info.cidr-block", "10.0.0.0/16"},
        {"requester-vpc-info.owner-id", kAccount},
        {"requester-vpc-info.vpc-id", peering.vpc},
        {"status-code", "active"},
        {"status-message", "Active"},
        {"vpc-peering-connection-id", peering.id}};
    for (const auto& [name, value] : values) {
        EXPECT_EQ(found(name, value), 1U) << name;
        EXPECT_EQ(found(name, "other"), 0U) << name;
    }
    EXPECT_EQ(found("expiration-time", "*"), 0U);
}

TEST(VpcPeeringConnections, HaveTagsOfEachAccount)
{
    TestEmulator aws;
    const Peering peering(aws, kOtherAccount);
    aws.must("CreateTags",
             {{"ResourceId.1", peering.id}, {"Tag.1.Key", "mine"}, {"Tag.1.Value", "1"}});
    aws.must("CreateTags",
             {{"ResourceId.1", peering.id}, {"Tag.1.Key", "theirs"}, {"Tag.1.Value", "2"}},
             kOtherAccount);
    constexpr const char* kKeys = "vpcPeeringConnectionSet/item/tagSet/item/key";
    EXPECT_THAT(peering.shown(kAccount, kRegion).texts(kKeys), ElementsAre("mine"));
    EXPECT_THAT(peering.shown(kOtherAccount, kRegion).texts(kKeys), ElementsAre("theirs"));
}

// ModifyVpcPeeringConnectionOptions

TEST(VpcPeeringOptions, AreSetByEachOwner)
{
    TestEmulator aws;
    const Peering peering(aws, kOtherAccount);
    const std::string requester =
        "RequesterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc";
    const std::string accepter = "AccepterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc";
    const auto modify = [&](const std::string& option, const char* account) {
        return aws.call("ModifyVpcPeeringConnectionOptions",
                        merged(peering.named(), {{option, "true"}}), account);
    };
    const auto early = modify(requester, kAccount);
    EXPECT_EQ(early.code, "OperationNotPermitted");
    EXPECT_EQ(early.message,
              "Peering " + peering.id +
                  " is not active. Peering options can be added only to active peerings.");
    peering.accept();
    EXPECT_EQ(modify(accepter, kAccount).code, "OperationNotPermitted");
    EXPECT_EQ(modify(requester, kOtherAccount).code, "OperationNotPermitted");
    EXPECT_EQ(peering.change("ModifyVpcPeeringConnectionOptions").code, "MissingParameter");
    EXPECT_EQ(modify(requester, kAccount)
                  .text("requesterPeeringConnectionOptions/allowDnsResolutionFromRemoteVpc"),
              "true");
    const auto shown = peering.shown(kOtherAccount, kRegion);
    EXPECT_EQ(shown.text("vpcPeeringConnectionSet/item/requesterVpcInfo/peeringOptions/"
                         "allowDnsResolutionFromRemoteVpc"),
              "true");
    EXPECT_EQ(shown.text("vpcPeeringConnectionSet/item/accepterVpcInfo/peeringOptions/"
                         "allowDnsResolutionFromRemoteVpc"),
              "false");
}

TEST(VpcPeeringOptions, AllowMultipathResilienceBetweenRegions)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto peer = make_vpc_of(aws, "10.1.0.0/16", kAccount, kFarRegion);
    const auto made =
        aws.must("CreateVpcPeeringConnection",
                 {{"VpcId", vpc},
                  {"PeerVpcId", peer},
                  {"PeerRegion", kFarRegion},
                  {"RequesterPeeringConnectionOptions.AllowMultipathResilience", "true"}});
    EXPECT_EQ(made.text("vpcPeeringConnection/multipathResilienceStatus"), "pending");
    const Parameters named{
        {"VpcPeeringConnectionId", made.text("vpcPeeringConnection/vpcPeeringConnectionId")}};
    const auto status = [&] {
        return aws.must("DescribeVpcPeeringConnections")
            .text("vpcPeeringConnectionSet/item/multipathResilienceStatus");
    };
    aws.must("AcceptVpcPeeringConnection", named, kAccount, kFarRegion);
    EXPECT_EQ(status(), "enabled");
    const auto accepter =
        merged(named, {{"AccepterPeeringConnectionOptions.AllowMultipathResilience", "false"}});
    const auto refused = aws.call("ModifyVpcPeeringConnectionOptions", accepter);
    EXPECT_EQ(refused.code, "OperationNotPermitted");  // in the requester's region
    aws.must("ModifyVpcPeeringConnectionOptions", accepter, kAccount, kFarRegion);
    EXPECT_EQ(status(), "pending");
}

// DeleteVpc

TEST(VpcPeeringConnections, HoldTheirVpcsOnceTheyAreAccepted)
{
    TestEmulator aws;
    const Peering peering(aws, kOtherAccount);
    peering.accept();
    EXPECT_EQ(aws.call("DeleteVpc", {{"VpcId", peering.vpc}}).code, "DependencyViolation");
    EXPECT_EQ(aws.call("DeleteVpc", {{"VpcId", peering.peer}}, kOtherAccount).code,
              "DependencyViolation");
    EXPECT_TRUE(peering.change("DeleteVpcPeeringConnection").ok());
    aws.must("DeleteVpc", {{"VpcId", peering.vpc}});
    EXPECT_EQ(peering.state_there(), "deleted");
}

TEST(VpcPeeringConnections, ThatWaitEndWithEitherVpc)
{
    TestEmulator aws;
    const Peering peering(aws, kOtherAccount);
    aws.must("DeleteVpc", {{"VpcId", peering.peer}}, kOtherAccount);
    EXPECT_EQ(peering.state(), "deleted");
}

// Routes

TEST(VpcPeeringConnections, AreWhatRoutesLeadTo)
{
    TestEmulator aws;
    const Peering peering(aws, kOtherAccount);
    const auto table = make_route_table(aws, peering.vpc);
    const Parameters route =
        merged(peering.named(), {{"RouteTableId", table}, {"DestinationCidrBlock", "10.1.0.0/16"}});
    aws.must("CreateRoute", route);
    const auto with = [&](const char* name, const std::string& value) {
        return aws.must("DescribeRouteTables", filter(name, value)).count("routeTableSet/item");
    };
    EXPECT_EQ(with("route.vpc-peering-connection-id", peering.id), 1U);
    EXPECT_EQ(with("route.state", "blackhole"), 1U);
    peering.accept();
    EXPECT_EQ(with("route.state", "blackhole"), 0U);
    aws.must("ReplaceRoute", route);
    const auto elsewhere = make_route_table(aws, make_vpc(aws, "10.3.0.0/16"));
    const auto foreign = aws.call("CreateRoute", merged(route, {{"RouteTableId", elsewhere}}));
    EXPECT_EQ(foreign.message, "route table " + elsewhere + " and VPC peering connection " +
                                   peering.id + " belong to different networks");
    EXPECT_TRUE(peering.change("DeleteVpcPeeringConnection").ok());
    EXPECT_EQ(with("route.state", "blackhole"), 1U);
    EXPECT_EQ(
        aws.call("CreateRoute", merged(route, {{"DestinationCidrBlock", "10.1.1.0/24"}})).code,
        "IncorrectState");
    EXPECT_EQ(
        aws.call("CreateRoute", merged(route, {{"VpcPeeringConnectionId", "pcx-12345678"}})).code,
        "InvalidVpcPeeringConnectionID.NotFound");
}

// Groups of the other VPC

/// A rule of the group about the other one.
Parameters rule_about(const std::string& group, const std::string& peer, const Parameters& more)
{
    const std::string at = "IpPermissions.1.";
    Parameters rule{{"GroupId", group},
                    {at + "IpProtocol", "tcp"},
                    {at + "FromPort", "22"},
                    {at + "ToPort", "22"},
                    {at + "Groups.1.GroupId", peer}};
    for (const auto& [name, value] : more) {
        rule.emplace_back(at + "Groups.1." + name, value);
    }
    return rule;
}

TEST(PeeredGroups, AreNamedByRulesWhileTheConnectionIsActive)
{
    TestEmulator aws;
    const Peering peering(aws, kOtherAccount);
    const auto own = make_group_in(aws, peering.vpc);
    const auto theirs = make_group_in(aws, peering.peer, "web", kOtherAccount);
    const auto authorize = [&](const Parameters& more) {
        return aws.call("AuthorizeSecurityGroupIngress", rule_about(own, theirs, more));
    };
    EXPECT_EQ(authorize({{"UserId", kOtherAccount}}).code, "InvalidGroup.NotFound");
    peering.accept();
    EXPECT_EQ(authorize({}).code, "InvalidGroup.NotFound");
    EXPECT_EQ(authorize({{"UserId", kOtherAccount}, {"VpcId", peering.vpc}}).code,
              "InvalidGroup.NotFound");
    EXPECT_EQ(
        authorize({{"UserId", kOtherAccount}, {"VpcPeeringConnectionId", "pcx-12345678"}}).code,
        "InvalidGroup.NotFound");
    const auto made = authorize({{"UserId", kOtherAccount}, {"VpcId", peering.peer}});
    ASSERT_TRUE(made.ok()) << made.body;
    const std::string info = "securityGroupRuleSet/item/referencedGroupInfo/";
    EXPECT_EQ(made.text(info + "vpcPeeringConnectionId"), peering.id);
    EXPECT_EQ(made.text(info + "userId"), kOtherAccount);
    EXPECT_EQ(made.text(info + "vpcId"), peering.peer);
    const auto shown = aws.must("DescribeSecurityGroups", {{"GroupId.1", own}});
    const std::string pair = "securityGroupInfo/item/ipPermissions/item/groups/item/";
    EXPECT_EQ(shown.text(pair + "userId"), kOtherAccount);
    EXPECT_EQ(shown.text(pair + "vpcId"), peering.peer);
    EXPECT_EQ(shown.text(pair + "vpcPeeringConnectionId"), peering.id);
    EXPECT_EQ(shown.text(pair + "peeringStatus"), "active");
    EXPECT_EQ(aws.must("DescribeSecurityGroups", filter("ip-permission.user-id", kOtherAccount))
                  .count("securityGroupInfo/item"),
              1U);
}

TEST(PeeredGroups, AreOfOneRegion)
{
    TestEmulator aws;
    const Peering peering(aws, kAccount, kFarRegion);
    peering.accept();
    const auto own = make_group_in(aws, peering.vpc);
    const auto far = make_group_in(aws, peering.peer, "web", kAccount, kFarRegion);
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress", rule_about(own, far, {})).code,
              "InvalidGroup.NotFound");
}

TEST(PeeredGroups, AreToldOfTheVpcsThatReferToThem)
{
    TestEmulator aws;
    const Peering peering(aws);
    peering.accept();
    const auto own = make_group_in(aws, peering.vpc);
    const auto peer = make_group_in(aws, peering.peer);
    aws.must("AuthorizeSecurityGroupIngress", rule_about(own, peer, {}));
    aws.must("AuthorizeSecurityGroupEgress", rule_about(own, peer, {}));
    const auto told = aws.must("DescribeSecurityGroupReferences", {{"GroupId.1", peer}});
    EXPECT_EQ(told.count("securityGroupReferenceSet/item"), 1U);
    EXPECT_EQ(told.text("securityGroupReferenceSet/item/groupId"), peer);
    EXPECT_EQ(told.text("securityGroupReferenceSet/item/referencingVpcId"), peering.vpc);
    EXPECT_EQ(told.text("securityGroupReferenceSet/item/vpcPeeringConnectionId"), peering.id);
    EXPECT_EQ(aws.must("DescribeSecurityGroupReferences", {{"GroupId.1", own}})
                  .count("securityGroupReferenceSet/item"),
              0U);
}

TEST(PeeredGroups, LeaveStaleRulesThatAreRevokedByWhatTheySay)
{
    TestEmulator aws;
    const Peering peering(aws);
    peering.accept();
    const auto own = make_group_in(aws, peering.vpc);
    const auto peer = make_group_in(aws, peering.peer);
    const auto rule = rule_about(own, peer, {});
    aws.must("AuthorizeSecurityGroupIngress", rule);
    const auto stale = [&] {
        return aws.must("DescribeStaleSecurityGroups", {{"VpcId", peering.vpc}});
    };
    EXPECT_EQ(stale().count("staleSecurityGroupSet/item"), 0U);
    aws.must("DeleteSecurityGroup", {{"GroupId", peer}});  // no rule of another VPC holds it
    EXPECT_EQ(stale().text("staleSecurityGroupSet/item/groupId"), own);
    EXPECT_TRUE(peering.change("DeleteVpcPeeringConnection").ok());
    const std::string pair = "staleSecurityGroupSet/item/staleIpPermissions/item/groups/item/";
    EXPECT_EQ(stale().text(pair + "groupId"), peer);
    EXPECT_EQ(stale().text(pair + "vpcPeeringConnectionId"), peering.id);
    EXPECT_EQ(stale().text(pair + "peeringStatus"), "deleted");
    aws.advance(2 * kDayMs);
    EXPECT_EQ(stale().text(pair + "peeringStatus"), "deleted");
    aws.must("RevokeSecurityGroupIngress", rule);
    EXPECT_EQ(stale().count("staleSecurityGroupSet/item"), 0U);
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress", rule).code, "InvalidGroup.NotFound");
}

}  // namespace
}  // namespace amilab::test
