#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/network/ipv6_block.h"
#include "storage/metadata/sql/statement.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/network/own_network.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

const std::string kInterface = "networkInterfaceSet/item/";

std::string subnet_of(TestEmulator& emulator, const std::string& zone)
{
    return emulator
        .must("DescribeSubnets",
              {{"Filter.1.Name", "availability-zone"}, {"Filter.1.Value.1", zone}})
        .text("subnetSet/item/subnetId");
}

std::string default_group(TestEmulator& emulator)
{
    return emulator.must("DescribeSecurityGroups").text("securityGroupInfo/item/groupId");
}

/// One that belongs to nobody yet, in us-east-1a.
std::string new_interface(TestEmulator& emulator, const Parameters& extra = {})
{
    return emulator
        .must("CreateNetworkInterface",
              merged({{"SubnetId", subnet_of(emulator, "us-east-1a")}}, extra))
        .text("networkInterface/networkInterfaceId");
}

Answer interface_of(TestEmulator& emulator, const std::string& id)
{
    return emulator.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", id}});
}

std::size_t count_of(TestEmulator& emulator, const char* table)
{
    auto reader = emulator.generation().reader();
    Statement select(reader.db(), std::string("SELECT count(*) FROM ") + table);
    select.bind();
    return select.step() ? static_cast<std::size_t>(select.row().integer()) : 0;
}

TEST(LaunchGroups, AreNamedByNameInTheDefaultNetwork)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"SecurityGroup.1", "default"}});
    EXPECT_EQ(field_of(emulator, id, "groupSet/item/groupId"), default_group(emulator));
}

TEST(LaunchGroups, ThatAreNamedTwiceCountOnce)
{
    TestEmulator emulator;
    const auto group = default_group(emulator);
    for (const Parameters& named :
         {Parameters{{"SecurityGroupId.1", group}, {"SecurityGroupId.2", group}},
          Parameters{{"SecurityGroupId.1", group}, {"SecurityGroup.1", "default"}},
          Parameters{{"SecurityGroup.1", "default"}, {"SecurityGroup.2", "default"}},
          Parameters{{"NetworkInterface.1.DeviceIndex", "0"},
                     {"NetworkInterface.1.SecurityGroupId.1", group},
                     {"NetworkInterface.1.SecurityGroupId.2", group}}}) {
        EXPECT_EQ(field_of(emulator, run_one(emulator, named), "groupSet/item/groupId"), group);
    }
    EXPECT_EQ(count_of(emulator, "interface_group"), 4U);
    const auto made =
        new_interface(emulator, {{"SecurityGroupId.1", group}, {"SecurityGroupId.2", group}});
    emulator.must(
        "ModifyNetworkInterfaceAttribute",
        {{"NetworkInterfaceId", made}, {"SecurityGroupId.1", group}, {"SecurityGroupId.2", group}});
    EXPECT_EQ(interface_of(emulator, made).count("networkInterfaceSet/item/groupSet/item/groupId"),
              1U);
}

TEST(LaunchGroups, OfUnknownNamesAreRefused)
{
    TestEmulator emulator;
    const auto vpc = emulator.must("DescribeVpcs").text("vpcSet/item/vpcId");
    expect_refused(
        emulator.call("RunInstances", launch(public_image(emulator), {{"SecurityGroup.1", "web"}})),
        "InvalidGroup.NotFound",
        "The security group 'web' does not exist in default VPC '" + vpc + "'");
}

TEST(LaunchGroups, AreNotNamedByNameBesideASubnet)
{
    TestEmulator emulator;
    expect_refused(
        emulator.call("RunInstances", launch(public_image(emulator),
                                             {{"SecurityGroup.1", "default"},
                                              {"SubnetId", subnet_of(emulator, "us-east-1a")}})),
        "InvalidParameterCombination",
        "The parameter groupName cannot be used with the parameter subnet");
}

TEST(LaunchAddresses, AreThoseThatTheLaunchNames)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"SubnetId", subnet_of(emulator, "us-east-1a")},
                                       {"PrivateIpAddress", "172.31.1.7"}});
    EXPECT_EQ(field_of(emulator, id, "privateIpAddress"), "172.31.1.7");
    EXPECT_EQ(field_of(emulator, id, "privateDnsName"), "ip-172-31-1-7.ec2.internal");
}

