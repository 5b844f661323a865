#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/network/own_network.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;

// Two network cards, each for eight interfaces and one EFA.
constexpr const char* kTwoCards = "c6in.32xlarge";
const std::string kShown = "instancesSet/item/networkInterfaceSet/item/";

/// What a launch says of its interface of that number.
Parameters nth(int number, const std::string& card, const std::string& device,
               const Parameters& more = {})
{
    const auto of = "NetworkInterface." + std::to_string(number) + ".";
    Parameters all{{of + "NetworkCardIndex", card}, {of + "DeviceIndex", device}};
    for (const auto& [name, value] : more) {
        all.emplace_back(of + name, value);
    }
    return all;
}

Answer run(TestEmulator& aws, const Parameters& interfaces, const std::string& type = kTwoCards)
{
    return aws.call("RunInstances",
                    launch(public_image(aws), merged(interfaces, {{"InstanceType", type}})));
}

Answer create(TestEmulator& aws, const Parameters& more)
{
    return aws.call("CreateNetworkInterface", merged({{"SubnetId", default_subnet(aws)}}, more));
}

Answer attach(TestEmulator& aws, const std::string& id, const std::string& instance,
              const std::string& card, const std::string& device = "1")
{
    return aws.call("AttachNetworkInterface", {{"NetworkInterfaceId", id},
                                               {"InstanceId", instance},
                                               {"NetworkCardIndex", card},
                                               {"DeviceIndex", device}});
}

TEST(NetworkCards, HaveTheInterfacesThatALaunchPutsThere)
{
    TestEmulator aws;
    const auto made = run(aws, merged(nth(1, "1", "0"), nth(2, "0", "0", {{"Description", "a"}})));
    ASSERT_EQ(made.code, "") << made.body;
    EXPECT_THAT(made.texts(kShown + "attachment/networkCardIndex"), ElementsAre("0", "1"));
    EXPECT_THAT(made.texts(kShown + "description"), ElementsAre("a", ""));
    const auto id = made.text(kInstanceId);
    EXPECT_EQ(aws.must("DescribeInstances",
                       filter("network-interface.attachment.network-card-index", "1"))
                  .text(kFound),
              id);
    EXPECT_THAT(aws.must("GetLaunchTemplateData", {{"InstanceId", id}})
                    .texts("launchTemplateData/networkInterfaceSet/item/networkCardIndex"),
                ElementsAre("0", "1"));
    // The instance's own address is its primary interface's.
    EXPECT_EQ(field_of(aws, id, "privateIpAddress"),
              made.texts(kShown + "privateIpAddress").front());
    EXPECT_EQ(aws.must("DescribeInstances",
                       filter("private-ip-address", made.texts(kShown + "privateIpAddress").at(1)))
                  .count(kFound),
              0U);
}

TEST(NetworkCards, AreThoseThatTheTypeHas)
{
    TestEmulator aws;
    const auto first = nth(1, "0", "0");
    for (const auto* card : {"2", "-1"}) {
        EXPECT_EQ(run(aws, merged(first, nth(2, card, "1"))).code, "InvalidParameterValue") << card;
    }
    EXPECT_EQ(run(aws, merged(first, nth(2, "1", "1")), "t3.micro").code, "InvalidParameterValue");
    EXPECT_EQ(run(aws, nth(1, "1", "0")).code, "InvalidParameterValue");
    EXPECT_EQ(run(aws, merged(first, nth(2, "0", "0"))).code, "InvalidParameterValue");
    auto many = first;
    for (int number = 2; number <= 9; ++number) {
        many = merged(many, nth(number, "0", std::to_string(number)));
    }
    EXPECT_EQ(run(aws, many).code, "AttachmentLimitExceeded");
}

