"""Network interfaces: made, attached, changed, given addresses, used by launches, deleted."""

import world
from client import filter_list, filters
from world import ZONE, launch, tag_specification

NO_INTERFACE = "eni-0123456789abcdef0"
NO_ATTACHMENT = "eni-attach-0123456789abcdef0"
TRACKING = {"TcpEstablishedTimeout": 300, "UdpStreamTimeout": 90, "UdpTimeout": 45}


def subnet_of(me, zone=ZONE):
    return me.quiet("DescribeSubnets", **filters(availability_zone=zone))["subnetId"]


def made(me, **extra):
    return me.quiet("CreateNetworkInterface", SubnetId=subnet_of(me), **extra)["networkInterfaceId"]


def network_interfaces(emulator):
    me, other = emulator.me, emulator.other
    subnet, group = subnet_of(me), me.quiet("DescribeSecurityGroups")["groupId"]
    me.dry("CreateNetworkInterface", SubnetId=subnet)
    whole = {"SubnetId": subnet, "Description": "spare", "PrivateIpAddress": "172.31.5.5",
             "SecurityGroupId": [group], "ClientToken": "once",
             "PrivateIpAddresses": [{"PrivateIpAddress": "172.31.5.6", "Primary": False}],
             "TagSpecification": [tag_specification("network-interface", of="test")]}
    spare = me("CreateNetworkInterface", whole)["networkInterfaceId"]
    me.brief("CreateNetworkInterface", whole)
    me("CreateNetworkInterface", SubnetId=subnet, ConnectionTrackingSpecification=TRACKING)
    me.refused("CreateNetworkInterface", SubnetId=subnet,
               ConnectionTrackingSpecification={"UdpTimeout": 61})
    me.brief("CreateNetworkInterface", SubnetId=subnet, SecondaryPrivateIpAddressCount=2,
             Ipv4PrefixCount=0, Ipv6AddressCount=0, Ipv6PrefixCount=0, EnablePrimaryIpv6=False)
    for wrong in ({"Description": "other"}, {"SubnetId": "subnet-0123456789abcdef0"},
                  {"SecurityGroupId": ["sg-x"]}, {"PrivateIpAddress": "10.0.0.9"},
                  {"PrivateIpAddress": "172.31.0.1"}, {"PrivateIpAddress": "172.31.5.6"},
                  {"Ipv6AddressCount": 1}, {"InterfaceType": "trunk"}):
        token = {} if "Description" in wrong else {"ClientToken": "new"}
        me.refused("CreateNetworkInterface", {**whole, **token, **wrong})
    for _ in range(4):
        made(me)
    me.dry("DescribeNetworkInterfaces")
    me("DescribeNetworkInterfaces", NetworkInterfaceId=[spare])
    me.two_pages("DescribeNetworkInterfaces")
    me.brief("DescribeNetworkInterfaces", IncludeManagedResources=True)
    for wrong in (NO_INTERFACE, "eni-x"):
        me.refused("DescribeNetworkInterfaces", NetworkInterfaceId=[wrong])
    me.refused("DescribeNetworkInterfaces", NetworkInterfaceId=[spare], MaxResults=5)
    me.dry("DeleteNetworkInterface", NetworkInterfaceId=spare)
    other.refused("DeleteNetworkInterface", NetworkInterfaceId=spare)
    me("DeleteNetworkInterface", NetworkInterfaceId=spare)
    me.refused("DeleteNetworkInterface", NetworkInterfaceId=spare)