TEST(LaunchAddresses, AreRefusedThatASubnetCannotGive)
{
    TestEmulator emulator;
    const auto image = public_image(emulator);
    const auto subnet = subnet_of(emulator, "us-east-1a");
    const auto refusal = [&](const std::string& address) {
        const auto answer = emulator.call(
            "RunInstances", launch(image, {{"SubnetId", subnet}, {"PrivateIpAddress", address}}));
        return answer.code + ": " + answer.message;
    };
    EXPECT_EQ(refusal("10.0.0.9"),
              "InvalidParameterValue: Address does not fall within the subnet's address range");
    EXPECT_EQ(refusal("172.31.0.3"),
              "InvalidParameterValue: Address is in subnet's reserved address range");
    EXPECT_EQ(refusal("172.31.15.255"),
              "InvalidParameterValue: Address is in subnet's reserved address range");
    EXPECT_THAT(refusal("172.31.0"), StartsWith("InvalidParameterValue"));
    EXPECT_THAT(refusal("172.31.0.256"), StartsWith("InvalidParameterValue"));
    EXPECT_THAT(refusal("172.31.0.9 "), StartsWith("InvalidParameterValue"));
    run_one(emulator, {{"SubnetId", subnet}, {"PrivateIpAddress", "172.31.0.9"}});
    EXPECT_EQ(refusal("172.31.0.9"), "InvalidIPAddress.InUse: Address 172.31.0.9 is in use.");
}

TEST(LaunchAddresses, AreNotNamedForSeveralInstances)
{
    TestEmulator emulator;
    EXPECT_EQ(
        emulator
            .call("RunInstances", launch(public_image(emulator),
                                         {{"PrivateIpAddress", "172.31.0.9"}, {"MaxCount", "2"}}))
            .code,
        "InvalidParameterCombination");
}

TEST(LaunchInterfaces, HaveWhatTheLaunchSaysOfThem)
{
    TestEmulator emulator;
    const auto subnet = subnet_of(emulator, "us-east-1b");
    const auto id =
        run_one(emulator, {{"NetworkInterface.1.DeviceIndex", "0"},
                           {"NetworkInterface.1.SubnetId", subnet},
                           {"NetworkInterface.1.SecurityGroupId.1", default_group(emulator)},
                           {"NetworkInterface.1.AssociatePublicIpAddress", "true"},
                           {"NetworkInterface.1.Description", "mine"},
                           {"NetworkInterface.1.DeleteOnTermination", "false"}});
    EXPECT_EQ(field_of(emulator, id, "placement/availabilityZone"), "us-east-1b");
    EXPECT_EQ(field_of(emulator, id, "subnetId"), subnet);
    EXPECT_EQ(field_of(emulator, id, kInterface + "description"), "mine");
    EXPECT_EQ(field_of(emulator, id, kInterface + "attachment/deleteOnTermination"), "false");
    EXPECT_THAT(field_of(emulator, id, "ipAddress"), StartsWith("198.1"));
}

TEST(LaunchInterfaces, TrackIdleFlowsAsLongAsTheLaunchSays)
{
    TestEmulator emulator;
    const std::string said = "NetworkInterface.1.ConnectionTrackingSpecification.UdpTimeout";
    const auto id = run_one(emulator, {{"NetworkInterface.1.DeviceIndex", "0"}, {said, "45"}});
    EXPECT_EQ(field_of(emulator, id, kInterface + "connectionTrackingConfiguration/udpTimeout"),
              "45");
    EXPECT_EQ(emulator.must("GetLaunchTemplateData", {{"InstanceId", id}})
                  .text("launchTemplateData/networkInterfaceSet/item/"
                        "connectionTrackingSpecification/udpTimeout"),
              "45");
    EXPECT_EQ(emulator
                  .call("RunInstances",
                        launch(public_image(emulator),
                               {{"NetworkInterface.1.DeviceIndex", "0"},
                                {"NetworkInterface.1.NetworkInterfaceId", new_interface(emulator)},
                                {said, "45"}}))
                  .code,
              "InvalidParameterCombination");
}

TEST(LaunchInterfaces, HaveNoPublicAddressWhenToldSo)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"NetworkInterface.1.DeviceIndex", "0"},
                                       {"NetworkInterface.1.AssociatePublicIpAddress", "false"}});
    EXPECT_EQ(field_of(emulator, id, "ipAddress"), "");
    EXPECT_EQ(field_of(emulator, id, "dnsName"), "");
    emulator.must("StopInstances", one_instance(id));
    emulator.must("StartInstances", one_instance(id));
    EXPECT_EQ(field_of(emulator, id, "ipAddress"), "");
}

TEST(LaunchInterfaces, MayBeSeveralAndThenHaveNoPublicAddress)
{
    TestEmulator emulator;
    const auto subnet = subnet_of(emulator, "us-east-1a");
    const auto id = run_one(emulator, {{"NetworkInterface.1.DeviceIndex", "1"},
                                       {"NetworkInterface.1.SubnetId", subnet},
                                       {"NetworkInterface.1.PrivateIpAddress", "172.31.2.1"},
                                       {"NetworkInterface.2.DeviceIndex", "0"},
                                       {"NetworkInterface.2.SubnetId", subnet}});
    const auto found = emulator.must("DescribeInstances", one_instance(id));
    const std::string item = "reservationSet/item/instancesSet/item/" + kInterface;
    EXPECT_THAT(found.texts(item + "attachment/deviceIndex"), ElementsAre("0", "1"));
    EXPECT_EQ(found.texts(item + "privateIpAddress").at(1), "172.31.2.1");
    EXPECT_EQ(field_of(emulator, id, "ipAddress"), "");
    expect_refused(emulator.call("ModifyInstanceAttribute",
                                 {{"InstanceId", id}, {"SourceDestCheck.Value", "false"}}),
                   "InvalidInstanceID",
                   "There are multiple interfaces attached to instance '" + id +
                       "'. Please specify an interface ID for the operation instead.");
}