TEST(NetworkCards, AreAttachedTo)
{
    TestEmulator aws;
    const auto instance = run(aws, nth(1, "0", "0", {{"SubnetId", default_subnet(aws)}}));
    ASSERT_EQ(instance.code, "") << instance.body;
    const auto id = instance.text(kInstanceId);
    const auto eni = make_interface(aws, default_subnet(aws));
    EXPECT_EQ(attach(aws, eni, id, "2").code, "InvalidParameterValue");
    EXPECT_EQ(attach(aws, eni, id, "0", "0").code, "InvalidParameterValue");
    const auto attached = attach(aws, eni, id, "1", "0");
    EXPECT_EQ(attached.text("networkCardIndex"), "1");
    EXPECT_EQ(aws.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", eni}})
                  .text("networkInterfaceSet/item/attachment/networkCardIndex"),
              "1");
    // Not the primary one, though it has device index 0.
    aws.must("DetachNetworkInterface", {{"AttachmentId", attached.text("attachmentId")}});
    const auto small = run_one(aws, {{"Placement.AvailabilityZone", "us-east-1a"}});
    EXPECT_EQ(attach(aws, eni, small, "1").code, "InvalidParameterValue");
}

TEST(Efas, AreInterfacesOfTypesThatTakeThem)
{
    TestEmulator aws;
    const Parameters efa{{"InterfaceType", "efa"}};
    const Parameters efa_only{{"InterfaceType", "efa-only"}};
    const auto made = run(aws, merged(nth(1, "0", "0", efa), nth(2, "1", "1", efa_only)));
    ASSERT_EQ(made.code, "") << made.body;
    EXPECT_THAT(made.texts(kShown + "interfaceType"), ElementsAre("efa", "efa-only"));
    EXPECT_EQ(made.count(kShown + "privateIpAddress"), 1U);
    EXPECT_EQ(aws.must("DescribeNetworkInterfaces", filter("interface-type", "efa-only"))
                  .count("networkInterfaceSet/item"),
              1U);
    expect_refused(run(aws, nth(1, "0", "0", efa), "t3.micro"), "Unsupported",
                   "t3.micro instances do not support Elastic Fabric Adapters.");
    EXPECT_EQ(run(aws, nth(1, "0", "0", efa_only)).code, "InvalidParameterCombination");
    EXPECT_EQ(run(aws, merged(nth(1, "0", "0", efa), nth(2, "0", "1", efa))).code,
              "AttachmentLimitExceeded");
    EXPECT_EQ(run(aws, nth(1, "0", "0", {{"InterfaceType", "lambda"}})).code,
              "InvalidParameterValue");
}

TEST(Efas, AreNotOfASmallerTypeLater)
{
    TestEmulator aws;
    const auto id = run(aws, nth(1, "0", "0", {{"InterfaceType", "efa"}})).text(kInstanceId);
    aws.must("StopInstances", {{"InstanceId.1", id}});
    EXPECT_EQ(aws.call("ModifyInstanceAttribute",
                       {{"InstanceId", id}, {"InstanceType.Value", "m5.large"}})
                  .code,
              "Unsupported");
}

TEST(Efas, AreAttachedToStoppedInstancesAlone)
{
    TestEmulator aws;
    const auto subnet = default_subnet(aws);
    const auto id = run(aws, nth(1, "0", "0", {{"SubnetId", subnet}})).text(kInstanceId);
    const auto efa = make_interface(aws, subnet, {{"InterfaceType", "efa"}});
    EXPECT_EQ(attach(aws, efa, id, "1").code, "IncorrectInstanceState");
    aws.must("StopInstances", {{"InstanceId.1", id}});
    const auto attached = attach(aws, efa, id, "1");
    ASSERT_EQ(attached.code, "") << attached.body;
    aws.must("StartInstances", {{"InstanceId.1", id}});
    EXPECT_EQ(
        aws.call("DetachNetworkInterface", {{"AttachmentId", attached.text("attachmentId")}}).code,
        "IncorrectInstanceState");
}

const std::string kExpress = "EnaSrdSpecification.EnaSrdEnabled";
const std::string kUdp = "EnaSrdSpecification.EnaSrdUdpSpecification.EnaSrdUdpEnabled";

/// Of the attachment of the one interface.
std::string of_attachment(TestEmulator& aws, const std::string& id, const std::string& path)
{
    return aws.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", id}})
        .text("networkInterfaceSet/item/attachment/" + path);
}