def interface_attachments(emulator):
    me, other = emulator.me, emulator.other
    instance = world.instance(me, world.image(me, "own"), Placement={"AvailabilityZone": ZONE})
    spare, third = made(me), made(me)
    attach = {"NetworkInterfaceId": spare, "InstanceId": instance, "DeviceIndex": 1}
    me.dry("AttachNetworkInterface", attach)
    for wrong in ({"DeviceIndex": 0}, {"DeviceIndex": -1}, {"NetworkInterfaceId": NO_INTERFACE},
                  {"InstanceId": "i-0123456789abcdef0"}):
        me.refused("AttachNetworkInterface", {**attach, **wrong})
    attachment = me("AttachNetworkInterface", attach, NetworkCardIndex=0)["attachmentId"]
    me.refused("AttachNetworkInterface", attach)
    me.refused("AttachNetworkInterface", attach, NetworkInterfaceId=third, DeviceIndex=2)
    me.refused("DeleteNetworkInterface", NetworkInterfaceId=spare)
    me("DescribeNetworkInterfaces", **filter_list({"attachment.attachment-id": attachment}))
    me.refused("ModifyInstanceAttribute", InstanceId=instance, SourceDestCheck={"Value": False})
    me.dry("DetachNetworkInterface", AttachmentId=attachment)
    primary = me.quiet("DescribeInstances", InstanceId=[instance])["attachmentId"]
    for wrong in (primary, NO_ATTACHMENT, "eni-attach-x"):
        me.refused("DetachNetworkInterface", AttachmentId=wrong)
    other.refused("DetachNetworkInterface", AttachmentId=attachment)
    me("DetachNetworkInterface", AttachmentId=attachment, Force=True)


def interface_attributes(emulator):
    me = emulator.me
    instance = world.instance(me, world.image(me, "own"))
    described = me.quiet("DescribeInstances", InstanceId=[instance])
    mine = {"NetworkInterfaceId": described["networkInterfaceId"]}
    attachment, group = described["attachmentId"], described["groupId"]
    show, modify = "DescribeNetworkInterfaceAttribute", "ModifyNetworkInterfaceAttribute"
    reset = "ResetNetworkInterfaceAttribute"
    for change in ({"Description": {"Value": "new"}}, {"EnablePrimaryIpv6": False},
                   {"SourceDestCheck": {"Value": False}}, {"SecurityGroupId": [group]},
                   {"AssociatePublicIpAddress": False},
                   {"ConnectionTrackingSpecification": TRACKING},
                   {"Attachment": {"AttachmentId": attachment, "DeleteOnTermination": False}}):
        me(modify, mine, **change)
    me.dry(modify, mine, Description={"Value": "new"})
    for wrong in ({}, {"Description": {"Value": "x"}, "AssociatePublicIpAddress": True},
                  {"SecurityGroupId": ["sg-0123456789abcdef0"]}, {"EnablePrimaryIpv6": True},
                  {"Attachment": {"AttachmentId": NO_ATTACHMENT, "DeleteOnTermination": True}},
                  {"Attachment": {"AttachmentId": attachment}},
                  {"Attachment": {"DeleteOnTermination": True}},
                  {"Description": {"Value": "x"}, "NetworkInterfaceId": NO_INTERFACE}):
        me.refused(modify, {**mine, **wrong})
    for name in ("description", "groupSet", "sourceDestCheck", "attachment",
                 "associatePublicIpAddress"):
        me(show, mine, Attribute=name)
    me.dry(show, mine, Attribute="description")
    me.refused(show, mine)
    me.refused(show, NetworkInterfaceId=NO_INTERFACE, Attribute="description")
    me.dry(reset, mine, SourceDestCheck="true")
    me(reset, mine, SourceDestCheck="true")
    me.refused(reset, mine)


