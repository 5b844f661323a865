#include "tests/server/services/ec2/network/network_interfaces_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

std::vector<Trial> tracking_trials()
{
    return changes("ConnectionTrackingSpecification.TcpEstablishedTimeout", "300") +
           changes("ConnectionTrackingSpecification.UdpStreamTimeout", "90") +
           changes("ConnectionTrackingSpecification.UdpTimeout", "45");
}

/// Of an instance that has no ENA Express.
std::vector<Trial> express_trials(Parameters besides = {})
{
    return refused("EnaSrdSpecification.EnaSrdEnabled", "true", besides) +
           refused("EnaSrdSpecification.EnaSrdUdpSpecification.EnaSrdUdpEnabled", "true",
                   std::move(besides));
}

void add_interface_changes(TrialTable& table)
{
    table["AttachNetworkInterface"] = {
        {{"NetworkInterfaceId", "{near_interface}"},
         {"InstanceId", "{instance}"},
         {"DeviceIndex", "1"}},
        changes("DeviceIndex", "2") + refused("NetworkCardIndex", "1") + express_trials() +
            refused("EnaQueueCount", "2") + refused("InstanceId", "i-0123456789abcdef0") +
            refused("NetworkInterfaceId", "{attached_interface}")};
    table["DetachNetworkInterface"] = {
        {{"AttachmentId", "{interface_attachment}"}},
        refused("AttachmentId", "eni-attach-0123456789abcdef0") + same("Force", "true")};
    table["DescribeNetworkInterfaceAttribute"] = {
        {{"NetworkInterfaceId", "{interface}"}, {"Attribute", "description"}},
        changes("NetworkInterfaceId", "{interface_2}") + changes("Attribute", "groupSet")};
    const Parameters attachment{{"NetworkInterfaceId", "{attached_interface}"},
                                {"Attachment.AttachmentId", "{interface_attachment}"}};
    table["ModifyNetworkInterfaceAttribute"] = {
        {{"NetworkInterfaceId", "{interface}"}},
        changes("AssociatePublicIpAddress", "true") + changes("Description.Value", "changed") +
            tracking_trials() + changes("SourceDestCheck.Value", "false") +
            changes("EnablePrimaryIpv6", "true", {{"NetworkInterfaceId", "{ipv6_interface}"}}) +
            refused("SecurityGroupId.1", "sg-0123456789abcdef0") +
            changes("NetworkInterfaceId", "{interface_2}", {{"Description.Value", "changed"}}) +
            changes("Attachment.DeleteOnTermination", "true", attachment) +
            express_trials({{"NetworkInterfaceId", "{attached_interface}"}}) +
            refused("Attachment.EnaQueueCount", "2", attachment) +
            refused("Attachment.DefaultEnaQueueCount", "true", attachment) +
            refused("Attachment.AttachmentId", "eni-attach-0123456789abcdef0",
                    {{"Attachment.DeleteOnTermination", "true"}})};
    table["ResetNetworkInterfaceAttribute"] = {
        {{"NetworkInterfaceId", "{attached_interface}"}},
        changes("SourceDestCheck", "true") +
            refused("NetworkInterfaceId", "eni-0123456789abcdef0", {{"SourceDestCheck", "true"}})};
    table["AssignPrivateIpAddresses"] = {
        {{"NetworkInterfaceId", "{interface}"}},
        changes("NetworkInterfaceId", "{interface_2}", {{"SecondaryPrivateIpAddressCount", "1"}}) +
            changes("PrivateIpAddress.1", "172.31.16.77") +
            changes("SecondaryPrivateIpAddressCount", "2") + changes("Ipv4PrefixCount", "1") +
            changes("Ipv4Prefix.1", "172.31.20.16/28") +
            changes("AllowReassignment", "true", {{"PrivateIpAddress.1", "{secondary_address}"}})};
    table["UnassignPrivateIpAddresses"] = {
        {{"NetworkInterfaceId", "{interface_2}"}, {"PrivateIpAddress.1", "{secondary_address}"}},
        refused("NetworkInterfaceId", "{interface}") +
            refused("PrivateIpAddress.1", "172.31.16.99") +
            changes("Ipv4Prefix.1", "172.31.24.16/28")};
}