TEST(EnaExpress, IsOfAnAttachmentFromItsLaunchOn)
{
    TestEmulator aws;
    const auto made = run(aws, nth(1, "0", "0", {{kExpress, "true"}, {kUdp, "true"}}));
    ASSERT_EQ(made.code, "") << made.body;
    const std::string shown = kShown + "attachment/enaSrdSpecification/";
    EXPECT_EQ(made.text(shown + "enaSrdEnabled"), "true");
    EXPECT_EQ(made.text(shown + "enaSrdUdpSpecification/enaSrdUdpEnabled"), "true");
    EXPECT_EQ(aws.must("GetLaunchTemplateData", {{"InstanceId", made.text(kInstanceId)}})
                  .text("launchTemplateData/networkInterfaceSet/item/enaSrdSpecification/"
                        "enaSrdUdpSpecification/enaSrdUdpEnabled"),
              "true");
    EXPECT_EQ(run(aws, nth(1, "0", "0", {{kExpress, "true"}}), "t3.micro").code, "Unsupported");
    EXPECT_EQ(run(aws, nth(1, "0", "0", {{kExpress, "false"}}), "t3.micro").code, "");
    EXPECT_EQ(run(aws, nth(1, "0", "0", {{kUdp, "true"}})).code, "InvalidParameterCombination");
    EXPECT_EQ(run(aws, nth(1, "0", "0")).count(kShown + "attachment/enaSrdSpecification"), 0U);
    const auto only = merged(nth(1, "0", "0"),
                             nth(2, "1", "1", {{"InterfaceType", "efa-only"}, {kExpress, "true"}}));
    EXPECT_EQ(run(aws, only).code, "InvalidParameterCombination");
}

TEST(EnaExpress, IsChangedWhileTheInterfaceIsAttached)
{
    TestEmulator aws;
    const auto subnet = default_subnet(aws);
    const auto eni = make_interface(aws, subnet);
    const auto modify = [&](const Parameters& more) {
        return aws
            .call("ModifyNetworkInterfaceAttribute", merged({{"NetworkInterfaceId", eni}}, more))
            .code;
    };
    EXPECT_EQ(modify({{kExpress, "true"}}), "IncorrectState");
    const auto id = run(aws, nth(1, "0", "0", {{"SubnetId", subnet}})).text(kInstanceId);
    const auto attached = aws.must("AttachNetworkInterface", {{"NetworkInterfaceId", eni},
                                                              {"InstanceId", id},
                                                              {"DeviceIndex", "1"},
                                                              {kExpress, "true"}});
    const std::string express = "enaSrdSpecification/enaSrdEnabled";
    const std::string udp = "enaSrdSpecification/enaSrdUdpSpecification/enaSrdUdpEnabled";
    EXPECT_EQ(of_attachment(aws, eni, express), "true");
    EXPECT_EQ(of_attachment(aws, eni, udp), "false");
    EXPECT_EQ(modify({{kUdp, "true"}}), "");
    EXPECT_EQ(of_attachment(aws, eni, udp), "true");
    EXPECT_EQ(modify({{kExpress, "false"}, {kUdp, "true"}}), "InvalidParameterCombination");
    EXPECT_EQ(modify({{kExpress, "false"}}), "");
    EXPECT_EQ(of_attachment(aws, eni, express), "false");
    EXPECT_EQ(of_attachment(aws, eni, udp), "false");
    EXPECT_EQ(modify({{kExpress, "true"}, {"Description.Value", "x"}}),
              "InvalidParameterCombination");
    // With the attachment it is gone.
    aws.must("DetachNetworkInterface", {{"AttachmentId", attached.text("attachmentId")}});
    aws.must("AttachNetworkInterface",
             {{"NetworkInterfaceId", eni}, {"InstanceId", id}, {"DeviceIndex", "1"}});
    EXPECT_EQ(of_attachment(aws, eni, express), "");
}