def private_addresses(emulator):
    me = emulator.me
    mine, theirs = {"NetworkInterfaceId": made(me)}, {"NetworkInterfaceId": made(me)}
    assign, unassign = "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"
    me(assign, mine, SecondaryPrivateIpAddressCount=2, Ipv4PrefixCount=0)
    me(assign, mine, PrivateIpAddress=["172.31.9.9"])
    me.refused(assign, theirs, PrivateIpAddress=["172.31.9.9"])
    me(assign, theirs, PrivateIpAddress=["172.31.9.9"], AllowReassignment=True)
    for wrong in ({}, {"PrivateIpAddress": ["10.0.0.1"]}, {"Ipv4Prefix": ["172.31.0.0/28"]},
                  {"Ipv4Prefix": ["172.31.9.0/24"]}, {"Ipv4Prefix": ["10.0.0.16/28"]},
                  {"Ipv4Prefix": ["172.31.9.0/28"]},
                  {"Ipv4PrefixCount": 1, "SecondaryPrivateIpAddressCount": 1},
                  {"Ipv4PrefixCount": 1, "Ipv4Prefix": ["172.31.8.16/28"]},
                  {"PrivateIpAddress": ["172.31.9.9"], "SecondaryPrivateIpAddressCount": 1},
                  {"NetworkInterfaceId": NO_INTERFACE, "SecondaryPrivateIpAddressCount": 1}):
        me.refused(assign, {**mine, **wrong})
    me(assign, mine, Ipv4PrefixCount=1)
    me(assign, mine, Ipv4Prefix=["172.31.8.16/28"])
    me("DescribeNetworkInterfaces", NetworkInterfaceId=[mine["NetworkInterfaceId"]])
    me(unassign, mine, Ipv4Prefix=["172.31.8.16/28"])
    me.refused(unassign, mine, Ipv4Prefix=["172.31.8.16/28"])
    me.brief("CreateNetworkInterface", SubnetId=subnet_of(me),
             Ipv4Prefix=[{"Ipv4Prefix": "172.31.8.16/28"}])
    me(unassign, theirs, PrivateIpAddress=["172.31.9.9"])
    me.refused(unassign, theirs, PrivateIpAddress=["172.31.9.9"])
    me.refused(unassign, mine, PrivateIpAddress=["172.31.0.4"])
    me.refused(unassign, mine)


def launched_interfaces(emulator):
    me = emulator.me
    image, group = world.image(me, "own"), me.quiet("DescribeSecurityGroups")["groupId"]
    subnet, far = subnet_of(me), subnet_of(me, "us-east-1b")
    me("RunInstances", launch(image, SecurityGroup=["default"], PrivateIpAddress="172.31.0.77"))
    ids = me("RunInstances", launch(image, NetworkInterface=[
        {"DeviceIndex": 0, "SubnetId": subnet, "SecurityGroupId": [group], "Description": "mine",
         "PrivateIpAddress": "172.31.7.7", "DeleteOnTermination": False,
         "PrivateIpAddresses": [{"PrivateIpAddress": "172.31.7.8", "Primary": False}]},
        {"DeviceIndex": 1, "NetworkInterfaceId": made(me)}]))
    me("DescribeInstances", InstanceId=[ids["instanceId"]])
    me.brief("RunInstances", launch(image, NetworkInterface=[
        {"DeviceIndex": 0, "AssociatePublicIpAddress": True,
         "SecondaryPrivateIpAddressCount": 1, "AssociateCarrierIpAddress": False,
         "InterfaceType": "interface", "Ipv4PrefixCount": 0, "Ipv6AddressCount": 0,
         "Ipv6PrefixCount": 0, "NetworkCardIndex": 0, "PrimaryIpv6": False}]))
    zero = {"DeviceIndex": 0}
    me.brief("RunInstances", launch(image, NetworkInterface=[
        {**zero, "SubnetId": subnet, "Ipv4Prefix": [{"Ipv4Prefix": "172.31.8.16/28"}]}]))
    me.brief("RunInstances", launch(image, NetworkInterface=[{**zero, "Ipv4PrefixCount": 1}]))
    me.brief("RunInstances", launch(image, NetworkInterface=[
        {**zero, "ConnectionTrackingSpecification": TRACKING}]))
    for wrong in ({"SubnetId": subnet}, {"SecurityGroupId": [group]},
                  {"PrivateIpAddress": "172.31.0.9"}, {"NetworkInterface": [{"Description": "x"}]},
                  {"NetworkInterface": [zero, zero]}, {"NetworkInterface": [{"DeviceIndex": 1}]},
                  {"NetworkInterface": [zero, {"DeviceIndex": 1}, {"DeviceIndex": 2}]},
                  {"NetworkInterface": [{**zero, "SubnetId": subnet},
                                        {"DeviceIndex": 1, "SubnetId": far}]},
                  {"NetworkInterface": [{**zero, "AssociatePublicIpAddress": True},
                                        {"DeviceIndex": 1}]},
                  {"NetworkInterface": [{**zero, "NetworkInterfaceId": NO_INTERFACE}]},
                  {"NetworkInterface": [{**zero, "NetworkInterfaceId": NO_INTERFACE,
                                         "Description": "x"}]},
                  {"NetworkInterface": [{**zero, "PrivateIpAddress": "172.31.7.7"}]},
                  {"NetworkInterface": [{**zero, "SecondaryPrivateIpAddressCount": 9}]},
                  {"NetworkInterface": [{**zero, "Ipv6AddressCount": 1}]},
                  {"NetworkInterface": [{**zero, "InterfaceType": "efa"}]}):
        me.refused("RunInstances", {**launch(image, NetworkInterface=[zero]), **wrong})
    me.refused("RunInstances", launch(image, SecurityGroup=["default"], SubnetId=subnet))
    me.refused("RunInstances", launch(image, SecurityGroup=["web"]))
    me.refused("RunInstances", launch(image, PrivateIpAddress="172.31.0.1"))