TEST(LaunchInterfaces, HaveSecondaryAddresses)
{
    TestEmulator emulator;
    const auto id = run_one(
        emulator, {{"NetworkInterface.1.DeviceIndex", "0"},
                   {"NetworkInterface.1.SubnetId", subnet_of(emulator, "us-east-1a")},
                   {"NetworkInterface.1.PrivateIpAddresses.1.PrivateIpAddress", "172.31.3.1"},
                   {"NetworkInterface.1.PrivateIpAddresses.2.PrivateIpAddress", "172.31.3.2"},
                   {"NetworkInterface.1.PrivateIpAddresses.2.Primary", "true"}});
    const auto found = emulator.must("DescribeInstances", one_instance(id));
    const std::string item =
        "reservationSet/item/instancesSet/item/" + kInterface + "privateIpAddressesSet/item/";
    EXPECT_THAT(found.texts(item + "privateIpAddress"), ElementsAre("172.31.3.2", "172.31.3.1"));
    EXPECT_THAT(found.texts(item + "primary"), ElementsAre("true", "false"));
    EXPECT_EQ(field_of(emulator, id, "privateIpAddress"), "172.31.3.2");
}

TEST(LaunchInterfaces, GetAsManySecondaryAddressesAsTheLaunchCounts)
{
    TestEmulator emulator;
    const auto answer = emulator.must(
        "RunInstances", launch(public_image(emulator),
                               {{"MaxCount", "2"},
                                {"NetworkInterface.1.DeviceIndex", "0"},
                                {"NetworkInterface.1.SecondaryPrivateIpAddressCount", "1"}}));
    EXPECT_THAT(answer.texts("instancesSet/item/" + kInterface +
                             "privateIpAddressesSet/item/privateIpAddress"),
                ElementsAre("172.31.0.4", "172.31.0.5", "172.31.0.6", "172.31.0.7"));
    EXPECT_EQ(emulator
                  .call("RunInstances",
                        launch(public_image(emulator),
                               {{"NetworkInterface.1.DeviceIndex", "0"},
                                {"NetworkInterface.1.SecondaryPrivateIpAddressCount", "2"}}))
                  .code,
              "PrivateIpAddressLimitExceeded");
}

TEST(LaunchInterfaces, MayBeThereAlreadyAndStayWhenTheInstanceGoes)
{
    TestEmulator emulator;
    const auto interface_id = new_interface(emulator);
    const auto id = run_one(emulator, {{"NetworkInterface.1.DeviceIndex", "0"},
                                       {"NetworkInterface.1.NetworkInterfaceId", interface_id}});
    EXPECT_EQ(field_of(emulator, id, kInterface + "networkInterfaceId"), interface_id);
    const auto attached = interface_of(emulator, interface_id);
    EXPECT_EQ(attached.text(kInterface + "status"), "in-use");
    EXPECT_EQ(attached.text(kInterface + "attachment/instanceId"), id);
    EXPECT_EQ(attached.text(kInterface + "attachment/deleteOnTermination"), "false");
    expect_refused(emulator.call("RunInstances",
                                 launch(public_image(emulator),
                                        {{"NetworkInterface.1.DeviceIndex", "0"},
                                         {"NetworkInterface.1.NetworkInterfaceId", interface_id}})),
                   "InvalidNetworkInterface.InUse", "Interface: [" + interface_id + "] in use.");
    emulator.must("TerminateInstances", one_instance(id));
    const auto free = interface_of(emulator, interface_id);
    EXPECT_EQ(free.text(kInterface + "status"), "available");
    EXPECT_EQ(free.count(kInterface + "attachment"), 0U);
}

TEST(LaunchInterfaces, GoWithTheirInstanceAndFreeTheirAddresses)
{
    TestEmulator emulator;
    const auto subnet = subnet_of(emulator, "us-east-1a");
    const auto free_addresses = [&] {
        return emulator.must("DescribeSubnets", {{"SubnetId.1", subnet}})
            .text("subnetSet/item/availableIpAddressCount");
    };
    const auto before = free_addresses();
    const auto id = run_one(emulator, {{"SubnetId", subnet}});
    EXPECT_NE(free_addresses(), before);
    emulator.must("TerminateInstances", one_instance(id));
    EXPECT_EQ(free_addresses(), before);
    EXPECT_EQ(emulator.must("DescribeNetworkInterfaces").count(kInterface.substr(0, 24)), 0U);
}