TEST(EnaQueues, AreAPowerOfTwoThatTheCardHas)
{
    TestEmulator aws;
    // At most 32 for an interface and 256 for each of the two cards.
    const auto launch_with = [&](const std::string& count, const std::string& type = kTwoCards) {
        return run(aws, nth(1, "0", "0", {{"EnaQueueCount", count}}), type);
    };
    const auto made = launch_with("16");
    EXPECT_EQ(made.text(kShown + "attachment/enaQueueCount"), "16") << made.body;
    EXPECT_EQ(run(aws, nth(1, "0", "0")).count(kShown + "attachment/enaQueueCount"), 0U);
    for (const auto* count : {"0", "-2", "3", "64"}) {
        EXPECT_EQ(launch_with(count).code, "InvalidParameterValue") << count;
    }
    EXPECT_EQ(launch_with("2", "t3.micro").code, "Unsupported");
    // An m6i.4xlarge has 64 for all, of which its primary interface takes eight here.
    const auto code_with = [&](int interfaces) {
        auto all = nth(1, "0", "0");
        for (int number = 2; number <= 1 + interfaces; ++number) {
            all = merged(all, nth(number, "0", std::to_string(number), {{"EnaQueueCount", "16"}}));
        }
        return run(aws, all, "m6i.4xlarge").code;
    };
    EXPECT_EQ(code_with(3), "");
    EXPECT_EQ(code_with(4), "InvalidParameterValue");
}

TEST(EnaQueues, ThatAreFewerLetACardHaveMoreInterfaces)
{
    TestEmulator aws;
    // Of 256 queues eight interfaces have 32 each, and four more may be there.
    const auto code_with = [&](int interfaces, const char* count) {
        Parameters all;
        for (int number = 1; number <= interfaces; ++number) {
            all = merged(all,
                         nth(number, "0", std::to_string(number - 1), {{"EnaQueueCount", count}}));
        }
        return run(aws, all).code;
    };
    EXPECT_EQ(code_with(12, "16"), "");
    EXPECT_EQ(code_with(9, "32"), "InvalidParameterValue");
    EXPECT_EQ(code_with(13, "16"), "AttachmentLimitExceeded");
}

TEST(EnaQueues, AreChangedWhileTheInstanceIsStopped)
{
    TestEmulator aws;
    const auto subnet = default_subnet(aws);
    const auto id = run(aws, nth(1, "0", "0", {{"SubnetId", subnet}})).text(kInstanceId);
    const auto eni = make_interface(aws, subnet);
    const auto attached = aws.must("AttachNetworkInterface", {{"NetworkInterfaceId", eni},
                                                              {"InstanceId", id},
                                                              {"DeviceIndex", "1"},
                                                              {"EnaQueueCount", "4"}});
    EXPECT_EQ(of_attachment(aws, eni, "enaQueueCount"), "4");
    const auto modify = [&](const Parameters& more) {
        return aws
            .call("ModifyNetworkInterfaceAttribute",
                  merged({{"NetworkInterfaceId", eni},
                          {"Attachment.AttachmentId", attached.text("attachmentId")}},
                         more))
            .code;
    };
    const Parameters eight{{"Attachment.EnaQueueCount", "8"}};
    const Parameters usual{{"Attachment.DefaultEnaQueueCount", "true"}};
    EXPECT_EQ(modify(eight), "IncorrectInstanceState");
    aws.must("StopInstances", {{"InstanceId.1", id}});
    EXPECT_EQ(modify(eight), "");
    EXPECT_EQ(of_attachment(aws, eni, "enaQueueCount"), "8");
    EXPECT_EQ(modify({{"Attachment.EnaQueueCount", "5"}}), "InvalidParameterValue");
    EXPECT_EQ(modify(merged(eight, usual)), "InvalidParameterCombination");
    EXPECT_EQ(modify(usual), "");
    EXPECT_EQ(of_attachment(aws, eni, "enaQueueCount"), "");
    EXPECT_EQ(modify(eight), "");
    EXPECT_EQ(aws.call("ModifyInstanceAttribute",
                       {{"InstanceId", id}, {"InstanceType.Value", "m5.large"}})
                  .code,
              "Unsupported");
}