def network_cards(emulator):
    me = emulator.me
    image, subnet = world.image(me, "own"), subnet_of(me)
    efa = me("CreateNetworkInterface", SubnetId=subnet, InterfaceType="efa")["networkInterfaceId"]
    only = me("CreateNetworkInterface", SubnetId=subnet, InterfaceType="efa-only")
    for wrong in ({"InterfaceType": "efa-only", "PrivateIpAddress": "172.31.5.9"},
                  {"InterfaceType": "lambda"}, {"InterfaceType": "branch"}):
        me.refused("CreateNetworkInterface", {"SubnetId": subnet, **wrong})
    me("DescribeNetworkInterfaces", **filter_list({"interface-type": "efa-only"}))
    no_address = {"NetworkInterfaceId": only["networkInterfaceId"]}
    me.refused("AssignPrivateIpAddresses", no_address, SecondaryPrivateIpAddressCount=1)
    me.refused("AssignIpv6Addresses", no_address, Ipv6AddressCount=1)
    me.refused("AssociateAddress", no_address,
               AllocationId=me.quiet("AllocateAddress")["allocationId"])
    first = {"DeviceIndex": 0, "SubnetId": subnet}
    large = {**launch(image), "InstanceType": "c6in.32xlarge"}
    ids = me("RunInstances", large, NetworkInterface=[
        {**first, "InterfaceType": "efa"},
        {**first, "NetworkCardIndex": 1, "DeviceIndex": 1, "InterfaceType": "efa-only"}])
    instance = ids["instanceId"]
    me("DescribeInstances",
       **filter_list({"network-interface.attachment.network-card-index": "1"}))
    me("GetLaunchTemplateData", InstanceId=instance)
    for wrong in ([{**first, "InterfaceType": "efa-only"}], [{**first, "NetworkCardIndex": 1}],
                  [first, {**first, "DeviceIndex": 1, "NetworkCardIndex": 2}],
                  [{**first, "InterfaceType": "lambda"}],
                  [{**first, "InterfaceType": "efa"},
                   {**first, "DeviceIndex": 1, "InterfaceType": "efa"}]):
        me.refused("RunInstances", {**large, "NetworkInterface": wrong})
    attach = {"NetworkInterfaceId": made(me), "InstanceId": instance, "DeviceIndex": 0}
    for wrong in ({"NetworkCardIndex": 2}, {"NetworkCardIndex": 0},
                  {"NetworkCardIndex": 1, "NetworkInterfaceId": efa}):
        me.refused("AttachNetworkInterface", {**attach, **wrong})
    me("AttachNetworkInterface", attach, NetworkCardIndex=1)
    me.brief("RequestSpotInstances", LaunchSpecification={
        "ImageId": image, "InstanceType": "c6in.32xlarge",
        "NetworkInterface": [{**first, "InterfaceType": "efa"}]})