struct BadInterfaces {
    const char* name;
    Parameters parameters;
    const char* code;
    const char* message;
};

Parameters first(const Parameters& extra)
{
    return merged({{"NetworkInterface.1.DeviceIndex", "0"}}, extra);
}

class LaunchInterfacesRefusal : public testing::TestWithParam<BadInterfaces> {};

TEST_P(LaunchInterfacesRefusal, LeavesNothingBehind)
{
    TestEmulator emulator;
    emulator.must("DescribeVpcs");
    const auto answer =
        emulator.call("RunInstances", launch(public_image(emulator), GetParam().parameters));
    EXPECT_EQ(answer.code, GetParam().code) << answer.body;
    EXPECT_EQ(answer.message, GetParam().message);
    for (const auto* table : {"instance", "volume", "network_interface", "interface_address"}) {
        EXPECT_EQ(count_of(emulator, table), 0U) << table;
    }
}

const BadInterfaces kBad[] = {
    {"SubnetBeside", first({{"SubnetId", "subnet-0123456789abcdef0"}}),
     "InvalidParameterCombination",
     "Network interfaces and an instance-level subnet ID may not be specified on the same "
     "request"},
    {"GroupsBeside", first({{"SecurityGroup.1", "default"}}), "InvalidParameterCombination",
     "Network interfaces and an instance-level security groups may not be specified on the same "
     "request"},
    {"AddressBeside", first({{"PrivateIpAddress", "172.31.0.9"}}), "InvalidParameterCombination",
     "Network interfaces and an instance-level private IP address may not be specified on the "
     "same request"},
    {"NoDeviceIndex",
     {{"NetworkInterface.1.Description", "x"}},
     "InvalidParameterValue",
     "Each network interface requires a device index."},
    {"OneIndexTwice", first({{"NetworkInterface.2.DeviceIndex", "0"}}), "InvalidParameterValue",
     "Each network interface requires a unique device index."},
    {"NoneAtZero",
     {{"NetworkInterface.1.DeviceIndex", "1"}},
     "InvalidParameterValue",
     "When specifying network interfaces, you must include a device at index 0."},
    {"PublicAddressOfSeveral",
     first({{"NetworkInterface.1.AssociatePublicIpAddress", "true"},
            {"NetworkInterface.2.DeviceIndex", "1"}}),
     "InvalidParameterCombination",
     "The associatePublicIPAddress parameter cannot be specified when launching with multiple "
     "network interfaces."},
    {"MoreThanTheTypeHas",
     first({{"NetworkInterface.2.DeviceIndex", "1"}, {"NetworkInterface.3.DeviceIndex", "2"}}),
     "AttachmentLimitExceeded", "Interface count 3 exceeds the limit for t3.micro"},
    {"UnknownInterface",
     first({{"NetworkInterface.1.NetworkInterfaceId", "eni-0123456789abcdef0"}}),
     "InvalidNetworkInterfaceID.NotFound",
     "The networkInterface ID 'eni-0123456789abcdef0' does not exist"},
    {"AddressTwice",
     first({{"NetworkInterface.1.PrivateIpAddress", "172.31.0.9"},
            {"NetworkInterface.1.PrivateIpAddresses.1.PrivateIpAddress", "172.31.0.9"}}),
     "InvalidParameterValue", "The address 172.31.0.9 is specified more than once."},
    {"TwoPrimaryAddresses",
     first({{"NetworkInterface.1.PrivateIpAddress", "172.31.0.9"},
            {"NetworkInterface.1.PrivateIpAddresses.1.PrivateIpAddress", "172.31.0.8"},
            {"NetworkInterface.1.PrivateIpAddresses.1.Primary", "true"}}),
     "InvalidParameterCombination", "Only one primary private IP address can be specified."},
    {"NegativeIndex", first({{"NetworkInterface.2.DeviceIndex", "-1"}}), "InvalidParameterValue",
     "A device index must not be negative."},
    {"AddressOfTwoInterfaces",
     first({{"NetworkInterface.1.PrivateIpAddress", "172.31.0.9"},
            {"NetworkInterface.2.DeviceIndex", "1"},
            {"NetworkInterface.2.PrivateIpAddress", "172.31.0.9"}}),
     "InvalidIPAddress.InUse", "Address 172.31.0.9 is in use."},
    {"LastOfThemOutside",
     first({{"NetworkInterface.2.DeviceIndex", "1"},
            {"NetworkInterface.2.PrivateIpAddress", "10.0.0.1"}}),
     "InvalidParameterValue", "Address does not fall within the subnet's address range"},
};