TEST(EfaOnly, HasNoAddresses)
{
    TestEmulator aws;
    const Parameters type{{"InterfaceType", "efa-only"}};
    const auto made = create(aws, type);
    EXPECT_EQ(made.text("networkInterface/interfaceType"), "efa-only");
    EXPECT_EQ(made.text("networkInterface/requesterManaged"), "false");
    EXPECT_EQ(made.text("networkInterface/privateIpAddress"), "");
    const auto id = made.text("networkInterface/networkInterfaceId");
    for (const auto& [name, value] :
         {std::pair("PrivateIpAddress", "172.31.16.77"),
          std::pair("SecondaryPrivateIpAddressCount", "1"), std::pair("Ipv4PrefixCount", "1"),
          std::pair("Ipv6AddressCount", "1"), std::pair("EnablePrimaryIpv6", "true")}) {
        EXPECT_EQ(create(aws, merged(type, {{name, value}})).code, "InvalidParameterCombination")
            << name;
    }
    const std::string refused = "InvalidParameterCombination";
    const Parameters of{{"NetworkInterfaceId", id}};
    EXPECT_EQ(
        aws.call("AssignPrivateIpAddresses", merged(of, {{"SecondaryPrivateIpAddressCount", "1"}}))
            .code,
        refused);
    EXPECT_EQ(aws.call("AssignIpv6Addresses", merged(of, {{"Ipv6AddressCount", "1"}})).code,
              refused);
    EXPECT_EQ(
        aws.call("AssociateAddress", merged(of, {{"AllocationId", allocate_address(aws)}})).code,
        refused);
    EXPECT_EQ(aws.call("ModifyNetworkInterfaceAttribute",
                       merged(of, {{"AssociatePublicIpAddress", "true"}}))
                  .code,
              refused);
    aws.must("DeleteNetworkInterface", of);
}

TEST(InterfaceTypes, AreThoseThatPeopleMake)
{
    TestEmulator aws;
    EXPECT_EQ(create(aws, {{"InterfaceType", "interface"}}).text("networkInterface/interfaceType"),
              "interface");
    EXPECT_EQ(create(aws, {{"InterfaceType", "trunk"}}).code, "UnsupportedOperation");
    EXPECT_EQ(create(aws, {{"InterfaceType", "nat_gateway"}}).code, "InvalidParameterValue");
    const auto efa = make_interface(aws, default_subnet(aws), {{"InterfaceType", "efa"}});
    EXPECT_EQ(
        run(aws, nth(1, "0", "0", {{"NetworkInterfaceId", efa}, {"InterfaceType", "interface"}}))
            .code,
        "InvalidParameterCombination");
    EXPECT_EQ(run(aws, nth(1, "0", "0", {{"NetworkInterfaceId", efa}}), "m5.large").code,
              "Unsupported");
    const auto made = run(aws, nth(1, "0", "0", {{"NetworkInterfaceId", efa}}));
    EXPECT_EQ(made.text(kShown + "interfaceType"), "efa") << made.body;
}

TEST(InterfaceTypes, ComeOfLaunchTemplates)
{
    TestEmulator aws;
    const std::string data = "LaunchTemplateData.NetworkInterface.";
    aws.must("CreateLaunchTemplate", {{"LaunchTemplateName", "fast"},
                                      {data + "1.DeviceIndex", "0"},
                                      {data + "1.InterfaceType", "efa"},
                                      {data + "2.DeviceIndex", "1"},
                                      {data + "2.NetworkCardIndex", "1"},
                                      {data + "2.EnaQueueCount", "8"},
                                      {data + "2." + kExpress, "true"}});
    const auto shown = aws.must("DescribeLaunchTemplateVersions", {{"LaunchTemplateName", "fast"}});
    const std::string of = "launchTemplateVersionSet/item/launchTemplateData/networkInterfaceSet/";
    EXPECT_THAT(shown.texts(of + "item/interfaceType"), ElementsAre("efa"));
    EXPECT_THAT(shown.texts(of + "item/networkCardIndex"), ElementsAre("1"));
    EXPECT_THAT(shown.texts(of + "item/enaQueueCount"), ElementsAre("8"));
    EXPECT_THAT(shown.texts(of + "item/enaSrdSpecification/enaSrdEnabled"), ElementsAre("true"));
    const auto made = run(aws, {{"LaunchTemplate.LaunchTemplateName", "fast"}});
    EXPECT_THAT(made.texts(kShown + "interfaceType"), ElementsAre("efa", "interface"));
    EXPECT_THAT(made.texts(kShown + "attachment/networkCardIndex"), ElementsAre("0", "1"));
    EXPECT_THAT(made.texts(kShown + "attachment/enaQueueCount"), ElementsAre("8"));
}

}  // namespace
}  // namespace amilab::test