void add_elastic_addresses(TrialTable& table)
{
    table["AllocateAddress"] = {{},
                                tag_trials("elastic-ip") +
                                    refused("NetworkBorderGroup", "eu-west-1") +
                                    changes("Address", "{released_ip}")};
    table["DescribeAddresses"] = describe_operation(filter_trials("public-ip", "{elastic_ip}") +
                                                    changes("AllocationId.1", "{allocation}") +
                                                    changes("PublicIp.1", "{elastic_ip}"));
    table["AssociateAddress"] = {
        {{"AllocationId", "{allocation}"}},
        changes("AllocationId", "{allocation_2}", {{"NetworkInterfaceId", "{interface}"}}) +
            changes("InstanceId", "{instance}") + changes("NetworkInterfaceId", "{interface}") +
            changes("PrivateIpAddress", "{secondary_address}",
                    {{"NetworkInterfaceId", "{interface_2}"}}) +
            refused("AllowReassociation", "false",
                    {{"AllocationId", "{allocation_2}"}, {"NetworkInterfaceId", "{interface}"}}) +
            refused("PublicIp", "{elastic_ip}", {{"AllocationId", ""}})};
    table["DescribeAddressesAttribute"] = describe_operation(
        same("Attribute", "domain-name") + changes("MaxResults", "1") +
        refused("NextToken", "bm90IG91cnM=") + changes("AllocationId.1", "{allocation}"));
    table["ModifyAddressAttribute"] = {
        {{"AllocationId", "{allocation}"}, {"DomainName", "a.example"}},
        changes("AllocationId", "{allocation_2}") + changes("DomainName", "b.example")};
    table["ResetAddressAttribute"] = {
        {{"AllocationId", "{allocation_2}"}, {"Attribute", "domain-name"}},
        refused("AllocationId", "eipalloc-0123456789abcdef0") + refused("Attribute", "x")};
    table["DisassociateAddress"] = {
        {{"AssociationId", "{association}"}},
        refused("AssociationId", "eipassoc-0123456789abcdef0") +
            refused("PublicIp", "{elastic_ip}", {{"AssociationId", ""}})};
    table["ReleaseAddress"] = {{{"AllocationId", "{allocation}"}},
                               changes("AllocationId", "{allocation_2}") +
                                   refused("NetworkBorderGroup", "eu-west-1") +
                                   refused("PublicIp", "{elastic_ip}", {{"AllocationId", ""}})};
}

void add_permissions(TrialTable& table)
{
    table["CreateNetworkInterfacePermission"] = {{{"NetworkInterfaceId", "{interface_2}"},
                                                  {"AwsAccountId", "222222222222"},
                                                  {"Permission", "INSTANCE-ATTACH"}},
                                                 changes("NetworkInterfaceId", "{interface}") +
                                                     changes("AwsAccountId", "333333333333") +
                                                     changes("Permission", "EIP-ASSOCIATE")};
    table["DescribeNetworkInterfacePermissions"] = describe_operation(
        filter_trials("network-interface-permission.aws-account-id", "000000000002") +
        page_trials() + changes("NetworkInterfacePermissionId.1", "{permission}"));
    table["DeleteNetworkInterfacePermission"] = {
        {{"NetworkInterfacePermissionId", "{permission}"}},
        changes("NetworkInterfacePermissionId", "{permission_2}") + same("Force", "true")};
}

TrialTable trials()
{
    TrialTable table;
    add_permissions(table);
    table["CreateNetworkInterface"] = {
        {{"SubnetId", "{subnet}"}},
        token_trial() + changes("Description", "mine") + tracking_trials() +
            changes("PrivateIpAddress", "172.31.16.77") +
            changes("PrivateIpAddresses.1.PrivateIpAddress", "172.31.16.77") +
            changes("PrivateIpAddresses.1.Primary", "true",
                    {{"PrivateIpAddresses.1.PrivateIpAddress", "172.31.16.77"}}) +
            changes("SecondaryPrivateIpAddressCount", "1") + changes("Ipv4PrefixCount", "1") +
            changes("Ipv4Prefix.1.Ipv4Prefix", "172.31.20.16/28") +
            changes("Ipv6PrefixCount", "1", {{"SubnetId", "{ipv6_subnet}"}}) +
            changes("Ipv6Prefix.1.Ipv6Prefix", "{free_prefix}", {{"SubnetId", "{ipv6_subnet}"}}) +
            changes("Ipv6AddressCount", "1", {{"SubnetId", "{ipv6_subnet}"}}) +
            changes("Ipv6Addresses.1.Ipv6Address", "{free_ipv6}", {{"SubnetId", "{ipv6_subnet}"}}) +
            changes(
                "Ipv6Addresses.1.IsPrimaryIpv6", "true",
                {{"SubnetId", "{ipv6_subnet}"}, {"Ipv6Addresses.1.Ipv6Address", "{free_ipv6}"}}) +
            changes("InterfaceType", "efa") +
            changes("EnablePrimaryIpv6", "true",
                    {{"SubnetId", "{ipv6_subnet}"}, {"Ipv6AddressCount", "1"}}) +
            refused("SecurityGroupId.1", "sg-0123456789abcdef0") +
            refused("SubnetId", "subnet-0123456789abcdef0") + tag_trials("network-interface")};
    table["DescribeNetworkInterfaces"] = describe_operation(
        filter_trials("status", "available") + same("IncludeManagedResources", "true") +
        page_trials() + changes("NetworkInterfaceId.1", "{interface}"));
    table["DeleteNetworkInterface"] =
        either_of("NetworkInterfaceId", "{interface}", "{interface_2}");
    add_interface_changes(table);
    add_elastic_addresses(table);
    return table;
}