INSTANTIATE_TEST_SUITE_P(All, LaunchInterfacesRefusal, testing::ValuesIn(kBad),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(LaunchInterfaces, OfAnotherZoneAreRefused)
{
    TestEmulator emulator;
    expect_refused(
        emulator.call("RunInstances",
                      launch(public_image(emulator),
                             {{"NetworkInterface.1.DeviceIndex", "0"},
                              {"NetworkInterface.1.SubnetId", subnet_of(emulator, "us-east-1a")},
                              {"NetworkInterface.2.DeviceIndex", "1"},
                              {"NetworkInterface.2.SubnetId", subnet_of(emulator, "us-east-1b")}})),
        "InvalidParameterCombination",
        "All network interfaces of an instance must be in the same availability zone.");
}

TEST(LaunchInterfaces, ThatAreThereSayNothingOfNewOnes)
{
    TestEmulator emulator;
    const auto id = new_interface(emulator);
    const auto code = [&](const Parameters& extra) {
        const auto request = merged(first({{"NetworkInterface.1.NetworkInterfaceId", id}}), extra);
        return emulator.call("RunInstances", launch(public_image(emulator), request)).code;
    };
    EXPECT_EQ(code({{"NetworkInterface.1.Description", "x"}}), "InvalidParameterCombination");
    EXPECT_EQ(code({{"NetworkInterface.1.DeleteOnTermination", "true"}}),
              "InvalidParameterCombination");
    EXPECT_EQ(code({{"NetworkInterface.1.AssociatePublicIpAddress", "true"}}),
              "InvalidParameterCombination");
    EXPECT_EQ(code({{"MaxCount", "2"}}), "InvalidParameterCombination");
    EXPECT_EQ(code({}), "");
}

/// A subnet of IPv6 alone, and its block.
struct Ipv6OnlySubnet {
    explicit Ipv6OnlySubnet(TestEmulator& emulator)
        : vpc(make_ipv6_vpc(emulator)),
          block(vpc.block.part(64, 0)),
          id(make_ipv6_only_subnet(emulator, vpc, block))
    {
    }
    Ipv6Vpc vpc;
    Ipv6Block block;
    std::string id;
};

TEST(LaunchesIntoIpv6, GiveNoIpv4Address)
{
    TestEmulator emulator;
    const Ipv6OnlySubnet subnet(emulator);
    const auto id = run_one(emulator, {{"SubnetId", subnet.id}});
    const auto field = [&](const std::string& path) { return field_of(emulator, id, path); };
    EXPECT_TRUE(subnet.block.contains(Ipv6Address::from_text(field("ipv6Address")).value()));
    EXPECT_EQ(field(kInterface + "ipv6AddressesSet/item/ipv6Address"), field("ipv6Address"));
    for (const auto* none : {"privateIpAddress", "ipAddress", "dnsName"}) {
        EXPECT_EQ(field(none), "") << none;
    }
    EXPECT_EQ(field(kInterface + "privateIpAddress"), "");
    EXPECT_EQ(field("privateDnsName"), id + ".ec2.internal");
    EXPECT_EQ(field("privateDnsNameOptions/hostnameType"), "resource-name");
    EXPECT_EQ(field("metadataOptions/httpProtocolIpv6"), "disabled");
    const auto found = [&](const std::string& name, const std::string& value) {
        return emulator.must("DescribeInstances", filter(name, value)).texts(kFound);
    };
    EXPECT_THAT(found("network-interface.ipv6-native", "true"), ElementsAre(id));
    EXPECT_THAT(found("private-dns-name", id + ".ec2.internal"), ElementsAre(id));
    EXPECT_THAT(found("ipv6-address", field("ipv6Address")), ElementsAre(id));
    EXPECT_THAT(found("private-ip-address", "*"), IsEmpty());
    const auto plain = run_one(emulator);
    EXPECT_THAT(found("network-interface.ipv6-native", "false"), ElementsAre(plain));
    EXPECT_THAT(found("private-dns-name", "ip-*"), ElementsAre(plain));
}

TEST(LaunchesIntoIpv6, MakeAsManyAsAreAskedForAndStartThemAgain)
{
    TestEmulator emulator;
    const Ipv6OnlySubnet subnet(emulator);
    const auto made = emulator.must(
        "RunInstances", launch(public_image(emulator),
                               {{"SubnetId", subnet.id}, {"MinCount", "3"}, {"MaxCount", "3"}}));
    const auto ids = made.texts(kInstanceId);
    ASSERT_THAT(ids, SizeIs(3));
    const auto address = field_of(emulator, ids[0], "ipv6Address");
    emulator.must("StopInstances", one_instance(ids[0]));
    emulator.must("StartInstances", one_instance(ids[0]));
    EXPECT_EQ(field_of(emulator, ids[0], "ipv6Address"), address);
    EXPECT_EQ(field_of(emulator, ids[0], "ipAddress"), "");
    emulator.must("GetConsoleOutput", {{"InstanceId", ids[0]}});
    emulator.must("GetLaunchTemplateData", {{"InstanceId", ids[0]}});
    emulator.must("TerminateInstances", one_instance(ids[0]));
}

TEST(LaunchesIntoIpv6, RefuseWhatIsOfIpv4)
{
    TestEmulator emulator;
    const Ipv6OnlySubnet subnet(emulator);
    const auto refuse = [&](const Parameters& more) {
        expect_refused(emulator.call("RunInstances", launch(public_image(emulator), more)),
                       "InvalidParameterValue",
                       "The subnet '" + subnet.id + "' does not have an IPv4 CIDR block.");
    };
    refuse({{"SubnetId", subnet.id}, {"PrivateIpAddress", "10.0.0.9"}});
    const auto first_of = [&](const std::string& name, const std::string& value) {
        return Parameters{{"NetworkInterface.1.DeviceIndex", "0"},
                          {"NetworkInterface.1.SubnetId", subnet.id},
                          {"NetworkInterface.1." + name, value}};
    };
    refuse(first_of("AssociatePublicIpAddress", "true"));
    refuse(first_of("PrivateIpAddress", "10.0.0.9"));
    refuse(first_of("SecondaryPrivateIpAddressCount", "1"));
    refuse(first_of("Ipv4PrefixCount", "1"));
    EXPECT_EQ(emulator
                  .call("RunInstances", launch(public_image(emulator),
                                               first_of("AssociatePublicIpAddress", "false")))
                  .code,
              "");
}

TEST(LaunchesIntoIpv6, AreNamedByTheirIds)
{
    TestEmulator emulator;
    const Ipv6OnlySubnet subnet(emulator);
    EXPECT_EQ(emulator
                  .call("RunInstances", launch(public_image(emulator),
                                               {{"SubnetId", subnet.id},
                                                {"PrivateDnsNameOptions.HostnameType", "ip-name"}}))
                  .code,
              "InvalidParameterValue");
    const auto id = run_one(emulator, {{"SubnetId", subnet.id}});
    emulator.must("StopInstances", one_instance(id));
    EXPECT_EQ(emulator
                  .call("ModifyPrivateDnsNameOptions",
                        {{"InstanceId", id}, {"PrivateDnsHostnameType", "ip-name"}})
                  .code,
              "InvalidParameterValue");
    emulator.must("ModifyPrivateDnsNameOptions",
                  {{"InstanceId", id}, {"EnableResourceNameDnsAAAARecord", "true"}});
}

TEST(LaunchesIntoIpv6, AreOfTheNitroSystem)
{
    TestEmulator emulator;
    const Ipv6OnlySubnet subnet(emulator);
    const auto refused = emulator.call(
        "RunInstances",
        launch(public_image(emulator), {{"SubnetId", subnet.id}, {"InstanceType", "t2.micro"}}));
    expect_refused(refused, "Unsupported",
                   "t2.micro instances do not support IPv6-only subnets: they are not built on the "
                   "Nitro System.");
    const auto spare = make_interface(emulator, subnet.id);
    const auto old = run_one(emulator, {{"InstanceType", "t2.micro"},
                                        {"SubnetId", make_subnet(emulator, subnet.vpc.id)}});
    EXPECT_EQ(emulator
                  .call("AttachNetworkInterface",
                        {{"NetworkInterfaceId", spare}, {"InstanceId", old}, {"DeviceIndex", "1"}})
                  .code,
              "Unsupported");
    const auto id = run_one(emulator, {{"NetworkInterface.1.DeviceIndex", "0"},
                                       {"NetworkInterface.1.NetworkInterfaceId", spare}});
    emulator.must("StopInstances", one_instance(id));
    EXPECT_EQ(emulator
                  .call("ModifyInstanceAttribute",
                        {{"InstanceId", id}, {"InstanceType.Value", "t2.micro"}})
                  .code,
              "Unsupported");
}

TEST(LaunchesIntoIpv6, HappenByDefaultWhereThereAreNoOtherSubnets)
{
    TestEmulator emulator;
    const auto subnets = emulator.must("DescribeSubnets");
    emulator.must("AssociateVpcCidrBlock", {{"VpcId", subnets.text("subnetSet/item/vpcId")},
                                            {"AmazonProvidedIpv6CidrBlock", "true"}});
    emulator.must("DeleteSubnet", {{"SubnetId", subnet_of(emulator, "us-east-1a")}});
    const auto native = emulator
                            .must("CreateDefaultSubnet",
                                  {{"AvailabilityZone", "us-east-1a"}, {"Ipv6Native", "true"}})
                            .text("subnet/subnetId");
    EXPECT_NE(field_of(emulator, run_one(emulator), "subnetId"), native);
    const auto id = run_one(emulator, {{"Placement.AvailabilityZone", "us-east-1a"}});
    EXPECT_EQ(field_of(emulator, id, "subnetId"), native);
    EXPECT_NE(field_of(emulator, id, "ipv6Address"), "");
}

TEST(LaunchInterfaces, AreNotGivenTheAddressThatALaterOneNames)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"NetworkInterface.1.DeviceIndex", "0"},
                                       {"NetworkInterface.2.DeviceIndex", "1"},
                                       {"NetworkInterface.2.PrivateIpAddress", "172.31.0.4"}});
    EXPECT_EQ(field_of(emulator, id, "privateIpAddress"), "172.31.0.5");
}