def ena_settings(emulator):
    me = emulator.me
    image, subnet = world.image(me, "own"), subnet_of(me)
    udp = {"EnaSrdUdpSpecification": {"EnaSrdUdpEnabled": True}}
    express = {"EnaSrdSpecification": {"EnaSrdEnabled": True, **udp}}
    first = {"DeviceIndex": 0, "SubnetId": subnet}
    large = {**launch(image), "InstanceType": "c6in.32xlarge"}
    instance = me("RunInstances", large, NetworkInterface=[
        {**first, **express, "EnaQueueCount": 16}])["instanceId"]
    me("GetLaunchTemplateData", InstanceId=instance)
    for wrong in ({"EnaQueueCount": 3}, {"EnaQueueCount": 64}, {"EnaSrdSpecification": udp}):
        me.refused("RunInstances", {**large, "NetworkInterface": [{**first, **wrong}]})
    for wrong in (express, {"EnaQueueCount": 2}):
        me.refused("RunInstances", launch(image, NetworkInterface=[{**first, **wrong}]))
    modify = "ModifyNetworkInterfaceAttribute"
    spare = {"NetworkInterfaceId": made(me)}
    me.refused(modify, spare, **express)
    attachment = me("AttachNetworkInterface", spare, **express, InstanceId=instance,
                    DeviceIndex=1, EnaQueueCount=4)["attachmentId"]
    me(modify, spare, **express)
    me.dry(modify, spare, **express)
    me(modify, spare, EnaSrdSpecification={"EnaSrdEnabled": False})
    me.refused(modify, spare, EnaSrdSpecification=udp)
    eight = {"AttachmentId": attachment, "EnaQueueCount": 8}
    me.refused(modify, spare, Attachment=eight)
    me.quiet("StopInstances", InstanceId=[instance])
    me(modify, spare, Attachment=eight)
    me("DescribeNetworkInterfaces", NetworkInterfaceId=[spare["NetworkInterfaceId"]])
    me.refused(modify, spare, Attachment={**eight, "EnaQueueCount": 7})
    me.refused(modify, spare, Attachment={**eight, "DefaultEnaQueueCount": True})
    me(modify, spare, Attachment={"AttachmentId": attachment, "DefaultEnaQueueCount": True})
    me.brief("RequestSpotInstances", LaunchSpecification={
        "ImageId": image, "InstanceType": "c6in.32xlarge",
        "NetworkInterface": [
            {**first, **express, "ConnectionTrackingSpecification": TRACKING}]})


def own_interface(me):
    """(VPC, interface) of a VPC that nothing leads into."""
    vpc = me.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    subnet = me.quiet("CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.0/24")["subnetId"]
    return vpc, me.quiet("CreateNetworkInterface", SubnetId=subnet)["networkInterfaceId"]