constexpr WithoutEffect kWithoutEffect[] = {
    {"DescribeNetworkInterfaces IncludeManagedResources", "no service manages anything"},
    {"DescribeAddressesAttribute Attribute", "there is one attribute"},
    {"DeleteNetworkInterfacePermission Force", "nobody but its owner attaches an interface"},
    {"DetachNetworkInterface Force", "every interface is detached at once"},
};

std::vector<Telling> tellings()
{
    return {
        {"elastic_address", "id", "DescribeAddressesAttribute", {{"AllocationId.1", "{}"}}},
        {"network_interface_permission",
         "id",
         "DescribeNetworkInterfacePermissions",
         {{"NetworkInterfacePermissionId.1", "{}"}}},
        {"elastic_address", "id", "DescribeAddresses", {{"AllocationId.1", "{}"}}},
        {"network_interface", "id", "DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", "{}"}}},
        {"network_interface",
         "id",
         "DescribeNetworkInterfaceAttribute",
         {{"NetworkInterfaceId", "{}"}, {"Attribute", "associatePublicIpAddress"}}},
        {"interface_address",
         "interface_id",
         "DescribeNetworkInterfaces",
         {{"NetworkInterfaceId.1", "{}"}}},
        {"interface_prefix",
         "interface_id",
         "DescribeNetworkInterfaces",
         {{"NetworkInterfaceId.1", "{}"}}},
        {"interface_group",
         "interface_id",
         "DescribeNetworkInterfaces",
         {{"NetworkInterfaceId.1", "{}"}}}};
}

void add_interfaces(World& world)
{
    for (const auto* name : {"interface", "interface_2"}) {
        world.set_id(
            name,
            world.must("CreateNetworkInterface", {{"SubnetId", "{subnet}"}, {"Description", name}})
                .text("networkInterface/networkInterfaceId"));
    }
    for (int number = 1; number <= World::kOfEach; ++number) {
        const auto interface = world.must("CreateNetworkInterface", {{"SubnetId", "{subnet}"}})
                                   .text("networkInterface/networkInterfaceId");
        world.set_id(World::numbered("permission", number),
                     world
                         .must("CreateNetworkInterfacePermission",
                               {{"NetworkInterfaceId", interface},
                                {"AwsAccountId", "00000000000" + std::to_string(number)},
                                {"Permission", "INSTANCE-ATTACH"}})
                         .text("interfacePermission/networkInterfacePermissionId"));
    }
    for (const auto* name : {"allocation", "allocation_2"}) {
        world.set_id(name, world.must("AllocateAddress").text("allocationId"));
    }
    const auto released = world.must("AllocateAddress");
    world.set_id("released_ip", released.text("publicIp"));
    world.must("ReleaseAddress", {{"AllocationId", released.text("allocationId")}});
    world.must("ModifyAddressAttribute",
               {{"AllocationId", "{allocation_2}"}, {"DomainName", "world.example"}});
    world.set_id("elastic_ip", world.must("DescribeAddresses", {{"AllocationId.1", "{allocation}"}})
                                   .text("addressesSet/item/publicIp"));
    world.set_id("association",
                 world
                     .must("AssociateAddress", {{"AllocationId", "{allocation_2}"},
                                                {"NetworkInterfaceId", "{interface_2}"}})
                     .text("associationId"));
    world.set_id("secondary_address", "172.31.16.88");
    world.must("AssignPrivateIpAddresses", {{"NetworkInterfaceId", "{interface_2}"},
                                            {"PrivateIpAddress.1", "{secondary_address}"}});
    world.must("AssignPrivateIpAddresses",
               {{"NetworkInterfaceId", "{interface_2}"}, {"Ipv4Prefix.1", "172.31.24.16/28"}});
}

}  // namespace

constinit const TrialSet kNetworkInterfacesTrials{.trials = trials,
                                                  .without_effect = kWithoutEffect,
                                                  .tellings = tellings,
                                                  .add_to_world = add_interfaces};

}  // namespace amilab::test