/// Two interfaces of a subnet, and what is said of them.
Parameters two_of(const std::string& subnet, const Parameters& more)
{
    return merged({{"NetworkInterface.1.DeviceIndex", "0"},
                   {"NetworkInterface.1.SubnetId", subnet},
                   {"NetworkInterface.2.DeviceIndex", "1"},
                   {"NetworkInterface.2.SubnetId", subnet}},
                  more);
}

TEST(LaunchInterfaces, ShareNoAddressAndNoPrefix)
{
    TestEmulator emulator;
    const auto subnet = make_subnet(emulator, make_vpc(emulator));
    const auto code = [&](const Parameters& more) {
        return emulator.call("RunInstances", launch(public_image(emulator), two_of(subnet, more)))
            .code;
    };
    const std::string prefix = ".Ipv4Prefix.1.Ipv4Prefix";
    EXPECT_EQ(code({{"NetworkInterface.1" + prefix, "10.0.0.32/28"},
                    {"NetworkInterface.2" + prefix, "10.0.0.32/28"}}),
              "InvalidIPAddress.InUse");
    EXPECT_EQ(code({{"NetworkInterface.1.PrivateIpAddress", "10.0.0.81"},
                    {"NetworkInterface.2" + prefix, "10.0.0.80/28"}}),
              "InvalidIPAddress.InUse");
    EXPECT_EQ(code({{"NetworkInterface.1" + prefix, "10.0.0.80/28"},
                    {"NetworkInterface.1.PrivateIpAddress", "10.0.0.95"}}),
              "InvalidIPAddress.InUse");
    EXPECT_EQ(code({{"NetworkInterface.1" + prefix, "10.0.0.32/28"},
                    {"NetworkInterface.2" + prefix, "10.0.0.48/28"}}),
              "");
}