def elastic_addresses(emulator):
    me, other = emulator.me, emulator.other
    instance = world.instance(me, world.image(me, "own"))
    me.dry("AllocateAddress", Domain="vpc")
    tags = [tag_specification("elastic-ip", of="test")]
    allocated = me("AllocateAddress", Domain="vpc", TagSpecification=tags)
    mine, public_ip = {"AllocationId": allocated["allocationId"]}, allocated["publicIp"]
    for _ in range(4):
        spare = me.brief("AllocateAddress", PublicIpv4Pool="amazon",
                         NetworkBorderGroup="us-east-1")["allocationId"]
    me.refused("AllocateAddress")
    me.refused("AllocateAddress", Address="1.2.3.4")  # by the limit, which comes first
    for group in ("us-east-1-bos-1", "nowhere"):
        me.refused("AllocateAddress", NetworkBorderGroup=group)
    me.dry("AssociateAddress", mine, InstanceId=instance)
    association = me("AssociateAddress", mine, InstanceId=instance)["associationId"]
    eni = made(me, SecondaryPrivateIpAddressCount=1)
    address = me.quiet("DescribeNetworkInterfaces", NetworkInterfaceId=[eni]).all(
        "privateIpAddress")[-1]
    me("AssociateAddress", AllocationId=spare, NetworkInterfaceId=eni, PrivateIpAddress=address,
       AllowReassociation=True)
    for wrong in ({}, {"InstanceId": instance, "NetworkInterfaceId": eni},
                  {"InstanceId": "i-0123456789abcdef0"}, {"NetworkInterfaceId": NO_INTERFACE},
                  {"NetworkInterfaceId": eni, "PrivateIpAddress": "172.31.9.9"},
                  {"NetworkInterfaceId": eni, "AllowReassociation": False},
                  {"AllocationId": "eipalloc-0123456789abcdef0", "InstanceId": instance}):
        me.refused("AssociateAddress", {**mine, **wrong})
    me.refused("AssociateAddress", PublicIp=public_ip, InstanceId=instance)
    vpc, away = own_interface(me)
    me.refused("AssociateAddress", mine, NetworkInterfaceId=away)
    gateway = me.quiet("CreateInternetGateway")["internetGatewayId"]
    me.quiet("AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    me.refused("ReleaseAddress", AllocationId=spare, NetworkBorderGroup="nowhere")
    me.brief("ReleaseAddress", AllocationId=spare, NetworkBorderGroup="us-east-1")
    spare = me.quiet("AllocateAddress")["allocationId"]
    me.brief("AssociateAddress", AllocationId=spare, NetworkInterfaceId=away)
    me.refused("ReleaseAddress", AllocationId=spare)
    me.dry("DescribeAddresses")
    me("DescribeAddresses", AllocationId=[mine["AllocationId"]])
    me.brief("DescribeAddresses", PublicIp=[public_ip])
    me.refused("DescribeAddresses", PublicIp=["1.2.3.4"])
    other.refused("DescribeAddresses", AllocationId=[mine["AllocationId"]])
    me("DescribeInstances", InstanceId=[instance])
    me.dry("DisassociateAddress", AssociationId=association)
    me("DisassociateAddress", AssociationId=association)
    for wrong in ({"AssociationId": association}, {"PublicIp": public_ip}, {}):
        me.refused("DisassociateAddress", wrong)
    me.dry("ReleaseAddress", mine)
    me("ReleaseAddress", mine)
    for wrong in (mine, {"PublicIp": public_ip}, {**mine, "PublicIp": public_ip}, {}):
        me.refused("ReleaseAddress", wrong)
    for wrong in ("1.2.3.4", "x"):
        me.refused("AllocateAddress", Address=wrong)
    other.refused("AllocateAddress", Address=public_ip)
    me("AllocateAddress", Address=public_ip)
    me.refused("AllocateAddress", Address=public_ip)
    other.refused("AllocateAddress", Address=public_ip)


def address_attributes(emulator):
    me, other = emulator.me, emulator.other
    show, modify, reset = ("DescribeAddressesAttribute", "ModifyAddressAttribute",
                           "ResetAddressAttribute")
    mine = {"AllocationId": me.quiet("AllocateAddress")["allocationId"]}
    me.quiet("AllocateAddress")
    me.dry(modify, mine, DomainName="mail.example.com")
    me(modify, mine, DomainName="mail.example.com")
    for wrong in ({}, {"DomainName": "a..b"}, {"AllocationId": "eipalloc-0123456789abcdef0",
                                               "DomainName": "example.com"}):
        me.refused(modify, {**mine, **wrong})
    me.dry(show)
    me(show, AllocationId=[mine["AllocationId"]], Attribute="domain-name")
    page = me(show, MaxResults=1)
    me.brief(show, MaxResults=1, NextToken=page["nextToken"])
    me.refused(show, AllocationId=["eipalloc-0123456789abcdef0"])
    me.dry(reset, mine, Attribute="domain-name")
    other.refused(reset, mine, Attribute="domain-name")
    me(reset, mine, Attribute="domain-name")
    me.refused(reset, mine, Attribute="x")


SCENARIOS = {"address_attributes": address_attributes,
             "elastic_addresses": elastic_addresses,
             "network_interfaces": network_interfaces,
             "interface_attachments": interface_attachments,
             "interface_attributes": interface_attributes,
             "private_addresses": private_addresses,
             "launched_interfaces": launched_interfaces,
             "network_cards": network_cards, "ena_settings": ena_settings}