TEST(LaunchInterfaces, ShareNoIpv6AddressAndNoPrefix)
{
    TestEmulator emulator;
    const auto vpc = emulator.must(
        "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}, {"AmazonProvidedIpv6CidrBlock", "true"}});
    const auto block =
        Ipv6Block::from_text(vpc.text("vpc/ipv6CidrBlockAssociationSet/item/ipv6CidrBlock"))
            .value()
            .part(64, 0);
    const auto subnet = emulator
                            .must("CreateSubnet", {{"VpcId", vpc.text("vpc/vpcId")},
                                                   {"CidrBlock", "10.0.0.0/24"},
                                                   {"Ipv6CidrBlock", block.text()}})
                            .text("subnet/subnetId");
    const auto code = [&](const Parameters& more) {
        return emulator.call("RunInstances", launch(public_image(emulator), two_of(subnet, more)))
            .code;
    };
    const auto ninth = block.part(80, 9);
    const std::string prefix = ".Ipv6Prefix.1.Ipv6Prefix";
    EXPECT_EQ(code({{"NetworkInterface.1" + prefix, ninth.text()},
                    {"NetworkInterface.2" + prefix, ninth.text()}}),
              "InvalidIPAddress.InUse");
    EXPECT_EQ(
        code({{"NetworkInterface.1.Ipv6Addresses.1.Ipv6Address", ninth.part(128, 5).base.text()},
              {"NetworkInterface.2" + prefix, ninth.text()}}),
        "InvalidIPAddress.InUse");
    EXPECT_EQ(code({{"NetworkInterface.1" + prefix, ninth.text()},
                    {"NetworkInterface.2" + prefix, block.part(80, 8).text()}}),
              "");
}

TEST(LaunchInterfaces, AreNotGivenAPrefixOfAnAddressThatALaterOneNames)
{
    TestEmulator emulator;
    const auto subnet = make_subnet(emulator, make_vpc(emulator));
    const auto id =
        run_one(emulator, two_of(subnet, {{"NetworkInterface.1.Ipv4PrefixCount", "1"},
                                          {"NetworkInterface.2.PrivateIpAddress", "10.0.0.225"}}));
    EXPECT_EQ(field_of(emulator, id, "networkInterfaceSet/item/ipv4PrefixSet/item/ipv4Prefix"),
              "10.0.0.208/28");
}

std::size_t count_launched(TestEmulator& emulator, const std::string& least,
                           const std::string& most, const Parameters& interfaces)
{
    return emulator
        .must("RunInstances", launch(public_image(emulator),
                                     merged(interfaces, {{"MinCount", least}, {"MaxCount", most}})))
        .count(kInstanceId);
}

TEST(LaunchInterfaces, ShareTheirSubnetAmongAsManyInstancesAsFit)
{
    TestEmulator emulator;
    const auto subnet = make_subnet(emulator, make_vpc(emulator), "10.0.0.0/28");
    const auto interfaces = two_of(subnet, {});
    EXPECT_EQ(emulator
                  .call("RunInstances",
                        launch(public_image(emulator),
                               merged(interfaces, {{"MinCount", "6"}, {"MaxCount", "10"}})))
                  .code,
              "InsufficientFreeAddressesInSubnet");
    EXPECT_EQ(count_launched(emulator, "1", "10", interfaces), 5U);
    EXPECT_EQ(emulator.must("DescribeSubnets", {{"SubnetId.1", subnet}})
                  .text("subnetSet/item/availableIpAddressCount"),
              "1");
}

TEST(LaunchInterfaces, HavePrefixesInAsManyInstancesAsFit)
{
    TestEmulator emulator;
    const auto subnet = make_subnet(emulator, make_vpc(emulator), "10.0.0.0/26");
    const Parameters interfaces{{"NetworkInterface.1.DeviceIndex", "0"},
                                {"NetworkInterface.1.SubnetId", subnet},
                                {"NetworkInterface.1.Ipv4PrefixCount", "1"}};
    EXPECT_EQ(count_launched(emulator, "1", "5", interfaces), 2U);
    const auto prefixes = emulator.must("DescribeNetworkInterfaces")
                              .texts(kInterface + "ipv4PrefixSet/item/ipv4Prefix");
    EXPECT_THAT(prefixes, UnorderedElementsAre("10.0.0.16/28", "10.0.0.32/28"));
    EXPECT_EQ(emulator.must("DescribeSubnets", {{"SubnetId.1", subnet}})
                  .text("subnetSet/item/availableIpAddressCount"),
              "25");
}

TEST(LaunchInterfaces, ThatAreThereAreTakenOnce)
{
    TestEmulator emulator;
    const auto id = new_interface(emulator);
    EXPECT_EQ(emulator
                  .call("RunInstances", launch(public_image(emulator),
                                               {{"NetworkInterface.1.DeviceIndex", "0"},
                                                {"NetworkInterface.1.NetworkInterfaceId", id},
                                                {"NetworkInterface.2.DeviceIndex", "1"},
                                                {"NetworkInterface.2.NetworkInterfaceId", id}}))
                  .code,
              "InvalidNetworkInterface.InUse");
}

TEST(LaunchInterfaces, TagsAreForAllThatTheLaunchMakes)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"NetworkInterface.1.DeviceIndex", "0"},
                                       {"NetworkInterface.2.DeviceIndex", "1"},
                                       {"TagSpecification.1.ResourceType", "network-interface"},
                                       {"TagSpecification.1.Tag.1.Key", "of"},
                                       {"TagSpecification.1.Tag.1.Value", "launch"}});
    EXPECT_THAT(emulator
                    .must("DescribeNetworkInterfaces",
                          {{"Filter.1.Name", "tag:of"}, {"Filter.1.Value.1", "launch"}})
                    .texts(kInterface + "networkInterfaceId"),
                SizeIs(2));
    emulator.must("TerminateInstances", one_instance(id));
    EXPECT_THAT(emulator.must("DescribeTags").texts("tagSet/item/resourceId"), IsEmpty());
}

TEST(PublicNames, AreThoseOfVpcsThatGiveHostsNames)
{
    TestEmulator emulator;
    const auto vpc = emulator.must("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}).text("vpc/vpcId");
    const auto subnet = emulator
                            .must("CreateSubnet", {{"VpcId", vpc},
                                                   {"CidrBlock", "10.0.0.0/24"},
                                                   {"AvailabilityZone", "us-east-1a"}})
                            .text("subnet/subnetId");
    const auto instance =
        run_one(emulator, {{"NetworkInterface.1.DeviceIndex", "0"},
                           {"NetworkInterface.1.SubnetId", subnet},
                           {"NetworkInterface.1.AssociatePublicIpAddress", "true"}});
    EXPECT_EQ(field_of(emulator, instance, "dnsName"), "");
    EXPECT_NE(field_of(emulator, instance, "ipAddress"), "");
    emulator.must("ModifyVpcAttribute", {{"VpcId", vpc}, {"EnableDnsHostnames.Value", "true"}});
    EXPECT_THAT(field_of(emulator, instance, "dnsName"), StartsWith("ec2-"));
}

}  // namespace
}  // namespace amilab::test
